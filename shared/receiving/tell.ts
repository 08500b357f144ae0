// Puts announcements on the queue of whoever reads the organisation's letters.
import { encoded } from "../announcements/announcer.ts";
import {
  createLetterAnnouncements,
  type LetterAnnouncement,
  type LetterAnnouncements,
} from "../announcements/letterAnnouncement.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import type { ReceivingContext } from "./context.ts";

/** Tells what `make` makes. Throws if storage does not take it. */
export async function tell(
  { deployment, queues, rules }: ReceivingContext,
  make: (announcements: LetterAnnouncements) => LetterAnnouncement,
): Promise<void> {
  const { namespace } = await deployment();
  const text = queueText(make(createLetterAnnouncements(namespace)));
  await queues.put(QUEUES.received, encoded(text, rules.encoding));
}
