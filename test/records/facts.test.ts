// Which facts there are, how they rank, and what an event says.
import { describe, expect, it } from "vitest";
import { parseAltinnEvent } from "../../shared/altinn/cloudEvent.ts";
import { CORRESPONDENCE_STATUSES } from "../../shared/altinn/statuses.ts";
import { ANNOUNCED, factStatus, rankOf, STATUSES, statusOfEvent } from "../../shared/records/facts.ts";
import { CORRESPONDENCE_ID } from "./additions.ts";

describe("statuses", () => {
  it("rank as a letter lives, with both purges last and equal", () => {
    const ordered = [
      "Initialized",
      "ReadyForPublish",
      "Reserved",
      "Published",
      "Fetched",
      "AttachmentsDownloaded",
      "Forwarded",
      "Read",
      "Replied",
      "Confirmed",
      "Archived",
      "Failed",
      "PurgedByRecipient",
    ] as const;
    const ranks = ordered.map((status) => rankOf(status) ?? Number.NaN);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(new Set(ranks).size).toBe(ordered.length);
    expect(rankOf("PurgedByAltinn")).toBe(rankOf("PurgedByRecipient"));
    for (const signal of ["Purged", "NeverRead", "NeverConfirmed", "NotificationFailed"] as const) {
      expect(rankOf(signal)).toBeUndefined();
    }
  });

  it("are listed lowest rank first, which everything that reads a record relies on", () => {
    const ranks = STATUSES.map(rankOf).filter((rank) => rank !== undefined);
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });

  it("know each status that Altinn has, and nothing else by Altinn's names", () => {
    for (const status of CORRESPONDENCE_STATUSES) expect(factStatus(status)).toBe(status);
    for (const name of ["Purged", "NeverRead", "NotificationFailed", "published", "Folded", "", "constructor"]) {
      expect(factStatus(name)).toBeUndefined();
    }
  });

  it("are announced, save those that `sent` covers, Fetched, and a purge without a culprit", () => {
    const silent = STATUSES.filter((status) => !ANNOUNCED.has(status));
    expect(silent).toEqual(["Initialized", "ReadyForPublish", "Fetched", "Purged"]);
  });
});

describe("an event", () => {
  it.each([
    ["correspondenceinitialized", "Initialized"],
    ["correspondencepublished", "Published"],
    ["correspondencepublishfailed", "Failed"],
    ["correspondencereceiverread", "Read"],
    ["correspondencereceiverconfirmed", "Confirmed"],
    ["correspondencereceiverreplied", "Replied"],
    ["correspondencereceiverneverread", "NeverRead"],
    ["correspondencereceiverneverconfirmed", "NeverConfirmed"],
    ["correspondencereceiverreserved", "Reserved"],
    ["correspondencearchived", "Archived"],
    ["correspondencepurged", "Purged"],
    ["correspondencenotificationcreationfailed", "NotificationFailed"],
    ["correspondencenotificationfailed", "NotificationFailed"],
    ["correspondencenotificationallfailed", "NotificationFailed"],
    ["correspondencenotificationdelivered", undefined],
    ["correspondencenotificationreminderdelivered", undefined],
    ["notificationcreated", undefined],
    ["attachmentpublished", undefined],
    ["correspondencefolded", undefined],
    ["constructor", undefined],
  ])("of type %s tells %s, in any case of letters", (type, status) => {
    expect(statusOfEvent(eventOf(type))).toBe(status);
    expect(statusOfEvent(eventOf(type.toUpperCase()))).toBe(status);
  });
});

function eventOf(type: string) {
  const parsed = parseAltinnEvent({
    id: "1faa107f-3c0a-4fa6-9fce-7cee8838e258",
    specversion: "1.0",
    type: `no.altinn.correspondence.${type}`,
    source: "https://altinn.example/correspondence/api/v1/correspondence",
    resource: "urn:altinn:resource:test-letters",
    resourceinstance: CORRESPONDENCE_ID,
    time: "2030-03-01T10:00:00Z",
  });
  if (parsed.kind !== "event") throw new Error(`The event of type ${type} was not understood`);
  return parsed.event;
}
