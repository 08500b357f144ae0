// Puts announcements on the producers' queues.
import { QUEUES } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry.ts";
import type { AddressedAnnouncement } from "./announcement.ts";

export interface Announcer {
  /** Puts the announcements, in this order. Throws if storage does not take one. */
  announce(announcements: readonly AddressedAnnouncement[]): Promise<void>;
}

/** An announcer; `encoding` says how the JSON stands in the message: as itself, or in base64. */
export function createAnnouncer(queues: Queues, encoding: "raw" | "base64", telemetry: Telemetry): Announcer {
  async function put(statusQueue: string | undefined, text: string): Promise<void> {
    if (statusQueue === undefined) return queues.put(QUEUES.announcements, text);
    try {
      await queues.put(statusQueue, text);
    } catch (error) {
      // A queue that somebody has removed must not keep its letters from being recorded.
      if (!(error instanceof Error && "code" in error && error.code === "QueueNotFound")) throw error;
      telemetry.alert("statusQueueMissing");
      await queues.put(QUEUES.announcements, text);
    }
  }

  return {
    async announce(announcements) {
      for (const { announcement, statusQueue } of announcements) {
        const json = queueText(announcement);
        const text = encoding === "base64" ? Buffer.from(json, "utf8").toString("base64") : json;
        await put(statusQueue, text);
      }
    },
  };
}
