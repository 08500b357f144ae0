// Calls to Altinn's own APIs: with the access token, and once again with a fresh one when it is refused.
import type { AccessTokens } from "./accessToken.ts";
import { type Answer, type Call, type CallContext, type CallFailure, callHttp } from "./httpCall.ts";
import type { OpenedAnswer } from "./openHttp.ts";
import { parseProblem } from "./problemDetails.ts";

/** What goes along with every call. */
export interface Authorization extends CallContext {
  readonly tokens: AccessTokens;
  readonly subscriptionKey?: string;
}

/** Makes the call that is to go out. Called again for a second try, so that streams are new. */
export type CallMaker = () => Call;

/**
 * Makes a call. A 401 without an error code comes from the gateway or the token check: nothing was done, and a token that
 * was withdrawn or outlived is the likely reason, so one more try is made. A 401 with a code refuses us for good.
 */
export function callAuthorized(authorization: Authorization, makeCall: CallMaker): Promise<Answer | CallFailure> {
  return sendAuthorized<never>(authorization, makeCall, callHttp);
}

/** Sends a call: {@link callHttp}, or what leaves the answer's body to be read by the caller. */
type Send<T> = (context: CallContext, call: Call) => Promise<T | Answer | CallFailure>;

/** The same for a call whose answer may stream. */
export async function sendAuthorized<T extends OpenedAnswer = never>(
  authorization: Authorization,
  makeCall: CallMaker,
  send: Send<T>,
): Promise<T | Answer | CallFailure> {
  const first = await authorization.tokens.get();
  if (!first.ok) return first.failure;
  const answer = await send(authorization, withToken(authorization, first.token, makeCall()));
  if (!isTokenRefusal(answer)) return answer;
  authorization.tokens.drop(first.token);
  const second = await authorization.tokens.get();
  if (!second.ok) return second.failure;
  const again = await send(authorization, withToken(authorization, second.token, makeCall()));
  // Not to be handed out to the next caller either.
  if (isTokenRefusal(again)) authorization.tokens.drop(second.token);
  return again;
}

function isTokenRefusal(answer: Answer | CallFailure | OpenedAnswer): boolean {
  return answer.kind === "answered" && answer.status === 401 && parseProblem(answer.json).errorCode === undefined;
}

function withToken({ subscriptionKey }: Authorization, token: string, call: Call): Call {
  const headers = {
    ...call.headers,
    authorization: `Bearer ${token}`,
    ...(subscriptionKey === undefined ? {} : { "ocp-apim-subscription-key": subscriptionKey }),
  };
  return { ...call, headers };
}
