// The app, put together: every client is made here, once, from checked settings.
import { randomUUID } from "node:crypto";
import { type AltinnClient, createAltinnClient } from "./altinn/altinnClient.ts";
import { createSourceCheck } from "./altinn/eventSource.ts";
import { type AnnouncementFactory, createAnnouncementFactory } from "./announcements/announcement.ts";
import { createAnnouncer } from "./announcements/announcer.ts";
import { type AttachmentBlobs, createAttachmentBlobs } from "./attachments/attachmentBlobs.ts";
import { type Clock, DAY, HOUR } from "./clock.ts";
import type { DashboardContext } from "./dashboard/context.ts";
import type { FindingContext } from "./finding/context.ts";
import type { HealthContext } from "./health.ts";
import type { IntakeContext } from "./intake/context.ts";
import { createRequestBlobs, type RequestBlobs } from "./intake/requestBlobs.ts";
import { createBreaker } from "./pausing/breaker.ts";
import { createContactLog } from "./pausing/contact.ts";
import { createDeploymentReader, type Deployment, isMarkerThere } from "./pausing/deployment.ts";
import { createEmergencyBrake } from "./pausing/emergencyBrake.ts";
import { createStateStore, type StateContainers, stateContainersOf } from "./records/stateStore.ts";
import { longestPause } from "./settings/ncrontab.ts";
import type { Settings } from "./settings/settings.ts";
import { storageClients } from "./storage/clients.ts";
import { CONTAINERS } from "./storage/names.ts";
import { createQueues, type Queues } from "./storage/queues.ts";
import type { Telemetry } from "./telemetry/telemetry.ts";
import { createTraces } from "./telemetry/traces.ts";
import type { BatchContext } from "./tracking/checkBatch.ts";
import { createNotificationOrders } from "./tracking/notificationOrders.ts";
import type { EventContext } from "./tracking/receiveEvent.ts";
import { createTracker } from "./tracking/tracker.ts";
import { foreignCheck } from "./upkeep/foreignCheck.ts";

/** The app, as its functions use it. */
export interface App {
  readonly settings: Settings;
  readonly telemetry: Telemetry;
  readonly sending: IntakeContext;
  readonly checking: BatchContext;
  readonly events: EventContext;
  /** Whether an event comes from Altinn, by the header X-Forwarded-For. */
  readonly isFromAltinn: (forwardedFor: string | null) => boolean;
  readonly finding: FindingContext;
  readonly dashboard: DashboardContext;
  readonly health: HealthContext;
}

/** What differs between Azure, the local host and tests. */
export interface AppOptions {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Random in [0, 1), for jitter. */
  readonly random?: () => number;
}

/** Everything outside of the process that the app calls. */
export interface Connections extends AltinnClient {
  readonly queues: Queues;
  /** The containers with what is remembered. */
  readonly containers: StateContainers;
  /** Files and requests that producers have put into blobs. */
  readonly attachments: AttachmentBlobs;
  readonly requestBlobs: RequestBlobs;
}

/** Makes every client, and wires the parts. Makes no call yet. */
export async function createApp(settings: Settings, options: AppOptions): Promise<App> {
  return wireApp(settings, options, await connect(settings, options.clock));
}

async function connect(settings: Settings, clock: Clock): Promise<Connections> {
  const { blobs, queues } = await storageClients(settings.storage);
  return {
    ...createAltinnClient(settings, clock),
    queues: createQueues(queues, clock),
    containers: stateContainersOf(blobs),
    attachments: createAttachmentBlobs(blobs.getContainerClient(CONTAINERS.attachments)),
    requestBlobs: createRequestBlobs(blobs.getContainerClient(CONTAINERS.requests)),
  };
}

/** The app over connections that are there: those of Azure, or models of them. Makes no call yet. */
export function wireApp(settings: Settings, options: AppOptions, connections: Connections): App {
  const { clock, telemetry } = options;
  const { queues, containers, attachments, requestBlobs, tokens, altinn } = connections;
  const { state, accepted } = containers;
  const store = createStateStore(containers);
  const deployment = createDeploymentReader({ state, accepted, queues, clock });
  const traces = createTraces(async () => (await deployment()).namespace);
  const announcer = createAnnouncer(queues, settings, telemetry);
  const announcements = announcementsOf(deployment);
  const orders = createNotificationOrders(state, telemetry);
  const tracker = createTracker({ clock, store, orders, announcer, announcements });
  const resources = new Set(settings.resources);
  const contact = createContactLog(state, clock, randomUUID());
  const sending: IntakeContext = {
    clock,
    random: options.random ?? Math.random,
    newId: randomUUID,
    rules: {
      environment: settings.altinn.environment,
      resources,
      statusQueues: new Set(settings.statusQueues.map(({ name }) => name)),
      unknownFields: settings.unknownFields,
      giveUpAfter: settings.giveUpAfterHours * HOUR,
      publishWithin: settings.publishWithinHours * HOUR,
      deleteRequestBlobsAfter:
        settings.deleteRequestBlobsAfterDays === undefined ? undefined : settings.deleteRequestBlobsAfterDays * DAY,
      deleteAcceptedAfter:
        settings.deleteAcceptedRequestsAfterDays === undefined
          ? undefined
          : settings.deleteAcceptedRequestsAfterDays * DAY,
    },
    deployment,
    announcements,
    store,
    queues,
    altinn,
    attachments,
    requestBlobs,
    announcer,
    tracker,
    contact,
    brake: createEmergencyBrake({
      documents: state,
      clock,
      contact,
      telemetry,
      isSet: settings.emergencyBrake,
      maxLettersPerHour: settings.maxLettersPerHour,
      isMarkerThere: async () => isMarkerThere(state, (await deployment()).namespace),
    }),
    breaker: createBreaker({ clock, telemetry }),
    telemetry,
    traces,
  };
  const finding: FindingContext = { clock, store, contact, isBrakeSet: settings.emergencyBrake };
  return {
    settings,
    telemetry,
    sending,
    checking: {
      clock,
      altinn,
      store,
      tracker,
      queues,
      telemetry,
      traces,
      foreignCheck: () => foreignCheck(sending),
      pause: () => sending.breaker.pause(),
    },
    events: {
      clock,
      deployment,
      queues,
      store,
      tracker,
      orders,
      resources,
      telemetry,
      traces,
      contact,
      confirmEvents: settings.confirmEvents,
    },
    isFromAltinn: settings.eventSources === undefined ? () => true : createSourceCheck(settings.eventSources),
    finding,
    dashboard: {
      clock,
      finding,
      containers,
      queues,
      tokens,
      breaker: sending.breaker,
      telemetry,
      traces,
      facts: {
        environment: settings.altinn.environment,
        resources: settings.resources,
        checksEvery: longestPause(settings.checkSchedule),
      },
      rules: sending.rules,
    },
    health: {
      clock,
      state,
      queues,
      deployment,
      tokens,
      altinn,
      resources,
      brake: sending.brake,
      breaker: sending.breaker,
    },
  };
}

/** Announcements are named in the namespace of the deployment, which is read once it is needed. */
function announcementsOf(deployment: () => Promise<Deployment>): () => Promise<AnnouncementFactory> {
  let known: AnnouncementFactory | undefined;
  return async () => {
    known ??= createAnnouncementFactory((await deployment()).namespace);
    return known;
  };
}
