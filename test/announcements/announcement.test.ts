// Announcements: ids that repeat with what they say, a schema that takes every one, and sizes a queue takes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { organization } from "../../local/parties.ts";
import { END_REASONS } from "../../shared/altinn/endReason.ts";
import {
  announcementSchema,
  createAnnouncementFactory,
  DISPATCH_NEWS,
  type DispatchNews,
  statusName,
} from "../../shared/announcements/announcement.ts";
import { HOUR } from "../../shared/clock.ts";
import { ANNOUNCED, STATUSES, TELLERS } from "../../shared/records/facts.ts";
import type { News } from "../../shared/records/news.ts";
import { queueText } from "../../shared/storage/queues.ts";
import { aLink, CORRESPONDENCE_ID, DISPATCH_ID, heard, NOON, recordFrom } from "../records/additions.ts";

const NAMESPACE = "7d1c9f54-0b7e-4a5c-8d54-3f6f1f8b7a10";
const factory = createAnnouncementFactory(NAMESPACE);
const subject = { requestId: "case-1", dispatchId: DISPATCH_ID, recipient: organization() };

const unsent = fc.constantFrom(
  ...DISPATCH_NEWS.filter((news): news is Exclude<DispatchNews, "sent"> => news !== "sent"),
);
const announced = fc.constantFrom(...ANNOUNCED);
const anyTime = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2100, 0) });
const news: fc.Arbitrary<News> = fc.record({
  status: announced,
  time: anyTime,
  source: fc.constantFrom(...TELLERS),
  previous: fc.constantFrom(undefined, ...STATUSES),
});
const text = fc.string({ unit: "binary", maxLength: 300 });

describe("an announcement's id", () => {
  it("of a dispatch repeats with the dispatch, the epoch and the end, whatever the time and the reason", () => {
    fc.assert(
      fc.property(unsent, fc.nat({ max: 50 }), anyTime, anyTime, (end, epoch, time, later) => {
        const first = factory.ended([DISPATCH_ID, epoch], end, subject, time, { reason: "expired" });
        const again = factory.ended([DISPATCH_ID, epoch], end, { ...subject, resourceId: "x" }, later, {
          reason: "recipientReserved",
          detail: "Another",
        });
        expect(again.announcement.id).toBe(first.announcement.id);
      }),
    );
  });

  it("differs for each dispatch, epoch and end, and from `sent`", () => {
    const ids = [
      factory.sent(subject, NOON),
      ...[DISPATCH_ID, CORRESPONDENCE_ID].flatMap((dispatchId) =>
        [0, 1, 2].flatMap((epoch) =>
          (["rejected", "gaveUp", "cancelled", "outcomeUnknown"] as const).map((end) =>
            factory.ended([dispatchId, epoch], end, subject, NOON),
          ),
        ),
      ),
    ].map(({ announcement }) => announcement.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("of `sent` depends on the dispatch alone", () => {
    const first = factory.sent(subject, NOON).announcement.id;
    expect(factory.sent({ ...subject, correspondenceId: CORRESPONDENCE_ID }, NOON + HOUR).announcement.id).toBe(first);
    expect(factory.sent({ ...subject, dispatchId: CORRESPONDENCE_ID }, NOON).announcement.id).not.toBe(first);
  });

  it("of a status depends on the letter and the status alone", () => {
    fc.assert(
      fc.property(news, news, (one, other) => {
        const idOf = (item: News, id = CORRESPONDENCE_ID) =>
          factory.reached(recordFrom(heard({ correspondenceId: id, link: aLink() })), item).announcement.id;
        expect(idOf(one) === idOf(other)).toBe(one.status === other.status);
        expect(idOf(one, DISPATCH_ID)).not.toBe(idOf(one));
      }),
    );
  });

  it("is another in another deployment, and so is the source", () => {
    const other = createAnnouncementFactory(DISPATCH_ID).sent(subject, NOON).announcement;
    const { id, source } = factory.sent(subject, NOON).announcement;
    expect(other.id).not.toBe(id);
    expect(other.source).not.toBe(source);
    expect(source).not.toContain(NAMESPACE);
  });
});

describe("the schema of announcements", () => {
  const takes = (announcement: unknown) => {
    const queued: unknown = JSON.parse(queueText(announcement));
    const parsed = announcementSchema.safeParse(queued);
    expect(parsed.error?.issues ?? []).toEqual([]);
    // Nothing that the factory writes is missing from the schema.
    expect(parsed.data).toEqual(queued);
  };
  const anySubject = fc.record(
    {
      requestId: text,
      dispatchId: fc.uuid(),
      correspondenceId: fc.uuid(),
      resourceId: text,
      sendersReference: text,
      recipient: text,
    },
    { requiredKeys: ["requestId"] },
  );
  const why = fc.record(
    {
      reason: fc.constantFrom(...END_REASONS),
      errorCode: fc.integer({ min: 1000, max: 9999 }),
      detail: text,
      deadLetter: text,
      problems: fc.array(fc.record({ path: text, rule: text, message: text }), { maxLength: 5 }),
    },
    { requiredKeys: [] },
  );

  it("takes every end", () => {
    fc.assert(
      fc.property(anySubject, unsent, anyTime, why, (about, end, time, reasons) => {
        takes(factory.ended([about.requestId, 0], end, about, time, reasons).announcement);
      }),
    );
  });

  it("takes every `sent`", () => {
    fc.assert(
      fc.property(anySubject, fc.uuid(), anyTime, (about, dispatchId, time) => {
        takes(factory.sent({ ...about, dispatchId }, time).announcement);
      }),
    );
  });

  it("takes every status", () => {
    fc.assert(
      fc.property(fc.uuid(), text, news, (correspondenceId, requestId, item) => {
        const record = recordFrom(heard({ correspondenceId, resourceId: "test-letters", link: aLink({ requestId }) }));
        takes(factory.reached(record, item).announcement);
      }),
    );
  });
});

describe("an announcement", () => {
  it("says of a status what producers need, and where it goes", () => {
    const record = recordFrom(
      heard({ resourceId: "test-letters", link: aLink({ statusQueue: "status-of-one-system" }) }),
    );
    const item: News = { status: "AttachmentsDownloaded", time: NOON, source: "details", previous: "Published" };
    const { statusQueue, announcement } = factory.reached(record, item);
    expect(statusQueue).toBe("status-of-one-system");
    expect(announcement).toMatchObject({
      type: "altinn-correspondence-sender.correspondence.attachmentsDownloaded",
      subject: DISPATCH_ID,
      time: "2030-03-01T10:00:00.000Z",
      data: {
        requestId: "case-1",
        dispatchId: DISPATCH_ID,
        correspondenceId: CORRESPONDENCE_ID,
        resourceId: "test-letters",
        sendersReference: "2030/1",
        status: "attachmentsDownloaded",
        rank: 5,
        previousStatus: "published",
        source: "details",
      },
    });
    expect(announcement.data).not.toHaveProperty("statusQueue");
  });

  it("has no rank when it is a signal beside the life of the letter", () => {
    const item: News = { status: "NeverRead", time: NOON, source: "event", previous: undefined };
    const { data } = factory.reached(recordFrom(heard({ link: aLink() })), item).announcement;
    expect(data).not.toHaveProperty("rank");
    expect(data).not.toHaveProperty("previousStatus");
    expect(data.status).toBe("neverRead");
  });

  it("names a whole request where no dispatch is meant", () => {
    const { announcement } = factory.ended(["digest", 0], "rejected", { requestId: "case-1" }, NOON);
    expect(announcement.subject).toBe("case-1");
    expect(announcement.data).toMatchObject({ status: "rejected", source: "app" });
  });

  it("spells statuses as fields are spelt", () => {
    expect(STATUSES.map(statusName)).toContain("purgedByRecipient");
    for (const status of STATUSES) expect(statusName(status)).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it.each([
    ["three bytes each", "\u20ac"],
    ["escaped", "\u0001"],
    ["quoted", '"'],
  ])("fits a queue message in base64 with the longest texts a request may have, %s", (_, character) => {
    const longest = {
      requestId: character.repeat(256),
      sendersReference: character.repeat(4096),
      recipient: character.repeat(320),
      resourceId: character.repeat(255),
    };
    const record = recordFrom(heard({ resourceId: longest.resourceId, link: aLink(longest) }));
    const item: News = { status: "AttachmentsDownloaded", time: NOON, source: "overview", previous: "ReadyForPublish" };
    const { announcement } = factory.reached(record, item);
    expect(Buffer.byteLength(queueText(announcement))).toBeLessThanOrEqual(48 * 1024);
  });
});
