// Ten million letters a day, simulated: a busy time with the app's own code under Azure's published limits, and whole days as
// flows that go by what a letter took there.
import { type BusyTime, playBusyTime } from "../simulation/load/busyTime.ts";
import { type Day, type DayOptions, simulateDay } from "../simulation/load/day.ts";
import { readScaleRules } from "../simulation/load/rules.ts";
import { percentile } from "./percentile.ts";

const LETTERS = 10_000_000;
/** The busiest hour of ten million letters a day has five times the average: so many a second, once there are instances for it. */
const BUSY = { lettersPerSecond: 580, seconds: 30, instances: { sending: 20, events: 4 } } as const;
/** Letters a second of an instance: less than was measured where Altinn takes 300 ms (`npm run bench -- throughput`). */
const RATE = 30;
/** The default of infra/, in GB. */
const MEMORY_GB = 2;

const DAYS: readonly DayOptions[] = [
  { letters: LETTERS, peak: 1, statusQueues: 1, deployments: 1 },
  { letters: LETTERS, peak: 5, statusQueues: 1, deployments: 1 },
  { letters: LETTERS, peak: 5, statusQueues: 3, deployments: 1 },
  { letters: LETTERS, peak: 5, statusQueues: 3, deployments: 2 },
];

interface DayBenchOptions {
  readonly json: boolean;
}

/** Prints the busy time, its moments, and a line for each way to lay out a day. */
export async function day({ json }: DayBenchOptions): Promise<void> {
  const busy = await playAndPrint(3, json);
  await playAndPrint(1, json);
  const { sendOperations, eventOperations, sendSeconds, eventSeconds, operations } = busy.perLetter;
  // What the host, the producer and the consumer do besides, most of it when a letter is sent.
  const others = operations - sendOperations - 2 * eventOperations;
  const figures = { rate: RATE, sendOperations: sendOperations + others, eventOperations, sendSeconds, eventSeconds };
  const rules = await readScaleRules();
  for (const options of DAYS) {
    const found = simulateDay(options, figures, rules);
    const gigabyteSeconds = found.instanceSeconds * MEMORY_GB;
    print({ kind: "day", ...found, gigabyteSeconds }, dayText(found), json);
  }
}

/** Plays the busy time, with announcements on so many queues. */
async function playAndPrint(statusQueues: number, json: boolean): Promise<BusyTime> {
  const busy = await playBusyTime({ ...BUSY, statusQueues });
  const { moments, uses, waits, ...told } = busy;
  const waited = { p50: Math.round(percentile(waits, 0.5)), p99: Math.round(percentile(waits, 0.99)) };
  print({ kind: "busy", ...told, waited, uses: uses.slice(0, 4) }, busyText(busy), json);
  for (const moment of moments) if (json) print({ kind: "moment", statusQueues, ...moment }, "", true);
  return busy;
}

function busyText({ statusQueues, letters, sent, told, waits, moments, uses, perLetter }: BusyTime): string {
  const most = Math.max(...moments.map(({ sending }) => sending));
  const waiting = Math.max(...moments.map((moment) => moment.waiting));
  const nearest = uses.slice(0, 3).map(({ name, busiest, limit }) => `${name} ${busiest} of ${limit}`);
  return [
    `a busy time of ${letters} letters, announced on ${statusQueues} queues: ${sent} sent, ${told} told to the end, ${most} instances, ${waiting} waiting at the most`,
    `  a request waits ${Math.round(percentile(waits, 0.5))} ms (median), ${Math.round(percentile(waits, 0.99))} ms (99th percentile)`,
    `  busiest second: ${nearest.join(", ")}`,
    `  of a letter: ${perLetter.operations} operations of storage, ${perLetter.altinnCalls} calls to Altinn`,
  ].join("\n");
}

function dayText(found: Day): string {
  const { peak, statusQueues, deployments, mostSending, mostWaiting, longestWait, boundBy, shares } = found;
  const layout = `peak ${peak}, ${statusQueues} queues of announcements, ${deployments} deployments`;
  const bound = Object.entries(boundBy).map(([name, seconds]) => `${name} ${seconds} s`);
  const used = Object.entries(shares).map(([name, share]) => `${name} ${Math.round(share * 100)} %`);
  return [
    `a day, ${layout}: ${mostSending} instances, ${mostWaiting} waiting at the most, ${longestWait} s at the longest`,
    `  kept waiting by: ${bound.join(", ") || "nothing"}; used: ${used.join(", ")}`,
  ].join("\n");
}

function print(line: object, text: string, json: boolean): void {
  console.log(json ? JSON.stringify(line) : text);
}
