// Every text of the dashboard, as a type: a language that forgets one does not compile.

import type { EndReason } from "../../../shared/altinn/endReason.ts";
import type { RecipientAction } from "../../../shared/altinn/recipientActions.ts";
import type { Action } from "../../../shared/dashboard/action.ts";
import type { Attention } from "../../../shared/dashboard/parts.ts";
import type { WaitingCause } from "../../../shared/finding/words.ts";
import type { End } from "../../../shared/records/dispatchRecord.ts";
import type { FactStatus } from "../../../shared/records/facts.ts";
import type {
  ActionRefusal,
  FILE_PROBLEMS,
  NotReceivedReason,
  ReceivedStatus,
} from "../../../shared/records/receiptRecord.ts";
import type { Scheme } from "../../common/choices.tsx";

/** What the page says of a thing, and what there is to do about it. */
export interface Explained {
  readonly name: string;
  readonly advice: string;
}

/** An action: what it is called, what it will do, and what is said once it is done. */
export interface ActionWords {
  readonly button: string;
  readonly title: string;
  readonly willDo: string;
  readonly done: string;
}

/** The statuses of a letter, in Altinn and before it, and what else stands in its history. */
export type StatusWord = "waiting" | "unresolved" | End | Uncapitalize<FactStatus>;

/** The texts of one language. */
export interface Words {
  readonly title: string;
  readonly skip: string;
  readonly nav: { readonly label: string; readonly overview: string; readonly search: string };
  readonly senders: { readonly label: string; readonly all: string; readonly only: (name: string) => string };
  readonly choices: { readonly language: string; readonly scheme: string } & Readonly<Record<Scheme, string>>;
  readonly environments: Readonly<Record<"tt02" | "production", string>>;
  readonly loading: string;
  readonly asOf: (time: string) => string;
  readonly notRead: string;
  readonly disconnected: string;
  readonly signedOut: string;
  readonly close: string;
  readonly back: string;
  readonly next: string;
  readonly showTable: string;
  readonly utc: string;
  readonly calm: string;
  readonly attention: {
    readonly [K in Attention["kind"]]: (found: Extract<Attention, { kind: K }>, format: Numbers) => Explained;
  };
  readonly brakeReasons: Readonly<Record<string, string>>;
  readonly overview: {
    readonly perHour: string;
    readonly perHourFor: string;
    readonly funnel: string;
    readonly funnelFor: string;
    readonly times: string;
    readonly median: string;
    readonly p95: string;
    readonly waiting: string;
    readonly noneWaits: string;
    readonly cause: string;
    readonly letters: string;
    readonly since: string;
    readonly goesOn: string;
    readonly queues: string;
    readonly queue: string;
    readonly messages: string;
    readonly noQueue: string;
    readonly deadLetters: string;
    readonly noDeadLetters: string;
    readonly reason: string;
    readonly show: string;
    readonly state: string;
    readonly brake: string;
    readonly breaker: string;
    readonly token: string;
    readonly lastLetter: string;
    readonly lastHour: string;
    readonly lastSweep: string;
    readonly lastEvent: string;
    readonly never: string;
    readonly on: string;
    readonly off: string;
    readonly open: string;
    readonly closed: string;
    readonly given: string;
    readonly notGiven: string;
    readonly hour: string;
    readonly total: string;
  };
  /** Of the funnel and the chart. */
  readonly figures: Readonly<
    Record<
      | "sent"
      | "published"
      | "read"
      | "confirmed"
      | "unread"
      | "neverRead"
      | "failed"
      | "sentToPublished"
      | "publishedToRead"
      | "sentToRead",
      string
    >
  >;
  readonly statuses: Readonly<Record<StatusWord, string>>;
  /** The same as a step in a letter's history. */
  readonly steps: Readonly<Record<StatusWord, string>>;
  readonly sources: Readonly<Record<"answer" | "event" | "overview" | "details" | "list" | "hint" | "app", string>>;
  readonly causes: Readonly<Record<WaitingCause | "unknown", Explained>>;
  readonly reasons: Readonly<Record<EndReason, Explained>>;
  readonly received: ReceivedWords;
  readonly queues: Readonly<Record<string, string>>;
  readonly search: {
    readonly label: string;
    readonly hint: string;
    readonly button: string;
    readonly byStatus: string;
    readonly none: string;
    readonly some: (count: number) => string;
    readonly more: string;
    readonly status: string;
    readonly reference: string;
    readonly request: string;
    readonly since: string;
    readonly letter: string;
  };
  readonly letter: {
    readonly title: string;
    readonly history: string;
    readonly attempts: string;
    readonly attempt: string;
    readonly noAnswer: string;
    readonly stuck: string;
    readonly recipient: string;
    readonly resource: string;
    readonly reference: string;
    readonly request: string;
    readonly dispatchId: string;
    readonly correspondenceId: string;
    readonly nextAttempt: string;
    readonly publishTime: string;
    readonly confirmation: string;
    readonly yes: string;
    readonly no: string;
    readonly emails: string;
    readonly notificationFailed: string;
    readonly link: string;
    readonly nothingToDo: string;
    readonly unread: string;
    readonly gone: string;
    readonly problems: string;
    readonly actions: string;
  };
  readonly request: {
    readonly title: string;
    readonly progress: (sent: number, total: number) => string;
    readonly letters: string;
    readonly uploads: (published: number, total: number) => string;
  };
  readonly actions: Readonly<Record<Action["action"], ActionWords>>;
  readonly action: {
    readonly refused: (why: string) => string;
    readonly gone: string;
    readonly failed: string;
    readonly mayNot: string;
    readonly looking: string;
    readonly replayWarning: string;
    readonly replayCannot: string;
  };
}

/** The texts of received letters. */
export interface ReceivedWords {
  readonly nav: string;
  readonly within: string;
  readonly waitsNow: string;
  readonly oldest: string;
  readonly missing: string;
  readonly find: string;
  readonly label: string;
  readonly hint: string;
  readonly none: string;
  readonly letter: string;
  readonly about: string;
  readonly sentBy: string;
  readonly due: string;
  readonly asked: string;
  readonly failures: string;
  readonly refused: string;
  readonly refusals: Readonly<Record<ActionRefusal["reason"], string>>;
  readonly files: string;
  readonly file: string;
  readonly bytes: string;
  readonly stored: string;
  readonly statuses: Readonly<Record<ReceivedStatus, string>>;
  /** The same as a step in a letter's history. */
  readonly steps: Readonly<Record<ReceivedStatus, string>>;
  readonly problems: Readonly<Record<(typeof FILE_PROBLEMS)[number], string>>;
  readonly reasons: Readonly<Record<NotReceivedReason, Explained>>;
  readonly askedFor: Readonly<Record<RecipientAction, string>>;
  readonly advice: {
    readonly waiting: string;
    readonly failing: string;
    readonly missing: (missing: number, all: number) => string;
    readonly asked: string;
    readonly refused: string;
    readonly take: string;
    readonly purged: string;
  };
  readonly waitsLong: (found: { readonly letters: number; readonly seconds: number }, format: Numbers) => Explained;
  readonly actions: Readonly<Record<Extract<Action["action"], `${string}Received`>, ActionWords>>;
  readonly queues: Readonly<Record<string, string>>;
}

/** How numbers and lengths of time are written in a sentence. */
export interface Numbers {
  number(value: number): string;
  duration(seconds: number): string;
}
