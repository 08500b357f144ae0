// What is known of one correspondence: who sent it and every fact that Altinn told. Pure: merging and reading it.
import type { EndReason } from "../altinn/endReason.ts";
import {
  ANNOUNCED,
  type Fact,
  type FactStatus,
  rankOf,
  SOURCES,
  type Source,
  STATUSES,
  TELLERS,
  type Teller,
} from "./facts.ts";

/** Which dispatch a correspondence came from, and what its announcements repeat. */
export interface Link {
  readonly requestId: string;
  readonly dispatchId: string;
  /** The digest of the request that was sent. */
  readonly digest: string;
  readonly recipient: string;
  readonly sendersReference: string;
  /** The queue that the request asked its announcements to go to. */
  readonly statusQueue?: string;
  readonly isConfirmationNeeded: boolean;
  /** When the letter was posted, in epoch milliseconds. */
  readonly postedAt: number;
  /** The publish time that the request asked for; Altinn's own replaces it once an overview tells. */
  readonly requestedPublishTime?: number;
}

/** The earliest time at which each source says that a status was reached, in epoch milliseconds. */
export type Times = Readonly<Partial<Record<Source, number>>>;

/**
 * The record of one correspondence. Two records of the same correspondence merge by union and minimum, so that facts may
 * come twice, late and in any order.
 */
export interface CorrespondenceRecord {
  readonly version: 1;
  readonly correspondenceId: string;
  /** As our own dispatch or Altinn's answer says. */
  readonly resourceId?: string;
  /** As events say, one of ours; gone as soon as somebody says who knows. */
  readonly eventResourceId?: string;
  readonly link?: Link;
  /** When anything was first heard of it, in epoch milliseconds. */
  readonly firstHeard: number;
  /** Altinn's own times, from an overview. */
  readonly created?: number;
  readonly publishTime?: number;
  readonly facts: Readonly<Partial<Record<FactStatus, Times>>>;
  /** Event types that we do not know, with the earliest time of each. */
  readonly unknownTypes: Readonly<Record<string, number>>;
  /** Orders of notifications, from an overview: events about them name only the order. */
  readonly notificationOrders: readonly string[];
  /** Why it failed, where Altinn tells. */
  readonly failure?: EndReason;
  /** When a sweep found that no dispatch of ours claims it. A view, not an end: a link undoes it. */
  readonly foreignSince?: number;
  /** When an event last told what Altinn is to be asked about, and when a check began that went well while that was owed. */
  readonly checkOwedAt?: number;
  readonly checkedAt?: number;
}

/** What one look at Altinn, one event or one sending adds to a record. */
export interface Addition {
  readonly correspondenceId: string;
  readonly heardAt: number;
  readonly resourceId?: string | undefined;
  readonly eventResourceId?: string | undefined;
  readonly link?: Link | undefined;
  readonly created?: number | undefined;
  readonly publishTime?: number | undefined;
  readonly facts?: readonly Fact[];
  readonly unknownTypes?: Readonly<Record<string, number>>;
  readonly notificationOrders?: readonly string[];
  readonly failure?: EndReason | undefined;
  readonly foreignSince?: number | undefined;
  readonly checkOwedAt?: number | undefined;
  readonly checkedAt?: number | undefined;
}

/** The record that one addition alone amounts to. */
export function recordOf(addition: Addition): CorrespondenceRecord {
  const facts: Partial<Record<FactStatus, Times>> = {};
  for (const fact of addition.facts ?? []) {
    facts[fact.status] = earliestTimes(facts[fact.status] ?? {}, { [fact.source]: fact.time });
  }
  return compact({
    version: 1,
    correspondenceId: addition.correspondenceId,
    resourceId: addition.resourceId,
    eventResourceId: addition.eventResourceId,
    link: addition.link,
    firstHeard: addition.heardAt,
    created: addition.created,
    publishTime: addition.publishTime,
    facts: inOrder(facts),
    unknownTypes: earliestTypes(addition.unknownTypes ?? {}, {}),
    notificationOrders: [...new Set(addition.notificationOrders ?? [])].sort(),
    failure: addition.failure,
    foreignSince: addition.link ? undefined : addition.foreignSince,
    checkOwedAt: addition.checkOwedAt,
    checkedAt: addition.checkedAt,
  });
}

/** Merges what two records of one correspondence know. Commutative, associative and idempotent. */
export function merge(a: CorrespondenceRecord, b: CorrespondenceRecord): CorrespondenceRecord {
  const facts: Partial<Record<FactStatus, Times>> = {};
  for (const status of STATUSES) {
    const known = a.facts[status] ?? b.facts[status];
    if (known) facts[status] = earliestTimes(known, b.facts[status] ?? known);
  }
  const link = firstLink(a.link, b.link);
  return compact({
    // The fields that a newer version of the app has written, and this one does not know, stay as they are.
    ...a,
    ...b,
    version: 1,
    correspondenceId: a.correspondenceId,
    resourceId: smallest(a.resourceId, b.resourceId),
    eventResourceId: smallest(a.eventResourceId, b.eventResourceId),
    link,
    firstHeard: Math.min(a.firstHeard, b.firstHeard),
    created: earliest(a.created, b.created),
    publishTime: earliest(a.publishTime, b.publishTime),
    facts: inOrder(facts),
    unknownTypes: earliestTypes(a.unknownTypes, b.unknownTypes),
    notificationOrders: [...new Set([...a.notificationOrders, ...b.notificationOrders])].sort(),
    failure: smallest(a.failure, b.failure),
    foreignSince: link ? undefined : earliest(a.foreignSince, b.foreignSince),
    checkOwedAt: latest(a.checkOwedAt, b.checkOwedAt),
    checkedAt: latest(a.checkedAt, b.checkedAt),
  });
}

/** Whose time counts: what Altinn itself has noted before an event's, which anybody may have made up; a list has none. */
const BY_TRUST: readonly (readonly Teller[])[] = [["answer", "overview", "details"], ["event"], ["list"]];

/** The time of a status, and who told it: the earliest of those who know best. `undefined` if nobody did, but for a hint. */
export function timeOf(record: CorrespondenceRecord, status: FactStatus): { time: number; source: Teller } | undefined {
  for (const sources of BY_TRUST) {
    let found: { time: number; source: Teller } | undefined;
    for (const source of sources) {
      const time = record.facts[status]?.[source];
      if (time !== undefined && (!found || time < found.time)) found = { time, source };
    }
    if (found) return found;
  }
  return undefined;
}

/** The resource that it is on, as far as anybody has said. */
export function resourceOf({ resourceId, eventResourceId }: CorrespondenceRecord): string | undefined {
  return resourceId ?? eventResourceId;
}

/** Everything that has been reached, as somebody told, lowest rank first. */
export function reached(record: CorrespondenceRecord): FactStatus[] {
  return STATUSES.filter((status) => isTold(record, status));
}

/** True if somebody has told the status, and not just hinted at it. */
export function isTold({ facts }: CorrespondenceRecord, status: FactStatus): boolean {
  return TELLERS.some((source) => facts[status]?.[source] !== undefined);
}

/** The status of highest rank; `undefined` before anything is known. */
export function currentStatus(record: CorrespondenceRecord): FactStatus | undefined {
  return reached(record)
    .filter((status) => rankOf(status) !== undefined)
    .at(-1);
}

/** A status that is to be announced. */
export interface News {
  readonly status: FactStatus;
  readonly time: number;
  readonly source: Teller;
  /** The highest status that was known before this. */
  readonly previous: FactStatus | undefined;
}

/**
 * What `after` makes known that `before` had not announced, lowest rank first. Nothing is announced before the dispatch is
 * known; from then on everything that has been reached is, save what `sent` covers.
 */
export function newsBetween(before: CorrespondenceRecord | undefined, after: CorrespondenceRecord): News[] {
  if (!after.link) return [];
  const told = new Set(before?.link ? reached(before) : []);
  let previous = before?.link ? currentStatus(before) : undefined;
  const news: News[] = [];
  for (const status of reached(after)) {
    if (told.has(status) || !ANNOUNCED.has(status)) continue;
    const when = timeOf(after, status);
    if (!when) continue;
    news.push({ status, ...when, previous });
    const rank = rankOf(status);
    if (rank !== undefined && rank > (previous ? (rankOf(previous) ?? -1) : -1)) previous = status;
  }
  return news;
}

/** True if Altinn itself has told the status when asked, and not just an event. */
export function isConfirmed({ facts }: CorrespondenceRecord, status: FactStatus): boolean {
  return TELLERS.some((source) => source !== "event" && facts[status]?.[source] !== undefined);
}

/** The publish time that counts: Altinn's own, else ours, else when it was posted or first heard of. */
export function publishTimeOf(record: CorrespondenceRecord): number {
  const link = record.link;
  return record.publishTime ?? link?.requestedPublishTime ?? link?.postedAt ?? record.firstHeard;
}

function earliestTimes(a: Times, b: Times): Times {
  const times: Partial<Record<Source, number>> = {};
  for (const source of SOURCES) {
    const time = earliest(a[source], b[source]);
    if (time !== undefined) times[source] = time;
  }
  return times;
}

/** Whoever posts events chooses their types: more than this many are not kept. */
const MAX_UNKNOWN_TYPES = 50;

/** By name, and not through the prototype: a type may be called `constructor`. */
function earliestTypes(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const times = new Map(Object.entries(a));
  for (const [type, time] of Object.entries(b)) times.set(type, Math.min(times.get(type) ?? time, time));
  const first = [...times].sort(([x], [y]) => (x < y ? -1 : 1)).slice(0, MAX_UNKNOWN_TYPES);
  return Object.fromEntries(first);
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

function latest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.max(a, b);
}

function smallest<T extends string>(a: T | undefined, b: T | undefined): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

/** There is only ever one, with what a newer version knows of it; the order just keeps merging commutative. */
function firstLink(a: Link | undefined, b: Link | undefined): Link | undefined {
  if (!a || !b) return a ?? b;
  const [one, other] = [asText(a), asText(b)];
  if (one === other) return { ...a, ...b };
  if (a.postedAt !== b.postedAt) return a.postedAt < b.postedAt ? a : b;
  return one < other ? a : b;
}

/** What this version knows of a link, in one order. */
function asText({ requestId, dispatchId, digest, recipient, sendersReference, ...rest }: Link): string {
  const { statusQueue, isConfirmationNeeded, postedAt, requestedPublishTime } = rest;
  const known = { requestId, dispatchId, digest, recipient, sendersReference };
  return JSON.stringify({ ...known, statusQueue, isConfirmationNeeded, postedAt, requestedPublishTime });
}

function inOrder(facts: Partial<Record<FactStatus, Times>>): Partial<Record<FactStatus, Times>> {
  const ordered: Partial<Record<FactStatus, Times>> = {};
  for (const status of STATUSES) {
    const times = facts[status];
    if (times) ordered[status] = times;
  }
  return ordered;
}

type Uncompacted = { [K in keyof CorrespondenceRecord]: CorrespondenceRecord[K] | undefined };

/** Leaves out what is not known, so that equal records are equal as JSON. */
function compact(record: Uncompacted & Pick<CorrespondenceRecord, RequiredKeys>): CorrespondenceRecord {
  const { version, correspondenceId, resourceId, eventResourceId, link, created, publishTime, ...others } = record;
  const { failure, foreignSince, checkOwedAt, checkedAt, ...rest } = others;
  const { firstHeard, facts, unknownTypes, notificationOrders, ...newer } = rest;
  return {
    version,
    correspondenceId,
    ...(resourceId === undefined ? {} : { resourceId }),
    ...(eventResourceId === undefined || resourceId !== undefined ? {} : { eventResourceId }),
    ...(link === undefined ? {} : { link }),
    firstHeard,
    ...(created === undefined ? {} : { created }),
    ...(publishTime === undefined ? {} : { publishTime }),
    facts,
    unknownTypes,
    notificationOrders,
    ...(failure === undefined ? {} : { failure }),
    ...(foreignSince === undefined ? {} : { foreignSince }),
    ...(checkOwedAt === undefined ? {} : { checkOwedAt }),
    ...(checkedAt === undefined ? {} : { checkedAt }),
    ...newer,
  };
}

type RequiredKeys = "version" | "correspondenceId" | "firstHeard" | "facts" | "unknownTypes" | "notificationOrders";
