// What the inbox says, and what can be chosen in it. A language that lacks a text does not compile.
import type { Message, Place, RecipientAction, Status } from "./model.ts";

/** The ways in which a call can be spoilt, each a choice of the page. */
export const FAULT_KINDS = ["status", "workThenStatus", "dropBefore", "dropAfter", "late", "malformed"] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The ways in which events can be. */
export const EVENT_KINDS = ["lose", "twice", "late", "hold"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** What recipients can be told to do by themselves, with the life rule of each. */
export const HABITS = {
  none: "none",
  reads: "read after 5 s",
  confirms: "read after 5 s, confirmed after 8 s",
  purges: "read after 5 s, purgedByRecipient after 10 s",
} as const;
export type Habit = keyof typeof HABITS;
export const HABIT_NAMES = ["none", "reads", "confirms", "purges"] as const satisfies readonly Habit[];

/** All texts of the page. */
export interface Words {
  readonly language: string;
  readonly scheme: string;
  readonly auto: string;
  readonly light: string;
  readonly dark: string;
  readonly skip: string;
  readonly views: string;
  readonly simulator: string;
  readonly lost: string;
  readonly notDone: string;
  readonly inbox: string;
  readonly misbehaving: string;
  /** So many letters that nobody has opened. */
  unread(count: number): string;
  readonly noLetters: string;
  readonly noLettersHint: string;
  readonly choose: string;
  readonly chooseHint: string;
  readonly allRecipients: string;
  readonly recipient: string;
  newestOf(shown: string, total: string): string;
  readonly elsewhere: string;
  readonly places: Readonly<Record<Place, string>>;
  readonly statuses: Readonly<Record<Status, string>>;
  readonly isUnread: string;
  readonly isConfirmationDue: string;
  files(count: number): string;
  readonly letter: {
    readonly gone: string;
    readonly back: string;
    readonly from: string;
    readonly to: string;
    readonly received: string;
    readonly comes: string;
    readonly due: string;
    readonly resource: string;
    readonly reference: string;
    readonly notOpened: string;
    readonly body: string;
    readonly attachments: string;
    readonly download: string;
    readonly notKept: string;
    readonly replies: string;
    readonly reply: string;
    readonly replyHint: string;
    readonly actions: Readonly<Record<RecipientAction, string>>;
    readonly sureToPurge: string;
    readonly sureToPurgeHint: string;
    readonly cancel: string;
    readonly history: string;
    readonly messages: string;
    readonly messagesHint: string;
    readonly noMessages: string;
    readonly channels: Readonly<Record<Message["channel"], string>>;
    readonly reminder: string;
    readonly states: Readonly<Record<Message["state"], string>>;
    readonly whenPublished: string;
    readonly html: string;
  };
  readonly faults: {
    readonly heading: string;
    readonly hint: string;
    readonly route: string;
    readonly anyRoute: string;
    readonly kind: string;
    readonly kinds: Readonly<Record<FaultKind, string>>;
    readonly status: string;
    readonly seconds: string;
    readonly times: string;
    timesOf(count: number | "always"): string;
    readonly add: string;
    readonly active: string;
    readonly none: string;
    readonly left: string;
    readonly remove: string;
    readonly clear: string;
  };
  readonly calls: {
    readonly heading: string;
    readonly hint: string;
    readonly none: string;
    readonly route: string;
    readonly count: string;
    readonly clear: string;
  };
  readonly events: {
    readonly heading: string;
    readonly hint: string;
    readonly type: string;
    readonly anyType: string;
    readonly kind: string;
    readonly kinds: Readonly<Record<EventKind, string>>;
    readonly minutes: string;
    readonly add: string;
    readonly active: string;
    readonly none: string;
    readonly clear: string;
    held(count: number): string;
    readonly release: string;
    readonly releaseReversed: string;
  };
  readonly recipients: {
    readonly heading: string;
    readonly hint: string;
    readonly everybody: string;
    readonly number: string;
    readonly numberHint: string;
    readonly habit: string;
    readonly habits: Readonly<Record<Habit, string>>;
    readonly add: string;
    readonly own: string;
    readonly none: string;
    letters(count: number | null): string;
    readonly special: string;
    readonly specials: readonly { readonly what: string; readonly does: string }[];
  };
  readonly time: {
    readonly heading: string;
    readonly now: string;
    speed(times: string): string;
    readonly hint: string;
    readonly hour: string;
    readonly day: string;
    readonly week: string;
  };
}
