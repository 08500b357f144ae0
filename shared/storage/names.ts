// The queues and containers of the app: their names and what each is for.

/** Queues. Each of the first four also has a poison queue, which the Functions host fills. */
export const QUEUES = {
  /** The public contract: producers drop requests here. */
  requests: "correspondence-requests",
  /** Our own: dispatches whose time has come. */
  dispatches: "dispatches",
  /** Our own: what a sweep wants to have checked. */
  statusChecks: "status-checks",
  /** Our own: letters to the organisation that are to be received, or acted upon, and resources to look for them on. */
  receipts: "receipts",
  /** Announcements, for the producers. */
  announcements: "correspondence-status",
  /** What became of letters to the organisation, for whoever reads them. */
  received: "received-correspondence",
} as const;

/** The queue that the Functions host moves a message to when it has failed too often. */
export function poisonQueueOf(queue: string): string {
  return `${queue}-poison`;
}

/** A sender's own queue, beside one that all share; that one, where no sender is named. */
export function queueOfSender(queue: string, sender: string | undefined): string {
  return sender === undefined ? queue : `${queue}-${sender}`;
}

/** A path in the folder where what comes on a sender's own queue must have its blobs; as it is, where no sender is named. */
export function pathOfSender(path: string, sender: string | undefined): string {
  return sender === undefined ? path : `${sender}/${path}`;
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
  /** Letters to the organisation, whole: only the app writes here. */
  inbox: "correspondence-inbox",
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
  /** How far the receiving of a letter is, by correspondence id. */
  receipts: "receipts",
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

/** The folder of a received letter in its container. */
export function inboxFolder(correspondenceId: string): string {
  return `${correspondenceId}/`;
}

/** What is known of a received letter; it is written last, so where it is, the rest is too. */
export function inboxDocument(correspondenceId: string): string {
  return `${inboxFolder(correspondenceId)}correspondence.json`;
}

/** A file of a received letter: named by its id, since its own name is its sender's choice. `ending` is `.pdf`, or empty. */
export function inboxFile(correspondenceId: string, attachmentId: string, ending: string): string {
  return `${inboxFolder(correspondenceId)}${attachmentId}${ending}`;
}

/** Every queue that the app reads or writes itself. */
export const ALL_QUEUES: readonly string[] = [
  QUEUES.requests,
  poisonQueueOf(QUEUES.requests),
  QUEUES.dispatches,
  poisonQueueOf(QUEUES.dispatches),
  QUEUES.statusChecks,
  poisonQueueOf(QUEUES.statusChecks),
  QUEUES.receipts,
  poisonQueueOf(QUEUES.receipts),
  QUEUES.announcements,
  QUEUES.received,
];

/** Every container that the app reads or writes. */
export const ALL_CONTAINERS: readonly string[] = Object.values(CONTAINERS);
