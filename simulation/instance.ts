// One instance of the app: the real code over models.
import { type App, wireApp } from "../shared/app.ts";
import { HOUR } from "../shared/clock.ts";
import { keptWhileUsed } from "../shared/lastFew.ts";
import { createInbox } from "../shared/receiving/inbox.ts";
import { createReceiving } from "../shared/receiving/receiving.ts";
import type { ClientOf } from "../shared/senders/clients.ts";
import { createTelemetry } from "../shared/telemetry/telemetry.ts";
import { altinnClient, recipientClient } from "./altinnClient.ts";
import { Life, type Surroundings } from "./life.ts";
import { inboxBlobsOf, storageClient } from "./storageClient.ts";

/** Of files as small as these, several blocks. */
const BLOCK_BYTES = 1_000;

/** A process that runs the app. */
export interface Instance {
  readonly life: Life;
  readonly app: App;
}

/** Starts an instance. Its clock goes on for as long as it lives, and is at first as far ahead or behind as the odds say. */
export function startInstance(number: number, around: Surroundings): Instance {
  const { timeline, settings, fates, odds, note } = around;
  const life = new Life(number, around);
  life.skewMs = Math.round((fates.share("clock") * 2 - 1) * odds().clockSkewMs);
  const startedAt = timeline.now;
  const clock = { now: () => timeline.now + life.skewMs, elapsed: () => timeline.now - startedAt, scale: 1 };
  // Mere information is not even written down: nobody reads it.
  const telemetry = { ...createTelemetry((_level, line) => note(number, "log", line)), info: () => {} };
  const elapsed = () => clock.elapsed();
  const { maskinporten, senders, receiving } = settings;
  const senderOf = (name: string) => senders.find((sender) => sender.name === name)?.maskinporten;
  const clients = keptWhileUsed({ most: 1_000, idleMs: HOUR, elapsed }, (sender) =>
    altinnClient(life, around, clock, { sender: sender || undefined, maskinporten: senderOf(sender) ?? maskinporten }),
  );
  const clientOf: ClientOf = (sender) => clients(sender?.name ?? "");
  const connections = {
    ...storageClient(life, around),
    clientOf,
    ...(receiving && {
      receiving: {
        recipient: recipientClient(life, around, clock, maskinporten),
        inbox: createInbox(inboxBlobsOf(life, around), BLOCK_BYTES),
        start: createReceiving,
      },
    }),
  };
  return { life, app: wireApp(settings, { clock, telemetry }, connections) };
}
