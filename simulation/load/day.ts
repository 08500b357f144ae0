// A whole day, second by second, as flows: how many letters come, how many go, what bounds them, and what it takes. Pure.
// The figures of one letter come from code that ran: simulated in busyTime.ts, measured by `npm run bench -- throughput`.
import { type ScaleRules, wantedInstances } from "./rules.ts";
import { TARGETS } from "./throttle.ts";

/** How the letters of a day come, and how the deployment is laid out. */
export interface DayOptions {
  readonly letters: number;
  /** How many times the average the busiest hour has; all others share the rest evenly. */
  readonly peak: number;
  /** Over so many queues are announcements shared out evenly. */
  readonly statusQueues: number;
  /** So many deployments, with a storage account each, share the letters evenly. */
  readonly deployments: number;
}

/** What one letter takes. */
export interface LetterFigures {
  /** Letters a second that one instance sends. */
  readonly rate: number;
  /** Operations of storage until it is sent, and for each of two events, with the host's, the producer's and the consumer's. */
  readonly sendOperations: number;
  readonly eventOperations: number;
  /** How long a letter is under way, while there is room for it, and an event, in seconds. */
  readonly sendSeconds: number;
  readonly eventSeconds: number;
}

/** What came of a day. Of one deployment, but for the sums. */
export interface Day extends DayOptions {
  readonly sent: number;
  /** Letters a second at the most: that came, and that went. */
  readonly busiestArrivals: number;
  readonly busiestSent: number;
  readonly mostSending: number;
  readonly mostEvents: number;
  readonly mostWaiting: number;
  /** The longest that a letter waited, in seconds. */
  readonly longestWait: number;
  /** For so many seconds each of these kept letters waiting. */
  readonly boundBy: Readonly<Record<string, number>>;
  /** The most that each target was asked for, as a share of its limit. */
  readonly shares: Readonly<Record<string, number>>;
  /** Sums over all deployments. */
  readonly instanceSeconds: number;
  readonly operations: number;
}

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
/** The busiest hour is the eleventh. */
const BUSIEST = 10;
/** Three announcements of a letter, and each of its messages, are put, taken and deleted. */
const MESSAGE_OPERATIONS = 3;
const EVENTS = 2;
/** What is less is nothing: a flow has fractions of letters. */
const NOTHING = 1e-6;

/** Goes through a day, and on until no letter waits any more. */
export function simulateDay(options: DayOptions, figures: LetterFigures, rules: ScaleRules): Day {
  const { letters, peak, statusQueues, deployments } = options;
  const own = letters / deployments;
  const busiest = (own * peak) / 24 / HOUR_SECONDS;
  const usual = (own * (1 - peak / 24)) / 23 / HOUR_SECONDS;
  const arrivalsAt = (second: number) => {
    if (second >= DAY_SECONDS) return 0;
    return Math.floor(second / HOUR_SECONDS) === BUSIEST ? busiest : usual;
  };
  // That a letter was published is told seconds after it was sent; when it is read is spread over the days that follow.
  const readASecond = own / DAY_SECONDS;
  let [waiting, instances, sent, second] = [0, 1, 0, 0];
  let [mostSending, mostEvents, mostWaiting, longestWait, busiestSent, instanceSeconds] = [0, 0, 0, 0, 0, 0];
  const boundBy: Record<string, number> = {};
  const shares: Record<string, number> = {};
  const starting: { readonly at: number; readonly count: number }[] = [];
  for (; second < DAY_SECONDS || waiting > NOTHING; second++) {
    if (second > 30 * DAY_SECONDS) throw new Error("More letters come than ever go.");
    const arrivals = arrivalsAt(second);
    waiting += arrivals;
    while (starting[0] !== undefined && starting[0].at <= second) instances += starting.shift()?.count ?? 0;
    // What bounds the letters of this second; of the events, those of letters that are read go in any case.
    const statusRoom = statusQueues * TARGETS.queue - readASecond * MESSAGE_OPERATIONS;
    const accountRoom = TARGETS.account - readASecond * figures.eventOperations;
    const bounds: readonly (readonly [string, number])[] = [
      ["instances", instances * figures.rate],
      ["queue of requests", TARGETS.queue / MESSAGE_OPERATIONS],
      // The announcement that it was sent, and that it was published.
      ["queues of announcements", statusRoom / (2 * MESSAGE_OPERATIONS)],
      ["account", accountRoom / (figures.sendOperations + figures.eventOperations)],
    ];
    const [bound, most] = bounds.reduce((least, next) => (next[1] < least[1] ? next : least));
    const now = Math.min(waiting, most);
    waiting -= now;
    sent += now;
    if (waiting > NOTHING) boundBy[bound] = (boundBy[bound] ?? 0) + 1;
    for (const [name, room] of bounds.slice(1)) shares[name] = Math.max(shares[name] ?? 0, now / room);
    const events = Math.ceil(((now + readASecond) * figures.eventSeconds) / rules.httpConcurrency);
    // Letters under way count as messages too, until they are deleted.
    const messages = waiting + now * figures.sendSeconds;
    const decides = second % Math.ceil(rules.decideEveryMs / 1_000) === 0;
    const wanted = decides ? wantedInstances(messages, instances, rules) : instances;
    if (wanted > instances) starting.push({ at: second + Math.ceil(rules.startMs / 1_000), count: wanted - instances });
    if (decides && wanted < instances) instances = wanted;
    mostSending = Math.max(mostSending, instances);
    mostEvents = Math.max(mostEvents, events);
    mostWaiting = Math.max(mostWaiting, waiting);
    longestWait = Math.max(longestWait, now > NOTHING ? waiting / now : 0);
    busiestSent = Math.max(busiestSent, now);
    instanceSeconds += instances + events;
  }
  const round = (value: number, digits = 0) => Math.round(value * 10 ** digits) / 10 ** digits;
  return {
    ...options,
    sent: round(sent * deployments),
    busiestArrivals: round(busiest),
    busiestSent: round(busiestSent),
    mostSending,
    mostEvents,
    mostWaiting: round(mostWaiting),
    longestWait: round(longestWait),
    boundBy,
    shares: Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, round(share, 2)])),
    instanceSeconds: instanceSeconds * deployments,
    operations: round(letters * (figures.sendOperations + EVENTS * figures.eventOperations)),
  };
}
