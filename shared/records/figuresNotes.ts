// Notes in the figures of a day what the index does not tell any more, or what changes a day that has been counted.
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { dayOf } from "../clock.ts";
import { tagValue } from "../storage/tags.ts";
import { type CorrespondenceRecord, resourceOf } from "./correspondenceRecord.ts";
import {
  type DayFigures,
  emptyDay,
  endKey,
  firstOpenDay,
  type UnsentLetters,
  withGone,
  withLate,
  withUndone,
} from "./dayFigures.ts";
import { type DeadLetter, lettersOf } from "./deadLetter.ts";
import { isFollowed } from "./following.ts";
import { failureOf, postedTag } from "./reached.ts";
import { changeRecord, type Records, UnreadableRecord } from "./records.ts";

/** The figures of days, by date. */
type Figures = Records<DayFigures>;

/** Before a dead letter is deleted for good: where nothing else tells of its end, that stays counted. */
export async function noteGone(figures: Figures, name: string, letter: DeadLetter): Promise<void> {
  const unsent = unsentOf(letter, lettersOf(letter));
  if (unsent.letters === 0) return;
  await note(figures, unsent.endedAt, (day) => withGone(day, endKey(name, unsent.endedAt), unsent));
}

/** When an end is replayed: if its day is closed, it is counted there no more. `name` is that of its dead letter. */
export async function noteUndone(
  figures: Figures,
  name: string,
  end: Pick<DeadLetter, "end" | "reason" | "endedAt" | "resourceId">,
  letters: number,
): Promise<void> {
  const unsent = unsentOf(end, letters);
  await note(figures, unsent.endedAt, (day) => withUndone(day, endKey(name, unsent.endedAt), unsent));
}

/**
 * Before the record of a letter is written: what that changes of a day that may be closed. None is while a letter of it is
 * followed, so it is only asked of letters that were settled before, or were not known to be ours.
 */
export async function noteLate(
  figures: Figures,
  before: CorrespondenceRecord | undefined,
  after: CorrespondenceRecord,
  now: number,
): Promise<void> {
  const { link } = after;
  if (!link || (before?.link && isFollowed(before)) || dayOf(link.postedAt) >= firstOpenDay(now)) return;
  const was = before?.link && postedTag(before, before.link);
  const is = postedTag(after, link);
  if (was === is) return;
  const heard = { resource: tagValue(resourceOf(after) ?? ""), ...(was === undefined ? {} : { was }), is };
  await note(figures, link.postedAt, (day) => withLate(day, after.correspondenceId, heard));
}

function unsentOf(
  { end, reason, endedAt, resourceId = "" }: Pick<DeadLetter, "end" | "reason" | "endedAt" | "resourceId">,
  letters: number,
): UnsentLetters {
  const resource = resourceId === "" ? "" : tagValue(withoutResourcePrefix(resourceId));
  return { endedAt, reason: failureOf(end, reason), resource, letters };
}

/** Changes what is kept of the day of a time. What a newer version keeps is left alone. */
async function note(
  figures: Figures,
  time: number,
  change: (known: DayFigures) => DayFigures | undefined,
): Promise<void> {
  const day = dayOf(time);
  try {
    for (let race = 0; race < 5; race++) {
      if (await changeRecord(figures, day, change)) return;
      const first = change(emptyDay());
      if (!first || (await figures.create(day, first)) !== undefined) return;
    }
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    return;
  }
  throw new Error("The figures of a day come and go");
}
