// The queues and containers of the app: their names and what each is for.

/** Queues. Each of the first three also has a poison queue, which the Functions host fills. */
export const QUEUES = {
  /** The public contract: producers drop requests here. */
  requests: "correspondence-requests",
  /** Our own: dispatches whose time has come. */
  dispatches: "dispatches",
  /** Our own: what a sweep wants to have checked. */
  statusChecks: "status-checks",
  /** Announcements, for the producers. */
  announcements: "correspondence-status",
} as const;

/** The queue that the Functions host moves a message to when it has failed too often. */
export function poisonQueueOf(queue: string): string {
  return `${queue}-poison`;
}

/** Blob containers. */
export const CONTAINERS = {
  /** Records of requests, dispatches and correspondences, and the app's marker. */
  state: "correspondence-state",
  /** Accepted requests, whole; only the app writes here. */
  accepted: "correspondence-accepted",
  /** Attachments, put there by producers. */
  attachments: "correspondence-attachments",
  /** Requests too large for a queue message, put there by producers. */
  requests: "correspondence-requests",
  /** Requests that will not be sent, with the reason. */
  deadLetters: "correspondence-dead-letters",
} as const;

/** Folders of the state container: one record each of what is named. Everything in them expires, save figures. */
export const FOLDERS = {
  /** By the hash of the request's id. */
  requests: "requests",
  /** By dispatch id. */
  dispatches: "dispatches",
  /** By correspondence id. */
  correspondences: "correspondences",
  /** What events told of a notification's order, by its id. */
  notificationOrders: "notification-orders",
  /** Which request a producer's blob held, by the hash of its path. */
  claimChecks: "claim-checks",
  /** Who checks the letters of a resource and day just now, by the hash of both. */
  checks: "checks",
  /** How many letters a sender with a limit of its own had in the last hour, by the sender's name. */
  senders: "senders",
  /** Figures of a day, by its date. These do not expire: they outlive the records that they were counted from. */
  figures: "figures",
} as const;

/** The single documents of the state container, which are kept for as long as the app is. */
export const DOCUMENTS = {
  /** The namespace of this deployment's dispatch ids: without it nothing is sent. */
  marker: "marker.json",
  /** The emergency brake; it may be there before the app itself. */
  brake: "brake.json",
  /** When the timer last ran, and the last day that was reconciled. */
  sweep: "sweep.json",
  /** What all instances know of each other. */
  contact: "contact.json",
  /** The list of senders, where it is too long for a setting: written by operators, read at a start. */
  senders: "senders.json",
  /** How many statuses checks found of which events should have told. */
  missedEvents: "missed-events.json",
} as const;

/** The blob of one record in a folder. */
export function recordName(folder: (typeof FOLDERS)[keyof typeof FOLDERS], id: string): string {
  return `${folder}/${id}.json`;
}

/** Every queue that the app reads or writes itself. */
export const ALL_QUEUES: readonly string[] = [
  QUEUES.requests,
  poisonQueueOf(QUEUES.requests),
  QUEUES.dispatches,
  poisonQueueOf(QUEUES.dispatches),
  QUEUES.statusChecks,
  poisonQueueOf(QUEUES.statusChecks),
  QUEUES.announcements,
];

/** Every container that the app reads or writes. */
export const ALL_CONTAINERS: readonly string[] = Object.values(CONTAINERS);
