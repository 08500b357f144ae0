// Puts announcements on the producers' queues.
import { QUEUES } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { AddressedAnnouncement } from "./announcement.ts";

/** A queue did not take an announcement: nothing is wrong with what was to be told. */
export class NotAnnounced extends Error {
  override readonly name = "NotAnnounced";
}

/** Puts announcements on queues. */
export interface Announcer {
  /**
   * Puts the announcements, in this order.
   * @throws NotAnnounced if storage does not take one
   */
  announce(announcements: readonly AddressedAnnouncement[]): Promise<void>;
}

/** How the JSON stands in a queue's messages: as itself, or in base64. */
export type QueueEncoding = "raw" | "base64";

/** Which queues a request may name, and how they are written to; `statusQueueEncoding` counts for every other. */
export interface AnnouncerOptions {
  readonly statusQueues: readonly { readonly name: string; readonly encoding?: QueueEncoding | undefined }[];
  readonly statusQueueEncoding: QueueEncoding;
}

/** An announcer that puts the JSON into each queue's messages in the form of that queue. */
export function createAnnouncer(
  queues: Queues,
  { statusQueues, statusQueueEncoding }: AnnouncerOptions,
  telemetry: Telemetry,
): Announcer {
  const encodings = new Map(statusQueues.map(({ name, encoding }) => [name, encoding ?? statusQueueEncoding]));
  const putOn = (queue: string, json: string) =>
    queues.put(queue, encoded(json, encodings.get(queue) ?? statusQueueEncoding));

  async function put(statusQueue: string | undefined, json: string): Promise<void> {
    if (statusQueue === undefined) return putOn(QUEUES.announcements, json);
    try {
      await putOn(statusQueue, json);
    } catch (error) {
      // A queue that somebody has removed must not keep its letters from being recorded.
      if (!(error instanceof Error && "code" in error && error.code === "QueueNotFound")) throw error;
      telemetry.alert("statusQueueMissing");
      await putOn(QUEUES.announcements, json);
    }
  }

  return {
    async announce(announcements) {
      try {
        for (const { announcement, statusQueue } of announcements) await put(statusQueue, queueText(announcement));
      } catch (error) {
        throw new NotAnnounced("An announcement could not be put on its queue", { cause: error });
      }
    },
  };
}

/** JSON as a queue of this encoding has it. */
export function encoded(json: string, encoding: QueueEncoding): string {
  return encoding === "base64" ? Buffer.from(json, "utf8").toString("base64") : json;
}
