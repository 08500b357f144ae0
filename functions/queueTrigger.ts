// The functions of queues. Each message comes as bytes, or Azure's host would take fields in it for the queue's metadata.
import { app, type InvocationContext, trigger } from "@azure/functions";
import * as z from "zod";
import type { LogFields, Telemetry } from "../shared/telemetry/telemetry.ts";
import { invoke } from "./invocation.ts";

/** A message as a queue handed it over. */
export interface QueueMessage {
  /** The JSON in it; where it is none, its text; and where that is no UTF-8 either, its bytes. */
  readonly content: unknown;
  /** The queue's id of it: the same each time that it is handed out, and another for every other message. */
  readonly id: string;
}

/** What the function of a queue is made of. */
export interface QueueFunction<T> {
  readonly queueName: string;
  /** The app setting (or the prefix of those) that names the storage account. */
  readonly connection: string;
  readonly telemetry: Telemetry;
  readonly work: (message: QueueMessage) => Promise<T>;
  /** What the invocation's log line says of the result. */
  readonly describe: (result: T) => LogFields;
}

/**
 * Registers the function of a queue. To a trigger without `dataType`, or with `string`, Azure's host lays the top-level
 * fields of a JSON message over the trigger's metadata: a producer's `id` would become the message's. Bytes it leaves alone.
 */
export function registerQueueFunction<T>(name: string, definition: QueueFunction<T>): void {
  const { queueName, connection, telemetry, work, describe } = definition;
  app.generic(name, {
    trigger: trigger.generic({ type: "queueTrigger", queueName, connection, dataType: "binary" }),
    handler: async (input: unknown, context: InvocationContext) => {
      const word = wordOfQueue(input, context);
      const message = { content: contentOf(input), id: word?.id ?? context.invocationId };
      const known = word === undefined ? {} : { messageId: word.id, dequeueCount: word.dequeueCount };
      const delivery = { queue: queueName, ...known };
      await invoke(telemetry, context, () => work(message), describe, delivery);
    },
  });
}

const wordSchema = z.object({ id: z.guid(), dequeueCount: z.int().min(1) });

/** What the queue says of its message; `undefined` where a host has parsed the message, and may have taken it from there. */
function wordOfQueue(input: unknown, context: InvocationContext): z.infer<typeof wordSchema> | undefined {
  return input instanceof Uint8Array ? wordSchema.safeParse(context.triggerMetadata).data : undefined;
}

function contentOf(input: unknown): unknown {
  if (!(input instanceof Uint8Array)) return input;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    return input;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
