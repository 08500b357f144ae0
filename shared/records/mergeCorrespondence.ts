// Merging what is known of one correspondence: facts may come twice, late and in any order. Pure.
import type { EndReason } from "../altinn/endReason.ts";
import { traceOf } from "../telemetry/traceContext.ts";
import type { CorrespondenceRecord, Link, Times } from "./correspondenceRecord.ts";
import { type Fact, type FactStatus, SOURCES, type Source, STATUSES } from "./facts.ts";

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
  readonly unresolvedSince?: number | undefined;
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
    unresolvedSince: addition.unresolvedSince,
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
    unresolvedSince: earliest(a.unresolvedSince, b.unresolvedSince),
    checkOwedAt: latest(a.checkOwedAt, b.checkOwedAt),
    checkedAt: latest(a.checkedAt, b.checkedAt),
  });
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
  if (one === other) return { ...a, ...b, ...traceOf(traceText(a) > traceText(b) ? a : b) };
  if (a.postedAt !== b.postedAt) return a.postedAt < b.postedAt ? a : b;
  return one < other ? a : b;
}

function traceText({ traceparent = "", tracestate = "" }: Link): string {
  return `${traceparent} ${tracestate}`;
}

/** What this version knows of a link, in one order; save its trace, which an older version does not write. */
function asText({ requestId, dispatchId, digest, recipient, sendersReference, ...rest }: Link): string {
  const { statusQueue, isConfirmationNeeded, postedAt, requestedPublishTime } = rest;
  const { dueDateTime, publishBy, attachmentsExpire } = rest;
  const known = { requestId, dispatchId, digest, recipient, sendersReference };
  const times = { postedAt, requestedPublishTime, dueDateTime, publishBy, attachmentsExpire };
  return JSON.stringify({ ...known, statusQueue, isConfirmationNeeded, ...times });
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
  const { failure, foreignSince, unresolvedSince, checkOwedAt, checkedAt, ...rest } = others;
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
    ...(unresolvedSince === undefined ? {} : { unresolvedSince }),
    ...(checkOwedAt === undefined ? {} : { checkOwedAt }),
    ...(checkedAt === undefined ? {} : { checkedAt }),
    ...newer,
  };
}

type RequiredKeys = "version" | "correspondenceId" | "firstHeard" | "facts" | "unknownTypes" | "notificationOrders";
