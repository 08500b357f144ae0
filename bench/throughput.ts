// How many letters one instance sends: the built app in a process of its own, with an Altinn that takes its time. Several
// answer times side by side in one run, letters one by one and by fan-out.
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { organization } from "../local/parties.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { type Parts, type Running, startApp, startParts, whenStopped } from "./parts.ts";
import { peakMemoryMB } from "./peakMemory.ts";
import { type Sample, steadyRate } from "./steadyRate.ts";

/** How long Altinn takes for a letter, in milliseconds. */
const ANSWER_TIMES = [0, 300, 1_000];
/** So many messages wait at a time: more than are taken at once, and few enough that Azurite is not slowed down. */
const ON_QUEUE = 64;
/** How long all letters of a run may take, in milliseconds. */
const LIMIT = 600_000;
const POLL_MS = 250;

/** What a run measured. */
export interface Throughput {
  readonly way: "one by one" | "fan-out";
  readonly altinnMs: number;
  readonly lettersPerSecond: number;
  readonly lettersPerHour: number;
  readonly cpuMsPerLetter: number;
  readonly peakMB: number;
}

/** Prints letters per second and hour, processor time per letter, and the peak of memory, for each way and answer time. */
export async function throughput({ json, letters }: { json: boolean; letters: number }): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "throughput-"));
  const running: Running = [];
  const all = async () => {
    const parts = await startParts(directory, running);
    for (const altinnMs of ANSWER_TIMES) {
      for (const way of ["one by one", "fan-out"] as const) print(await measure(parts, way, altinnMs, letters), json);
    }
  };
  try {
    await Promise.race([all(), whenStopped()]);
  } finally {
    for (const { stop } of running.reverse()) await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(parts: Parts, way: Throughput["way"], altinnMs: number, count: number): Promise<Throughput> {
  await answerAfter(parts.altinnUrl, altinnMs);
  const log: string[] = [];
  const app = await startApp(parts, (line) => void log.push(line));
  try {
    // The first letter brings the token and whatever else is made once.
    const before = await lettersSent(parts.altinnUrl);
    await drop(parts, 1);
    await untilSent(parts, before + 1, log);
    const cpuBefore = await cpuMs(app.pid);
    const start = before + 1;
    const samples: Sample[] = [];
    if (way === "fan-out") await drop(parts, 1, count);
    let dropped = way === "fan-out" ? count : 0;
    const end = Date.now() + LIMIT;
    for (;;) {
      const sent = (await lettersSent(parts.altinnUrl)) - start;
      samples.push({ at: Date.now(), sent });
      if (sent >= count) break;
      if (Date.now() > end) throw new Error(`${sent} of ${count} were sent in time:\n${log.slice(-20).join("\n")}`);
      const room = Math.min(ON_QUEUE - (dropped - sent), count - dropped);
      if (room > 0) {
        await drop(parts, room);
        dropped += room;
      }
      await wait(POLL_MS);
    }
    const lettersPerSecond = steadyRate(samples);
    return {
      way,
      altinnMs,
      lettersPerSecond: round(lettersPerSecond),
      lettersPerHour: Math.round(lettersPerSecond * 3600),
      cpuMsPerLetter: round(((await cpuMs(app.pid)) - cpuBefore) / count),
      peakMB: await peakMemoryMB(app.pid),
    };
  } finally {
    await app.stop();
  }
}

const round = (value: number) => Math.round(value * 10) / 10;

async function answerAfter(altinnUrl: string, delayMs: number): Promise<void> {
  for (const what of ["faults", "calls"]) await fetch(`${altinnUrl}/_control/${what}`, { method: "DELETE" });
  if (delayMs === 0) return;
  const fault = { method: "POST", path: "/correspondence/api/v1/correspondence", delayMs, times: "always" };
  const headers = { "content-type": "application/json" };
  await fetch(`${altinnUrl}/_control/faults`, { method: "POST", headers, body: JSON.stringify(fault) });
}

/** Drops requests, each to so many recipients. */
async function drop({ storage }: Parts, requests: number, recipients = 1): Promise<void> {
  const queue = storage.queues.getQueueClient(QUEUES.requests);
  await Promise.all(
    Array.from({ length: requests }, () => {
      const id = randomUUID();
      const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Tekst. ".repeat(300) };
      const correspondence = { resourceId: EXAMPLE_RESOURCE, sendersReference: id, content };
      const to = Array.from({ length: recipients }, (_, index) => organization(100 + index));
      return queue.sendMessage(JSON.stringify({ id, correspondence, recipients: to }), { messageTimeToLive: -1 });
    }),
  );
}

async function untilSent(parts: Parts, count: number, log: readonly string[]): Promise<void> {
  const end = Date.now() + 60_000;
  while ((await lettersSent(parts.altinnUrl)) < count) {
    if (Date.now() > end) throw new Error(`The first letter was not sent:\n${log.slice(-20).join("\n")}`);
    await wait(POLL_MS);
  }
}

const calls = z.object({ counts: z.record(z.string(), z.number()) });

/** How many letters the simulator was asked to make; none is refused here. */
async function lettersSent(altinnUrl: string): Promise<number> {
  const response = await fetch(`${altinnUrl}/_control/calls`);
  return calls.parse(await response.json()).counts["POST /correspondence"] ?? 0;
}

/** Processor time of a process so far, in milliseconds (Linux counts in hundredths of a second). */
async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function print(result: Throughput, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(result));
    return;
  }
  const { way, altinnMs, lettersPerSecond, lettersPerHour, cpuMsPerLetter, peakMB } = result;
  console.log(
    `${way.padEnd(11)} Altinn takes ${String(altinnMs).padStart(4)} ms: ${lettersPerSecond} letters/s, ${lettersPerHour} an hour; ` +
      `${cpuMsPerLetter} ms of a processor each; at most ${peakMB} MB`,
  );
}
