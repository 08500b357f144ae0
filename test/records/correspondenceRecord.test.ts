// What a correspondence's record amounts to, however its facts came.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../../shared/clock.ts";
import {
  type CorrespondenceRecord,
  currentStatus,
  publishTimeOf,
  reached,
  resourceOf,
  timeOf,
} from "../../shared/records/correspondenceRecord.ts";
import { correspondenceTags } from "../../shared/records/correspondenceTags.ts";
import { isKept } from "../../shared/records/deadlines.ts";
import { STATUSES } from "../../shared/records/facts.ts";
import { followedSince, isFollowed, isSettled } from "../../shared/records/following.ts";
import { type Addition, merge, recordOf } from "../../shared/records/mergeCorrespondence.ts";
import { newsBetween } from "../../shared/records/news.ts";
import { sha256 } from "../../shared/storage/tags.ts";
import {
  additionArbitrary,
  aLink,
  CORRESPONDENCE_ID,
  DISPATCH_ID,
  heard,
  NOON,
  recordArbitrary,
  recordFrom,
  told,
  unlinkedArbitrary,
} from "./additions.ts";

const linked = heard({ link: aLink() });

describe("merging", () => {
  it("is commutative", () => {
    fc.assert(
      fc.property(recordArbitrary, recordArbitrary, (a, b) => {
        expect(merge(a, b)).toEqual(merge(b, a));
      }),
    );
  });

  it("is associative", () => {
    fc.assert(
      fc.property(recordArbitrary, recordArbitrary, recordArbitrary, (a, b, c) => {
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
      }),
    );
  });

  it("is idempotent", () => {
    fc.assert(
      fc.property(recordArbitrary, (record) => {
        expect(merge(record, record)).toEqual(record);
      }),
    );
  });

  it("gives the same record for every order, with some of it heard twice", () => {
    const twoOrders = fc
      .array(additionArbitrary, { minLength: 1, maxLength: 6 })
      .chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.shuffledSubarray(all, { minLength: all.length }),
          fc.shuffledSubarray(all, { minLength: 0 }),
        ),
      );
    fc.assert(
      fc.property(twoOrders, ([all, shuffled, again]) => {
        expect(foldAll([...shuffled, ...again])).toEqual(foldAll(all));
      }),
    );
  });

  it("changes not a byte when what it hears is known, whatever parts of it are heard again", () => {
    fc.assert(
      fc.property(fc.array(additionArbitrary, { minLength: 1, maxLength: 4 }), (additions) => {
        const record = foldAll(additions);
        const canonical = JSON.stringify(merge(record, record));
        for (const addition of additions) {
          expect(JSON.stringify(merge(record, recordOf(addition)))).toBe(canonical);
        }
      }),
    );
  });

  it("keeps the earliest time by each source", () => {
    const record = recordFrom(
      told("Read", "event", NOON + HOUR),
      told("Read", "event", NOON),
      told("Read", "overview", NOON + 2 * HOUR),
    );
    expect(record.facts).toEqual({ Read: { event: NOON, overview: NOON + 2 * HOUR } });
    expect(timeOf(record, "Confirmed")).toBeUndefined();
  });

  it("goes by Altinn's own time of a status before an event's, and by that before a list's, which is when it was asked", () => {
    const listed = told("Read", "list", NOON - HOUR);
    const heardOf = told("Read", "event", NOON);
    expect(timeOf(recordFrom(listed, heardOf), "Read")).toEqual({ time: NOON, source: "event" });
    const noted = [told("Read", "overview", NOON + HOUR), told("Read", "details", NOON + 2 * HOUR)];
    expect(timeOf(recordFrom(listed, heardOf, ...noted), "Read")).toEqual({ time: NOON + HOUR, source: "overview" });
  });

  it("56: knows its resource from Altinn or from us, and from events only until then", () => {
    const forged = heard({ eventResourceId: "another" });
    expect(resourceOf(recordFrom(forged))).toBe("another");
    for (const all of [
      [forged, heard({ resourceId: "my-resource" })],
      [heard({ resourceId: "my-resource" }), forged],
    ]) {
      expect(resourceOf(recordFrom(heard(), ...all))).toBe("my-resource");
      expect(recordFrom(heard(), ...all).eventResourceId).toBeUndefined();
    }
  });

  it("56: keeps no more than 50 types that are not known", () => {
    const types = Array.from({ length: 200 }, (_, index) => heard({ unknownTypes: { [`made-up-${index}`]: NOON } }));
    expect(Object.keys(recordFrom(heard(), ...types).unknownTypes)).toHaveLength(50);
  });

  it("keeps a type that is not known once, with its earliest time", () => {
    const record = recordFrom(
      heard({ unknownTypes: { correspondencefolded: NOON + HOUR } }),
      heard({ unknownTypes: { correspondencefolded: NOON } }),
    );
    expect(record.unknownTypes).toEqual({ correspondencefolded: NOON });
  });

  it.each(["constructor", "__proto__"])("keeps an unknown type called %s like any other", (type) => {
    // Anybody who knows the endpoint can choose the type, and a time that is no number would make the record unreadable.
    const unknownTypes: Record<string, number> = Object.fromEntries([[type, NOON]]);
    const record = recordFrom(heard(), heard({ unknownTypes }));
    expect(Object.entries(record.unknownTypes)).toEqual([[type, NOON]]);
  });

  it("is undone as foreign by a link, in either order", () => {
    const foreign = heard({ foreignSince: NOON });
    expect(recordFrom(foreign).foreignSince).toBe(NOON);
    expect(recordFrom(foreign, linked).foreignSince).toBeUndefined();
    expect(recordFrom(linked, foreign).foreignSince).toBeUndefined();
  });
});

describe("the trace of a link", () => {
  const traced = { traceparent: "00-2", tracestate: "a=1" };

  it("stays when an older version, which knows of none, writes the same link", () => {
    const [first, again] = [heard({ link: aLink(traced) }), heard({ link: aLink() })];
    expect(recordFrom(first, again).link).toEqual(aLink(traced));
    expect(recordFrom(again, first).link).toEqual(aLink(traced));
    const known = recordFrom(first);
    expect(JSON.stringify(merge(known, recordOf(again)))).toBe(JSON.stringify(known));
  });

  it("is the same in either order, should there be two", () => {
    const others = [{ traceparent: "00-1" }, { traceparent: "00-2" }, { ...traced, tracestate: "a=2" }];
    for (const other of others) {
      const [a, b] = [heard({ link: aLink(traced) }), heard({ link: aLink(other) })];
      expect(recordFrom(a, b)).toEqual(recordFrom(b, a));
    }
  });
});

describe("reading a record", () => {
  it("has the status of highest rank, with signals beside the life cycle left out", () => {
    expect(currentStatus(recordFrom(heard()))).toBeUndefined();
    expect(currentStatus(recordFrom(told("NeverRead", "event")))).toBeUndefined();
    const record = recordFrom(told("Read"), told("AttachmentsDownloaded"), told("NotificationFailed", "event"));
    expect(currentStatus(record)).toBe("Read");
    expect(reached(record)).toEqual(["AttachmentsDownloaded", "Read", "NotificationFailed"]);
  });

  it.each([
    { facts: ["Published"], settled: false },
    { facts: ["Published", "Fetched", "AttachmentsDownloaded", "Forwarded"], settled: false },
    { facts: ["Read"], settled: true },
    { facts: ["Confirmed"], settled: true },
    { facts: ["Failed"], settled: true },
    { facts: ["PurgedByRecipient"], settled: true },
    { facts: ["PurgedByAltinn"], settled: true },
    { facts: ["Purged"], settled: false },
    { facts: ["Reserved"], settled: false },
    { facts: ["NeverRead", "NeverConfirmed", "NotificationFailed"], settled: false },
    { facts: ["Read"], confirm: true, settled: false },
    { facts: ["Replied"], confirm: true, settled: false },
    { facts: ["Read", "Confirmed"], confirm: true, settled: true },
    { facts: ["Read", "PurgedByRecipient"], confirm: true, settled: true },
  ] as const)("is settled by $facts, confirmation needed: $confirm → $settled", (row) => {
    const isConfirmationNeeded = "confirm" in row;
    const record = recordFrom(
      heard({ link: aLink({ isConfirmationNeeded }) }),
      ...row.facts.map((status) => told(status)),
    );
    expect(isSettled(record)).toBe(row.settled);
    expect(isFollowed(record)).toBe(!row.settled);
  });

  it.each([
    { facts: ["Read"], followed: true },
    { facts: ["Published", "Read"], followed: false },
    { facts: ["Published", "Confirmed"], followed: true },
    { facts: ["Published", "Read", "Confirmed"], followed: false },
    { facts: ["Failed"], followed: false },
  ] as const)("is followed on when events told $facts alone, until Altinn tells the rest → $followed", (row) => {
    const [first, ...others] = [heard({ link: aLink() }), ...row.facts.map((status) => told(status, "event"))] as const;
    const record = recordFrom(first, ...others);
    expect(isSettled(record)).toBe(true);
    expect(isFollowed(record)).toBe(row.followed);
    const asked = row.facts.at(-1) ?? "Read";
    expect(isFollowed(merge(record, recordOf(told(asked, "overview"))))).toBe(false);
  });

  it("is never unsettled again by what is heard later, save that a confirmation proves to be needed", () => {
    fc.assert(
      fc.property(recordArbitrary, unlinkedArbitrary, (record, addition) => {
        if (isSettled(record)) expect(isSettled(merge(record, recordOf(addition)))).toBe(true);
      }),
    );
  });

  it("does not follow what counts as foreign, until it is claimed", () => {
    const foreign = heard({ foreignSince: NOON, facts: [{ status: "Published", time: NOON, source: "event" }] });
    expect(isFollowed(recordFrom(foreign))).toBe(false);
    expect(isFollowed(recordFrom(foreign, linked))).toBe(true);
  });

  it("goes by Altinn's own publish time, else ours, else the time of the POST, else of hearing", () => {
    const posted = NOON - HOUR;
    const asked = NOON + DAY;
    const corrected = NOON + 2 * DAY;
    expect(publishTimeOf(recordFrom(heard()))).toBe(NOON);
    expect(publishTimeOf(recordFrom(heard({ link: aLink({ postedAt: posted }) })))).toBe(posted);
    const link = aLink({ postedAt: posted, requestedPublishTime: asked });
    expect(publishTimeOf(recordFrom(heard({ link })))).toBe(asked);
    expect(publishTimeOf(recordFrom(heard({ link }), heard({ publishTime: corrected })))).toBe(corrected);
  });

  it("counts its age from the later of publishing and creation", () => {
    // A publish time 100 days back must not make a new letter too old, and one ahead must not make it old early.
    const back = recordFrom(heard({ link: aLink({ requestedPublishTime: NOON - 100 * DAY }) }));
    expect(followedSince(back)).toBe(NOON);
    const ahead = recordFrom(heard({ link: aLink({ requestedPublishTime: NOON + 100 * DAY }), created: NOON }));
    expect(followedSince(ahead)).toBe(NOON + 100 * DAY);
  });
});

describe("index tags", () => {
  it("say by which day to follow it while it is followed", () => {
    const record = recordFrom(
      heard({ resourceId: "test-letters", link: aLink({ requestedPublishTime: NOON - 3 * DAY }) }),
      told("Published"),
    );
    expect(correspondenceTags(record)).toEqual({
      status: "Published",
      resource: "test-letters",
      request: sha256("case-1"),
      reference: sha256("2030/1"),
      posted: "2030-03-01T10:00:00.000Z p0",
      dispatch: DISPATCH_ID,
      follow: "2030-02-26",
      since: "v2 2030-03-01",
      lacks: "2030-02-26T10:00:00.000Z look",
    });
    const settled = correspondenceTags(merge(record, recordOf(told("Read"))));
    expect(settled).toEqual({
      status: "Read",
      resource: "test-letters",
      request: sha256("case-1"),
      reference: sha256("2030/1"),
      posted: "2030-03-01T10:00:00.000Z p0 r0",
      dispatch: DISPATCH_ID,
    });
  });

  it("say that nobody claims it yet, until it counts as foreign", () => {
    const unclaimed = recordFrom(told("Published", "event"));
    expect(correspondenceTags(unclaimed)).toMatchObject({ unclaimed: "true", follow: "2030-03-01" });
    expect(correspondenceTags(merge(unclaimed, recordOf(heard({ foreignSince: NOON }))))).toEqual({
      status: "Published",
    });
    expect(correspondenceTags(merge(unclaimed, recordOf(linked)))).not.toHaveProperty("unclaimed");
  });

  it("have `follow` and `since` exactly while it is followed, and only what Azure allows", () => {
    const anyText = fc.string({ unit: "binary", maxLength: 400 });
    fc.assert(
      fc.property(recordArbitrary, anyText, anyText, (known, resourceId, reference) => {
        const record: CorrespondenceRecord = {
          ...known,
          resourceId,
          ...(known.link ? { link: { ...known.link, sendersReference: reference, requestId: reference } } : {}),
        };
        const tags = correspondenceTags(record);
        expect("follow" in tags).toBe(isFollowed(record));
        expect("since" in tags).toBe(isFollowed(record));
        expect("lacks" in tags).toBe(isFollowed(record));
        expect(Object.keys(tags).length).toBeLessThanOrEqual(10);
        for (const [key, value] of Object.entries<string>(tags)) {
          expect(`${key}${value}`).toMatch(/^[A-Za-z0-9 +\-./:=_]+$/);
          expect(value.length).toBeLessThanOrEqual(256);
        }
      }),
    );
  });
});

describe("news", () => {
  const notAnnounced = new Set(["Initialized", "ReadyForPublish", "Fetched", "Purged"]);
  const link = aLink();
  const withOneLink = fc
    .tuple(fc.array(unlinkedArbitrary, { maxLength: 8 }), fc.nat(), fc.boolean())
    .map(([additions, place, isLate]) => {
      const claim = heard({ link });
      const at = isLate ? additions.length : place % (additions.length + 1);
      return [...additions.slice(0, at), claim, ...additions.slice(at)];
    });

  it("tells each status exactly once, wherever the dispatch becomes known, for any order and repetition", () => {
    const shuffled = withOneLink.chain((all) =>
      fc
        .tuple(fc.shuffledSubarray(all, { minLength: all.length }), fc.shuffledSubarray(all))
        .map(([first, again]) => [...first, ...again]),
    );
    fc.assert(
      fc.property(shuffled, (additions) => {
        const all = foldAll(additions);
        const expected = reached(all).filter((status) => !notAnnounced.has(status));
        const told = newsOf(additions);
        expect(new Set(told).size).toBe(told.length);
        // A deadline that proves to be kept is told if its status came first.
        const kept = (name: string) => STATUSES.some((status) => status === name && isKept(all, status));
        expect(told.filter((status) => !kept(status)).sort()).toEqual(
          expected.filter((status) => !kept(status)).sort(),
        );
        expect(expected).toEqual(expect.arrayContaining(told));
      }),
    );
  });

  it("goes by nothing that is but a hint: with hints or without, the same is told and settled, and followed once Altinn was asked", () => {
    const asked = ({ checkOwedAt: _owed, ...rest }: Addition): Addition => rest;
    const unhinted = ({ facts = [], ...rest }: Addition) => ({
      ...rest,
      facts: facts.filter(({ source }) => source !== "hint"),
    });
    fc.assert(
      fc.property(withOneLink, (additions) => {
        const without = additions.map(asked).map(unhinted);
        expect(newsOf(additions)).toEqual(newsOf(without));
        expect(isSettled(foldAll(additions))).toBe(isSettled(foldAll(without)));
        expect(correspondenceTags(foldAll(additions.map(asked)))).toEqual(correspondenceTags(foldAll(without)));
      }),
    );
  });

  it("tells nothing while no dispatch is known", () => {
    fc.assert(
      fc.property(fc.array(unlinkedArbitrary, { minLength: 1, maxLength: 6 }), (additions) => {
        expect(newsOf(additions)).toEqual([]);
      }),
    );
  });

  it("does not tell of a deadline that proves to be kept, whoever says so", () => {
    const before = recordFrom(linked, told("Published"), told("Read"));
    expect(newsBetween(before, merge(before, recordFrom(told("NeverRead", "event"))))).toEqual([]);
  });

  it("says the highest status that was known, as known when told", () => {
    const before = recordFrom(linked, told("ReadyForPublish", "answer"));
    const after = merge(before, recordFrom(told("Read"), told("Published")));
    expect(newsBetween(before, after).map(({ status, previous }) => [status, previous])).toEqual([
      ["Published", "ReadyForPublish"],
      ["Read", "Published"],
    ]);
    const late = merge(after, recordOf(told("AttachmentsDownloaded", "details")));
    expect(newsBetween(after, late).map(({ status, previous }) => [status, previous])).toEqual([
      ["AttachmentsDownloaded", "Read"],
    ]);
    const signal = merge(late, recordOf(told("NotificationFailed", "event")));
    expect(newsBetween(late, signal).map(({ status, previous }) => [status, previous])).toEqual([
      ["NotificationFailed", "Read"],
    ]);
  });

  it("tells an event that overtook its own dispatch once the dispatch is known", () => {
    const early = recordFrom(told("Published", "event"));
    expect(newsBetween(undefined, early)).toEqual([]);
    expect(newsBetween(early, merge(early, recordOf(linked)))).toEqual([
      { status: "Published", time: NOON, source: "event", previous: undefined },
    ]);
  });

  it("does not tell a purge before it is known by whom", () => {
    const purged = recordFrom(linked, told("Purged", "event"));
    expect(newsBetween(recordFrom(linked), purged)).toEqual([]);
    expect(isSettled(purged)).toBe(false);
    const known = merge(purged, recordOf(told("PurgedByRecipient", "list")));
    expect(newsBetween(purged, known).map(({ status }) => status)).toEqual(["PurgedByRecipient"]);
    expect(isSettled(known)).toBe(true);
  });

  it("leaves a hint to be confirmed, and tells it with the time that Altinn confirms", () => {
    const before = recordFrom(linked, told("Published"));
    const hinted = merge(before, recordOf(told("Read", "hint", NOON)));
    expect(newsBetween(before, hinted)).toEqual([]);
    expect(isSettled(hinted)).toBe(false);
    const confirmed = merge(hinted, recordOf(told("Read", "overview", NOON + HOUR)));
    expect(newsBetween(hinted, confirmed)).toMatchObject([{ status: "Read", time: NOON + HOUR, source: "overview" }]);
  });

  it("tells one announcement per status: Confirmed by two sources, Read after Confirmed, Published last", () => {
    const additions = [
      linked,
      told("Confirmed", "overview", NOON + 2 * HOUR),
      told("Confirmed", "event", NOON + HOUR),
      told("Read", "event", NOON),
      told("Published", "event", NOON - HOUR),
    ];
    expect(newsOf(additions)).toEqual(["Confirmed", "Read", "Published"]);
    expect(currentStatus(foldAll(additions))).toBe("Confirmed");
  });
});

/** The record after all of them, in this order. */
function foldAll(additions: readonly Addition[]): CorrespondenceRecord {
  const [first, ...others] = additions;
  return recordFrom(first ?? { correspondenceId: CORRESPONDENCE_ID, heardAt: NOON }, ...others);
}

/** The statuses told when the additions come one after the other. */
function newsOf(additions: readonly Addition[]): string[] {
  let record: CorrespondenceRecord | undefined;
  const statuses: string[] = [];
  for (const addition of additions) {
    const after = record ? merge(record, recordOf(addition)) : recordOf(addition);
    statuses.push(...newsBetween(record, after).map(({ status }) => status));
    record = after;
  }
  return statuses;
}
