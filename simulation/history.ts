// One history: letters are dropped while everything goes wrong that the odds allow, then calm returns, and all must come to rest.
import { planDrops } from "../chaos/mix.ts";
import { seededRandom } from "../chaos/random.ts";
import { DAY, HOUR, MINUTE } from "../shared/clock.ts";
import type { Settings } from "../shared/settings/settings.ts";
import { type Conclusion, conclude, isAtRest } from "./conclude.ts";
import { drawnFates, givenFates, type Mishap } from "./fates.ts";
import { letReceive, type PlannedReceiving, planReceiving, receivingSettings } from "./incoming.ts";
import { CALM, drawOdds, type Odds } from "./odds.ts";
import { amongSenders, type Plan, type PlannedSenders, planSenders, sendersOf } from "./senders.ts";
import { inWorld, type Moment, type SimulatedWorld, SWEEP_EVERY_LATER } from "./world.ts";

/** A history, exactly: what is dropped, what goes wrong, and how the world is. */
export interface Telling {
  readonly seed: number;
  readonly plan: Plan;
  readonly odds: Odds;
  /** Several senders, and the trouble of one. */
  readonly senders?: PlannedSenders | undefined;
  /** What others send to the organisation. */
  readonly receiving?: PlannedReceiving | undefined;
  /** In place of what the odds give. */
  readonly mishaps: readonly Mishap[];
}

/** What a history is: drawn from a seed, or told again. */
export type HistoryOptions = (Telling | { readonly seed: number; readonly letters: number }) & {
  readonly settings: Settings;
  /** Told of everything that happens, in order. */
  readonly trace?: (moment: Moment) => void;
};

/** What came of a history. */
export interface HistoryResult extends Telling, Conclusion {
  /** How often an instance died. */
  readonly crashes: number;
  /** Of everything that happened: two runs of one history have the same. */
  readonly digest: string;
}

/** Things go wrong for so long, in simulated milliseconds. */
const TROUBLE = 2 * HOUR;

/** How often an operator looks at dead letters. */
const LOOK_EVERY = 10 * MINUTE;

/** How often the timer runs when all has come to rest. */
const SWEEP_EVERY_AFTER = 12 * HOUR;

/** What has not come to rest after so long never will. Letters are given up after three days, and messages hidden for seven. */
const PATIENCE = 16 * DAY;

/** Runs a history. The same options give the same one. */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const { seed, trace } = options;
  const told = "plan" in options ? options : undefined;
  const senders = told === undefined ? planSenders(seed, TROUBLE) : told.senders;
  const odds = told?.odds ?? (senders?.isCalm ? CALM : drawOdds(seededRandom(seed, "odds"), TROUBLE));
  const receiving = "letters" in options ? planReceiving(seed, options.letters, TROUBLE) : options.receiving;
  const settings = {
    ...options.settings,
    ...(receiving && { receiving: receivingSettings(receiving.onStored) }),
    ...(senders && { senders: sendersOf(options.settings) }),
  };
  const drawn: Mishap[] = [];
  const draw = (current: () => Odds) => drawnFates(seed, current, (mishap) => drawn.push(mishap));
  const fates = told === undefined ? draw : () => givenFates(seed, told.mishaps);
  return inWorld({ seed, settings, odds, senders, fates, trace }, async (world) => {
    const letters = "letters" in options ? options.letters : 0;
    const mostWeight = seededRandom(seed, "kinds").pick([2, 10, 60]);
    const whole = { seed, letters, durationMs: TROUBLE, timeScale: 1, startsAt: world.startsAt, mostWeight };
    const plan = told?.plan ?? (senders ? amongSenders(seed, planDrops(whole)) : planDrops(whole));
    if (receiving) letReceive(world, receiving);
    await live(world, plan, odds, senders);
    return {
      seed,
      plan,
      odds,
      senders,
      receiving,
      mishaps: told?.mishaps ?? drawn,
      ...conclude(world, plan),
      crashes: world.host.deaths,
      digest: world.digest,
    };
  });
}

async function live(world: SimulatedWorld, plan: Plan, odds: Odds, senders: PlannedSenders | undefined): Promise<void> {
  const { timeline, startsAt } = world;
  for (const drop of plan.drops) timeline.at(startsAt + drop.at, () => world.drop(drop));
  const { brake } = odds;
  const pull = (span: Odds["brake"], sender?: string) => {
    if (span === undefined) return;
    timeline.at(startsAt + span.from, () => void world.brake(true, sender));
    timeline.at(startsAt + span.to, () => void world.brake(false, sender));
  };
  pull(brake);
  pull(senders?.brake, senders?.brake?.sender);
  for (let at = LOOK_EVERY; at <= TROUBLE; at += LOOK_EVERY) timeline.at(startsAt + at, () => void lookAround(world));
  world.host.start(odds.instances);
  const spans = [odds.outage, odds.storageOutage, brake, senders?.brake, senders?.refused];
  await world.live(startsAt + Math.max(TROUBLE, ...spans.map((span) => span?.to ?? 0)));
  world.turn({ ...CALM, instances: odds.instances }, true);
  const calmSince = timeline.now;
  await world.live(calmSince + 2 * HOUR);
  // The daily chores come after midnight.
  await world.live(calmSince + DAY + HOUR, SWEEP_EVERY_LATER);
  while (!isAtRest(world) && timeline.now < calmSince + PATIENCE) {
    await world.live(timeline.now + SWEEP_EVERY_LATER, SWEEP_EVERY_LATER);
  }
  await world.live(timeline.now + odds.afterDays * DAY, SWEEP_EVERY_AFTER);
}

/**
 * An operator has dead letters sent again, also such as end again, or are on their way already, and drops others; and a clock
 * may be set.
 */
async function lookAround(world: SimulatedWorld): Promise<void> {
  const { deadLetters, fates, odds } = world.around;
  if (odds().clockJumpMs > 0 && fates.share("clock is set") < 0.3) world.host.jumpClock();
  for (const { name } of deadLetters.list()) {
    // By what it is about: a digest, or the id of a dispatch. Both follow from the seed.
    if (fates.happens("replayed", name)) await world.replay(name);
    if (fates.happens("dropped", name)) void world.dropDeadLetter(name);
  }
}
