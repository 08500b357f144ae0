// Finding everything with a status, though a list holds but a thousand ids and has no pages: which windows to ask for, and
// what is left in doubt. Pure: it is handed the answers.

/** At most this many ids come back, newest requested publish time first, and there is no paging. */
export const MAX_LISTED = 1000;

/** A window of requested publish times, in epoch milliseconds; Altinn compares strictly. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** What a search knows beforehand. All of it saves calls; none of it decides what is found. */
export interface SearchHints {
  /** The publish times, in ascending order, of the letters whose status is in question. */
  readonly times: ArrayLike<number>;
  /** The publish time of a listed letter, where it is known. */
  readonly timeOf: (id: string) => number | undefined;
}

/** A part of the window that is still to be listed. */
interface Part {
  readonly window: Window;
  /** The newest of a full list, and the part that they may have come from: it is settled if this part's list meets them. */
  readonly above?: { readonly ids: ReadonlySet<string>; readonly window: Window };
}

/**
 * Asks for windows, and is handed the ids of each. A full list is followed by one of what is older than its last ids: that
 * one begins among the same ids if nothing was left out between them, and else what is between is listed too. So a guess of
 * how far a list reached may be wrong, and nothing is lost by it.
 *
 * @returns the windows in which letters may have the status without having been listed: more than a list holds share one
 *   publish time, or listing would cost more calls than asking about the letters one by one
 */
export function* statusSearch(window: Window, hints: SearchHints): Generator<Window, Window[], readonly string[]> {
  const left: Part[] = [{ window }];
  const open: Window[] = [];
  for (let calls = 1, part = left.pop(); part; calls++, part = left.pop()) {
    const ids = yield part.window;
    const { above } = part;
    if (above && !ids.some((id) => above.ids.has(id))) left.push({ window: above.window });
    if (ids.length < MAX_LISTED) continue;
    const cut = cutOf(part.window, ids, hints);
    if (cut === undefined) {
      open.push(part.window);
      continue;
    }
    // A millisecond in both, since neither has what is just at its end.
    const older = { from: part.window.from, to: cut };
    left.push({ window: older, above: { ids: new Set(ids), window: { from: cut - 1, to: part.window.to } } });
    if (isTooDear(calls, left, hints.times)) {
      return [...open, ...left.flatMap(({ window, above }) => (above ? [window, above.window] : [window]))];
    }
  }
  return open;
}

/** So many calls, and one for twenty letters, may be made to find out how close what is listed lies. */
const EXPLORING = 3;

/** True once more calls have been made than letters are settled by them: a few of ours among thousands of others. */
function isTooDear(calls: number, left: readonly Part[], times: ArrayLike<number>): boolean {
  if (times.length === 0) return false;
  const inQuestion = left.reduce((sum, { window }) => sum + rankOf(times, window.to) - rankOf(times, window.from), 0);
  return calls > EXPLORING + times.length / 20 + Math.max(times.length - inQuestion, 0);
}

/** How many of the last ids of a full list are to be listed again: a guess by their age is off by less. */
const OVERLAP = 50;

/** Where to cut a window whose list is full: just above the last ids, as far as anybody can tell; else in the middle. */
function cutOf({ from, to }: Window, ids: readonly string[], { times, timeOf }: SearchHints): number | undefined {
  const isCut = (time: number | undefined): time is number => time !== undefined && time > from + 1 && time < to;
  const guesses = [oldest(ids, timeOf), timeInId(ids.at(-OVERLAP) ?? "")];
  const guessed = guesses.map((time) => (time === undefined ? undefined : time + 1)).filter(isCut);
  if (guessed.length > 0) return Math.min(...guessed);
  const first = rankOf(times, from);
  const median = times[first + Math.floor((rankOf(times, to) - first) / 2)];
  return [median === undefined ? undefined : median + 1, median, Math.floor((from + to) / 2)].find(isCut);
}

function oldest(ids: readonly string[], timeOf: SearchHints["timeOf"]): number | undefined {
  let found: number | undefined;
  for (const id of ids) {
    const time = timeOf(id);
    if (time !== undefined && (found === undefined || time < found)) found = time;
  }
  return found;
}

/** When an id of UUID version 7 was made, in epoch milliseconds: about the publish time of what was to go out at once. */
function timeInId(id: string): number | undefined {
  return id[14] === "7" ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}

/** How many of the sorted times are not later than this one. */
function rankOf(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
