// One chaos run: starts everything, lets the plan happen, waits for rest, and judges.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scaledClock } from "../local/functions-host/clock.ts";
import { listen } from "./announcements.ts";
import { letHappen } from "./happen.ts";
import { readReceived, sendIncoming } from "./incoming.ts";
import type { ChaosOptions } from "./options.ts";
import { type Parts, type Running, startParts } from "./parts.ts";
import { makePlan } from "./plan.ts";
import { seededRandom } from "./random.ts";
import { comeToRest, judgeNow } from "./rest.ts";
import { weightOf } from "./schedule.ts";
import { SENT_ON } from "./senders.ts";
import { isGood, type Verdict } from "./verdict.ts";

/** How a run went. */
export interface RunResult {
  readonly verdict: Verdict;
  readonly kills: number;
  readonly faults: number;
  /** Where logs and storage are kept; absent if they are not. */
  readonly directory?: string;
}

/** What a run can be watched and disturbed by. */
export interface RunHooks {
  /** Gets a line now and then that says how far the run has come. */
  readonly onProgress: (line: string) => void;
  /** When it aborts, everything is stopped, and the run rejects. */
  readonly signal?: AbortSignal;
  /** When all has come to rest and before it is stopped; `judgeAgain` looks at everything once more. */
  readonly atRest?: (parts: Parts, judgeAgain: () => Promise<Verdict>) => Promise<void>;
}

/** Makes a run. Rejects if it could not be made to its end, which says nothing of the app. */
export async function runChaos(options: ChaosOptions, hooks: RunHooks): Promise<RunResult> {
  const parent = options.directory ?? tmpdir();
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, "chaos-"));
  const running: Running = [];
  const { aborted, abort } = abortable(hooks.signal);
  let isKept = options.directory !== undefined;
  try {
    const result = await Promise.race([run(options, hooks, directory, running, abort), aborted]);
    isKept ||= !isGood(result.verdict);
    return { ...result, ...(isKept ? { directory } : {}) };
  } catch (error) {
    isKept = true;
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The run could not be made: ${why}\nLogs and storage are kept in ${directory}`);
  } finally {
    for (const stop of running.reverse()) await stop().catch(() => undefined);
    if (!isKept) await rm(directory, { recursive: true, force: true });
  }
}

async function run(
  options: ChaosOptions,
  { onProgress, atRest }: RunHooks,
  directory: string,
  running: Running,
  abort: (why: string) => void,
): Promise<Omit<RunResult, "directory">> {
  const { timeScale, samples, restMs } = options;
  const timeOrigin = Date.now();
  const parts = await startParts({ directory, timeScale, timeOrigin, samples, onEnd: abort }, running);
  // By the app's time, which has run ahead meanwhile.
  const startsAt = scaledClock({ scale: timeScale, origin: timeOrigin }).now();
  const plan = makePlan({ ...options, startsAt, sparesFirst: samples !== undefined, resources: SENT_ON });
  const listener = listen(parts.storage.queues);
  running.push(() => listener.stop());
  const reader = readReceived(parts.storage.queues);
  running.push(() => reader.stop());
  const kills = plan.actions.filter(({ kind }) => kind === "kill").length;
  const faults = plan.actions.reduce((sum, action) => sum + weightOf(action), 0);
  onProgress(`${plan.letters.length + plan.refusals.length} letters, ${faults} faults, ${kills} kills begin`);
  await Promise.all([
    letHappen(plan, parts, onProgress),
    sendIncoming(parts, options.incoming, options.durationMs, seededRandom(options.seed, "incoming")),
  ]);
  await parts.mendSenders();
  await parts.altinn.recover();
  onProgress("everything is dropped and done; Altinn and storage are well again");
  const rest = { plan, parts, listener, reader, restMs, timeScale, onProgress };
  const verdict = await comeToRest(rest);
  await atRest?.(parts, () => judgeNow(rest));
  return { verdict, kills, faults };
}

function abortable(signal: AbortSignal | undefined): { aborted: Promise<never>; abort: (why: string) => void } {
  let abort = (_why: string) => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = (why) => reject(new Error(why));
    signal?.addEventListener("abort", () => reject(new Error("it was stopped.")));
  });
  // Nobody may be waiting for it when it comes.
  aborted.catch(() => undefined);
  return { aborted, abort };
}
