// A producer: everything that a system does with the app, over one storage account.
import type { RequestContext } from "../shared/requests/rules.ts";
import { type Cancellation, type CancelOutcome, dropCancellation } from "./cancellation.ts";
import type { GivenContent } from "./prepareLetter.ts";
import { type AnnouncementHandler, type ReadOptions, readAnnouncements } from "./readAnnouncements.ts";
import type { ProducerRequest } from "./request.ts";
import { type CheckOutcome, checkLetter, type SendOutcome, sendLetter } from "./sendLetter.ts";
import { connect, type ProducerStorage } from "./storage.ts";

/** Where the app listens, and what requests are checked against. The rules are the app's own settings. */
export type ProducerOptions = ProducerStorage & {
  /** Altinn's environment, whose rules differ in a few places. The milder ones, of `tt02`, by default. */
  readonly environment?: "tt02" | "production" | undefined;
  /** Ids of the resources that letters may be sent on (the app's ALTINN_RESOURCES); any by default. */
  readonly resources?: Iterable<string> | undefined;
  /**
   * The sender for whom all of this goes, where the app has several (its SENDERS) and this one has a queue of its own: what is
   * sent goes on that queue, and into that sender's folder.
   */
  readonly sender?: string | undefined;
  /** Queues that a request may name (the app's STATUS_QUEUES); any by default. */
  readonly statusQueues?: Iterable<string> | undefined;
  /**
   * What is done about fields that are not known (the app's UNKNOWN_FIELDS): `refuse` all of them; `refuse-near`, the
   * default, those that look like a known one that is missing; or `pass` all on to Altinn.
   */
  readonly unknownFields?: "refuse" | "refuse-near" | "pass" | undefined;
};

/** What goes along with a request. */
export interface SendOptions {
  /**
   * Content of the request's new attachments, each by its `fileName`; by its `blob` where the request says one. An
   * attachment whose bytes are in storage already needs none.
   */
  readonly attachments?: GivenContent | undefined;
}

/** One storage account's app, as its producers use it. */
export interface Producer {
  /**
   * Sends a letter on its way: checks it, uploads its attachments, and drops it on the queue. Nothing is dropped that
   * the app would refuse: look at the outcome's `kind`. Rejects with a StorageFailure, or with what a stream fails
   * with; send the same request again then, as often as needed: with an id of your own (and without one, if nothing in
   * it changed) it is one letter.
   */
  send(request: ProducerRequest, options?: SendOptions): Promise<SendOutcome>;
  /** Says what `send` would refuse, and does nothing. What only Altinn's registers know it can't tell. */
  check(request: ProducerRequest, options?: SendOptions): Promise<CheckOutcome>;
  /** Asks for a letter back that is not with its recipient yet. How that went is announced. Rejects with a StorageFailure. */
  cancel(cancel: Cancellation): Promise<CancelOutcome>;
  /**
   * Reads announcements until it is told to end: each is handed to the handler, and deleted once that has finished.
   * Each comes at least once; repetitions have the same `id`. Rejects with a StorageFailure; nothing is lost then.
   */
  readAnnouncements(handler: AnnouncementHandler, options?: ReadOptions): Promise<void>;
}

/** Makes a producer. No call is made yet; a connection string or address that is none throws. */
export function createProducer(options: ProducerOptions): Producer {
  const storage = connect(options);
  const { environment = "tt02", resources, sender, statusQueues, unknownFields } = options;
  const rules = {
    environment,
    sender,
    unknownFields,
    ...(resources === undefined ? {} : { resources: new Set(resources) }),
    ...(statusQueues === undefined ? {} : { statusQueues: new Set(statusQueues) }),
  };
  const context = (): RequestContext => ({ ...rules, now: new Date() });
  return {
    send: (request, { attachments = {} } = {}) => sendLetter(request, attachments, context(), storage),
    check: (request, { attachments = {} } = {}) => checkLetter(request, attachments, context()),
    cancel: (cancel) => dropCancellation(cancel, storage, sender),
    readAnnouncements: (handler, reading) => readAnnouncements(storage.queues, handler, reading),
  };
}
