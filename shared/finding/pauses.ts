// What stops letters just now, all of them or one sender's, as far as the instances have told each other.
import * as z from "zod";
import { MINUTE } from "../clock.ts";
import { type BrakeStatus, readBrake } from "../pausing/emergencyBrake.ts";
import type { FindingContext } from "./context.ts";

const pause = {
  cause: z.enum(["brake", "breaker"]),
  reason: z.string().optional(),
  since: z.iso.datetime().optional(),
};

/** What stops all letters, or one sender's. */
export const pauseSchema = z.object(pause);

/** The same, and whose letters it stops. */
export const senderPauseSchema = z.object({ sender: z.string(), ...pause });

/** What stops all letters, or one sender's. `since` in RFC 3339. */
export type PauseNow = z.infer<typeof pauseSchema>;

/** What stops letters just now. */
export interface Pauses {
  /** What stops all of them. */
  readonly all: PauseNow | undefined;
  /** What stops those of a sender alone, by its name; under an empty one, those of no sender. */
  readonly ofSender: ReadonlyMap<string, PauseNow>;
  /** What stops a letter on a resource. */
  of(resourceId: string): PauseNow | undefined;
}

/** For so long after an instance put a letter off, its breaker may be open: what is put off comes back within that time. */
const PAUSE_LASTS = 6 * MINUTE;

/** What stops letters just now: two reads at most, however many senders there are. */
export async function pausesNow({ clock, store, contact, isBrakeSet, senders }: FindingContext): Promise<Pauses> {
  const [brake, { pausedAt, lastLetter = 0, pausedSenders = {} }] = await Promise.all([
    readBrake(store.documents),
    contact.read(),
  ]);
  const isLately = (at: number | undefined, since: number) =>
    at !== undefined && at >= Math.max(clock.now() - PAUSE_LASTS, since);
  const isBreakerOpen = isLately(pausedAt, Math.max(lastLetter, liftedAt(brake)));
  const setting: PauseNow | undefined = isBrakeSet ? { cause: "brake", reason: "setting" } : undefined;
  const all = setting ?? pulled(brake) ?? (isBreakerOpen ? BREAKER : undefined);
  const ofSender = new Map<string, PauseNow>();
  for (const [name, status] of Object.entries(brake?.senders ?? {})) {
    const its = pulled(status);
    if (its) ofSender.set(name, its);
  }
  for (const [name, at] of Object.entries(pausedSenders)) {
    if (!ofSender.has(name) && isLately(at, liftedAt(brake?.senders?.[name]))) ofSender.set(name, BREAKER);
  }
  return { all, ofSender, of: (resourceId) => all ?? ofSender.get(senders.of(resourceId)?.name ?? "") };
}

const BREAKER: PauseNow = { cause: "breaker" };

function pulled(brake: BrakeStatus | undefined): PauseNow | undefined {
  if (!brake?.isOn) return undefined;
  return { cause: "brake", reason: brake.reason, ...(brake.since ? { since: brake.since } : {}) };
}

/** What was put off before was put off by the brake. */
function liftedAt(brake: BrakeStatus | undefined): number {
  return brake?.since === undefined ? 0 : Date.parse(brake.since);
}
