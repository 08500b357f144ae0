// The emergency brake: one document that stops all sending, in every instance, within half a minute.
import * as z from "zod";
import { type Clock, SECOND, timestamp } from "../clock.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { DOCUMENTS } from "../storage/names.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { ContactLog } from "./contact.ts";

/** Why the brake is on. */
export const BRAKE_REASONS = ["operator", "setting", "tooManyLetters", "markerMissing", "unreadable"] as const;
/** Why the brake is on. */
export type BrakeReason = (typeof BRAKE_REASONS)[number];

/** A reason that a newer version of the app has is one more of which this one can say no more. */
const schema = z.looseObject({
  version: z.literal(1),
  isOn: z.boolean(),
  reason: z.enum(BRAKE_REASONS).catch("unreadable"),
  since: z.iso.datetime(),
});

/** The brake as the document says. */
export interface BrakeStatus {
  readonly isOn: boolean;
  readonly reason: BrakeReason;
  /** RFC 3339; absent where the document does not say it. */
  readonly since?: string;
}

/** How old what an instance knows of the brake may be, in milliseconds: it is polled, not read for each letter. */
const POLL = 30 * SECOND;

/** The brake as sending asks for it. */
export interface EmergencyBrake {
  /** Why nothing may be sent, or `undefined`. Reads storage at most twice a minute; throws when that fails. */
  reason(): Promise<BrakeReason | undefined>;
}

/** What pulls the brake, and where it is noted. */
export interface EmergencyBrakeOptions {
  readonly documents: JsonBlobs;
  readonly clock: Clock;
  readonly contact: ContactLog;
  readonly telemetry: Telemetry;
  /** The setting: true while it is on. */
  readonly isSet: boolean;
  /** The most letters within an hour; more pull the brake. Once it is lifted, they are counted anew. */
  readonly maxLettersPerHour: number | undefined;
  /** True if the app's marker is still the one that this instance began with. */
  readonly isMarkerThere: () => Promise<boolean>;
}

/** Makes the brake of this instance; its document is read again every half a minute. */
export function createEmergencyBrake(options: EmergencyBrakeOptions): EmergencyBrake {
  const { documents, clock, contact, telemetry } = options;
  const { maxLettersPerHour = Number.POSITIVE_INFINITY } = options;
  let known: BrakeReason | undefined;
  let polledAt = Number.NEGATIVE_INFINITY;
  let polling: Promise<void> | undefined;

  async function poll(): Promise<void> {
    const startedAt = clock.elapsed();
    const [status, isMarkerThere] = await Promise.all([readBrake(documents), options.isMarkerThere()]);
    if (options.maxLettersPerHour !== undefined) await contact.read();
    if (status?.isOn === false && status.since) contact.countFrom(Date.parse(status.since));
    const before = known;
    known = isMarkerThere ? (status?.isOn ? status.reason : undefined) : "markerMissing";
    polledAt = startedAt;
    if (known && known !== before) telemetry.alert("brakeOn", { reason: known });
    if (!known && before) telemetry.info("brakeOff");
  }

  return {
    async reason() {
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
      return known;
    },
  };
}

/** The brake as the document says; `undefined` if it was never touched. One that says nothing we can read is on. */
export async function readBrake(documents: Pick<JsonBlobs, "read">): Promise<BrakeStatus | undefined> {
  const stored = await documents.read(DOCUMENTS.brake);
  return stored && (schema.safeParse(stored.value).data ?? { isOn: true, reason: "unreadable" });
}

/** Pulls or lifts the brake, for all instances. The last one to do so is right. */
export async function setBrake(
  documents: Pick<JsonBlobs, "read" | "create" | "replace">,
  { isOn, reason, now }: { readonly isOn: boolean; readonly reason: BrakeReason; readonly now: number },
): Promise<void> {
  for (let race = 0; race < 10; race++) {
    const stored = await documents.read(DOCUMENTS.brake);
    const known = schema.safeParse(stored?.value).data;
    const value: z.infer<typeof schema> = { ...known, version: 1, isOn, reason, since: timestamp(now) };
    const etag = stored
      ? await documents.replace(DOCUMENTS.brake, value, stored.etag)
      : await documents.create(DOCUMENTS.brake, value);
    if (etag !== undefined) return;
  }
  throw new Error("The brake changes too often to be written");
}
