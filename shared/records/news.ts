// The statuses that a change of a correspondence's record makes known, and that are to be announced. Pure.
import { type CorrespondenceRecord, currentStatus, reached, timeOf } from "./correspondenceRecord.ts";
import { isKept } from "./deadlines.ts";
import { ANNOUNCED, type FactStatus, rankOf, type Teller } from "./facts.ts";

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
 * known; from then on everything that has been reached is, save what `sent` covers, and deadlines that prove to be kept.
 */
export function newsBetween(before: CorrespondenceRecord | undefined, after: CorrespondenceRecord): News[] {
  if (!after.link) return [];
  const told = new Set(before?.link ? reached(before) : []);
  let previous = before?.link ? currentStatus(before) : undefined;
  const news: News[] = [];
  for (const status of reached(after)) {
    if (told.has(status) || !ANNOUNCED.has(status) || isKept(after, status)) continue;
    const when = timeOf(after, status);
    if (!when) continue;
    news.push({ status, ...when, previous });
    const rank = rankOf(status);
    if (rank !== undefined && rank > (previous ? (rankOf(previous) ?? -1) : -1)) previous = status;
  }
  return news;
}
