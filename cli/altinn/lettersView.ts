// How letters, and what waits, are shown to people and as CSV. Recipients come masked.

import type { LetterPage } from "../../shared/finding/answers.ts";
import type { Letter } from "../../shared/finding/letter.ts";
import type { PauseNow } from "../../shared/finding/pauses.ts";
import type { Waiting } from "../../shared/finding/waiting.ts";
import { csvOf } from "../../terminal/csv.ts";
import { tableOf } from "../../terminal/table.ts";
import { problemText, wrapped } from "../../terminal/wrapped.ts";
import { attemptLines, factLines, minute, second, short } from "../describing.ts";

const CSV: readonly [string, (letter: Letter) => string | undefined][] = [
  ["since", ({ since }) => since],
  ["status", ({ status }) => status],
  ["waitingFor", ({ waitingFor }) => waitingFor],
  ["nextAttempt", ({ nextAttempt }) => nextAttempt],
  ["reason", ({ end }) => end?.reason],
  ["resourceId", ({ resourceId }) => resourceId],
  ["sendersReference", ({ sendersReference }) => sendersReference],
  ["requestId", ({ requestId }) => requestId],
  ["recipient", ({ recipient }) => recipient],
  ["dispatchId", ({ dispatchId }) => dispatchId],
  ["correspondenceId", ({ correspondenceId }) => correspondenceId],
  ["deadLetter", ({ deadLetter }) => deadLetter],
  ["direction", ({ direction }) => direction],
  ["sentBy", ({ sentBy }) => sentBy],
];

/** The letters as CSV (RFC 4180), with a head. */
export function csvOfLetters(letters: readonly Letter[]): string {
  return csvOf([CSV.map(([head]) => head), ...letters.map((letter) => CSV.map(([, cell]) => cell(letter) ?? ""))]);
}

/** What waits as CSV (RFC 4180), with a head. */
export function csvOfWaiting({ causes }: Waiting): string {
  const rows = causes.map(({ cause, letters, since, next, last }) => [cause, String(letters), since, next, last]);
  return csvOf([["cause", "letters", "since", "next", "last"], ...rows.map((row) => row.map((cell) => cell ?? ""))]);
}

/** The letters as a table with a head; where that is too wide for the columns, each over several lines. */
export function tableOfLetters(letters: readonly Letter[], columns: number): string {
  const areReceived = letters.some(({ direction }) => direction === "received");
  const head = ["since (UTC)", "status", "why", "resource", "reference", areReceived ? "sent by" : "request", "id"];
  const rows = letters.map((letter) => [
    minute(letter.since),
    letter.status,
    whyOf(letter) ?? "-",
    short(letter.resourceId ?? "-"),
    short(letter.sendersReference ?? "-"),
    areReceived ? (organizationOf(letter) ?? "-") : short(letter.requestId ?? "-"),
    idOf(letter),
  ]);
  return tableOf([head, ...rows], columns) ?? letters.map((letter) => entry(letter, columns)).join("\n");
}

function entry(letter: Letter, columns: number): string {
  const { since, status, resourceId, sendersReference, requestId } = letter;
  const facts = [
    `${minute(since)} UTC`,
    status,
    whyOf(letter),
    resourceId && `resource ${short(resourceId)}`,
    sendersReference && `reference ${short(sendersReference)}`,
    requestId && `request ${short(requestId)}`,
    letter.sentBy && `sent by ${organizationOf(letter)}`,
  ].filter(Boolean);
  return `${idOf(letter)}\n${wrapped(facts.join(", "), columns, { first: "  " })}`;
}

/** By which it is shown whole: never cut, since one copies it. One that was refused with its request has its dead letter. */
function idOf({ correspondenceId, dispatchId, deadLetter }: Letter): string {
  return correspondenceId ?? dispatchId ?? deadLetter ?? "-";
}

function whyOf({ end, waitingFor, asked = [], files = [], failures = 0 }: Letter): string | undefined {
  const missing = files.filter(({ problem }) => problem !== undefined).length;
  const told = [
    end?.reason ?? (waitingFor === undefined ? undefined : `waits: ${waitingFor}`),
    missing > 0 ? `${missing} of ${files.length} files missing` : undefined,
    ...asked.map(({ action }) => `${action} asked for`),
    failures > 0 ? `failed ${failures} ${failures === 1 ? "time" : "times"}` : undefined,
  ].filter((part) => part !== undefined);
  return told.length === 0 ? undefined : told.join("; ");
}

/** `purge, refused (Altinn's error 1026)`. */
function refusalOf({ action, reason, errorCode }: NonNullable<Letter["refused"]>[number]): string {
  return `${action}, ${reason}${errorCode === undefined ? "" : ` (Altinn's error ${errorCode})`}`;
}

/** Its number alone. */
function organizationOf({ sentBy }: Letter): string | undefined {
  return sentBy?.slice(sentBy.lastIndexOf(":") + 1);
}

/** How many there are of each status, in words. */
export function summaryOf({ letters, unreadable, next, asOf }: LetterPage): string {
  const counts = new Map<string, number>();
  for (const { status } of letters) counts.set(status, (counts.get(status) ?? 0) + 1);
  const each = [...counts].sort(([, a], [, b]) => b - a).map(([status, count]) => `${count} ${status}`);
  const many = `${letters.length} ${letters.length === 1 ? "letter" : "letters"}`;
  const more = next === undefined ? "" : " There are more: --limit for more at once, or go on with --next as below.";
  const passed = unreadable === 0 ? "" : ` ${unreadable} more could not be read by this version.`;
  const found =
    letters.length === 0
      ? next === undefined
        ? "There is no such letter"
        : "None so far"
      : `${many}: ${each.join(", ")}`;
  return `${found}, as of ${asOf.slice(0, 19)}Z.${passed}${more}`;
}

/** One letter whole. */
export function describeLetter(letter: Letter, columns: number): string {
  const { end, waitingFor, nextAttempt, notification, attempts, history } = letter;
  const code = end?.errorCode === undefined ? "" : ` (Altinn's error ${end.errorCode})`;
  const facts: [string, string | undefined][] = [
    ["status", `${letter.status}${letter.isSettled ? ", nothing more is waited for" : ""}`],
    ["reason", end?.reason && `${end.reason}${code}`],
    ["detail", end?.detail],
    ["waits for", waitingFor && `${waitingFor}: ${ADVICE[waitingFor]}`],
    ["next attempt", nextAttempt && `${second(nextAttempt)} UTC`],
    ["since", `${second(letter.since)} UTC`],
    ["published at", letter.publishTime && `${second(letter.publishTime)} UTC`],
    ["request", letter.requestId],
    ["sent by", letter.sentBy],
    ["confirmation", letter.direction === "received" && letter.isConfirmationNeeded ? "asked for" : undefined],
    ["due", letter.dueTime && `${second(letter.dueTime)} UTC`],
    ["asked for", letter.asked?.map(({ action, since }) => `${action} (${second(since)} UTC)`).join(", ")],
    ["refused", letter.refused?.map(refusalOf).join(", ")],
    ["failed", letter.failures ? `${letter.failures} times in a row` : undefined],
    ["resource", letter.resourceId],
    ["reference", letter.sendersReference],
    ["recipient", letter.recipient],
    ["dispatch", letter.dispatchId],
    ["in Altinn", letter.correspondenceId],
    [
      "notification",
      notification && (notification.failedAt ? `failed at ${second(notification.failedAt)} UTC` : "ordered"),
    ],
    ["dead letter", letter.deadLetter],
  ];
  return [
    ...factLines(facts, columns),
    ...(end?.problems?.length ? ["", "What is wrong with it:", problemText(end.problems, columns)] : []),
    ...(history.length === 0 ? [] : ["", "History (UTC):"]),
    ...history.map(({ time, status, source }) => `  ${second(time)}  ${status}, says ${SAID_BY[source] ?? source}`),
    ...attemptLines(attempts),
    ...(letter.files?.length ? ["", "Files:"] : []),
    ...(letter.files ?? []).map(
      (file) => `  ${file.attachmentId}  ${file.problem ?? `stored, ${file.sizeBytes} bytes`}`,
    ),
  ].join("\n");
}

const SAID_BY: Readonly<Record<string, string>> = {
  answer: "Altinn's answer",
  event: "an event",
  overview: "a check (overview)",
  details: "a check (details)",
  list: "a check (list)",
  hint: "an event that is still to be confirmed",
  app: "this app",
};

/** What there is to do about each cause. */
const ADVICE: Readonly<Record<Waiting["causes"][number]["cause"], string>> = {
  brake: "npm run brake -- status says since when and why; off lets letters go",
  breaker: "Altinn was down just now; they go out by themselves",
  due: "nothing: its turn comes",
  altinn: "Altinn does not take it now; it is tried again by itself, and show says what each attempt came to",
  setUp: "Altinn refuses us: npm run altinn -- doctor",
  scan: "its files are uploaded, or Altinn scans them",
  lookUp: "Altinn has it already; its id is looked up",
  closing: "it ends as soon as it is certain that no letter exists",
  publishTime: "in Altinn, to be published at its time; those of today may be out already",
  unknown: "an earlier version put it off, and did not note why",
};

/** What waits, as a table, and what there is to do about each cause. */
export function describeWaiting(
  { pause, senders = [], letters, causes, requestsNotRead, asOf }: Waiting,
  columns: number,
): string {
  const pauses = [...(pause ? [pauseWords(pause)] : []), ...senders.map((its) => `${its.sender}: ${pauseWords(its)}`)];
  if (letters === 0) return [...pauses, `Nothing waits, as of ${asOf.slice(0, 19)}Z.`].join("\n");
  const at = (time: string | undefined) => (time === undefined ? "-" : minute(time));
  const rows = causes.map((one) => [one.cause, String(one.letters), at(one.since), at(one.next), at(one.last)]);
  const lines = [["cause", "letters", "since (UTC)", "next (UTC)", "last (UTC)"], ...rows];
  return [
    ...pauses,
    ...(pauses.length > 0 ? [""] : []),
    tableOf(lines, columns) ?? lines.map((line) => line.join(" ")).join("\n"),
    "",
    ...causes.map(({ cause, senders = [] }) => {
      const whose = senders.length === 0 ? "" : ` Of ${senders.join(", ")}.`;
      return wrapped(`${cause}: ${ADVICE[cause]}.${whose}`, columns);
    }),
    ...(requestsNotRead === 0 ? [] : [`${requestsNotRead} requests that are prepared were not looked at.`]),
  ].join("\n");
}

function pauseWords({ cause, reason, since }: PauseNow): string {
  if (cause === "breaker") return "Letters are put off: Altinn was down just now.";
  return `The brake is on${since === undefined ? "" : ` since ${minute(since)} UTC`} (${reason ?? "unknown"}).`;
}
