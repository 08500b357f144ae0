// What the dashboard's first page shows: the whole app at a glance, kept in parts that cost storage little.
import type { AccessTokens } from "../altinn/accessToken.ts";
import { DAY, HOUR, timestamp } from "../clock.ts";
import { type DeadLetterEntry, findDeadLetters } from "../deadLetters/deadLetters.ts";
import { countFigures, figuresAnswer } from "../figures/figures.ts";
import { type FiguresQuestion, PERIOD } from "../figures/question.ts";
import { pausesNow } from "../finding/pauses.ts";
import { countReceived } from "../finding/received.ts";
import { countWaiting, waitingOf } from "../finding/waiting.ts";
import { createStateStore, type StateStore } from "../records/stateStore.ts";
import { countedBlobs } from "../storage/countedBlobs.ts";
import { missedInLastDay } from "../tracking/missedEvents.ts";
import { readLastSweep } from "../upkeep/sweep.ts";
import type { Action } from "./action.ts";
import { attentionOf } from "./attention.ts";
import type { DashboardContext } from "./context.ts";
import { type Counted, FailedReading, type Keeper, type KeptPart, keep } from "./kept.ts";
import type { DeadLetterCounts, Following, Overview, Parts, Sending, TokenState } from "./parts.ts";
import { readLengths, shownLengths } from "./queueLengths.ts";

/** Shows the app at a glance. */
export interface OverviewReader {
  /** Of all letters, or those of a sender by its name. Whoever is shown, storage is asked for all together. */
  read(sender?: string): Promise<Overview>;
  /** Somebody has done this: what it has changed at once is read at the next call. */
  changed(by: Action["action"]): void;
}

/**
 * Storage operations a minute of each part: together no more than ten, and one more for received letters, whoever looks; and one
 * more for each sender that has queues of its own, whose functions alone ask more of them.
 */
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

/** Keeps what is shown, for all who look. */
export function createOverview(context: DashboardContext): OverviewReader {
  const { clock, queues, facts, finding } = context;
  const { senders } = finding;
  const part = <T>(name: keyof typeof PER_MINUTE, read: (store: StateStore) => Promise<T>) =>
    keep(clock, { perMinute: PER_MINUTE[name] }, () => counting(context, read));

  const sending = part("sending", async (store) => {
    const pauses = await pausesNow({ ...finding, store });
    const { lastLetter, letters = {} } = await finding.contact.read();
    return {
      pauses,
      ...(lastLetter === undefined ? {} : { lastLetter: timestamp(lastLetter) }),
      lettersLastHour: Object.values(letters).reduce((sum, count) => sum + count, 0),
    };
  });
  const tokens = new Map<string | undefined, Keeper<TokenState>>();
  const tokenOf = (sender: string | undefined) => {
    const known = tokens.get(sender) ?? keep(clock, { perMinute: 1 }, () => readToken(context.tokensOf(sender)));
    tokens.set(sender, known);
    return known;
  };
  const following = part("following", async ({ documents }): Promise<Following> => {
    const lastSweep = await readLastSweep(documents);
    const { lastEvent } = await finding.contact.read();
    return {
      ...(lastSweep === undefined ? {} : { lastSweep: timestamp(lastSweep) }),
      ...(lastEvent === undefined ? {} : { lastEvent: timestamp(lastEvent) }),
      missedEvents: await missedInLastDay(documents, clock.now()),
    };
  });
  const ownQueues = senders.all.filter(({ hasOwnQueue }) => hasOwnQueue).length;
  const lengths = keep(clock, { perMinute: PER_MINUTE.queues + ownQueues }, async () => {
    const value = await readLengths(queues, senders, facts.receives);
    return { value, operations: value.length };
  });
  const waiting = part("waiting", (store) => countWaiting({ ...finding, store }));
  const deadLetters = part("deadLetters", async (store) => groupDeadLetters(await findDeadLetters(store.deadLetters)));
  const figuresOf = (name: "lastDay" | "lastWeek", questionAt: (now: number) => FiguresQuestion) =>
    part(name, async (store) => {
      const question = questionAt(clock.now());
      return { question, counted: await countFigures({ clock, store }, question) };
    });
  const lastDay = figuresOf("lastDay", (now) => until(now, 24 * HOUR, "hour"));
  const lastWeek = figuresOf("lastWeek", (now) => until(now, 7 * DAY, "day"));
  const received = facts.receives
    ? part("received", (store) => countReceived(store, clock.now() - 7 * DAY))
    : undefined;

  return {
    async read(sender) {
      // One that takes long is no reason to show the others late.
      const [sent, given, followed, counted, waits, dead, day, week, got] = await Promise.all([
        sending.get(),
        tokenOf(sender).get(),
        following.get(),
        lengths.get(),
        waiting.get(),
        deadLetters.get(),
        lastDay.get(),
        lastWeek.get(),
        received?.get(),
      ]);
      const shown = sender === undefined ? undefined : senders.named(sender);
      const resources = shown?.resources;
      const narrowing = { sender, resources };
      const parts: Parts = {
        sending: mapped(sent, ({ pauses: { all, ofSender }, ...more }): Sending => {
          const pause = all ?? (sender === undefined ? undefined : ofSender.get(sender));
          const stopped = sender === undefined ? [...ofSender.keys()].filter((name) => name !== "") : [];
          const breaker = (shown ? context.breaker.of(sender) : context.breaker).state;
          return { ...more, ...(pause ? { pause } : {}), stopsAll: all !== undefined, stopped, breaker };
        }),
        token: given,
        following: followed,
        queues: mapped(counted, (all) => shownLengths(all, shown)),
        waiting: mapped(waits, (counts) => waitingOf(counts, narrowing)),
        deadLetters: mapped(dead, (groups) => countByReason(groups, resources)),
        lastDay: mapped(day, ({ question, counted }) => figuresAnswer(counted, { ...question, ...narrowing })),
        lastWeek: mapped(week, ({ question, counted }) => figuresAnswer(counted, { ...question, ...narrowing })),
        ...(got === undefined ? {} : { received: got }),
      };
      const now = clock.now();
      return {
        now: timestamp(now),
        environment: facts.environment,
        resources: resources ?? facts.resources,
        ...(sender === undefined ? {} : { sender }),
        senders: senders.all.map(({ name }) => name),
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

/** What is told of a kept part. */
function mapped<T, U>({ value, ...kept }: KeptPart<T>, tell: (value: T) => U): KeptPart<U> {
  return value === undefined ? kept : { ...kept, value: tell(value) };
}

async function readToken(tokens: AccessTokens): Promise<Counted<TokenState>> {
  const answer = await tokens.get();
  if (answer.ok) return { value: { isGiven: true }, operations: 0 };
  const { call, status, oauthError } = answer.failure;
  const failure = [call, status, oauthError].filter((told) => told !== undefined).join(", ");
  return { value: { isGiven: false, failure }, operations: 0 };
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

/** Dead letters that have a resource, an end and a reason in common. */
interface DeadLetterGroup extends Pick<DeadLetterEntry, "resourceId"> {
  readonly end: string;
  readonly reason: string;
  readonly letters: number;
}

/** Counts dead letters by resource, end and reason, so that they can be told of all resources or of some. */
export function groupDeadLetters(found: readonly DeadLetterEntry[]): readonly DeadLetterGroup[] {
  const groups = new Map<string, DeadLetterGroup>();
  for (const { resourceId = "", end = "unknown", reason = "unknown" } of found) {
    const key = `${end} ${reason} ${resourceId}`;
    groups.set(key, { resourceId, end, reason, letters: (groups.get(key)?.letters ?? 0) + 1 });
  }
  return [...groups.values()];
}

/** Dead letters by end and reason, most first; of all of them, or of those on some resources. */
export function countByReason(
  groups: readonly DeadLetterGroup[],
  resources?: readonly string[] | undefined,
): DeadLetterCounts {
  const counts = new Map<string, DeadLetterCounts["byReason"][number]>();
  let total = 0;
  for (const { resourceId = "", end, reason, letters } of groups) {
    if (resources?.includes(resourceId) === false) continue;
    const key = `${end} ${reason}`;
    counts.set(key, { end, reason, letters: (counts.get(key)?.letters ?? 0) + letters });
    total += letters;
  }
  return { total, byReason: [...counts.values()].sort((a, b) => b.letters - a.letters) };
}
