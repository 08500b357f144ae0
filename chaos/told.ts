// Whether producers were told what is so, and all of it. Pure.
import { statusNames } from "../local/altinn-simulator/statuses.ts";
import type { Announcement } from "../shared/announcements/announcement.ts";
import type { AltinnLetter } from "./altinn.ts";
import type { Evidence } from "./evidence.ts";
import { concerns, describe, grouped, isTakenBack, nameOf } from "./naming.ts";

/** Statuses that `sent` covers, or that tell a sender nothing. */
const UNTOLD: ReadonlySet<string> = new Set(["Initialized", "ReadyForPublish", "Fetched"]);

/** Altinn's statuses by their names in announcements; what else is announced is a signal beside them. */
const STATUSES: ReadonlyMap<string, string> = new Map(statusNames.map((status) => [announced(status), status]));

/** Ends that say that there is no letter. */
const NOT_SENT: ReadonlySet<string> = new Set(["rejected", "gaveUp", "cancelled"]);

/** What was told, or is kept for producers, and is not so. */
export function findWronglyTold(
  altinn: readonly AltinnLetter[],
  announcements: readonly Announcement[],
  { deadLetters }: Evidence,
): string[] {
  const byId = new Map(altinn.map((letter) => [letter.correspondenceId, letter]));
  const byReference = grouped(altinn, ({ reference }) => reference);
  const wrong: string[] = [];
  const ends = new Map<string, Set<string>>();
  for (const { id, type, data } of announcements) {
    const what = type.split(".").at(-1) ?? "";
    const { sendersReference: reference, recipient, correspondenceId } = data;
    const named = `announcement ${id}, ${what} of ${reference ?? "no reference"}`;
    if (type.includes(".correspondence.") || what === "sent") {
      const letter = byId.get(correspondenceId ?? "");
      const status = what === "sent" ? undefined : STATUSES.get(what);
      if (!letter) wrong.push(`${named}: there is no letter ${correspondenceId}`);
      else if (letter.reference !== reference || letter.recipient !== recipient) {
        wrong.push(`${named}: ${describe(letter)} is another one`);
      } else if (status !== undefined && !letter.statuses.includes(status)) {
        wrong.push(`${named}: ${describe(letter)} has never been ${status}`);
      }
    } else if (NOT_SENT.has(what)) {
      for (const letter of byReference.get(reference ?? "") ?? []) {
        if ((recipient ?? letter.recipient) !== letter.recipient) continue;
        if (what !== "cancelled" || !isTakenBack(letter)) wrong.push(`${named}: ${describe(letter)} exists`);
      }
    }
    if ((NOT_SENT.has(what) || what === "outcomeUnknown") && reference !== undefined && recipient !== undefined) {
      const name = nameOf({ reference, recipient });
      ends.set(name, (ends.get(name) ?? new Set()).add(what));
    }
  }
  for (const [name, told] of ends) if (told.size > 1) wrong.push(`${name} ended as ${[...told].join(" and as ")}`);
  for (const dead of deadLetters) {
    if (dead.end === "outcomeUnknown") continue;
    const letter = byReference.get(dead.reference ?? "")?.find((candidate) => concerns(dead, candidate));
    if (letter) wrong.push(`dead letter ${dead.name} says ${dead.end}: ${describe(letter)} exists`);
  }
  return wrong;
}

/** Letters, statuses and ends of which nobody was told. */
export function findUntold(
  altinn: readonly AltinnLetter[],
  announcements: readonly Announcement[],
  { deadLetters, dispatches }: Evidence,
): string[] {
  const told = new Set<string>();
  for (const { type, data } of announcements) {
    const what = type.split(".").at(-1);
    told.add(`${what} ${data.correspondenceId}`);
    told.add(`${what} ${data.dispatchId}`);
    told.add(`${what} ${data.deadLetter}`);
  }
  const untold: string[] = [];
  for (const letter of altinn) {
    const statuses = letter.statuses.filter((status) => !UNTOLD.has(status)).map(announced);
    for (const what of new Set(["sent", ...statuses])) {
      if (!told.has(`${what} ${letter.correspondenceId}`)) untold.push(`${what} of ${describe(letter)}`);
    }
  }
  for (const { name, end, reference } of deadLetters) {
    if (!told.has(`${end} ${name}`)) untold.push(`${end} of ${reference ?? "no reference"}, dead letter ${name}`);
  }
  for (const dispatch of dispatches) {
    const { dispatchId, state, cancelOutcome } = dispatch;
    const end = state === "cancelled" ? state : cancelOutcome;
    if (end !== undefined && !told.has(`${end} ${dispatchId}`)) {
      untold.push(`${end} of ${nameOf(dispatch)}, dispatch ${dispatchId}`);
    }
  }
  return untold;
}

/** A status as announcements spell it. */
function announced(status: string): string {
  return status.charAt(0).toLowerCase() + status.slice(1);
}
