// Lets a plan happen: drops its letters and does its harm, each at its time.
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalStorage } from "../local/start/storage.ts";
import { CONTAINERS, QUEUES } from "../shared/storage/names.ts";
import type { Drop } from "./errand.ts";
import { befall } from "./mishaps.ts";
import type { Parts } from "./parts.ts";
import { persistently } from "./persistently.ts";
import type { Plan } from "./plan.ts";
import type { Action } from "./schedule.ts";

const PAUSE = 200;

/** More messages than this and the run holds its breath: a deep queue slows Azurite down, and fast time runs away. */
const DEEP = 32;
/** After so many drops the queue's depth is looked at. */
const LOOK_EVERY = 8;

type Happening = Drop | Action;

/** Resolves when everything has been dropped and done, and all that was killed is up again. */
export async function letHappen(plan: Plan, parts: Parts, onProgress: (line: string) => void): Promise<void> {
  const happenings: Happening[] = [...plan.drops, ...plan.actions].sort((a, b) => a.at - b.at);
  const harm = createHarm(parts);
  // What is left to come is put off together, so that harm and letters keep to each other.
  let begun = performance.now();
  let dropped = 0;
  for (const happening of happenings) {
    await sleep(Math.max(0, begun + happening.at - performance.now()));
    if ("kind" in happening) {
      harm.begin(happening);
      continue;
    }
    await drop(happening, parts.storage);
    dropped++;
    onProgress(`${dropped} of ${plan.drops.length} messages dropped`);
    if (dropped % LOOK_EVERY === 0) begun += await whileDeep(parts.storage);
  }
  await harm.isDone();
}

async function drop({ text, requestBlob }: Drop, { blobs, queues }: LocalStorage): Promise<void> {
  if (requestBlob) {
    const blob = blobs.getContainerClient(CONTAINERS.requests).getBlockBlobClient(requestBlob.path);
    await persistently(() => blob.upload(requestBlob.text, Buffer.byteLength(requestBlob.text)));
  }
  await persistently(() => queues.getQueueClient(QUEUES.requests).sendMessage(text, { messageTimeToLive: -1 }));
}

/** Waits until the queue is not deep any more; gives the real milliseconds that it took. */
async function whileDeep({ queues }: LocalStorage): Promise<number> {
  const begun = performance.now();
  const queue = queues.getQueueClient(QUEUES.requests);
  for (;;) {
    const { approximateMessagesCount = 0 } = await persistently(() => queue.getProperties());
    if (approximateMessagesCount <= DEEP) return performance.now() - begun;
    await sleep(PAUSE);
  }
}

/** What takes a while holds up nothing else; of the same part, one thing comes after the other. */
function createHarm({ altinn, instances, storage }: Parts): {
  begin(action: Action): void;
  isDone(): Promise<unknown>;
} {
  const underWay = new Map<string, Promise<void>>();
  const next = (part: string, work: () => Promise<void>) => {
    const done = (underWay.get(part) ?? Promise.resolve()).then(work);
    // Told at the end.
    done.catch(() => undefined);
    underWay.set(part, done);
  };
  return {
    begin(action) {
      if (action.kind === "kill") next(`instance ${action.instance}`, instances[action.instance].killAndRestart);
      else if (action.kind === "restartStorage") next("storage", storage.restart);
      else if (action.kind === "poison" || action.kind === "loseDispatch") {
        next("queues", () => befall(storage.queues, action));
      } else next("altinn", () => altinn.perform(action));
    },
    isDone: () => Promise.all(underWay.values()),
  };
}
