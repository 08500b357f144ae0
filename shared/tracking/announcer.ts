// Puts announcements on the producers' queues.
import { QUEUES } from "../storage/names.ts";
import { type Queues, queueText } from "../storage/queues.ts";
import type { AddressedAnnouncement } from "./announcement.ts";

export interface Announcer {
  /** Puts the announcements, in this order. Throws if storage does not take one. */
  announce(announcements: readonly AddressedAnnouncement[]): Promise<void>;
}

/** An announcer; `encoding` says how the JSON stands in the message: as itself, or in base64. */
export function createAnnouncer(queues: Queues, encoding: "raw" | "base64"): Announcer {
  return {
    async announce(announcements) {
      for (const { announcement, statusQueue } of announcements) {
        const json = queueText(announcement);
        const text = encoding === "base64" ? Buffer.from(json, "utf8").toString("base64") : json;
        await queues.put(statusQueue ?? QUEUES.announcements, text);
      }
    },
  };
}
