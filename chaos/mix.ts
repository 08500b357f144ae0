// Which letters a run drops, and when.
import type { Errand, Making } from "./errand.ts";
import { KINDS } from "./kinds.ts";
import type { Plan, PlanOptions } from "./plan.ts";
import { seededRandom } from "./random.ts";

/** In the order of their drops. */
export function planDrops(options: PlanOptions): Pick<Plan, "drops" | "letters" | "refusals"> {
  const random = seededRandom(options.seed, "letters");
  const errands: Errand[] = [];
  let room = options.letters;
  // Each is placed by how many letters came before it, so that they come at a steady rate.
  const feedMs = options.durationMs * 0.9;
  while (room > 0) {
    const at = Math.round(feedMs * (1 - room / options.letters));
    const making: Making = {
      index: errands.length,
      random,
      longestGap: options.durationMs * 0.1,
      now: options.startsAt + at * options.timeScale,
      hasTime: options.durationMs >= 60_000,
      room,
    };
    const kind = random.weighted(KINDS.filter(([, , least]) => least <= room).map(([weight, made]) => [weight, made]));
    const errand = kind(making);
    room -= (errand.letters?.length ?? 0) + (errand.refusals?.length ?? 0);
    errands.push({ ...errand, drops: errand.drops.map((drop) => ({ ...drop, at: drop.at + at })) });
  }
  return {
    drops: errands.flatMap(({ drops }) => drops).sort((a, b) => a.at - b.at),
    letters: errands.flatMap(({ letters = [] }) => letters),
    refusals: errands.flatMap(({ refusals = [] }) => refusals),
  };
}
