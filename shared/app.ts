// The app, put together: every client is made here, once, from checked settings.
import { randomUUID } from "node:crypto";
import type { AltinnFor } from "./altinn/altinnClient.ts";
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
import { createBreakers } from "./pausing/breakers.ts";
import { createContacts } from "./pausing/contacts.ts";
import { createDeploymentReader, type Deployment, isMarkerThere } from "./pausing/deployment.ts";
import { createEmergencyBrake } from "./pausing/emergencyBrake.ts";
import type { Receiving, ReceivingConnections, ReceivingContext } from "./receiving/context.ts";
import { createStateStore, type StateContainers, stateContainersOf } from "./records/stateStore.ts";
import { type ClientOf, createClients } from "./senders/clients.ts";
import { indexSenders } from "./senders/owners.ts";
import { allResources, dispatchQueueOf, sharedResources } from "./senders/senders.ts";
import { longestPause } from "./settings/ncrontab.ts";
import type { ReceivingSettings, Settings } from "./settings/settings.ts";
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
  /** `undefined`: no letters are received. */
  readonly receiving: Receiving | undefined;
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
export interface Connections {
  /** The way to Altinn, as a sender. */
  readonly clientOf: ClientOf;
  readonly queues: Queues;
  /** The containers with what is remembered. */
  readonly containers: StateContainers;
  /** Files and requests that producers have put into blobs. */
  readonly attachments: AttachmentBlobs;
  readonly requestBlobs: RequestBlobs;
  /** There where letters are received. */
  readonly receiving?: ReceivingConnections;
}

/** Makes every client, and wires the parts. Makes no call yet. */
export async function createApp(settings: Settings, options: AppOptions): Promise<App> {
  return wireApp(settings, options, await connect(settings, options.clock));
}

async function connect(settings: Settings, clock: Clock): Promise<Connections> {
  const { blobs, queues } = await storageClients(settings.storage);
  // Where nothing is received, nothing of it is loaded.
  const receiving =
    settings.receiving && (await import("./receiving/receiving.ts")).connectReceiving(settings, clock, blobs);
  return {
    ...(receiving === undefined ? {} : { receiving }),
    clientOf: createClients(settings, clock),
    queues: createQueues(queues, clock),
    containers: stateContainersOf(blobs),
    attachments: createAttachmentBlobs(blobs.getContainerClient(CONTAINERS.attachments)),
    requestBlobs: createRequestBlobs(blobs.getContainerClient(CONTAINERS.requests)),
  };
}

/** The app over connections that are there: those of Azure, or models of them. Makes no call yet. */
export function wireApp(settings: Settings, options: AppOptions, connections: Connections): App {
  const { clock, telemetry } = options;
  const { queues, containers, attachments, requestBlobs, clientOf } = connections;
  const { state, accepted } = containers;
  const store = createStateStore(containers);
  const ownQueues = settings.senders.filter(({ hasOwnQueue }) => hasOwnQueue).map(dispatchQueueOf);
  const deployment = createDeploymentReader({ state, accepted, queues, ownQueues, clock });
  const traces = createTraces(async () => (await deployment()).namespace);
  const announcer = createAnnouncer(queues, settings, telemetry);
  const announcements = announcementsOf(deployment);
  const orders = createNotificationOrders(state, telemetry);
  const tracker = createTracker({ clock, store, orders, announcer, announcements });
  const senders = indexSenders(settings.senders);
  const altinn: AltinnFor = (resourceId) => clientOf(senders.of(resourceId)).altinn;
  // The deployment's own client may have nothing to send, and get no token: a supplier's, of which all is delegated.
  const resourceId = settings.resources.find((id) => senders.of(id) === undefined) ?? settings.resources[0] ?? "";
  const resources = new Set(allResources(settings.resources, settings.senders));
  const senderLimits = new Map(
    settings.senders.flatMap(({ name, maxLettersPerHour: most }) =>
      most === undefined ? [] : [[name, most] as const],
    ),
  );
  const contact = createContacts(state, clock, randomUUID(), new Set(senderLimits.keys()));
  const random = options.random ?? Math.random;
  const receiving = receivingOf(settings, connections.receiving, {
    clock,
    random,
    deployment,
    store,
    queues,
    telemetry,
    traces,
  });
  const sending: IntakeContext = {
    clock,
    random,
    newId: randomUUID,
    rules: {
      environment: settings.altinn.environment,
      resources,
      sharedResources: sharedResources(settings.resources, settings.senders),
      statusQueues: new Set(settings.statusQueues.map(({ name }) => name)),
      statusQueueOf: (resourceId) => senders.of(resourceId)?.statusQueue,
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
    senders,
    brake: createEmergencyBrake({
      documents: state,
      clock,
      contact,
      telemetry,
      isSet: settings.emergencyBrake,
      maxLettersPerHour: settings.maxLettersPerHour,
      senderLimits,
      isMarkerThere: async () => isMarkerThere(state, (await deployment()).namespace),
    }),
    breaker: createBreakers({ clock, telemetry, hasSenders: settings.senders.length > 0 }),
    telemetry,
    traces,
    receiving,
  };
  const finding: FindingContext = { clock, store, contact, isBrakeSet: settings.emergencyBrake, senders };
  return {
    settings,
    telemetry,
    sending,
    receiving,
    checking: {
      clock,
      altinn,
      store,
      tracker,
      queues,
      telemetry,
      traces,
      foreignCheck: () => foreignCheck(sending),
      pause: (resourceId) =>
        resourceId === undefined ? sending.breaker.pause() : sending.breaker.of(senders.of(resourceId)?.name).pause(),
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
      inbox: receiving && settings.receiving && inboxOf(receiving, settings.receiving),
    },
    isFromAltinn: settings.eventSources === undefined ? () => true : createSourceCheck(settings.eventSources),
    finding,
    dashboard: {
      clock,
      finding,
      containers,
      queues,
      tokensOf: (sender) => clientOf(sender === undefined ? senders.of(resourceId) : senders.named(sender)).tokens,
      breaker: sending.breaker,
      telemetry,
      traces,
      facts: {
        environment: settings.altinn.environment,
        resources: [...resources],
        receives: receiving !== undefined,
        checksEvery: longestPause(settings.checkSchedule),
      },
      rules: sending.rules,
    },
    health: {
      clock,
      state,
      queues,
      deployment,
      clientOf,
      senders,
      resourceId,
      brake: sending.brake,
      breaker: sending.breaker,
      receiving,
    },
  };
}

/** Receiving by the settings, over what it calls; `undefined` where no letters are received. */
function receivingOf(
  { receiving, giveUpAfterHours, followDays, statusQueueEncoding: encoding }: Settings,
  connections: ReceivingConnections | undefined,
  parts: Omit<ReceivingContext, "rules" | keyof ReceivingConnections>,
): Receiving | undefined {
  if (receiving === undefined || connections === undefined) return undefined;
  const { resources, sinceDays, onStored } = receiving;
  const since = sinceDays * DAY;
  const [giveUpAfter, loseAfter] = [giveUpAfterHours * HOUR, followDays * DAY];
  const { start, ...calls } = connections;
  return start({ ...parts, ...calls, rules: { resources, since, onStored, giveUpAfter, loseAfter, encoding } });
}

/** Where events tell of letters to the organisation. */
function inboxOf(receiving: Receiving, settings: ReceivingSettings): EventContext["inbox"] {
  const resources = new Set(settings.resources);
  return {
    isFor: ({ resourceId = "", organisation }) => resources.has(resourceId) && organisation === settings.organisation,
    hear: receiving.hear,
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
