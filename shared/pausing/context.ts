// The dependencies of knowing whether letters may go.
import type { Senders } from "../senders/senders.ts";
import type { Queues } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Breakers } from "./breakers.ts";
import type { Contacts } from "./contacts.ts";
import type { Deployment } from "./deployment.ts";
import type { EmergencyBrake } from "./emergencyBrake.ts";

/** The parts that stop sending, and tell that it is stopped. */
export interface PausingContext {
  readonly brake: EmergencyBrake;
  readonly breaker: Breakers;
  readonly contact: Contacts;
  readonly senders: Senders;
  /** Read from the app's marker, once. Throws while the marker is missing beside state of ours: then nothing is sent. */
  readonly deployment: () => Promise<Deployment>;
  readonly queues: Queues;
  /** Random in [0, 1). */
  readonly random: () => number;
  readonly telemetry: Telemetry;
}
