// The emergency brake: one document that stops all sending, or that of single senders, in every instance, within half a minute.
import * as z from "zod";
import { type Clock, SECOND, timestamp } from "../clock.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { DOCUMENTS } from "../storage/names.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Contacts } from "./contacts.ts";

/** Why the brake is on. */
export const BRAKE_REASONS = ["operator", "setting", "tooManyLetters", "markerMissing", "unreadable"] as const;
/** Why the brake is on. */
export type BrakeReason = (typeof BRAKE_REASONS)[number];

/** A reason that a newer version of the app has is one more of which this one can say no more. */
const statusSchema = z.looseObject({
  isOn: z.boolean(),
  reason: z.enum(BRAKE_REASONS).catch("unreadable"),
  since: z.iso.datetime(),
});
const schema = z.looseObject({
  version: z.literal(1),
  ...statusSchema.shape,
  /** Of single senders, by name. Versions before 2026-11-29 leave them alone. */
  senders: z.record(z.string(), statusSchema).exactOptional(),
});

/** The brake as the document says. */
export interface BrakeStatus {
  readonly isOn: boolean;
  readonly reason: BrakeReason;
  /** RFC 3339; absent where the document does not say it. */
  readonly since?: string;
}

/** The same, and the brakes of single senders that were ever touched, by name. */
export interface Brakes extends BrakeStatus {
  readonly senders?: Readonly<Record<string, BrakeStatus>>;
}

/** How old what an instance knows of the brake may be, in milliseconds: it is polled, not read for each letter. */
const POLL = 30 * SECOND;

/** The brake as sending asks for it. */
export interface EmergencyBrake {
  /**
   * Why nothing may be sent, or nothing of a sender (by its name), or `undefined`. Reads storage at most twice a minute, and
   * once more for each sender with a limit of its own; throws when that fails.
   */
  reason(sender?: string): Promise<BrakeReason | undefined>;
}

/** What pulls the brake, and where it is noted. */
export interface EmergencyBrakeOptions {
  readonly documents: JsonBlobs;
  readonly clock: Clock;
  readonly contact: Contacts;
  readonly telemetry: Telemetry;
  /** The setting: true while it is on. */
  readonly isSet: boolean;
  /** The most letters within an hour; more pull the brake. Once it is lifted, they are counted anew. */
  readonly maxLettersPerHour: number | undefined;
  /** The same of each sender that has a limit of its own, by name. */
  readonly senderLimits: ReadonlyMap<string, number>;
  /** True if the app's marker is still the one that this instance began with. */
  readonly isMarkerThere: () => Promise<boolean>;
}

/** Makes the brake of this instance; its document is read again every half a minute. */
export function createEmergencyBrake(options: EmergencyBrakeOptions): EmergencyBrake {
  const { documents, clock, contact, telemetry } = options;
  const { maxLettersPerHour = Number.POSITIVE_INFINITY } = options;
  let known: BrakeReason | undefined;
  let senders: Readonly<Record<string, BrakeStatus>> = {};
  let polledAt = Number.NEGATIVE_INFINITY;
  let polling: Promise<void> | undefined;

  async function poll(): Promise<void> {
    const startedAt = clock.elapsed();
    const [status, isMarkerThere] = await Promise.all([readBrake(documents), options.isMarkerThere()]);
    if (options.maxLettersPerHour !== undefined) await contact.read();
    if (status?.isOn === false && status.since) contact.countFrom(Date.parse(status.since));
    const before = known;
    noteSenders(status?.senders ?? {});
    known = isMarkerThere ? (status?.isOn ? status.reason : undefined) : "markerMissing";
    polledAt = startedAt;
    if (known && known !== before) telemetry.alert("brakeOn", { reason: known });
    if (!known && before) telemetry.info("brakeOff");
  }

  function noteSenders(next: typeof senders): void {
    for (const [sender, { isOn, reason }] of Object.entries(next)) {
      const wasOn = senders[sender]?.isOn === true;
      if (isOn && !wasOn) telemetry.alert("brakeOn", { reason, sender });
      if (!isOn && wasOn) telemetry.info("brakeOff", { sender });
    }
    senders = next;
  }

  /** Why nothing of a sender may be sent, though others' letters may. */
  async function reasonOf(sender: string): Promise<BrakeReason | undefined> {
    const status = senders[sender];
    if (status?.isOn) return status.reason;
    const limit = options.senderLimits.get(sender);
    const count = contact.countOf(sender);
    if (limit === undefined || count === undefined) return undefined;
    await count.read();
    if (status?.since) count.countFrom(Date.parse(status.since));
    if (count.countedLetters() < limit) return undefined;
    const pulled = { isOn: true, reason: "tooManyLetters" } as const;
    await setBrake(documents, { ...pulled, now: clock.now(), sender });
    noteSenders({ ...senders, [sender]: pulled });
    return pulled.reason;
  }

  return {
    async reason(sender) {
      if (options.isSet) return "setting";
      if (clock.elapsed() - polledAt >= POLL) {
        // One poll for all who ask meanwhile: nobody goes on by what is not known yet, or not any more.
        polling ??= poll().finally(() => {
          polling = undefined;
        });
        await polling;
      }
      if (!known && contact.countedLetters() >= maxLettersPerHour) {
        known = "tooManyLetters";
        await setBrake(documents, { isOn: true, reason: known, now: clock.now() });
        telemetry.alert("brakeOn", { reason: known });
      }
      return known ?? (sender === undefined ? undefined : reasonOf(sender));
    },
  };
}

/** The brake as the document says; `undefined` if it was never touched. One that says nothing we can read is on. */
export async function readBrake(documents: Pick<JsonBlobs, "read">): Promise<Brakes | undefined> {
  const stored = await documents.read(DOCUMENTS.brake);
  return stored && (schema.safeParse(stored.value).data ?? { isOn: true, reason: "unreadable" });
}

/** How the brake is set. `now` in epoch milliseconds. */
export interface BrakeSetting {
  readonly isOn: boolean;
  readonly reason: BrakeReason;
  readonly now: number;
  /** Whose letters alone it is about, by name; those of all, if nobody is named. */
  readonly sender?: string | undefined;
}

/** Pulls or lifts the brake, for all instances. The last one to do so is right. */
export async function setBrake(
  documents: Pick<JsonBlobs, "read" | "create" | "replace">,
  { isOn, reason, now, sender }: BrakeSetting,
): Promise<void> {
  const set = { isOn, reason, since: timestamp(now) };
  for (let race = 0; race < 10; race++) {
    const stored = await documents.read(DOCUMENTS.brake);
    const known = schema.safeParse(stored?.value).data;
    const value =
      sender === undefined ? { ...known, version: 1, ...set } : withSender(known, stored !== undefined, sender, set);
    const etag = stored
      ? await documents.replace(DOCUMENTS.brake, value, stored.etag)
      : await documents.create(DOCUMENTS.brake, value);
    if (etag !== undefined) return;
  }
  throw new Error("The brake changes too often to be written");
}

/** A brake that was never touched is off, and stays so; one that says nothing we can read stays on. */
function withSender(
  known: z.infer<typeof schema> | undefined,
  isThere: boolean,
  sender: string,
  set: z.infer<typeof statusSchema>,
): z.infer<typeof schema> {
  const untouched = { isOn: isThere, reason: isThere ? "unreadable" : "operator", since: set.since } as const;
  return { version: 1, ...(known ?? untouched), senders: { ...known?.senders, [sender]: set } };
}
