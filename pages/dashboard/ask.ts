// What the page asks of the app: small questions in JSON, answered in JSON or by problem details (RFC 9457).
import type { Action, ActionOutcome } from "../../shared/dashboard/action.ts";
import type { Overview } from "../../shared/dashboard/parts.ts";
import type { ReplayCheck } from "../../shared/deadLetters/deadLetters.ts";
import type { LetterPage, RequestAnswer, ShownLetter } from "../../shared/finding/answers.ts";
import type { Direction } from "../../shared/finding/words.ts";

/** An answer, or why there is none. */
export type Answer<T> =
  | { readonly kind: "ok"; readonly value: T }
  /** There is no such thing. */
  | { readonly kind: "none" }
  /** What was asked is wrong, as the app says. */
  | { readonly kind: "wrong"; readonly detail: string }
  | { readonly kind: "signedOut" }
  /** The app or its storage does not answer. */
  | { readonly kind: "failed" };

/** The overview, as whoever looks may see it. */
export type ShownOverview = Overview & { readonly mayAct: boolean };

/** What can be asked, and what is answered. */
interface Questions {
  overview: { asked: { readonly sender?: string }; answer: ShownOverview };
  letters: { asked: Readonly<Record<string, string>>; answer: LetterPage };
  letter: { asked: { readonly id: string; readonly direction?: Direction }; answer: ShownLetter };
  request: { asked: { readonly requestId: string; readonly next?: string }; answer: RequestAnswer };
  replay: { asked: { readonly deadLetter: string }; answer: ReplayCheck };
  act: { asked: Action; answer: ActionOutcome };
}

/** Asks. Never rejects. */
export async function ask<Q extends keyof Questions>(
  question: Q,
  asked: Questions[Q]["asked"],
): Promise<Answer<Questions[Q]["answer"]>> {
  try {
    const response = await fetch(new URL(`dashboard/${question}`, document.baseURI), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
    });
    if (response.ok) return { kind: "ok", value: await response.json() };
    if (response.status === 401) return { kind: "signedOut" };
    if (response.status === 404) return { kind: "none" };
    if (response.status >= 500) return { kind: "failed" };
    const problem: { readonly detail?: string } = await response.json();
    return { kind: "wrong", detail: problem.detail ?? "" };
  } catch {
    return { kind: "failed" };
  }
}
