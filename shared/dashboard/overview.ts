// What the dashboard's first page shows: the whole app at a glance, kept in parts that cost storage little.
import { DAY, HOUR, timestamp } from "../clock.ts";
import { findDeadLetters } from "../deadLetters/deadLetters.ts";
import { findFigures } from "../figures/figures.ts";
import { type FiguresQuestion, PERIOD } from "../figures/question.ts";
import { countReceived } from "../finding/received.ts";
import { findWaiting, pauseNow } from "../finding/waiting.ts";
import { createStateStore, type StateStore } from "../records/stateStore.ts";
import { countedBlobs } from "../storage/countedBlobs.ts";
import { poisonQueueOf, QUEUES } from "../storage/names.ts";
import { missedInLastDay } from "../tracking/missedEvents.ts";
import { readLastSweep } from "../upkeep/sweep.ts";
import type { Action } from "./action.ts";
import { attentionOf } from "./attention.ts";
import type { DashboardContext } from "./context.ts";
import { type Counted, FailedReading, keep } from "./kept.ts";
import type { DeadLetterCounts, Following, Overview, QueueLength, Sending, TokenState } from "./parts.ts";

/** Shows the app at a glance. */
export interface OverviewReader {
  read(): Promise<Overview>;
  /** Somebody has done this: what it has changed at once is read at the next call. */
  changed(by: Action["action"]): void;
}

/** Storage operations a minute of each part: together no more than ten, and one more for received letters, whoever looks. */
const PER_MINUTE = {
  sending: 2,
  following: 1,
  queues: 2,
  waiting: 2,
  deadLetters: 1,
  lastDay: 1,
  lastWeek: 1,
  received: 1,
} as const;

/** The queues that are counted. */
export const SHOWN_QUEUES: readonly string[] = [
  QUEUES.requests,
  poisonQueueOf(QUEUES.requests),
  QUEUES.dispatches,
  poisonQueueOf(QUEUES.dispatches),
  QUEUES.statusChecks,
  QUEUES.announcements,
];

/** And those that are counted beside them where letters are received. */
const RECEIVING_QUEUES: readonly string[] = [QUEUES.receipts, poisonQueueOf(QUEUES.receipts), QUEUES.received];

/** Keeps what is shown, for all who look. */
export function createOverview(context: DashboardContext): OverviewReader {
  const { clock, queues, facts } = context;
  const part = <T>(name: keyof typeof PER_MINUTE, read: (store: StateStore) => Promise<T>) =>
    keep(clock, { perMinute: PER_MINUTE[name] }, () => counting(context, read));

  const sending = part("sending", async (store): Promise<Sending> => {
    const pause = await pauseNow({ ...context.finding, store });
    const { lastLetter, letters = {} } = await context.finding.contact.read();
    return {
      ...(pause ? { pause } : {}),
      breaker: context.breaker.state,
      ...(lastLetter === undefined ? {} : { lastLetter: timestamp(lastLetter) }),
      lettersLastHour: Object.values(letters).reduce((sum, count) => sum + count, 0),
    };
  });
  const token = keep(clock, { perMinute: 1 }, async (): Promise<Counted<TokenState>> => {
    const answer = await context.tokens.get();
    if (answer.ok) return { value: { isGiven: true }, operations: 0 };
    const { call, status, oauthError } = answer.failure;
    const failure = [call, status, oauthError].filter((told) => told !== undefined).join(", ");
    return { value: { isGiven: false, failure }, operations: 0 };
  });
  const following = part("following", async ({ documents }): Promise<Following> => {
    const lastSweep = await readLastSweep(documents);
    const { lastEvent } = await context.finding.contact.read();
    return {
      ...(lastSweep === undefined ? {} : { lastSweep: timestamp(lastSweep) }),
      ...(lastEvent === undefined ? {} : { lastEvent: timestamp(lastEvent) }),
      missedEvents: await missedInLastDay(documents, clock.now()),
    };
  });
  const names = facts.receives ? [...SHOWN_QUEUES, ...RECEIVING_QUEUES] : SHOWN_QUEUES;
  const lengths = keep(clock, { perMinute: PER_MINUTE.queues }, async (): Promise<Counted<QueueLength[]>> => {
    const value = await Promise.all(
      names.map(async (name) => {
        const length = await queues.length(name);
        return length === undefined ? { name } : { name, length };
      }),
    );
    return { value, operations: names.length };
  });
  const waiting = part("waiting", (store) => findWaiting({ ...context.finding, store }));
  const deadLetters = part("deadLetters", (store) => countDeadLetters(store));
  const lastDay = part("lastDay", (store) => findFigures({ clock, store }, until(clock.now(), 24 * HOUR, "hour")));
  const lastWeek = part("lastWeek", (store) => findFigures({ clock, store }, until(clock.now(), 7 * DAY, "day")));
  const received = facts.receives
    ? part("received", (store) => countReceived({ store }, clock.now() - 7 * DAY))
    : undefined;

  return {
    async read() {
      // One that takes long is no reason to show the others late.
      const [sent, given, followed, counted, waits, dead, day, week, got] = await Promise.all([
        sending.get(),
        token.get(),
        following.get(),
        lengths.get(),
        waiting.get(),
        deadLetters.get(),
        lastDay.get(),
        lastWeek.get(),
        received?.get(),
      ]);
      const parts = {
        sending: sent,
        token: given,
        following: followed,
        queues: counted,
        waiting: waits,
        deadLetters: dead,
        lastDay: day,
        lastWeek: week,
        ...(got === undefined ? {} : { received: got }),
      };
      const now = clock.now();
      return {
        now: timestamp(now),
        environment: facts.environment,
        resources: facts.resources,
        attention: attentionOf(parts, now, facts.checksEvery),
        ...parts,
      };
    },
    changed(by) {
      if (by === "brakeOn" || by === "brakeOff") sending.forget();
      if (by === "replay" || by === "drop") deadLetters.forget();
    },
  };
}

/** The periods up to the one that is under way. */
function until(now: number, length: number, by: FiguresQuestion["by"]): FiguresQuestion {
  const end = (Math.floor(now / PERIOD[by]) + 1) * PERIOD[by];
  return { from: end - length, until: end, by };
}

/** Reads something by a store whose calls are counted. */
async function counting<T>(context: DashboardContext, read: (store: StateStore) => Promise<T>): Promise<Counted<T>> {
  let operations = 0;
  const counted = (documents: DashboardContext["containers"]["state"]) =>
    countedBlobs(documents, (more) => {
      operations += more;
    });
  const { state, accepted, deadLetters } = context.containers;
  const containers = { state: counted(state), accepted: counted(accepted), deadLetters: counted(deadLetters) };
  try {
    const value = await read(createStateStore(containers));
    return { value, operations };
  } catch (error) {
    throw new FailedReading(operations, error);
  }
}

/** Dead letters by end and reason, most first. */
export async function countDeadLetters(store: StateStore): Promise<DeadLetterCounts> {
  const counts = new Map<string, DeadLetterCounts["byReason"][number]>();
  const found = await findDeadLetters(store.deadLetters);
  for (const { end = "unknown", reason = "unknown" } of found) {
    const key = `${end} ${reason}`;
    counts.set(key, { end, reason, letters: (counts.get(key)?.letters ?? 0) + 1 });
  }
  return { total: found.length, byReason: [...counts.values()].sort((a, b) => b.letters - a.letters) };
}
