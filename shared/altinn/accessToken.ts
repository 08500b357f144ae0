// Access tokens: a grant to Maskinporten, its token exchanged for Altinn's.
import { decodeJwt } from "jose";
import * as z from "zod";
import type { Clock } from "../clock.ts";
import { atLeast } from "../limits/lengths.ts";
import { isCallable, withoutTrailingSlash } from "./environments.ts";
import { type GrantOptions, type GrantSigner, grantClaims } from "./grant.ts";
import { type Answer, type CallFailure, callHttp, type HttpTransport, unreadable } from "./httpCall.ts";

/** Why there is no token. */
export type TokenFailure = CallFailure & {
  /** The OAuth error code, such as `invalid_grant`. */
  readonly oauthError?: string;
  /** True when we are refused (key, client, scopes), which waiting does not mend. */
  readonly isSetUp: boolean;
};

/** An Altinn token, or why there is none. */
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

/** How tokens are got. */
export interface AccessTokenOptions extends GrantOptions {
  readonly platformUrl: string;
  /** Altinn's API key, which its exchange wants as well. */
  readonly subscriptionKey?: string;
  readonly sign: GrantSigner;
  /** Where tokens are asked for, where several sources share that; by default each finds it out. */
  readonly endpoint?: TokenEndpoint;
  readonly http: HttpTransport;
  readonly clock: Pick<Clock, "now" | "elapsed">;
  /** For each of the calls. */
  readonly timeoutMs?: number;
}

/** A token with less than this left is not handed out again: it has to live as long as the call it is for. */
const MARGIN_MS = 60_000;
/** With less than this left (of a short-lived one: half of its life) the next is fetched beside the letters: none waits. */
const AHEAD_MS = 300_000;
/** After a failure nothing is fetched for so long: callers that wait in line shall not all try in turn. */
const COOL_DOWN_MS = 1_000;
/** Nobody waits for a renewal ahead: one that fails is not tried again for so long. */
const AHEAD_COOL_DOWN_MS = 30_000;
const METADATA_LIFE_MS = 86_400_000;
const TIMEOUT_MS = 20_000;

/** Makes the process's source of tokens. Makes no call yet. */
export function createAccessTokens(options: AccessTokenOptions): AccessTokens {
  const { clock } = options;
  const fetchToken = createTokenFetcher(options);
  let cached: (FetchedToken & { readonly renewAt: number }) | undefined;
  let failed: { readonly result: TokenResult; readonly at: number } | undefined;
  let pending: Promise<TokenResult> | undefined;

  const renew = async (): Promise<TokenResult> => {
    try {
      const fetched = await fetchToken();
      if ("kind" in fetched) {
        const result: TokenResult = { ok: false, failure: fetched };
        failed = { result, at: clock.elapsed() };
        return result;
      }
      const life = fetched.expiresAt - clock.elapsed();
      cached = { ...fetched, renewAt: fetched.expiresAt - Math.min(AHEAD_MS, life / 2) };
      failed = undefined;
      // Whoever waited gets it, however short its life: asking again would bring no better one.
      return { ok: true, token: fetched.token };
    } finally {
      pending = undefined;
    }
  };

  return {
    async get() {
      const now = clock.elapsed();
      const isCooling = failed !== undefined && now - failed.at < COOL_DOWN_MS;
      if (cached && cached.expiresAt - now > MARGIN_MS) {
        const { token, renewAt } = cached;
        const isTriedLately = failed !== undefined && now - failed.at < AHEAD_COOL_DOWN_MS;
        if (now >= renewAt && !isTriedLately && !pending) {
          pending = renew();
          // What comes of it is told to whoever needs it next.
          pending.catch(() => undefined);
        }
        return { ok: true, token };
      }
      if (failed && isCooling) return failed.result;
      pending ??= renew();
      return pending;
    },
    drop(token) {
      if (cached?.token === token) cached = undefined;
    },
  };
}

interface FetchedToken {
  readonly token: string;
  /** By {@link Clock.elapsed}: a machine whose time is set back must not think that it lives longer. */
  readonly expiresAt: number;
}

const metadata = z.object({ token_endpoint: z.string().refine(isCallable) });
const maskinportenToken = z.object({ access_token: z.string().check(atLeast(1)) });
const oauthProblem = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) });

/** Where an issuer gives tokens, as its metadata says. */
export interface TokenEndpoint {
  /** Its address, which is kept for a day; or why it is not known. */
  url(): Promise<string | TokenFailure>;
  /** It may have moved: it is asked for anew. */
  forget(): void;
}

/** The endpoint of one issuer. Makes no call yet. */
export function createTokenEndpoint(
  options: Pick<AccessTokenOptions, "issuer" | "http" | "clock" | "timeoutMs">,
): TokenEndpoint {
  const { http, clock, timeoutMs = TIMEOUT_MS } = options;
  let known: { readonly url: string; readonly at: number } | undefined;
  return {
    async url() {
      if (known && clock.elapsed() - known.at < METADATA_LIFE_MS) return known.url;
      const url = `${withoutTrailingSlash(options.issuer)}/.well-known/oauth-authorization-server`;
      const call = { name: "GET maskinporten metadata", method: "GET", url, timeoutMs } as const;
      const answer = await callHttp({ http, clock }, call);
      if (answer.kind === "failed" || answer.status !== 200) return tokenFailure(answer);
      const parsed = metadata.safeParse(answer.json);
      if (!parsed.success) return tokenFailure(unreadable(answer));
      known = { url: parsed.data.token_endpoint, at: clock.elapsed() };
      return known.url;
    },
    forget() {
      known = undefined;
    },
  };
}

/** The three calls, one after the other: metadata (kept for a day), token, exchange. */
function createTokenFetcher(options: AccessTokenOptions): () => Promise<FetchedToken | TokenFailure> {
  const { http, clock, sign, subscriptionKey, timeoutMs = TIMEOUT_MS } = options;
  const context = { http, clock };
  const endpoint = options.endpoint ?? createTokenEndpoint(options);

  return async () => {
    const url = await endpoint.url();
    if (typeof url !== "string") return url;
    let assertion: string;
    try {
      assertion = await sign(grantClaims(options, clock.now()));
    } catch (error) {
      return signFailure(error);
    }
    const granted = await callHttp(context, {
      name: "POST maskinporten token",
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion }).toString(),
      timeoutMs,
    });
    if (granted.kind === "failed" || granted.status !== 200) {
      endpoint.forget();
      return tokenFailure(granted);
    }
    const parsed = maskinportenToken.safeParse(granted.json);
    if (!parsed.success) return tokenFailure(unreadable(granted));
    const exchanged = await callHttp(context, {
      name: "GET altinn token exchange",
      method: "GET",
      url: `${withoutTrailingSlash(options.platformUrl)}/authentication/api/v1/exchange/maskinporten`,
      headers: {
        authorization: `Bearer ${parsed.data.access_token}`,
        ...(subscriptionKey === undefined ? {} : { "Ocp-Apim-Subscription-Key": subscriptionKey }),
      },
      timeoutMs,
    });
    if (exchanged.kind === "failed" || exchanged.status !== 200) return tokenFailure(exchanged);
    return altinnToken(exchanged, clock) ?? tokenFailure(unreadable(exchanged));
  };
}

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** Altinn's token out of the exchange's answer: bare, or a JSON string. */
function altinnToken({ text, json }: Answer, clock: AccessTokenOptions["clock"]): FetchedToken | undefined {
  const token = (typeof json === "string" ? json : text).trim();
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return undefined;
  try {
    // The library does not look whether it is a number.
    const exp: unknown = decodeJwt(token).exp;
    if (typeof exp !== "number") return undefined;
    return { token, expiresAt: clock.elapsed() + exp * 1000 - clock.now() };
  } catch {
    return undefined;
  }
}

/** Why there is no token. A refusal (4xx, redirects) is ours to mend; the rest passes by itself. */
function tokenFailure(answer: Answer | CallFailure): TokenFailure {
  const { call, status, retryAfterMs } = answer;
  const problem = answer.kind === "answered" ? oauthProblem.safeParse(answer.json).data : undefined;
  const isUnreadable = answer.kind === "failed" && answer.cause === "unreadable";
  return {
    kind: "failed",
    call,
    cause: "token",
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(problem === undefined ? {} : { oauthError: problem.error }),
    isSetUp: !isUnreadable && isRefusal(status),
  };
}

/** The signer may be far away (a vault), and refuse as others do. What it says besides may tell of the key. */
function signFailure(error: unknown): TokenFailure {
  const told = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  const status = typeof told === "number" ? told : undefined;
  return {
    kind: "failed",
    call: "sign grant",
    cause: "token",
    ...(status === undefined ? {} : { status }),
    isSetUp: isRefusal(status),
  };
}

function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 500 && !retryableStatuses.has(status);
}

const retryableStatuses: ReadonlySet<number> = new Set([408, 425, 429]);
