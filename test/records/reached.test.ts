// What figures count of a letter stands whole in one index tag, whatever has been heard of it.
import fc from "fast-check";
import { expect, it } from "vitest";
import { DAY, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import type { CorrespondenceRecord } from "../../shared/records/correspondenceRecord.ts";
import { correspondenceTags } from "../../shared/records/correspondenceTags.ts";
import { reachedOf, readPosted } from "../../shared/records/reached.ts";
import { addLetter, emptyTally } from "../../shared/records/tally.ts";
import { aLink, heard, NOON, recordArbitrary, recordFrom, told } from "./additions.ts";

const has = (record: CorrespondenceRecord, ...statuses: (keyof CorrespondenceRecord["facts"])[]) =>
  statuses.some((status) => Object.keys(record.facts[status] ?? {}).some((source) => source !== "hint"));

it("counts by its tags as by its records, for any history of news", () => {
  fc.assert(
    fc.property(fc.array(recordArbitrary, { maxLength: 8 }), (all) => {
      const records = all.flatMap((record) => (record.link ? [{ ...record, link: record.link }] : []));
      const tally = emptyTally();
      for (const record of records) {
        const { posted = "", status = "" } = correspondenceTags(record);
        const letter = readPosted(posted, status);
        expect(letter).toEqual({
          postedAt: record.link.postedAt,
          reached: reachedOf(record, record.link),
          hasTimes: true,
        });
        addLetter(tally, letter);
      }
      const counted = (is: (record: CorrespondenceRecord) => boolean) => records.filter(is).length;
      expect(tally).toMatchObject({
        sent: records.length,
        read: counted((record) => has(record, "Read")),
        confirmed: counted((record) => has(record, "Confirmed")),
        neverRead: counted((record) => has(record, "NeverRead") && !has(record, "Read", "Confirmed")),
        untimed: 0,
      });
      expect(tally.published).toBeGreaterThanOrEqual(
        counted((record) => has(record, "Published", "Read", "Confirmed")),
      );
    }),
  );
});

it.each([
  [
    "published a minute after it was posted, and read two minutes after that",
    "p1o r50",
    [told("Published", "overview", NOON + MINUTE), told("Read", "event", NOON + 3 * MINUTE)],
  ],
  ["told as published by a list, which has the time of asking", "p", [told("Published", "list")]],
  ["confirmed and not read, so published, nobody knows when", "p c1", [told("Confirmed", "event", NOON + SECOND)]],
  ["published before it was posted, by another clock", "p0", [told("Published", "overview", NOON - MINUTE)]],
  ["never read", "p0 n", [told("Published"), told("NeverRead", "event")]],
  ["read after its due time", "p0 r0", [told("Published"), told("NeverRead", "event"), told("Read")]],
  ["followed for as long as letters are", "p0 n", [told("Published"), heard({ unresolvedSince: NOON + 90 * DAY })]],
  ["failed, its recipient reserved", "x:recipientReserved", [told("Reserved"), told("Failed")]],
  ["failed, and why", "x:scanFailed", [told("Failed"), heard({ failure: "scanFailed" })]],
  ["failed, nobody knows why", "x:failed", [told("Failed")]],
  ["purged before it was published", "x:cancelled", [told("PurgedByAltinn", "answer")]],
  ["purged after that", "p0", [told("Published"), told("PurgedByAltinn")]],
  ["nothing but a hint of anything", "", [told("Read", "hint")]],
] as const)("a letter %s: %j", (_what, marks, additions) => {
  const record = recordFrom(heard({ link: aLink() }), ...additions);
  expect(correspondenceTags(record).posted).toBe(`${timestamp(NOON)} ${marks}`.trim());
});

it("goes by the status where a version from before had noted the day alone", () => {
  const letter = readPosted("2030-03-01", "Confirmed");
  expect(letter).toEqual({
    postedAt: Date.parse("2030-03-01"),
    reached: { published: "unknown", confirmed: "unknown" },
    hasTimes: false,
  });
  expect(readPosted("2030-03-01", "Read").reached).toEqual({ published: "unknown", read: "unknown" });
  expect(readPosted("2030-03-01", "Failed").reached).toEqual({ failed: "failed" });
  expect(readPosted("2030-03-01", "unknown").reached).toEqual({});
});

it("passes over marks that a newer version may write", () => {
  expect(readPosted(`${timestamp(NOON)} p1 zz r!`, "Read").reached).toEqual({ published: 1, read: "unknown" });
});
