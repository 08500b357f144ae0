// What is known of one correspondence: who sent it, every fact that Altinn told, and what these facts say. Pure.
import * as z from "zod";
import type { EndReason } from "../altinn/endReason.ts";
import type { TraceContext } from "../telemetry/traceContext.ts";
import { type FactStatus, rankOf, SOURCES, type Source, STATUSES, TELLERS, type Teller } from "./facts.ts";
import { endReason, optionalText, optionalTime, text, time, trace } from "./fields.ts";

/** Which dispatch a correspondence came from, and what its announcements repeat. */
export interface Link extends TraceContext {
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
  /** The deadlines that it was sent with: when it is due, by when it is to be published, and when its first attachment expires. */
  readonly dueDateTime?: number;
  readonly publishBy?: number;
  readonly attachmentsExpire?: number;
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
  /** When it was found to have been followed for as long as letters are, without an end: producers were told so. */
  readonly unresolvedSince?: number;
  /** When an event last told what Altinn is to be asked about; when a check began that went well while that, or a deadline, was owed. */
  readonly checkOwedAt?: number;
  readonly checkedAt?: number;
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

/** True if Altinn itself has told the status when asked, and not just an event. */
export function isConfirmed({ facts }: CorrespondenceRecord, status: FactStatus): boolean {
  return TELLERS.some((source) => source !== "event" && facts[status]?.[source] !== undefined);
}

/** The publish time that counts: Altinn's own, else ours, else when it was posted or first heard of. */
export function publishTimeOf(record: CorrespondenceRecord): number {
  const link = record.link;
  return record.publishTime ?? link?.requestedPublishTime ?? link?.postedAt ?? record.firstHeard;
}

/** As the record of a correspondence is stored. */
export const correspondenceRecordSchema: z.ZodType<CorrespondenceRecord> = z.looseObject({
  version: z.literal(1),
  correspondenceId: text,
  resourceId: optionalText,
  eventResourceId: optionalText,
  link: z
    .looseObject({
      requestId: text,
      dispatchId: text,
      digest: text,
      recipient: text,
      sendersReference: text,
      statusQueue: optionalText,
      ...trace,
      isConfirmationNeeded: z.boolean(),
      postedAt: time,
      requestedPublishTime: optionalTime,
      dueDateTime: optionalTime,
      publishBy: optionalTime,
      attachmentsExpire: optionalTime,
    })
    .exactOptional(),
  firstHeard: time,
  created: optionalTime,
  publishTime: optionalTime,
  facts: z.partialRecord(z.enum(STATUSES), z.partialRecord(z.enum(SOURCES), time)),
  unknownTypes: z.record(text, time),
  notificationOrders: z.array(text),
  failure: endReason.exactOptional(),
  foreignSince: optionalTime,
  unresolvedSince: optionalTime,
  checkOwedAt: optionalTime,
  checkedAt: optionalTime,
});
