// The event subscriptions of the local start: has the simulator push its events to the app, as Altinn would.
import { z } from "zod";
import { createAccessTokens } from "../../shared/altinn/accessToken.ts";
import { jwkSigner } from "../../shared/altinn/grant.ts";
import type { Clock } from "../../shared/clock.ts";
import { EXAMPLE_RESOURCES, SUBSCRIPTION_KEY } from "./appSettings.ts";
import type { Credentials } from "./state.ts";

export interface SubscriptionOptions {
  /** The simulator, without a slash at the end. */
  readonly altinnUrl: string;
  /** The app's webhook with its key. */
  readonly webhook: string;
  readonly credentials: Credentials;
  /** The simulator's. */
  readonly clock: Pick<Clock, "now">;
}

const subscriptionSchema = z.object({ id: z.number(), endPoint: z.string(), resourceFilter: z.string().nullish() });
const listSchema = z.object({ subscriptions: z.array(subscriptionSchema) });
const jwkSchema = z.looseObject({ kty: z.string() });

const RESOURCES = EXAMPLE_RESOURCES.map((id) => `urn:altinn:resource:${id}`);

/** Subscribes the webhook to the example resources, unless it is already. Rejects when the simulator refuses. */
export async function subscribe({ altinnUrl, webhook, credentials, clock }: SubscriptionOptions): Promise<void> {
  const tokens = createAccessTokens({
    issuer: `${altinnUrl}/maskinporten/`,
    platformUrl: altinnUrl,
    subscriptionKey: SUBSCRIPTION_KEY,
    clientId: credentials.clientId,
    sign: jwkSigner(jwkSchema.parse(JSON.parse(Buffer.from(credentials.jwk, "base64").toString("utf8")))),
    scopes: ["altinn:serviceowner", "altinn:events.subscribe"],
    http: fetch,
    clock,
  });
  const token = await tokens.get();
  if (!token.ok)
    throw new Error(`The Altinn simulator gave no token: ${token.failure.oauthError ?? token.failure.cause}`);
  const url = `${altinnUrl}/events/api/v1/subscriptions`;
  const headers = {
    Authorization: `Bearer ${token.token}`,
    "Ocp-Apim-Subscription-Key": SUBSCRIPTION_KEY,
    "Content-Type": "application/json",
  };
  const list = listSchema.parse(await (await checked(await fetch(url, { headers }))).json());
  for (const resource of RESOURCES) {
    const existing = list.subscriptions.filter(({ resourceFilter }) => resourceFilter === resource);
    if (existing.some(({ endPoint }) => endPoint === webhook)) continue;
    // An earlier start had another port: its subscription would be pushed to in vain.
    for (const { id } of existing) await checked(await fetch(`${url}/${id}`, { method: "DELETE", headers }));
    const body = JSON.stringify({ endPoint: webhook, resourceFilter: resource });
    await checked(await fetch(url, { method: "POST", headers, body }));
  }
}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw new Error(
    `The Altinn simulator answered ${response.status} about event subscriptions: ${await response.text()}`,
  );
}
