// One run of letters through a process that sends them, and what it took.
import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "../../local/childProcess.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { answerAfter, countCalls, POST_LETTER } from "../altinnControl.ts";
import type { Parts } from "../parts.ts";
import { peakMemoryMB } from "../peakMemory.ts";
import { processorMs } from "../processorTime.ts";
import { dropRequest, dropRequests } from "../requests.ts";
import { type Sample, steadyRate } from "../steadyRate.ts";

/** So many messages wait at a time: more than are taken at once, and few enough that Azurite is not slowed down. */
const ON_QUEUE = 96;
/** How long all letters of a run may take, in milliseconds. */
const LIMIT = 600_000;
const POLL_MS = 250;

/** What is sent, and how long Altinn takes for a letter. */
export interface Run {
  readonly way: "one by one" | "fan-out";
  readonly altinnMs: number;
  readonly letters: number;
  /** Letters that go before anything is measured: they bring the token, and whatever else is made once. Default: 1. */
  readonly warmUp?: number;
}

/** What a run measured. */
export interface Measured {
  readonly lettersPerSecond: number;
  readonly cpuMsPerLetter: number;
  readonly peakMB: number;
}

/**
 * Sends letters through a process that `start` starts, and stops it.
 *
 * @param start given what takes each line that the process logs
 */
export async function measure(
  parts: Parts,
  { way, altinnMs, letters, warmUp = 1 }: Run,
  start: (onLog: (line: string) => void) => Promise<Child>,
): Promise<Measured> {
  await answerAfter(parts.altinnUrl, altinnMs);
  const log: string[] = [];
  const sender = await start((line) => void log.push(line));
  const died = sender.exited.then(() => {
    throw new Error(`The process that sends has ended:\n${log.slice(-20).join("\n")}`);
  });
  // Once everything is sent, it is to end.
  died.catch(() => undefined);
  const sendAll = (before: number, what: Pick<Run, "way" | "letters">) =>
    Promise.race([send(parts, before, what, log), died]);
  try {
    const before = await lettersSent(parts.altinnUrl);
    await sendAll(before, { way: "one by one", letters: warmUp });
    const cpuBefore = await processorMs(sender.pid);
    const samples = await sendAll(before + warmUp, { way, letters });
    return {
      lettersPerSecond: round(steadyRate(samples)),
      cpuMsPerLetter: round(((await processorMs(sender.pid)) - cpuBefore) / letters),
      peakMB: await peakMemoryMB(sender.pid),
    };
  } finally {
    await sender.stop();
  }
}

/** Rounded to a tenth. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Drops letters as they are sent, until all are. */
async function send(
  parts: Parts,
  sentBefore: number,
  { way, letters }: Pick<Run, "way" | "letters">,
  log: readonly string[],
): Promise<Sample[]> {
  const samples: Sample[] = [];
  if (way === "fan-out") await dropRequest(parts, { recipients: letters });
  let dropped = way === "fan-out" ? letters : 0;
  const end = Date.now() + LIMIT;
  for (;;) {
    const sent = (await lettersSent(parts.altinnUrl)) - sentBefore;
    samples.push({ at: Date.now(), sent });
    if (sent >= letters) break;
    if (Date.now() > end) throw new Error(`${sent} of ${letters} were sent in time:\n${log.slice(-20).join("\n")}`);
    const room = Math.min(ON_QUEUE - (dropped - sent), letters - dropped);
    if (room > 0) {
      await dropRequests(parts, room);
      dropped += room;
    }
    await wait(POLL_MS);
  }
  // Whoever takes the next turn must not find what this one has not written yet.
  for (const name of [QUEUES.requests, QUEUES.dispatches]) {
    const queue = parts.storage.queues.getQueueClient(name);
    while (((await queue.getProperties()).approximateMessagesCount ?? 0) > 0) {
      if (Date.now() > end) throw new Error(`${name} was not emptied in time:\n${log.slice(-20).join("\n")}`);
      await wait(POLL_MS);
    }
  }
  return samples;
}

/** How many letters the simulator was asked to make; none is refused here. */
async function lettersSent(altinnUrl: string): Promise<number> {
  return (await countCalls(altinnUrl))[POST_LETTER] ?? 0;
}
