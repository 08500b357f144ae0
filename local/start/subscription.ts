// The event subscriptions of the local start: has the simulator push its events to the app, as Altinn would.
import { createAccessTokens } from "../../shared/altinn/accessToken.ts";
import { createEventsApi, EVENTS_SCOPE, resourceFilterOf } from "../../shared/altinn/eventsApi.ts";
import { jwkSigner } from "../../shared/altinn/grant.ts";
import type { CallFailure } from "../../shared/altinn/httpCall.ts";
import { readPrivateJwk } from "../../shared/altinn/privateJwk.ts";
import type { Clock } from "../../shared/clock.ts";
import { EXAMPLE_INCOMING_RESOURCE, EXAMPLE_ORGANISATION, EXAMPLE_RESOURCES, SUBSCRIPTION_KEY } from "./appSettings.ts";
import type { Credentials } from "./state.ts";

export interface SubscriptionOptions {
  /** The simulator, without a slash at the end. */
  readonly altinnUrl: string;
  /** The app's webhook with its key. */
  readonly webhook: string;
  readonly credentials: Credentials;
  /** The simulator's. */
  readonly clock: Pick<Clock, "now" | "elapsed">;
}

/** Subscribes the webhook to the example resources, unless it is already. Rejects when the simulator refuses. */
export async function subscribe({ altinnUrl, webhook, credentials, clock }: SubscriptionOptions): Promise<void> {
  const key = readPrivateJwk(credentials.jwk);
  if (!key.ok) throw new Error(`The local start's key ${key.problem}`);
  const tokens = createAccessTokens({
    issuer: `${altinnUrl}/maskinporten/`,
    platformUrl: altinnUrl,
    subscriptionKey: SUBSCRIPTION_KEY,
    clientId: credentials.clientId,
    sign: jwkSigner(key.jwk),
    scopes: ["altinn:serviceowner", EVENTS_SCOPE],
    http: fetch,
    clock,
  });
  const events = createEventsApi({
    platformUrl: altinnUrl,
    subscriptionKey: SUBSCRIPTION_KEY,
    tokens,
    http: fetch,
    clock,
  });
  const { subscriptions } = made(await events.list());
  const own = { resourceId: EXAMPLE_INCOMING_RESOURCE, organisation: EXAMPLE_ORGANISATION };
  for (const { resourceId, organisation } of [
    ...EXAMPLE_RESOURCES.map((id) => ({ resourceId: id, organisation: undefined })),
    own,
  ]) {
    const existing = subscriptions.filter(({ resourceFilter }) => resourceFilter === resourceFilterOf(resourceId));
    if (existing.some(({ endPoint }) => endPoint === webhook)) continue;
    // An earlier start had another port: its subscription would be pushed to in vain.
    for (const { id } of existing) made(await events.remove(id));
    made(await events.create(resourceId, webhook, organisation));
  }
}

function made<T extends { readonly kind: "listed" | "created" | "removed" | "gone" }>(outcome: T | CallFailure): T {
  if (outcome.kind !== "failed") return outcome;
  throw new Error(
    `The Altinn simulator does not take event subscriptions: ${outcome.call} ${outcome.status ?? outcome.cause}`,
  );
}
