// The dependencies of receiving.
import type { CallFailure } from "../altinn/httpCall.ts";
import type { RecipientAction } from "../altinn/recipientActions.ts";
import type { RecipientApi } from "../altinn/recipientApi.ts";
import type { QueueEncoding } from "../announcements/announcer.ts";
import type { Clock } from "../clock.ts";
import type { Deployment } from "../pausing/deployment.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { Queues } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { TraceContext } from "../telemetry/traceContext.ts";
import type { Traces } from "../telemetry/traces.ts";
import type { Inbox } from "./inbox.ts";
import type { ReceiptsWaiting } from "./waiting.ts";

/** What is outside of the process that only receiving calls. */
export interface ReceivingConnections {
  readonly recipient: RecipientApi;
  readonly inbox: Inbox;
  /** The code of it: loaded with the rest, and only then. */
  readonly start: (context: ReceivingContext) => Receiving;
}

/** The parts by which letters to the organisation are received. */
export interface ReceivingContext extends Omit<ReceivingConnections, "start"> {
  readonly clock: Clock;
  /** Random in [0, 1). */
  readonly random: () => number;
  /** Throws while the app's marker, by which announcements are named, is missing beside state of ours. */
  readonly deployment: () => Promise<Deployment>;
  readonly store: Pick<StateStore, "receipts">;
  readonly queues: Queues;
  readonly telemetry: Telemetry;
  readonly traces: Traces;
  readonly rules: ReceivingRules;
}

/** Receiving, as the rest of the app uses it. */
export interface Receiving {
  /** A letter to the organisation is published: it is to be received. */
  hear(correspondenceId: string, resourceId: string): Promise<void>;
  /** Something is to be done with a letter that was received, or will be. */
  wish(correspondenceId: string, action: RecipientAction, from: WishOrigin): Promise<WishOutcome>;
  /** The timer's part. `isFirstOfDay`: it looks as far back as is looked at all. */
  sweep(isFirstOfDay: boolean): Promise<void>;
  /** Whether letters can be received: the resources on which they can't. */
  check(): Promise<readonly RefusedResource[]>;
  /** How many letters wait to be received, and since when. */
  waiting(): Promise<ReceiptsWaiting>;
  /** Handles a message on `receipts`. */
  handle(message: unknown): Promise<ReceiptOutcome>;
}

/** The message that says what is wished for. */
export interface WishOrigin {
  /** The queue's id of it. */
  readonly messageId: string;
  /** The trace that was given with it. */
  readonly trace: TraceContext;
}

/** A resource whose letters may not be listed, or not now, and why. */
export interface RefusedResource extends CallFailure {
  readonly resourceId: string;
}

/** What became of a wish. */
export type WishOutcome =
  | "wished"
  /** It names a letter that was not received. */
  | "unknownLetter";

/** What became of a message on `receipts`. */
export type ReceiptOutcome =
  | "received"
  /** Put off. */
  | "waiting"
  /** Its letter was put off since, or nothing is to be done. */
  | "outOfDate"
  /** A resource was looked through for letters, or could not be. */
  | "searched"
  | "failed"
  /** Put back: the app's marker is missing. */
  | "braked"
  /** None of ours: it is on the queue of requests now. */
  | "moved"
  | "unknown";

/** What the settings say of receiving. Times are milliseconds. */
export interface ReceivingRules {
  /** Without URN prefix. */
  readonly resources: readonly string[];
  /** Letters that were to be published longer ago are not looked for. */
  readonly since: number;
  /** What is done with a letter as soon as it is stored and told. */
  readonly onStored: { readonly read: boolean; readonly confirm: boolean };
  /** After so long, a file or a wish that keeps failing is told as that, and waited for no longer. */
  readonly giveUpAfter: number;
  /** After so long, a letter that keeps failing is. */
  readonly loseAfter: number;
  /** How announcements stand on their queue. */
  readonly encoding: QueueEncoding;
}
