// Reads a status queue: each announcement is handled, and its message deleted only after that.
import { setTimeout as sleep } from "node:timers/promises";
import type { QueueClient, QueueServiceClient } from "@azure/storage-queue";
import { QUEUES } from "../shared/storage/names.ts";
import { type Announcement, readAnnouncement } from "./announcement.ts";
import { type HeldMessage, takeMessages } from "./heldMessages.ts";
import { asking } from "./storageFailure.ts";

/** Does what is to be done about an announcement. When it throws, the announcement comes again. */
export type AnnouncementHandler = (announcement: Announcement) => Promise<void> | void;

/** A message that stays on the queue for now, and why. */
export type Unhandled =
  /** The handler threw: the announcement comes again, later each time. */
  | {
      readonly kind: "handlerFailed";
      readonly announcement: Announcement;
      readonly error: unknown;
      /** How often it has been tried. */
      readonly tries: number;
    }
  /** The message is no announcement: somebody else's, or from an app that speaks another language. */
  | { readonly kind: "notAnAnnouncement"; readonly text: string; readonly tries: number };

/** What to do with a message that could not be handled. */
export type Disposal =
  /** Leave it on the queue: it comes again. */
  | "keep"
  /** Delete it. */
  | "delete";

export interface ReadOptions {
  /** The queue; `correspondence-status` by default. */
  readonly queue?: string | undefined;
  /** Ends the reading: what is being handled is finished, what is not goes back at once. */
  readonly signal?: AbortSignal | undefined;
  /** How many announcements are handled at the same time; 1 by default. */
  readonly concurrency?: number | undefined;
  /** End when the queue has nothing to give, instead of waiting for more. For jobs that run now and then. */
  readonly untilEmpty?: boolean | undefined;
  /** The longest wait between two looks at an empty queue, in seconds; 30 by default. The first is 1 second. */
  readonly idleSeconds?: number | undefined;
  /** How long what could not be handled waits for its next try, in seconds: 10 by default, doubled each time up to an hour. */
  readonly retrySeconds?: number | undefined;
  /**
   * Called with what could not be handled, and decides what becomes of it: put it aside elsewhere and say `delete`, say.
   * By default everything is kept, and a process warning says so. When it throws, the message is kept.
   */
  readonly onUnhandled?: ((unhandled: Unhandled) => Promise<Disposal> | Disposal) | undefined;
}

/** How long messages are hidden from other readers; renewed while they wait or are handled. */
const HOLD_SECONDS = 60;

const LONGEST_RETRY_SECONDS = 3_600;

/**
 * Reads announcements until it is told to end. Each comes at least once: repetitions have the same `id`. Rejects with
 * a StorageFailure when the queue can't be read; nothing is lost then, and it can be called again.
 */
export async function readAnnouncements(
  queues: QueueServiceClient,
  handler: AnnouncementHandler,
  options: ReadOptions = {},
): Promise<void> {
  const { signal, concurrency = 1, untilEmpty = false, idleSeconds = 30 } = options;
  const queue = queues.getQueueClient(options.queue ?? QUEUES.announcements);
  let idle = 1;
  while (signal?.aborted !== true) {
    if (await asking(`Reading the queue ${queue.name}`, () => readBatch(queue, handler, concurrency, options))) {
      idle = 1;
      continue;
    }
    if (untilEmpty) return;
    await pause(Math.min(idle, idleSeconds), signal);
    idle *= 2;
  }
}

/** Handles as many messages as come at once; false when there were none. */
async function readBatch(
  queue: QueueClient,
  handler: AnnouncementHandler,
  concurrency: number,
  options: ReadOptions,
): Promise<boolean> {
  const messages = await takeMessages(queue, HOLD_SECONDS);
  const waiting = messages.values();
  const work = async () => {
    for (const message of waiting) {
      if (options.signal?.aborted) await message.release(0);
      else await handle(message, handler, options);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.max(Math.floor(concurrency), 1) || 1 }, work));
  const failed = ended.find((end) => end.status === "rejected");
  if (failed === undefined) return messages.length > 0;
  // Storage does not do what it is told: what nobody has begun goes back, as far as it lets us.
  for (const message of waiting) await message.release(0).catch(() => undefined);
  throw failed.reason;
}

async function handle(message: HeldMessage, handler: AnnouncementHandler, options: ReadOptions): Promise<void> {
  const unhandled = await attempt(message, handler);
  if (unhandled === undefined) return message.delete();
  const disposal = await dispose(unhandled, options.onUnhandled ?? warn);
  if (disposal === "delete") return message.delete();
  const seconds = (options.retrySeconds ?? 10) * 2 ** Math.min(message.tries - 1, 20);
  await message.release(Math.min(Math.ceil(seconds), LONGEST_RETRY_SECONDS));
}

async function attempt(message: HeldMessage, handler: AnnouncementHandler): Promise<Unhandled | undefined> {
  const { text, tries } = message;
  const announcement = readAnnouncement(text);
  if (announcement === undefined) return { kind: "notAnAnnouncement", text, tries };
  try {
    await handler(announcement);
    return undefined;
  } catch (error) {
    return { kind: "handlerFailed", announcement, error, tries };
  }
}

async function dispose(unhandled: Unhandled, decide: (unhandled: Unhandled) => unknown): Promise<Disposal> {
  try {
    return (await decide(unhandled)) === "delete" ? "delete" : "keep";
  } catch {
    return "keep";
  }
}

function warn(unhandled: Unhandled): Disposal {
  const what =
    unhandled.kind === "handlerFailed"
      ? `The announcement ${unhandled.announcement.id} could not be handled (try ${unhandled.tries})`
      : "A message on the status queue is no announcement";
  process.emitWarning(`${what}; it stays on the queue.`);
  return "keep";
}

async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(seconds * 1000, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
