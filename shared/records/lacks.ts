// What sweeps must know of a letter that they follow, in one index tag: so that no record is read for one without news. Pure.
import { CORRESPONDENCE_STATUSES, type CorrespondenceStatus, statusNumber } from "../altinn/statuses.ts";
import { timestamp } from "../clock.ts";
import { type CorrespondenceRecord, isTold, publishTimeOf, resourceOf } from "./correspondenceRecord.ts";
import { nextDeadline } from "./deadlines.ts";
import { isCheckOwed, isToldInPart } from "./following.ts";

/** What is to be done to bring a letter up to date. */
export type Lack =
  /** One of these statuses may have been reached; Altinn's lists tell which letters have. */
  | { readonly kind: "statuses"; readonly statuses: readonly CorrespondenceStatus[] }
  /** It must be asked about by itself: only its overview tells when it is published, and the orders of its notifications. */
  | { readonly kind: "look" }
  /** The same, and also if it waits to be published: an event told what Altinn is to settle. */
  | { readonly kind: "owed" }
  /** Nobody has claimed it yet. */
  | { readonly kind: "owner" };

/** What the index tells of a letter that is followed. */
export interface Lacking {
  /** Its publish time, in epoch milliseconds; Altinn's own where statuses are lacking. */
  readonly publishTime: number;
  readonly lack: Lack;
  /** When it is to be asked about by itself: a deadline has passed then. In epoch milliseconds. */
  readonly deadline?: number;
}

/** The statuses that can be news: Initialized is what it begins with, and Fetched shows in no list and in no overview. */
const WAITED_FOR = CORRESPONDENCE_STATUSES.filter((status) => status !== "Initialized" && status !== "Fetched");

/** The statuses that nobody has told of yet. */
export function lackedStatuses(record: CorrespondenceRecord): CorrespondenceStatus[] {
  return WAITED_FOR.filter((status) => !isTold(record, status));
}

function lackOf(record: CorrespondenceRecord): Lack {
  if (!record.link) return { kind: "owner" };
  if (isCheckOwed(record)) return { kind: "owed" };
  // Its publish time and its notifications stand in an overview alone; notifications are ordered when it is published.
  const isSeen = record.publishTime !== undefined && resourceOf(record) !== undefined;
  const isSeenPublished = !isTold(record, "Published") || record.facts.Published?.overview !== undefined;
  if (!isSeen || !isSeenPublished || isTold(record, "Purged") || isToldInPart(record)) return { kind: "look" };
  return { kind: "statuses", statuses: lackedStatuses(record) };
}

/**
 * The tag `lacks`: the publish time, after a slash the next deadline if there is one, and then the numbers of the statuses,
 * or what else is to be done.
 */
export function lacksTag(record: CorrespondenceRecord): string {
  const lack = lackOf(record);
  const what = lack.kind === "statuses" ? lack.statuses.map(statusNumber).join(" ") : lack.kind;
  const deadline = nextDeadline(record);
  const times = [publishTimeOf(record), ...(deadline === undefined ? [] : [deadline])];
  return `${times.map(timestamp).join("/")} ${what}`;
}

/** The tag `lacks` of a letter that is not followed, but has this deadline; those of times that are later sort after it. */
export function deadlineTag(deadline: number): string {
  return `deadline ${timestamp(deadline)}`;
}

/** True if a tag `lacks` of a letter that is followed has a deadline that has passed at this time, as a timestamp. */
export function hasPassedDeadline(lacks: string, now: string): boolean {
  // Timestamps have one length; what stands first is the publish time.
  return lacks[now.length] === "/" && lacks.slice(now.length + 1, 2 * now.length + 1) <= now;
}

/** What a tag `lacks` says, statuses that are the same in one array; what cannot be understood must be asked about. */
export function createLacksReader(): (tag: string) => Lacking {
  const known = new Map<string, Lack>();
  return (tag) => {
    const end = tag.indexOf(" ");
    const what = tag.slice(end + 1);
    const lack = known.get(what) ?? parseLack(what);
    known.set(what, lack);
    const [publishTime = Number.NaN, deadline] = tag.slice(0, end).split("/").map(Date.parse);
    return {
      publishTime,
      lack: Number.isNaN(publishTime) ? { kind: "look" } : lack,
      ...(deadline === undefined ? {} : { deadline }),
    };
  };
}

function parseLack(what: string): Lack {
  if (what === "owed" || what === "owner") return { kind: what };
  const statuses = what
    .split(" ")
    .map((number) => (/^\d+$/.test(number) ? CORRESPONDENCE_STATUSES[Number(number)] : undefined));
  const known = statuses.filter((status) => status !== undefined);
  return known.length === statuses.length ? { kind: "statuses", statuses: known } : { kind: "look" };
}
