// How dead letters are shown to people: a table without personal data, and each one whole.
import { timestamp } from "../shared/clock.ts";
import type { DeadLetter } from "../shared/records/deadLetter.ts";
import { hasUnknownOutcome } from "../shared/records/dispatchRecord.ts";
import { shownJson, shownLines } from "../terminal/foreign.ts";
import { tableOf } from "../terminal/table.ts";
import { problemText, wrapped } from "../terminal/wrapped.ts";
import { attemptLines, factLines, minute, short } from "./describing.ts";

/** A line of the table: nobody's name or number is in it, but what the producer has put into id and reference. */
export interface Row {
  readonly name: string;
  readonly endedAt: string;
  readonly end?: string | undefined;
  readonly reason?: string | undefined;
  readonly resourceId?: string | undefined;
  readonly sendersReference?: string | undefined;
  readonly requestId?: string | undefined;
  /** How often it has been replayed. */
  readonly epoch?: number | undefined;
  /** Written by a newer version or by hand, or too large: only what the index says is known. */
  readonly isUnreadable?: boolean | undefined;
}

const COLUMNS: readonly [string, (row: Row) => string | undefined][] = [
  ["ended (UTC)", ({ endedAt }) => minute(endedAt)],
  ["end", ({ end }) => end],
  ["reason", ({ reason, isUnreadable }) => (isUnreadable ? `${reason ?? "unknown"} (unreadable)` : reason)],
  ["resource", ({ resourceId }) => resourceId],
  ["reference", ({ sendersReference }) => sendersReference],
  ["request", ({ requestId }) => requestId],
  ["replays", ({ epoch }) => (epoch === undefined || epoch === 0 ? "" : String(epoch))],
  ["name", ({ name }) => name],
];

/** The rows as a table with a head; where that is too wide for the columns, each over several lines. */
export function table(rows: readonly Row[], columns: number): string {
  const lines = [
    COLUMNS.map(([head]) => head),
    ...rows.map((row) => COLUMNS.map(([head, cell]) => (head === "name" ? row.name : short(cell(row) ?? "-")))),
  ];
  return tableOf(lines, columns) ?? rows.map((row) => entry(row, columns)).join("\n");
}

/** A row over several lines: its name, whole since it is what one copies, and indented what is known of it. */
function entry(row: Row, columns: number): string {
  const { endedAt, end, reason, resourceId, sendersReference, requestId, epoch = 0, isUnreadable } = row;
  const facts = [
    `${minute(endedAt)} UTC`,
    end,
    reason,
    isUnreadable && "can't be read",
    resourceId && `resource ${short(resourceId)}`,
    sendersReference && `reference ${short(sendersReference)}`,
    requestId && `request ${short(requestId)}`,
    epoch > 0 && `replays ${epoch}`,
  ].filter(Boolean);
  return `${row.name}\n${wrapped(facts.join(", "), columns, { first: "  " })}`;
}

/** A dead letter whole: what was to be sent, to whom, and every attempt. */
export function describe(name: string, letter: DeadLetter, columns: number): string {
  const { end, reason, errorCode, detail, endedAt, epoch, problems = [], attempts } = letter;
  const facts: [string, string | undefined][] = [
    ["name", name],
    ["ended", `${minute(timestamp(endedAt))} UTC`],
    ["end", `${end}, ${reason}${errorCode === undefined ? "" : ` (Altinn's error ${errorCode})`}`],
    ["detail", detail],
    ["replays", epoch === 0 ? undefined : `${epoch}${letter.isReplaying ? ", one under way" : ""}`],
    ["request", letter.requestId],
    ["message", letter.messageId],
    ["dispatch", letter.dispatchId],
    ["resource", letter.resourceId],
    ["reference", letter.sendersReference],
    ["recipient", letter.recipient],
    ["status queue", letter.statusQueue],
  ];
  return [
    ...factLines(facts, columns),
    ...(problems.length === 0 ? [] : ["", "What is wrong with it:", problemText(problems, columns)]),
    ...attemptLines(
      attempts.map((attempt) => ({
        ...attempt,
        at: timestamp(attempt.at),
        httpStatus: attempt.status,
        isDefinite: !hasUnknownOutcome(attempt),
      })),
    ),
    "",
    ...content(letter),
  ].join("\n");
}

function content({ request, raw, rawBase64, rawBytes }: DeadLetter): string[] {
  const what = rawBytes === undefined ? "The message" : `The beginning of the message, which had ${rawBytes} bytes`;
  if (rawBase64 !== undefined) return [`${what}, in base64:`, rawBase64];
  if (raw !== undefined) return ["The message:", shownLines(raw)];
  return request === undefined ? ["Nothing of the request was kept."] : ["The request:", shownJson(request, 2)];
}
