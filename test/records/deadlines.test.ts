// Which deadlines a letter has missed, by what is known of it, and when Altinn is to be asked next.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../../shared/clock.ts";
import type { Link } from "../../shared/records/correspondenceRecord.ts";
import { correspondenceTags } from "../../shared/records/correspondenceTags.ts";
import { missedDeadlines, nextDeadline } from "../../shared/records/deadlines.ts";
import type { FactStatus } from "../../shared/records/facts.ts";
import { isSettled } from "../../shared/records/following.ts";
import { createLacksReader, hasPassedDeadline } from "../../shared/records/lacks.ts";
import { merge, recordOf } from "../../shared/records/mergeCorrespondence.ts";
import { aLink, heard, NOON, recordArbitrary, recordFrom, told } from "./additions.ts";

const LATE = NOON + 1000 * DAY;
const ALL: Partial<Link> = {
  publishBy: NOON + DAY,
  dueDateTime: NOON + 5 * DAY,
  attachmentsExpire: NOON + 30 * DAY,
  isConfirmationNeeded: true,
};

/** A letter with these deadlines, of which Altinn has told these statuses. */
function aLetter(link: Partial<Link>, ...statuses: readonly FactStatus[]) {
  return recordFrom(heard({ link: aLink(link) }), ...statuses.map((status) => told(status)));
}

const missed = (...letter: Parameters<typeof aLetter>) =>
  missedDeadlines(aLetter(...letter), LATE).map(({ status }) => status);

describe("a letter misses", () => {
  it.each<{ link: Partial<Link>; known: readonly FactStatus[]; misses: readonly FactStatus[] }>([
    { link: {}, known: [], misses: [] },
    { link: ALL, known: [], misses: ["NotPublished", "AttachmentsExpiring", "NeverRead", "NeverConfirmed"] },
    {
      link: ALL,
      known: ["ReadyForPublish", "NotPublished", "NeverRead"],
      misses: ["AttachmentsExpiring", "NeverConfirmed"],
    },
    { link: ALL, known: ["Published"], misses: ["AttachmentsExpiring", "NeverRead", "NeverConfirmed"] },
    { link: ALL, known: ["Reserved"], misses: ["AttachmentsExpiring", "NeverRead", "NeverConfirmed"] },
    { link: ALL, known: ["Published", "AttachmentsDownloaded"], misses: ["NeverRead", "NeverConfirmed"] },
    { link: ALL, known: ["Read"], misses: ["NeverConfirmed"] },
    { link: ALL, known: ["Purged"], misses: [] },
    { link: ALL, known: ["Confirmed", "AttachmentsDownloaded"], misses: [] },
    { link: ALL, known: ["Failed"], misses: [] },
    { link: ALL, known: ["PurgedByRecipient"], misses: [] },
    {
      link: { ...ALL, isConfirmationNeeded: false },
      known: ["Published"],
      misses: ["AttachmentsExpiring", "NeverRead"],
    },
    { link: { ...ALL, recipient: "", sendersReference: "" }, known: ["Published"], misses: [] },
  ])("$misses, with $known known of it", ({ link, known, misses }) => {
    expect(missed(link, ...known)).toEqual(misses);
  });

  it("nothing that only a hint says it kept", () => {
    const record = recordFrom(heard({ link: aLink({ dueDateTime: NOON }) }), told("Read", "hint"));
    expect(missedDeadlines(record, LATE)).toEqual([{ status: "NeverRead", time: NOON, source: "overview" }]);
  });

  it("nothing before its time: a due time an hour late, attachments a week early, or at half of less than two", () => {
    const next = (link: Partial<Link>) => (nextDeadline(aLetter(link, "Published")) ?? 0) - NOON;
    expect(next({ dueDateTime: NOON + DAY })).toBe(DAY + HOUR);
    expect(next({ attachmentsExpire: NOON + 30 * DAY })).toBe(23 * DAY);
    expect(next({ attachmentsExpire: NOON + 4 * DAY })).toBe(2 * DAY);
    expect(missedDeadlines(aLetter(ALL), NOON + DAY - 1)).toEqual([]);
  });
});

it("is told of each deadline once, and never of a letter that is settled or not ours", () => {
  const hours = fc.integer({ min: 0, max: 40 }).map((count) => NOON + count * HOUR);
  fc.assert(
    fc.property(recordArbitrary, hours, (record, now) => {
      const facts = missedDeadlines(record, now);
      if (isSettled(record) || !record.link) expect(facts).toEqual([]);
      const after = merge(record, recordOf(heard({ checkedAt: now, facts })));
      expect(missedDeadlines(after, now)).toEqual([]);
      expect(nextDeadline(after) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
    }),
  );
});

describe("the index", () => {
  const lacks = (...letter: Parameters<typeof aLetter>) => correspondenceTags(aLetter(...letter)).lacks ?? "";

  it("has the next deadline of a letter that is followed", () => {
    const tag = lacks({ dueDateTime: NOON + DAY });
    expect(createLacksReader()(tag)).toMatchObject({ publishTime: NOON, deadline: NOON + DAY + HOUR });
    expect(hasPassedDeadline(tag, "2030-03-02T10:59:59.999Z")).toBe(false);
    expect(hasPassedDeadline(tag, "2030-03-02T11:00:00.000Z")).toBe(true);
    expect(hasPassedDeadline(lacks({}), "2031-03-02T11:00:00.000Z")).toBe(false);
  });

  it("has no deadline whose look would come after the year 9999: its time would sort before all others", () => {
    const dueDateTime = Date.parse("9999-12-31T23:59:59Z");
    expect(hasPassedDeadline(lacks({ dueDateTime }), "2030-03-02T11:00:00.000Z")).toBe(false);
    expect(nextDeadline(aLetter({ dueDateTime, attachmentsExpire: 1e17 }))).toBeUndefined();
  });

  it("has it of one that is followed no longer, and nothing of one that is settled", () => {
    const ended = recordFrom(heard({ link: aLink(ALL), unresolvedSince: NOON }), told("Published"));
    expect(correspondenceTags(ended)).toMatchObject({ lacks: "deadline 2030-03-06T11:00:00.000Z" });
    expect(correspondenceTags(ended).follow).toBeUndefined();
    expect(lacks(ALL, "Confirmed", "Published")).toBe("");
  });
});
