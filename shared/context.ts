// What sending a letter works with: everything outside of it, passed in.
import type { CorrespondenceApi } from "./altinn/correspondenceApi.ts";
import type { AltinnEnvironment } from "./altinn/environments.ts";
import type { AnnouncementFactory } from "./announcements/announcement.ts";
import type { Announcer } from "./announcements/announcer.ts";
import type { AttachmentBlobs } from "./attachments/attachmentBlobs.ts";
import type { Clock } from "./clock.ts";
import type { RequestBlobs } from "./intake/requestBlobs.ts";
import type { Breaker } from "./pausing/breaker.ts";
import type { ContactLog } from "./pausing/contact.ts";
import type { EmergencyBrake } from "./pausing/emergencyBrake.ts";
import type { StateStore } from "./records/stateStore.ts";
import type { UnknownFieldPolicy } from "./requests/unknownFields.ts";
import type { Queues } from "./storage/queues.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import type { Tracker } from "./tracking/tracker.ts";

/** Rules that differ between deployments. */
export interface SendingRules {
  readonly environment: AltinnEnvironment;
  /** The resources that may be used, without URN prefix. */
  readonly resources: ReadonlySet<string>;
  /** The queues that a request may ask its announcements to go to. */
  readonly statusQueues: ReadonlySet<string>;
  /** What is done about fields of a request that are not known. */
  readonly unknownFields: UnknownFieldPolicy;
  /** How long a letter may wait while Altinn answers others, in milliseconds. */
  readonly giveUpAfter: number;
  /** When the blob of a claim check is deleted: so long after the request's end, in milliseconds; `undefined`: never. */
  readonly deleteRequestBlobsAfter: number | undefined;
}

/** This deployment's own namespace, and what is named by it. */
export interface Deployment {
  /** A UUID: the namespace of dispatch ids. */
  readonly namespace: string;
  readonly announcements: AnnouncementFactory;
}

export interface SendingContext {
  readonly clock: Clock;
  /** Random in [0, 1). */
  readonly random: () => number;
  /** A new random UUID. */
  readonly newId: () => string;
  readonly rules: SendingRules;
  /** Read from the app's marker, once. Throws while the marker is missing beside state of ours: then nothing is sent. */
  readonly deployment: () => Promise<Deployment>;
  readonly store: StateStore;
  readonly queues: Queues;
  readonly altinn: CorrespondenceApi;
  readonly attachments: AttachmentBlobs;
  readonly requestBlobs: RequestBlobs;
  readonly announcer: Announcer;
  readonly tracker: Tracker;
  readonly contact: ContactLog;
  readonly brake: EmergencyBrake;
  readonly breaker: Breaker;
  readonly telemetry: Telemetry;
}
