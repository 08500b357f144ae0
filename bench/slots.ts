// How full an instance's slots are by host.json's batchSize and newBatchThreshold, with an Altinn that takes its time: each
// pair of settings beside the others in one run.
import { startApp, withParts } from "./parts.ts";
import { type Measured, measure, round } from "./throughput/run.ts";

/** The host takes so many messages at once (`batchSize`), whenever no more than so many are under way (`newBatchThreshold`). */
const SETTINGS: readonly (readonly [batchSize: number, newBatchThreshold: number])[] = [
  [16, 8],
  [8, 16],
  [4, 20],
  [16, 24],
  [32, 16],
];
/** How long Altinn takes for a letter, in milliseconds. */
const ANSWER_TIMES = [0, 300, 1_000];

interface Line extends Measured {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly altinnMs: number;
  /** Letters under way at a time, on average: letters a second, times what an invocation takes. */
  readonly underWay: number;
  /** The same in hundredths of what is allowed. */
  readonly percentOfSlots: number;
}

/** Prints letters a second, how many of the slots are taken on average, and the peak of memory, for each pair and answer time. */
export async function slots({ json, letters }: { json: boolean; letters: number }): Promise<void> {
  await withParts(async (parts) => {
    for (const altinnMs of ANSWER_TIMES) {
      for (const [batchSize, newBatchThreshold] of SETTINGS) {
        const durations: number[] = [];
        const queues = "AzureFunctionsJobHost__extensions__queues__";
        const settings = {
          [`${queues}batchSize`]: String(batchSize),
          [`${queues}newBatchThreshold`]: String(newBatchThreshold),
        };
        const measured = await measure(parts, { way: "one by one", altinnMs, letters, warmUp: 50 }, (onLog) =>
          startApp(
            parts,
            (line) => {
              onLog(line);
              const [, duration] = EXECUTED.exec(line) ?? [];
              if (duration !== undefined) durations.push(Number(duration));
            },
            settings,
          ),
        );
        const sent = durations.slice(-letters);
        const mean = sent.reduce((sum, duration) => sum + duration, 0) / sent.length;
        const underWay = (measured.lettersPerSecond * mean) / 1000;
        const percentOfSlots = Math.round((underWay * 100) / (batchSize + newBatchThreshold));
        print({ batchSize, newBatchThreshold, altinnMs, ...measured, underWay: round(underWay), percentOfSlots }, json);
      }
    }
  });
}

/** The host's line at the end of a letter's invocation. */
const EXECUTED = /Executed sendCorrespondence \(Succeeded, .*Duration=(\d+)ms\)/;

function print(line: Line, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(line));
    return;
  }
  const { batchSize, newBatchThreshold, altinnMs, lettersPerSecond, cpuMsPerLetter, peakMB } = line;
  console.log(
    `batchSize ${String(batchSize).padStart(2)}, newBatchThreshold ${String(newBatchThreshold).padStart(2)}, ` +
      `Altinn takes ${String(altinnMs).padStart(4)} ms: ${String(lettersPerSecond).padStart(5)} letters/s, ` +
      `${line.underWay} under way (${line.percentOfSlots} %), ${cpuMsPerLetter} ms of a processor each, at most ${peakMB} MB`,
  );
}
