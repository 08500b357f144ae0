// What the host decides about queue messages, as pure functions: decoding, what follows a run, and when to ask again.
import { z } from "zod";
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

/** What a message holds by host.json's messageEncoding, or undefined when it is not in that encoding. */
export function decodeMessageText(text: string, encoding: "none" | "base64"): Buffer | undefined {
  if (encoding === "none") return Buffer.from(text);
  const compact = text.replace(/\s/g, "");
  return BASE64.test(compact) ? Buffer.from(compact, "base64") : undefined;
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

/**
 * The trigger metadata of a message, in the form in which Azure's host passes each value on. `at` turns a real time into
 * one of the app's clock; `text` is what the message holds, absent where that is no text.
 */
export function queueTriggerMetadata(
  message: ReceivedMessage,
  text: string | undefined,
  at: (real: number) => number,
): Record<string, TypedData> {
  const time = (date: Date) => {
    const shown = Math.min(at(date.getTime()), Date.UTC(9999, 11, 31, 23, 59, 59));
    return { json: JSON.stringify(new Date(shown).toISOString().replace("Z", "+00:00")) };
  };
  return {
    ...(text === undefined ? {} : { QueueTrigger: { string: text } }),
    DequeueCount: { json: String(message.dequeueCount) },
    ExpirationTime: time(message.expiresOn),
    Id: { string: message.messageId },
    InsertionTime: time(message.insertedOn),
    NextVisibleTime: time(message.nextVisibleOn),
    PopReceipt: { string: message.popReceipt },
  };
}

/**
 * Lays the top-level fields of a message that is a JSON object over its metadata, names compared without case, as Azure's
 * host does (`Utility.ApplyBindingData`) for a trigger that takes text: lists and null are passed over, an object goes on as
 * JSON, and everything else as text. The name stays as it was written first.
 */
export function withFieldsOfMessage(metadata: Record<string, TypedData>, text: string): Record<string, TypedData> {
  const fields = parseObject(text);
  if (fields === undefined) return metadata;
  const merged = new Map(Object.entries(metadata));
  const names = new Map([...merged.keys()].map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || Array.isArray(value)) continue;
    const known = names.get(name.toLowerCase()) ?? name;
    names.set(name.toLowerCase(), known);
    merged.set(known, typeof value === "object" ? { json: JSON.stringify(value) } : { string: textOf(value) });
  }
  return Object.fromEntries(merged);
}

const objectSchema = z.record(z.string(), z.unknown());

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    return objectSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** As .NET writes a value: `True` and `False` begin with a capital. */
function textOf(value: unknown): string {
  const text = String(value);
  return typeof value === "boolean" ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
