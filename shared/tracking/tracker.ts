// Keeps the records of correspondences: merges what is heard into them and announces what that adds.

import type { AnnouncementFactory } from "../announcements/announcement.ts";
import type { Announcer } from "../announcements/announcer.ts";
import type { Clock } from "../clock.ts";
import type { CorrespondenceRecord } from "../records/correspondenceRecord.ts";
import { missedDeadlines } from "../records/deadlines.ts";
import { type Fact, STATUSES } from "../records/facts.ts";
import { noteLate } from "../records/figuresNotes.ts";
import { isSettled } from "../records/following.ts";
import { type Addition, merge, recordOf } from "../records/mergeCorrespondence.ts";
import { type News, newsBetween } from "../records/news.ts";
import type { StateStore } from "../records/stateStore.ts";
import { createTurns } from "./inTurn.ts";
import type { NotificationOrders } from "./notificationOrders.ts";

/** Where the tracker keeps and tells what it hears. */
export interface TrackerOptions {
  readonly clock: Clock;
  readonly store: StateStore;
  readonly orders: NotificationOrders;
  readonly announcer: Announcer;
  readonly announcements: () => Promise<AnnouncementFactory>;
}

/** What an addition did. */
export interface Tracked {
  readonly record: CorrespondenceRecord;
  /** As it was; absent if there was none. */
  readonly before: CorrespondenceRecord | undefined;
  readonly news: readonly News[];
}

/** One or more, to be written together or not at all. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Keeps the records of correspondences. */
export interface Tracker {
  /**
   * Merges what is heard into the correspondence's record, which the first to hear of it creates. What Altinn told is
   * announced first and then recorded, since it can be asked again. A lost race reads again, and may tell twice, with the
   * same id; in one process additions to one letter follow each other, so races are lost to other instances alone. `isNew`
   * spares the read where no record is expected.
   */
  add(heard: Addition | NonEmpty<Addition>, options?: { readonly isNew?: boolean }): Promise<Tracked>;
}

/** Races with more than a few others at once do not happen; something is wrong then. */
const MAX_RACES = 20;

/** Makes the tracker of this instance. */
export function createTracker(options: TrackerOptions): Tracker {
  const { clock, store, orders, announcer } = options;
  const inTurn = createTurns();

  /** Events about a notification name its order alone: what has come for the orders that are new to the record is added. */
  async function withOrders(
    record: CorrespondenceRecord,
    before?: CorrespondenceRecord,
  ): Promise<CorrespondenceRecord> {
    const { correspondenceId } = record;
    const facts: Fact[] = [];
    for (const order of record.notificationOrders) {
      if (before?.notificationOrders.includes(order)) continue;
      const told = await orders.claim(order, correspondenceId);
      for (const status of STATUSES) {
        const time = told[status];
        if (time !== undefined) facts.push({ status, time, source: "event" });
      }
    }
    return withFacts(record, facts);
  }

  function withFacts(record: CorrespondenceRecord, facts: readonly Fact[]): CorrespondenceRecord {
    const { correspondenceId } = record;
    return facts.length === 0 ? record : merge(record, recordOf({ correspondenceId, heardAt: clock.now(), facts }));
  }

  async function write(added: CorrespondenceRecord, isNew: boolean): Promise<Tracked> {
    const { correspondenceId } = added;
    let known = isNew ? undefined : await store.correspondences.read(correspondenceId);
    for (let race = 0; race < MAX_RACES; race++) {
      const before = known?.value;
      const merged = await withOrders(before ? merge(before, added) : added, before);
      // Decided by all that is known now: what an event has told since Altinn was asked counts too.
      const missed = added.checkedAt === undefined ? [] : missedDeadlines(merged, added.checkedAt);
      const record = withFacts(merged, missed);
      if (before && isSame(before, record)) return { record, before, news: [] };
      const news = newsBetween(before, record);
      const isEnded = before?.unresolvedSince === undefined && !isSettled(record);
      const unresolvedSince = isEnded ? record.unresolvedSince : undefined;
      if (news.length > 0 || unresolvedSince !== undefined) {
        const announcements = await options.announcements();
        const told = news.map((item) => announcements.reached(record, item));
        if (unresolvedSince !== undefined) told.push(announcements.unresolved(record, unresolvedSince));
        await announcer.announce(told);
      }
      await noteLate(store.figures, before, record, clock.now());
      const etag = known
        ? await store.correspondences.replace(correspondenceId, record, known.etag)
        : await store.correspondences.create(correspondenceId, record);
      if (etag !== undefined) return { record, before, news };
      known = await store.correspondences.read(correspondenceId);
    }
    throw new Error(`The record of correspondence ${correspondenceId} changes too often to be written`);
  }

  return {
    add(heard, { isNew = false } = {}) {
      const [first, ...others] = "correspondenceId" in heard ? ([heard] as const) : heard;
      const added = others.map(recordOf).reduce(merge, recordOf(first));
      return inTurn(added.correspondenceId, () => write(added, isNew));
    },
  };
}

function isSame(a: CorrespondenceRecord, b: CorrespondenceRecord): boolean {
  // Merging puts the fields of both in the same order.
  return JSON.stringify(merge(a, a)) === JSON.stringify(b);
}
