// The way to Altinn: its tokens and its Correspondence API, made from checked settings. The app and the commands use it.

import type { Clock } from "../clock.ts";
import { type AccessTokens, createAccessTokens, type TokenEndpoint } from "./accessToken.ts";
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
  readonly maskinporten: MaskinportenSettings;
}

/** As whom tokens are asked for, and for what. */
export interface MaskinportenSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly key: MaskinportenKey;
  readonly scopes: readonly string[];
  readonly consumerOrg?: string;
  readonly systemUserOrg?: string;
}

/** The key that grants are signed with: held by the app, or kept in a vault that signs. */
export type MaskinportenKey =
  | { readonly kind: "jwk"; readonly jwk: PrivateJwk }
  | { readonly kind: "keyVault"; readonly key: KeyVaultKey };

/** The way of one client of Maskinporten to Altinn. */
export interface AltinnClient {
  readonly tokens: AccessTokens;
  readonly altinn: CorrespondenceApi;
}

/** Altinn's API for what is on a resource (its id with or without URN prefix): called as whoever sends on that. */
export type AltinnFor = (resourceId: string) => CorrespondenceApi;

/** What several clients can have in common. */
export interface SharedParts {
  readonly sign?: GrantSigner;
  readonly endpoint?: TokenEndpoint;
}

/** Makes a client. Makes no call yet. */
export function createAltinnClient(settings: AltinnSettings, clock: Clock, shared: SharedParts = {}): AltinnClient {
  const { platformUrl, subscriptionKey } = settings.altinn;
  const tokens = createTokens(settings, settings.maskinporten.scopes, clock, shared);
  return { tokens, altinn: createCorrespondenceApi({ platformUrl, subscriptionKey, tokens, http: fetch, clock }) };
}

/** Tokens of the settings' client, with these scopes. Makes no call yet. */
export function createTokens(
  { altinn, maskinporten }: AltinnSettings,
  scopes: readonly string[],
  clock: Clock,
  shared: SharedParts = {},
): AccessTokens {
  const { issuer, clientId, key, consumerOrg, systemUserOrg } = maskinporten;
  return createAccessTokens({
    issuer,
    platformUrl: altinn.platformUrl,
    subscriptionKey: altinn.subscriptionKey,
    clientId,
    sign: shared.sign ?? signerOf(key),
    ...(shared.endpoint === undefined ? {} : { endpoint: shared.endpoint }),
    scopes,
    ...(consumerOrg === undefined ? {} : { consumerOrg }),
    ...(systemUserOrg === undefined ? {} : { systemUserOrg }),
    http: fetch,
    clock,
  });
}

/** Signs grants with a key. Makes no call yet. */
export function signerOf(key: MaskinportenKey): GrantSigner {
  return key.kind === "jwk" ? jwkSigner(key.jwk) : keyVaultSigner(key.key);
}
