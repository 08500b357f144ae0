// The way to Altinn: its tokens and its Correspondence API, made from checked settings. The app and the commands use it.
import { type AccessTokens, createAccessTokens } from "./altinn/accessToken.ts";
import { type CorrespondenceApi, createCorrespondenceApi } from "./altinn/correspondenceApi.ts";
import { type GrantSigner, jwkSigner } from "./altinn/grant.ts";
import { keyVaultSigner } from "./altinn/keyVaultKey.ts";
import type { Clock } from "./clock.ts";
import type { AltinnSettings, MaskinportenKey } from "./settings/settings.ts";

/** The clients of one process. */
export interface AltinnClient {
  readonly tokens: AccessTokens;
  readonly altinn: CorrespondenceApi;
}

/** Makes the clients. Makes no call yet. */
export function createAltinnClient({ altinn, maskinporten }: AltinnSettings, clock: Clock): AltinnClient {
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
  });
  return { tokens, altinn: createCorrespondenceApi({ platformUrl, subscriptionKey, tokens, http: fetch, clock }) };
}

function signerOf(key: MaskinportenKey): GrantSigner {
  return key.kind === "jwk" ? jwkSigner(key.jwk) : keyVaultSigner(key.key);
}
