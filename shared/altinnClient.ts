// The way to Altinn: its tokens and its Correspondence API, made from checked settings. The app and the commands use it.
import { type AccessTokens, createAccessTokens } from "./altinn/accessToken.ts";
import { type CallTimeouts, type CorrespondenceApi, createCorrespondenceApi } from "./altinn/correspondenceApi.ts";
import { type GrantSigner, jwkSigner } from "./altinn/grant.ts";
import { keyVaultSigner } from "./altinn/keyVaultKey.ts";
import type { Clock } from "./clock.ts";
import type { AltinnSettings, MaskinportenKey } from "./settings.ts";

/** The clients of one process. */
export interface AltinnClient {
  readonly tokens: AccessTokens;
  readonly altinn: CorrespondenceApi;
}

/** How long calls are waited for, in milliseconds. */
export interface AltinnTimeouts {
  /** Each of the calls that bring a token. */
  readonly tokenMs: number;
  readonly calls: CallTimeouts;
}

/** Makes the clients. Makes no call yet. */
export function createAltinnClient(
  { altinn, maskinporten }: AltinnSettings,
  clock: Clock,
  timeouts?: AltinnTimeouts,
): AltinnClient {
  const { platformUrl, subscriptionKey } = altinn;
  const { issuer, clientId, key, scopes, consumerOrg, systemUserOrg } = maskinporten;
  const tokens = createAccessTokens({
    issuer,
    platformUrl,
    subscriptionKey,
    clientId,
    sign: signerOf(key),
    scopes,
    ...(consumerOrg === undefined ? {} : { consumerOrg }),
    ...(systemUserOrg === undefined ? {} : { systemUserOrg }),
    http: fetch,
    clock,
    ...(timeouts && { timeoutMs: timeouts.tokenMs }),
  });
  const options = { platformUrl, subscriptionKey, tokens, http: fetch, clock };
  return { tokens, altinn: createCorrespondenceApi({ ...options, ...(timeouts && { timeouts: timeouts.calls }) }) };
}

function signerOf(key: MaskinportenKey): GrantSigner {
  return key.kind === "jwk" ? jwkSigner(key.jwk) : keyVaultSigner(key.key);
}
