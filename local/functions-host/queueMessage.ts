// What the host decides about queue messages, as pure functions: decoding, what follows a run, and when to ask again.
import type { TypedData } from "./coreTypes.ts";

/** A message as it was received; times are the storage service's. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly popReceipt: string;
  readonly messageText: string;
  readonly dequeueCount: number;
  readonly insertedOn: Date;
  readonly expiresOn: Date;
  readonly nextVisibleOn: Date;
}

/** What becomes of a message. `leave`: it stays invisible until its lease ends. */
export type MessageFate = "run" | "delete" | "release" | "poison" | "leave";

/** The shortest pause between polls that found nothing, in milliseconds. */
export const MINIMUM_POLLING_INTERVAL = 100;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A message's text by host.json's messageEncoding, or undefined when it is not in that encoding. */
export function decodeMessageText(text: string, encoding: "none" | "base64"): string | undefined {
  if (encoding === "none") return text;
  const compact = text.replace(/\s/g, "");
  return BASE64.test(compact) ? Buffer.from(compact, "base64").toString("utf8") : undefined;
}

/** Before a run: a message that was taken too often already is not run. */
export function fateBeforeRun(dequeueCount: number, maxDequeueCount: number, hasPoisonQueue: boolean): MessageFate {
  if (dequeueCount <= maxDequeueCount) return "run";
  return hasPoisonQueue ? "poison" : "leave";
}

/**
 * After a run. A failed message of a queue without a poison queue is left invisible, so that it does not come round at
 * once and forever.
 */
export function fateAfterRun(
  succeeded: boolean,
  dequeueCount: number,
  maxDequeueCount: number,
  hasPoisonQueue: boolean,
): MessageFate {
  if (succeeded) return "delete";
  if (!hasPoisonQueue) return "leave";
  return dequeueCount >= maxDequeueCount ? "poison" : "release";
}

/** The name of a queue's poison queue, or undefined for a queue that is one. */
export function poisonQueueName(queueName: string): string | undefined {
  return queueName.endsWith("-poison") ? undefined : `${queueName}-poison`;
}

/**
 * Milliseconds to the next poll after so many in a row (1 or more) found nothing: exponential, up to 20 % either way,
 * at most `maximum`. `random` is from 0 to 1.
 */
export function pollDelay(emptyPolls: number, maximum: number, random: number): number {
  const growth = 2 ** Math.min(emptyPolls - 1, 30) - 1;
  const delay = MINIMUM_POLLING_INTERVAL * (1 + growth * (0.8 + 0.4 * random));
  return Math.max(Math.min(delay, maximum), Math.min(MINIMUM_POLLING_INTERVAL, maximum));
}

/** The trigger metadata of a message; `at` turns a real time into one of the app's clock. */
export function queueTriggerMetadata(
  message: ReceivedMessage,
  at: (real: number) => number,
): Record<string, TypedData> {
  const time = (date: Date) => {
    const shown = Math.min(at(date.getTime()), Date.UTC(9999, 11, 31, 23, 59, 59));
    return { json: JSON.stringify(new Date(shown).toISOString().replace("Z", "+00:00")) };
  };
  return {
    Id: { json: JSON.stringify(message.messageId) },
    PopReceipt: { json: JSON.stringify(message.popReceipt) },
    DequeueCount: { int: message.dequeueCount },
    InsertionTime: time(message.insertedOn),
    ExpirationTime: time(message.expiresOn),
    NextVisibleTime: time(message.nextVisibleOn),
  };
}
