// Makes a failing history short: leaves out letters and mishaps for as long as it still fails in the same way.
import type { Settings } from "../shared/settings/settings.ts";
import { errandOf } from "./errands.ts";
import { type HistoryResult, runHistory, type Telling } from "./history.ts";
import type { Plan } from "./senders.ts";
import type { Violation } from "./wrong.ts";

/** A shorter history, and what is wrong with it. */
export interface Shrunk {
  readonly telling: Telling;
  readonly violations: readonly Violation[];
}

/**
 * Shrinks the history of a result.
 * @param isTimeUp asked between two tries; what is the shortest by then is the answer
 * @returns `undefined` if the history does not fail when it is told again
 */
export async function shrink(
  settings: Settings,
  { seed, odds, plan, senders, receiving, mishaps }: Pick<HistoryResult, keyof Telling>,
  kind: Violation["kind"],
  isTimeUp: () => boolean,
): Promise<Shrunk | undefined> {
  const attempt = async (telling: Telling): Promise<Shrunk | undefined> => {
    const violations = (await runHistory({ settings, ...telling })).violations;
    return violations.some((violation) => violation.kind === kind) ? { telling, violations } : undefined;
  };
  let shortest = await attempt({ seed, odds, plan, senders, receiving, mishaps });
  if (shortest === undefined) return undefined;
  const fails = async (telling: Telling): Promise<boolean> => {
    const shorter = isTimeUp() ? undefined : await attempt(telling);
    shortest = shorter ?? shortest;
    return shorter !== undefined;
  };
  for (let before = Number.POSITIVE_INFINITY; sizeOf(shortest.telling) < before && !isTimeUp(); ) {
    before = sizeOf(shortest.telling);
    const { telling } = shortest;
    await leaveOut(
      [...new Set(telling.plan.drops.map(({ text, requestBlob }) => errandOf(requestBlob?.text ?? text)))],
      (errands) =>
        fails({
          ...telling,
          mishaps: shortest?.telling.mishaps ?? mishaps,
          plan: only(telling.plan, new Set(errands)),
        }),
    );
    const { receiving: incoming, ...without } = shortest.telling;
    if (incoming !== undefined && !(await fails(without))) {
      await leaveOut(incoming.letters, (letters) =>
        fails({ ...without, ...shortest?.telling, receiving: { ...incoming, letters, strays: [] } }),
      );
    }
    const smaller = shortest.telling;
    await leaveOut(smaller.mishaps, (left) => fails({ ...smaller, mishaps: left }));
    for (const calmer of [
      { outage: undefined },
      { storageOutage: undefined },
      { brake: undefined },
      { instances: 1 },
      { latencyMs: 20 },
      { indexLagMs: 0 },
      { listLagMs: 0 },
      { lookUpLagMs: 0 },
      { clockSkewMs: 0 },
      { clockJumpMs: 0 },
      { afterDays: 0 },
    ]) {
      await fails({ ...shortest.telling, odds: { ...shortest.telling.odds, ...calmer } });
    }
  }
  return shortest;
}

/** Halves, then quarters and so on, of what may be left out (delta debugging). */
async function leaveOut<T>(items: readonly T[], stillFails: (left: readonly T[]) => Promise<boolean>): Promise<void> {
  let left = items;
  for (let size = Math.ceil(left.length / 2); size >= 1 && left.length > 0; ) {
    let isShorter = false;
    for (let from = 0; from < left.length; ) {
      const without = [...left.slice(0, from), ...left.slice(from + size)];
      if (await stillFails(without)) {
        left = without;
        isShorter = true;
      } else from += size;
    }
    if (size === 1 && !isShorter) return;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
}

/** The plan with these errands alone, and what must come of them. */
function only({ drops, letters, refusals }: Plan, errands: ReadonlySet<string>): Plan {
  return {
    drops: drops.filter(({ text, requestBlob }) => errands.has(errandOf(requestBlob?.text ?? text))),
    letters: letters.filter(({ reference }) => errands.has(errandOf(reference))),
    refusals: refusals.filter(({ mark }) => errands.has(errandOf(mark))),
  };
}

function sizeOf({ plan, receiving, mishaps, odds }: Telling): number {
  const calmness = [odds.outage, odds.storageOutage, odds.brake].filter((span) => span !== undefined).length;
  return plan.drops.length + (receiving?.letters.length ?? 0) + mishaps.length + calmness;
}
