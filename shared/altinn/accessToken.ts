// Access tokens: a grant to Maskinporten, its token exchanged for Altinn's (ALTINN.md 2).
import type { CallFailure } from "./httpCall.ts";

/** Why there is no token. */
export type TokenFailure = CallFailure & {
  /** The OAuth error code, such as `invalid_grant`. */
  readonly oauthError?: string;
  /** True when we are refused (key, client, scopes), which waiting does not mend. */
  readonly isSetUp: boolean;
};

export type TokenResult =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly failure: TokenFailure };

/** The process's one access token. */
export interface AccessTokens {
  /** A token that is good for a call. However many ask at once, one is fetched. */
  get(): Promise<TokenResult>;
  /** Forgets a token that Altinn refused, unless another has taken its place. */
  drop(token: string): void;
}
