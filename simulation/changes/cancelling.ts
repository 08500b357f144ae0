// Changes in the room `cancelling`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const CANCELLING: readonly Change[] = [
  {
    name: "a cancel forgets the first attempt",
    file: "cancelling/cancel.ts",
    edits: [["attempts: record.cancel ? [] : [unrecordedAttempt(record)] });", "attempts: [] });"]],
    fault: "A letter is told as cancelled while its first attempt makes it.",
    foundBy: {
      scenario: "4: killed after the POST; a cancel comes before the redelivery: sent is told first, then it is purged",
    },
  },
  {
    name: "a wish to cancel without an end",
    file: "cancelling/wishToCancel.ts",
    edits: [["    ...(isSent ? {} : { closing }),\n", "    ...(closing ? {} : {}),\n"]],
    fault: "A letter that was cancelled before it was posted is posted.",
    foundBy: { scenario: "a letter is cancelled while an attempt at it reads its content: it is not posted any more" },
  },
  {
    name: "a wish to cancel without a message",
    file: "cancelling/wishToCancel.ts",
    edits: [
      ["if (isOpen(stands)) await putDispatch(context, stands, stands.generation, 0);", "if (isOpen(stands)) return;"],
    ],
    fault: "Nobody carries out the cancel: its older message is out of date.",
    foundBy: { scenario: "a letter that waits for an hour is cancelled: told in seconds" },
  },
  {
    name: "a second cancel is not answered",
    file: "cancelling/wishToCancel.ts",
    edits: [["  else await tellEnd(context, stands);\n", ""]],
    fault: "A cancel of what has ended says nothing.",
    foundBy: {
      nothing: "It was told when it ended: what is told again has the same id, and is discarded as a repetition.",
    },
  },
  {
    name: "a cancel of many is not passed on",
    file: "cancelling/cancel.ts",
    edits: [[": { ...record, preparation, cancel: { since: now, cursor: 0 } };", ": { ...record, preparation };"]],
    fault: "The letters of a request go out though it was cancelled, and nobody is told.",
    foundBy: {
      scenario:
        "46: all sent, to be published far ahead; the content and a record have expired; then a cancel: each is purged",
    },
  },
];
