// The way to Altinn: its tokens and its Correspondence API, made from checked settings. The app and the commands use it.

import type { Clock } from "../clock.ts";
import { type AccessTokens, createAccessTokens } from "./accessToken.ts";
import { type CorrespondenceApi, createCorrespondenceApi } from "./correspondenceApi.ts";
import type { AltinnEnvironment } from "./environments.ts";
import { type GrantSigner, jwkSigner } from "./grant.ts";
import type { KeyVaultKey } from "./keyVaultKey.ts";
import { keyVaultSigner } from "./keyVaultKey.ts";
import type { PrivateJwk } from "./privateJwk.ts";

/** Which Altinn, and as whom: all that it takes to call it. */
export interface AltinnSettings {
  readonly altinn: {
    readonly environment: AltinnEnvironment;
    /** Without a slash at the end. */
    readonly platformUrl: string;
    readonly subscriptionKey: string;
  };
  readonly maskinporten: {
    readonly issuer: string;
    readonly clientId: string;
    readonly key: MaskinportenKey;
    readonly scopes: readonly string[];
    readonly consumerOrg?: string;
    readonly systemUserOrg?: string;
  };
}

/** The key that grants are signed with: held by the app, or kept in a vault that signs. */
export type MaskinportenKey =
  | { readonly kind: "jwk"; readonly jwk: PrivateJwk }
  | { readonly kind: "keyVault"; readonly key: KeyVaultKey };

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
