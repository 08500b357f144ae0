// How long a letter takes from its producer to its POST at Altinn: alone, behind many others, and beside a request to many.
// The built app in a process of its own; each letter is known by the trace that its producer began.
import { setTimeout as wait } from "node:timers/promises";
import { answerAfter, countCalls, listCalls, POST_LETTER } from "./altinnControl.ts";
import { type Parts, type Running, startApp, withParts } from "./parts.ts";
import { percentile } from "./percentile.ts";
import { type Dropped, dropRequest, dropRequests } from "./requests.ts";

/** How long Altinn takes for a letter, in milliseconds. */
const ALTINN_MS = 300;
/** How many single letters are dropped, and how long after each other, in milliseconds: from, to. */
const IDLE = { letters: 40, gap: [7_000, 12_000] } as const;
const SINGLE = { letters: 150, gap: [500, 1_500] } as const;
/** How long a case may take, in milliseconds. */
const LIMIT = 1_800_000;
const POLL_MS = 500;

/** What a case measured, in milliseconds. */
export interface Latency {
  readonly case: string;
  readonly letters: number;
  /** From the producer's send (or, of what lay there before, from the start of the app) to the POST's arrival. */
  readonly p50: number;
  readonly p99: number;
  /** Of that the app's own part: from when the host took the message. */
  readonly ownP50: number;
  readonly ownP99: number;
  /** How many letters to others were posted meanwhile. */
  readonly others: number;
}

interface LatencyOptions {
  readonly json: boolean;
  readonly many: number;
}

/** Prints a line for each case. */
export async function latency({ json, many }: LatencyOptions): Promise<void> {
  await withParts(async (parts, running) => {
    await answerAfter(parts.altinnUrl, ALTINN_MS);
    const lying = await dropRequests(parts, many);
    const app = await start(parts, running);
    print(await app.measure(`under a backlog of ${many}`, async () => lying), json);
    print(await app.measure("idle, a letter now and then", () => dropSingle(parts, IDLE)), json);
    print(await app.measure("a letter a second", () => dropSingle(parts, SINGLE)), json);
    await dropRequest(parts, { recipients: many });
    print(await app.measure("the same beside a request to many", () => dropSingle(parts, SINGLE)), json);
  });
}

/** Drops single letters, one after the other. */
async function dropSingle(parts: Parts, { letters, gap: [from, to] }: typeof IDLE | typeof SINGLE): Promise<Dropped[]> {
  const dropped: Dropped[] = [];
  for (let count = 0; count < letters; count++) {
    await wait(from + Math.random() * (to - from));
    dropped.push(await dropRequest(parts));
  }
  return dropped;
}

/** The app. When the host took each message is read from its log, by the message's id. */
async function start(parts: Parts, running: Running) {
  const { altinnUrl } = parts;
  const takenAt = new Map<string, number>();
  const app = await startApp(parts, (line) => {
    const [, time = "", id = ""] = /^\[([^\]]+)\] Executing sendCorrespondence \(message (\S+) /.exec(line) ?? [];
    if (id !== "" && !takenAt.has(id)) takenAt.set(id, Date.parse(time));
  });
  running.push(app);
  const startedAt = Date.now();

  return {
    /** Measures the letters that `drop` drops, once all of them were posted. */
    async measure(name: string, drop: () => Promise<readonly Dropped[]>): Promise<Latency> {
      await answerAfter(altinnUrl, ALTINN_MS);
      const dropped = await drop();
      const end = Date.now() + LIMIT;
      const posted = new Map<string, number>();
      while (!dropped.every(({ traceId }) => posted.has(traceId))) {
        if (Date.now() > end) throw new Error(`${posted.size} of ${dropped.length} letters were posted in time.`);
        await wait(POLL_MS);
        // All of them are much to read: only once there may be enough.
        if (((await countCalls(altinnUrl))[POST_LETTER] ?? 0) < dropped.length) continue;
        for (const { route, traceparent, time } of await listCalls(altinnUrl)) {
          const traceId = traceparent?.split("-")[1] ?? "";
          if (route === "/correspondence" && !posted.has(traceId)) posted.set(traceId, time);
        }
      }
      const whole: number[] = [];
      const own: number[] = [];
      for (const { traceId, messageId, at } of dropped) {
        const post = posted.get(traceId) ?? Number.NaN;
        whole.push(post - Math.max(at, startedAt));
        own.push(post - (takenAt.get(messageId) ?? Number.NaN));
      }
      const posts = (await countCalls(altinnUrl))[POST_LETTER] ?? 0;
      return {
        case: name,
        letters: dropped.length,
        p50: percentile(whole, 0.5),
        p99: percentile(whole, 0.99),
        ownP50: percentile(own, 0.5),
        ownP99: percentile(own, 0.99),
        others: posts - dropped.length,
      };
    },
  };
}

function print(line: Latency, json: boolean): void {
  const { letters, p50, p99, ownP50, ownP99, others } = line;
  const beside = others === 0 ? "" : `, beside ${others} others`;
  const text = `${letters} letters: median ${p50} ms, 99th percentile ${p99} ms (the app's own part ${ownP50} and ${ownP99} ms)${beside}`;
  console.log(json ? JSON.stringify(line) : `${line.case.padEnd(36)} ${text}`);
}
