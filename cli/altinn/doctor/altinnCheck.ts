// Maskinporten and Altinn: the token with its scopes, the exchange, access to each resource, and the subscriptions.
import { decodeJwt } from "jose";
import type { TokenFailure, TokenResult } from "../../../shared/altinn/accessToken.ts";
import { type AltinnSettings, createAltinnClient } from "../../../shared/altinn/altinnClient.ts";
import type { KeyLookUp } from "../../../shared/altinn/correspondenceApi.ts";
import type { CallFailure } from "../../../shared/altinn/httpCall.ts";
import { systemClock } from "../../../shared/clock.ts";
import { NO_LETTERS_KEY } from "../../../shared/health.ts";
import { explainEvents } from "../explainEvents.ts";
import { eventsApi } from "../reach.ts";
import { createSubscriptions, type Party } from "../sender.ts";
import { coverOf, lookAt, type Receiver, type SeenSubscription, type Webhook } from "../subscriptionPlan.ts";
import { type Finding, failed, ok, skipped, warning } from "./finding.ts";

/** Everything that takes a token. */
export async function checkAltinn(settings: AltinnSettings, resources: readonly string[]): Promise<Finding[]> {
  const { tokens, altinn } = createAltinnClient(settings, systemClock);
  const token = await tokens.get();
  const found = await checkToken(settings, token);
  if (!token.ok) return [...found, ...resources.map((id) => skipped(`resource ${id}`, "there is no token"))];
  for (const resourceId of resources) {
    const answer = await altinn.findByIdempotentKey(resourceId, NO_LETTERS_KEY);
    found.push(answer.kind === "failed" ? refusedResource(resourceId, answer) : answeredResource(resourceId, answer));
  }
  return found;
}

/** A token for one scope at a time tells which are refused: Maskinporten refuses them together. */
async function checkToken(settings: AltinnSettings, token: TokenResult): Promise<Finding[]> {
  const { scopes } = settings.maskinporten;
  if (token.ok) {
    const granted = grantedScopes(token.token);
    const missing = granted === undefined ? [] : scopes.filter((scope) => !granted.includes(scope));
    return [
      ok("Maskinporten", "gives tokens"),
      missing.length === 0
        ? ok("scopes", scopes.join(", "))
        : failed("scopes", `not granted: ${missing.join(", ")}`, "Give the client these scopes at Maskinporten."),
      ok("Altinn's exchange", "takes them"),
    ];
  }
  const { failure } = token;
  if (failure.oauthError !== "invalid_scope") return tokenFindings(failure);
  const refused: string[] = [];
  for (const scope of scopes) {
    const alone = { ...settings, maskinporten: { ...settings.maskinporten, scopes: [scope] } };
    const answer = await createAltinnClient(alone, systemClock).tokens.get();
    if (!answer.ok && answer.failure.oauthError === "invalid_scope") refused.push(scope);
  }
  const names = refused.length === 0 ? "those asked for" : refused.join(", ");
  return [
    ok("Maskinporten", "knows the client and its key"),
    failed(
      "scopes",
      `Maskinporten refuses ${names}`,
      "Give the client these scopes at Maskinporten, or ask for others in MASKINPORTEN_SCOPES.",
    ),
    skipped("Altinn's exchange", "there is no token to exchange"),
  ];
}

/** What Altinn's token says of itself; undefined if it says nothing. */
function grantedScopes(token: string): string[] | undefined {
  try {
    const { scope } = decodeJwt(token);
    return typeof scope === "string" ? scope.split(" ") : undefined;
  } catch {
    return undefined;
  }
}

/** Why there is no token, by the call that failed. Pure. */
export function tokenFindings(failure: TokenFailure): Finding[] {
  const { call, status, oauthError } = failure;
  const answer = [status, oauthError].filter((part) => part !== undefined).join(", ") || "no answer";
  if (call === "sign grant") {
    const mend =
      status === 403
        ? "Give the app's identity a role that reads and signs with the key of MASKINPORTEN_KEY_VAULT_KEY: infra/ makes one, and Key Vault Crypto User has it too."
        : "Does the key of MASKINPORTEN_KEY_VAULT_KEY exist, is it enabled, and may it sign?";
    return [failed("signing", `the key vault does not sign (${answer})`, mend)];
  }
  if (call === "GET altinn token exchange") {
    const mend = "Does ALTINN_ENVIRONMENT go with MASKINPORTEN_ISSUER? Is ALTINN_SUBSCRIPTION_KEY of that environment?";
    return [ok("Maskinporten", "gives tokens"), failed("Altinn's exchange", `fails (${answer})`, mend)];
  }
  if (oauthError !== undefined)
    return [failed("Maskinporten", `refuses us (${answer})`, OAUTH_MENDS.get(oauthError) ?? ASK)];
  return [failed("Maskinporten", `${call} fails (${answer})`, "Check the network, and MASKINPORTEN_ISSUER.")];
}

const ASK = "Look at the client at Maskinporten: its id, its keys and its scopes.";
const OAUTH_MENDS: ReadonlyMap<string, string> = new Map([
  ["invalid_client", "MASKINPORTEN_CLIENT_ID is not known to Maskinporten in this environment."],
  [
    "invalid_grant",
    "Register the key's public part on the client (npm run altinn -- key export-public), and check the clock.",
  ],
]);

/** What a look-up by a key that no letter has says of a resource. Pure. */
export function answeredResource(resourceId: string, { kind }: Exclude<KeyLookUp, CallFailure>): Finding {
  const check = `resource ${resourceId}`;
  if (kind === "none") return ok(check, "may be used");
  return failed(
    check,
    "a look-up finds letters by a key that none can have",
    "Something between here and Altinn drops parameters of the query: a proxy, or what ALTINN_PLATFORM_URL names.",
  );
}

/** What a look-up that did not work says of a resource. Pure. */
export function refusedResource(resourceId: string, { status, errorCode, cause }: CallFailure): Finding {
  const answer = [status ?? cause, errorCode].filter((part) => part !== undefined).join(", ");
  const check = `resource ${resourceId}`;
  if (errorCode === 4001) {
    return failed(
      check,
      `access is refused (${answer})`,
      "The organisation must own the resource, or have the access delegated; and is the id right?",
    );
  }
  if (status === 401 || status === 403) {
    return failed(
      check,
      `the call is refused (${answer})`,
      "Check ALTINN_SUBSCRIPTION_KEY, and that the scopes include altinn:correspondence.read.",
    );
  }
  if (status === 451) {
    return failed(
      check,
      `the service owner is not set up (${answer})`,
      "Ask Altinn to set the organisation up for Correspondence.",
    );
  }
  return failed(
    check,
    `Altinn does not answer as it should (${answer})`,
    "Try again later; check ALTINN_PLATFORM_URL if that is set.",
  );
}

/** Whether events are pushed. */
export async function checkSubscriptions(
  settings: AltinnSettings,
  { name, resources, known }: Pick<Party, "name" | "resources" | "known">,
  webhook: (Pick<Webhook, "app"> & Partial<Webhook>) | undefined,
  receiver?: Receiver,
  anyReceiver: Receiver | undefined = receiver,
): Promise<Finding[]> {
  if (webhook === undefined) return [skipped("subscriptions", "no app is named (--app)")];
  const listed = await eventsApi(settings).list();
  if (listed.kind === "failed") {
    return [failed("subscriptions", "can't be listed", explainEvents(listed))];
  }
  return subscriptionFindings(lookAt(listed.subscriptions, webhook, known, anyReceiver), resources, receiver, name);
}

/** What the subscriptions amount to; of a sender, if one is named. Pure. */
export function subscriptionFindings(
  seen: readonly SeenSubscription[],
  resources: readonly string[],
  receiver?: Receiver,
  sender?: string,
): Finding[] {
  const cover = coverOf(seen, resources, receiver).map(({ resourceId, state }) => {
    const check = `subscription ${resourceId}`;
    if (state === "validated") return ok(check, "is there, and validated");
    if (state === "missing") return failed(check, "is not there", createSubscriptions(sender));
    return warning(
      check,
      "is not validated yet",
      "A new one can take up to an hour. After that: is the webhook reachable, and its key right?",
    );
  });
  const odd = seen.flatMap(({ subscription, warnings }) =>
    warnings.map((what) =>
      warning(`subscription ${subscription.id}`, what, `npm run altinn -- subscriptions delete ${subscription.id}`),
    ),
  );
  return [...cover, ...odd];
}
