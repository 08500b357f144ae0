// Queue triggers: polls a queue and runs its function for each message, with the semantics of Azure's host.
import { isUtf8 } from "node:buffer";
import type { QueueClient } from "@azure/storage-queue";
import type { ScaledClock } from "./clock.ts";
import type { RegisteredFunction } from "./functionsCore.ts";
import { type HeldMessage, holdMessage, isQueueNotFound, reason } from "./heldMessage.ts";
import type { QueueOptions } from "./hostJson.ts";
import type { Invoker } from "./invocation.ts";
import { describeError, type Log } from "./log.ts";
import {
  decodeMessageText,
  fateAfterRun,
  fateBeforeRun,
  type MessageFate,
  pollDelay,
  queueTriggerMetadata,
  type ReceivedMessage,
  withFieldsOfMessage,
} from "./queueMessage.ts";

/** Something that runs functions until it is told to stop. */
export interface Listener {
  /** Takes nothing new from now on; resolves when what was on its way here has come. */
  stopTaking(): Promise<void>;
  /** Resolves when nothing runs any more; only to be waited for after `stopTaking`. */
  idle(): Promise<void>;
  /** Gives back what still runs: its result will not count. Resolves with how much that was. */
  giveBack(): Promise<number>;
}

/** What a queue trigger needs. */
export interface QueueListenerOptions {
  readonly registered: RegisteredFunction;
  /** Name of the trigger binding, and whether it asks for bytes instead of text. */
  readonly binding: string;
  readonly binary: boolean;
  readonly queue: QueueClient;
  /** Undefined for a queue that is itself a poison queue. */
  readonly poisonQueue: QueueClient | undefined;
  readonly options: QueueOptions;
  readonly clock: ScaledClock;
  readonly invoker: Invoker;
  readonly log: Log;
}

/** How long a message is held between renewals: ten minutes, fixed in Azure. */
const LEASE_SECONDS = 600;
/** Storage counts whole seconds, and half of one would leave no time to renew. */
const MINIMUM_LEASE_SECONDS = 2;
/** However fast the clock runs, storage is not asked more often than this (real milliseconds). */
const MINIMUM_REAL_DELAY = 50;

/** Starts polling. */
export function startQueueListener(options: QueueListenerOptions): Listener {
  const { clock, log, queue } = options;
  const { batchSize, newBatchThreshold, maxPollingInterval } = options.options;
  const leaseSeconds = Math.max(MINIMUM_LEASE_SECONDS, Math.ceil(LEASE_SECONDS / clock.scale));
  const running = new Map<HeldMessage, Promise<void>>();
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
  let emptyPolls = 0;
  let failing = false;

  async function poll(): Promise<void> {
    while (!stop.signal.aborted) {
      if (running.size > newBatchThreshold) {
        await Promise.race([stopped, ...running.values()]);
        continue;
      }
      const messages = await receive();
      for (const message of messages) take(message);
      emptyPolls = messages.length > 0 ? 0 : emptyPolls + 1;
      if (emptyPolls > 0) {
        const delay = failing ? maxPollingInterval : pollDelay(emptyPolls, maxPollingInterval, Math.random());
        await sleep(Math.max(MINIMUM_REAL_DELAY, delay / clock.scale), stop.signal);
      }
    }
  }

  /** Not cut short when the host stops: messages that were given out and never seen would be invisible for a lease. */
  async function receive(): Promise<readonly ReceivedMessage[]> {
    try {
      const answer = await queue.receiveMessages({ numberOfMessages: batchSize, visibilityTimeout: leaseSeconds });
      if (failing) log("information", "host", `The queue ${queue.name} can be read again.`);
      failing = false;
      return answer.receivedMessageItems;
    } catch (error) {
      if (isQueueNotFound(error)) return [];
      if (!failing) log("warning", "host", `The queue ${queue.name} cannot be read: ${reason(error)}`);
      failing = true;
      return [];
    }
  }

  function take(message: ReceivedMessage): void {
    const held = holdMessage(queue, message, leaseSeconds, log);
    const processed = stop.signal.aborted ? held.release(0) : processMessage(held, options, stop.signal);
    const ended = processed.catch((error: unknown) => {
      // Nothing of this is expected to throw; the message comes round again, and the listener goes on.
      log("error", "host", `Message ${message.messageId} on ${queue.name} failed in the host: ${describeError(error)}`);
      held.leave();
    });
    running.set(
      held,
      ended.finally(() => running.delete(held)),
    );
  }

  const polling = poll();
  return {
    stopTaking() {
      stop.abort();
      return polling;
    },
    async idle() {
      await Promise.all(running.values());
    },
    async giveBack() {
      const held = [...running.keys()];
      await Promise.all(held.map((message) => message.release(0)));
      return held.length;
    },
  };
}

async function processMessage(held: HeldMessage, options: QueueListenerOptions, stop: AbortSignal): Promise<void> {
  const { dequeueCount } = held.message;
  const { maxDequeueCount } = options.options;
  const hasPoisonQueue = options.poisonQueue !== undefined;
  const fate = fateBeforeRun(dequeueCount, maxDequeueCount, hasPoisonQueue);
  if (fate !== "run") return settle(fate, held, options, stop);

  const bytes = decodeMessageText(held.message.messageText, options.options.messageEncoding);
  if (bytes === undefined) {
    options.log("error", "host", `Message ${held.message.messageId} on ${options.queue.name} is not base64.`);
    return settle(hasPoisonQueue ? "poison" : "leave", held, options, stop);
  }
  const text = isUtf8(bytes) ? bytes.toString("utf8") : undefined;
  const metadata = queueTriggerMetadata(held.message, text, options.clock.at);
  const trigger =
    options.binary || text === undefined
      ? { name: options.binding, data: { bytes }, metadata }
      : { name: options.binding, data: { string: text }, metadata: withFieldsOfMessage(metadata, text) };
  const from = `message ${held.message.messageId} on ${options.queue.name}, delivery ${dequeueCount}`;
  const outcome = await options.invoker.invoke(options.registered, trigger, from);
  const succeeded = outcome.kind === "succeeded";
  return settle(fateAfterRun(succeeded, dequeueCount, maxDequeueCount, hasPoisonQueue), held, options, stop);
}

async function settle(
  fate: MessageFate,
  held: HeldMessage,
  options: QueueListenerOptions,
  stop: AbortSignal,
): Promise<void> {
  if (fate === "delete") return held.delete();
  if (fate === "release") return releaseLater(held, options.options.visibilityTimeout / options.clock.scale, stop);
  if (fate === "poison" && options.poisonQueue !== undefined) {
    const { queue, poisonQueue, log } = options;
    log("warning", "host", `Message ${held.message.messageId} on ${queue.name} moves to ${poisonQueue.name}.`);
    return held.moveToPoison(poisonQueue);
  }
  held.leave();
}

/** Storage knows whole seconds only: less than one (of a fast clock) is waited for here, while the message is held. */
async function releaseLater(held: HeldMessage, milliseconds: number, stop: AbortSignal): Promise<void> {
  if (milliseconds >= 1000) return held.release(Math.round(milliseconds / 1000));
  await sleep(milliseconds, stop);
  return held.release(0);
}

/** Resolves after so many real milliseconds, or as soon as `stop` says so. */
function sleep(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    stop.addEventListener("abort", done);
  });
}
