// A message that asks for something to be done with a letter that was received.
import { rejectWrong } from "../deadLetters/reject.ts";
import type { WishOutcome } from "../receiving/context.ts";
import { parseReceived } from "../requests/parseReceived.ts";
import type { Problem } from "../requests/problem.ts";
import type { WrittenRequest } from "../requests/writtenRequest.ts";
import { traceOf } from "../telemetry/traceContext.ts";
import type { IntakeContext } from "./context.ts";

const RECEIVES_NOTHING: Problem = {
  path: "received",
  rule: "receiving",
  message: "This app receives no letters. Its setting RECEIVE_RESOURCES turns that on.",
};

/** Takes up a message that says `received`; `undefined` if it does not. Throws only when storage fails. */
export async function wishIfAsked(
  context: IntakeContext,
  written: WrittenRequest,
  messageId: string,
): Promise<WishOutcome | "rejected" | undefined> {
  const parsed = parseReceived(written.value);
  if (!parsed) return undefined;
  if (parsed.kind === "problems") return rejectWrong(context, written, parsed.problems);
  if (!context.receiving) return rejectWrong(context, written, [RECEIVES_NOTHING]);
  return context.receiving.wish(parsed.correspondenceId, parsed.action, { messageId, trace: traceOf(written) });
}
