// The statuses that Altinn's facts speak of, how they rank, and which of them are announced.
import type { AltinnEvent } from "../altinn/cloudEvent.ts";

/**
 * Everything that a fact can say was reached, lowest rank first. The first fourteen are Altinn's
 * own statuses; `Purged` is an event that does not say by whom; the rest are signals beside the life cycle.
 */
export const STATUSES = [
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
  "PurgedByAltinn",
  "Purged",
  "NeverRead",
  "NeverConfirmed",
  "NotificationFailed",
  "NotPublished",
  "AttachmentsExpiring",
] as const;

/** A status that facts speak of. */
export type FactStatus = (typeof STATUSES)[number];

/** Who can tell a fact for good. */
export const TELLERS = ["answer", "event", "overview", "details", "list"] as const;

/** A source whose word counts. */
export type Teller = (typeof TELLERS)[number];

/**
 * Where a fact comes from: who told it, or a hint, which is an event that Altinn is to confirm first (CONFIRM_EVENTS). A
 * hint is kept, and nothing goes by it.
 */
export const SOURCES = [...TELLERS, "hint"] as const;

/** Who told a fact. */
export type Source = (typeof SOURCES)[number];

/** One thing that Altinn said about a correspondence. */
export interface Fact {
  readonly status: FactStatus;
  /** When it was reached, in epoch milliseconds; when a list told, the time of asking. */
  readonly time: number;
  readonly source: Source;
}

const RANKED: ReadonlyMap<string, number> = new Map([
  ["Initialized", 0],
  ["ReadyForPublish", 1],
  ["Reserved", 2],
  ["Published", 3],
  ["Fetched", 4],
  ["AttachmentsDownloaded", 5],
  ["Forwarded", 6],
  ["Read", 7],
  ["Replied", 8],
  ["Confirmed", 9],
  ["Archived", 10],
  ["Failed", 11],
  ["PurgedByRecipient", 12],
  ["PurgedByAltinn", 12],
]);

/** A status's place in the life of a correspondence, to sort announcements by; `undefined` for signals beside it. */
export function rankOf(status: FactStatus): number | undefined {
  return RANKED.get(status);
}

/**
 * The statuses that are announced. `sent` covers Initialized and ReadyForPublish, Fetched says nothing that a sender
 * needs, and a purge is announced once it is known who did it.
 */
export const ANNOUNCED: ReadonlySet<FactStatus> = new Set(
  STATUSES.filter((status) => !["Initialized", "ReadyForPublish", "Fetched", "Purged"].includes(status)),
);

/** What only a letter that was published comes to. */
export const AFTER_PUBLISHING: readonly FactStatus[] = [
  "Published",
  "Fetched",
  "AttachmentsDownloaded",
  "Forwarded",
  "Read",
  "Replied",
  "Confirmed",
  "Archived",
  "PurgedByRecipient",
];

/** The fact status of Altinn's own status name; `undefined` for one that we do not know. */
export function factStatus(name: string): FactStatus | undefined {
  return STATUSES.find((status) => status === name && RANKED.has(status));
}

const BY_EVENT_TYPE: ReadonlyMap<string, FactStatus> = new Map<string, FactStatus>([
  ["correspondenceinitialized", "Initialized"],
  ["correspondencepublished", "Published"],
  ["correspondencepublishfailed", "Failed"],
  ["correspondencereceiverread", "Read"],
  ["correspondencereceiverconfirmed", "Confirmed"],
  ["correspondencereceiverreplied", "Replied"],
  ["correspondencereceiverreserved", "Reserved"],
  ["correspondencearchived", "Archived"],
  ["correspondencepurged", "Purged"],
  ["correspondencereceiverneverread", "NeverRead"],
  ["correspondencereceiverneverconfirmed", "NeverConfirmed"],
  ["correspondencenotificationcreationfailed", "NotificationFailed"],
  ["correspondencenotificationfailed", "NotificationFailed"],
  ["correspondencenotificationallfailed", "NotificationFailed"],
]);

/** The status that an event tells; `undefined` for a type that says nothing of a status, or that we do not know. */
export function statusOfEvent(event: AltinnEvent): FactStatus | undefined {
  return BY_EVENT_TYPE.get(event.type);
}
