// How the cost of a letter grows: the built app in a process of its own, its calls counted on the way to storage.
import { setTimeout as wait } from "node:timers/promises";
import { nameOfBlobCall, nameOfQueueCall } from "../../test/harness/callNames.ts";
import { startProxy } from "../../test/harness/proxy.ts";
import { answerAfter, countCalls, POST_LETTER } from "../altinnControl.ts";
import { type Parts, type Running, startApp, withParts } from "../parts.ts";
import { processorMs } from "../processorTime.ts";
import { dropRequest, dropRequests } from "../requests.ts";
import type { Growth } from "./line.ts";

/** So many letters go first, so that the code is compiled; and so many are a sample. */
const WARM_UP = 500;
const SAMPLE = 300;
const POLL_MS = 250;
/** Nothing more comes of letters once the app has made no call for so long, in milliseconds. */
const QUIET_MS = 2_000;

/** A letter where so many have been sent before, from a queue of so many, and of a request to so many. */
export async function growthOfSending(sizes: readonly number[], print: (line: Growth) => void): Promise<void> {
  await withParts(async (parts, running) => {
    await answerAfter(parts.altinnUrl, 0);
    const app = await startCounted(parts, running);
    await app.cost(WARM_UP, () => dropRequests(parts, WARM_UP));
    for (const size of sizes) {
      const queued = await app.cost(size, () => app.whilePaused(() => dropRequests(parts, size)));
      print({ what: "a letter from a queue", of: "messages", size, ...queued });
      const sent = await app.sent();
      const single = await app.cost(SAMPLE, () => dropRequests(parts, SAMPLE));
      print({ what: "a letter, others sent before", of: "letters", size: sent, ...single });
      const many = await app.cost(size, () => dropRequest(parts, { recipients: size }));
      print({ what: "a letter of one request", of: "recipients", size, ...many });
    }
  });
}

/** The app, whose calls to storage pass a counter. */
async function startCounted(parts: Parts, running: Running) {
  const { settings, altinnUrl } = parts;
  const connection = settings.CORRESPONDENCE_STORAGE ?? "";
  const endpoint = (kind: string) => new RegExp(`${kind}Endpoint=(https?://[^/;]+)`).exec(connection)?.[1] ?? "";
  const counter = async (kind: string, nameOf: (method: string, url: URL) => string) => {
    const unused = { faultAt: () => undefined, kill: () => undefined };
    const proxy = await startProxy({ target: () => endpoint(kind), nameOf, ...unused });
    running.push({ stop: () => proxy.close() });
    return proxy;
  };
  const [blob, queue] = [await counter("Blob", nameOfBlobCall), await counter("Queue", nameOfQueueCall)];
  const counted = connection.replace(endpoint("Blob"), blob.url).replace(endpoint("Queue"), queue.url);
  const app = await startApp({ ...parts, settings: { ...settings, CORRESPONDENCE_STORAGE: counted } }, () => undefined);
  running.push(app);

  // What the host itself does with queues is to take messages, to keep them and to delete them.
  const operations = () => blob.calls.length + queue.calls.filter((name) => name.startsWith("queue POST")).length;
  const sent = async () => (await countCalls(altinnUrl))[POST_LETTER] ?? 0;
  const altinnCalls = async () =>
    Object.entries(await countCalls(altinnUrl))
      .filter(([name]) => name.includes(" /correspondence"))
      .reduce((sum, [, count]) => sum + count, 0);

  return {
    sent,
    /** Does something that the app does not see before it is done. */
    async whilePaused(work: () => Promise<unknown>): Promise<void> {
      process.kill(app.pid, "SIGSTOP");
      await work().finally(() => process.kill(app.pid, "SIGCONT"));
    },
    /** What each of so many letters costs, from when they are dropped until nothing more comes of them. */
    async cost(letters: number, drop: () => Promise<unknown>) {
      const before = { sent: await sent(), processor: await processorMs(app.pid), calls: await altinnCalls() };
      blob.calls.length = 0;
      queue.calls.length = 0;
      await drop();
      while ((await sent()) < before.sent + letters) await wait(POLL_MS);
      for (let known = -1; known !== operations(); await wait(QUIET_MS)) known = operations();
      const each = (whole: number) => Math.round((whole / letters) * 10) / 10;
      return {
        storageOperations: each(operations()),
        altinnCalls: each((await altinnCalls()) - before.calls),
        processorMs: each((await processorMs(app.pid)) - before.processor),
      };
    },
  };
}
