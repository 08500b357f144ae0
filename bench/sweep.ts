// What a sweep costs over letters that are not settled, on one resource and day: calls to Altinn, operations of storage, time
// and memory. Each message is handled by a process of its own, so that memory is the app's alone.
import { createClientKey } from "../local/altinn-simulator/clientKey.ts";
import { organization } from "../local/parties.ts";
import { HOUR, MINUTE } from "../shared/clock.ts";
import type { CorrespondenceRecord, Link } from "../shared/records/correspondenceRecord.ts";
import { type Addition, merge, recordOf } from "../shared/records/mergeCorrespondence.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { runInChild } from "../test/harness/childApp.ts";
import { TIMER } from "../test/harness/handleMessage.ts";
import { startStorage, stopStorage } from "../test/harness/storage.ts";
import { RESOURCE, World } from "../test/harness/world.ts";
import { startSweepModel } from "./sweepModel.ts";

interface Case {
  /** All letters of the day. */
  readonly count: number;
  readonly settledShare: number;
  readonly newsShare: number;
}

/** One line of the result; `letters` are those that are not settled. */
interface Line {
  readonly letters: number;
  readonly news: number;
  readonly settled: number;
  readonly calls: number;
  readonly callsByOverview: number;
  readonly storageOperations: number;
  readonly seconds: number;
  readonly peakMB: number;
  readonly over: "memory" | "HTTP";
}

const CASES: readonly Case[] = [1_000, 10_000, 100_000].flatMap((count) =>
  [0, 0.01].map((newsShare) => ({ count, settledShare: 0, newsShare })),
);

const SETTLED: readonly Case[] = [0, 0.01].map((newsShare) => ({ count: 100_000, settledShare: 0.6, newsShare }));

const MILLIONS: readonly Case[] = [0, 0.01].map((newsShare) => ({ count: 1_000_000, settledShare: 0, newsShare }));

/** A million letters in one invocation; the goal is 512 MB in all. */
const HEAP_MB = 400;

/** A line for each number of letters, answered out of memory, and the two smallest once more over Azurite and the simulator. */
export async function sweepCost({ json }: { json: boolean }): Promise<void> {
  for (const each of [...CASES, ...SETTLED, ...MILLIONS]) print(await overMemory(each), json);
  const storage = await startStorage();
  try {
    for (const each of CASES.filter(({ count }) => count <= 10_000)) {
      const world = await World.start(storage);
      print(await overHttp(each, world).finally(() => world[Symbol.asyncDispose]()), json);
    }
  } finally {
    await stopStorage();
  }
}

function print(line: Line, json: boolean): void {
  if (json) console.log(JSON.stringify(line));
  else {
    const { letters, news, settled, calls, storageOperations, seconds, peakMB, over } = line;
    const what = `${letters} letters, ${news} with news, ${settled} settled (${over})`;
    console.log(`${what.padEnd(60)} ${calls} calls, ${storageOperations} operations, ${seconds} s, ${peakMB} MB`);
  }
}

/** Which letters are settled, and which of the others have news: spread evenly. */
function picker({ settledShare, newsShare }: Case) {
  const isSettled = (index: number) => index % 10 < settledShare * 10;
  const every = newsShare === 0 ? Number.POSITIVE_INFINITY : Math.round(1 / (newsShare * (1 - settledShare)));
  return { isSettled, hasNews: (index: number) => !isSettled(index) && index % every === every - 1 };
}

const link: Link = {
  requestId: "request",
  dispatchId: "c7a1c2d4-3b5e-5f60-8a71-92b3c4d5e6f7",
  digest: "0".repeat(64),
  recipient: organization(),
  sendersReference: "reference",
  isConfirmationNeeded: false,
  postedAt: 0,
};

/** A letter that was seen published, and read if it is settled. */
function record(correspondenceId: string, publishTime: number, isSettled: boolean): CorrespondenceRecord {
  const sent: Addition = {
    correspondenceId,
    heardAt: publishTime,
    resourceId: RESOURCE,
    link: { ...link, postedAt: publishTime },
  };
  const statuses = isSettled ? (["Published", "Read"] as const) : (["Published"] as const);
  const facts = statuses.map((status) => ({ status, time: publishTime, source: "overview" as const }));
  return merge(
    recordOf(sent),
    recordOf({ correspondenceId, heardAt: publishTime, publishTime, created: publishTime, facts }),
  );
}

let key: ReturnType<typeof createClientKey> | undefined;

/** Letters of a day as the model has them, and the settings of an app that calls the model. */
export async function modelledDay(each: Case) {
  const from = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR;
  const { isSettled, hasNews } = picker(each);
  const model = await startSweepModel({ count: each.count, from, isSettled, hasNews, record });
  key ??= createClientKey();
  const { base64 } = await key;
  const settings = {
    CORRESPONDENCE_STORAGE: `DefaultEndpointsProtocol=http;AccountName=model;AccountKey=${Buffer.alloc(64).toString("base64")};BlobEndpoint=${model.url}/blob;QueueEndpoint=${model.url}/queue`,
    ALTINN_PLATFORM_URL: model.url,
    ALTINN_ENVIRONMENT: "tt02",
    MASKINPORTEN_ISSUER: `${model.url}/maskinporten/`,
    MASKINPORTEN_CLIENT_ID: "bench",
    MASKINPORTEN_JWK: base64,
    ALTINN_SUBSCRIPTION_KEY: "bench",
    ALTINN_RESOURCES: RESOURCE,
    ALTINN_EVENTS_ADDRESSES: "any",
  };
  return { model, settings, now: from + 20 * HOUR };
}

/** One sweep, and the checks that it asks for, with storage and Altinn out of memory. */
export async function overMemory(each: Case): Promise<Line> {
  const { model, settings, now } = await modelledDay(each);
  try {
    let peakMB = 0;
    const handle = async (queue: string, text: string) => {
      const message = { id: "1", queue, text, dequeueCount: 1 };
      const child = await runInChild({ settings, now, message, heapMB: HEAP_MB, scale: 1 });
      peakMB = Math.max(peakMB, (await child.finished).peakMB);
    };
    const startedAt = performance.now();
    await handle(TIMER, "");
    for (const text of model.checks.splice(0)) await handle(QUEUES.statusChecks, text);
    return lineOf(each, {
      calls: model.counts.altinn,
      storageOperations: model.counts.storage,
      startedAt,
      peakMB,
      over: "memory",
    });
  } finally {
    await model.close();
  }
}

async function overHttp(each: Case, world: World): Promise<Line> {
  const { isSettled, hasNews } = picker(each);
  const { altinn, deployment, store } = world.app.sending;
  // What a new deployment does but once is not counted.
  await deployment();
  for (let index = 0; index < each.count; index++) {
    // Each has a publish time of its own.
    world.clock.advance(1);
    const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Tekst" };
    const correspondence = { resourceId: RESOURCE, sendersReference: "reference", content };
    await altinn(RESOURCE).initialize({ correspondence, recipients: [organization(index % 1000)] });
  }
  await world.simulator.control.advance(MINUTE);
  let index = 0;
  for (const { correspondenceId, requestedPublishTime } of world.letters()) {
    await store.correspondences.create(
      correspondenceId,
      record(correspondenceId, requestedPublishTime, isSettled(index)),
    );
    if (hasNews(index++)) await world.simulator.control.act(correspondenceId, "read");
  }
  world.forgetCalls();
  const startedAt = performance.now();
  await world.sweep();
  const calls = world.calls.filter((name) => name.startsWith("altinn GET /correspondence")).length;
  const storageOperations = world.calls.filter((name) => /^(blob|queue) /.test(name)).length;
  return lineOf(each, { calls, storageOperations, startedAt, peakMB: 0, over: "HTTP" });
}

function lineOf(
  each: Case,
  measured: Pick<Line, "calls" | "storageOperations" | "peakMB" | "over"> & { startedAt: number },
): Line {
  const { isSettled, hasNews } = picker(each);
  const all = Array.from({ length: each.count }, (_, index) => index);
  const letters = all.filter((index) => !isSettled(index)).length;
  const { startedAt, peakMB, ...rest } = measured;
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  const news = all.filter(hasNews).length;
  return {
    letters,
    news,
    settled: each.count - letters,
    ...rest,
    callsByOverview: letters,
    seconds,
    peakMB: Math.round(peakMB),
  };
}
