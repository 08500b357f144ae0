// What the simulator tells the inbox: letters as their recipients see them, and how it was told to misbehave.
import type { CorrespondenceStatus } from "../../shared/altinn/statuses.ts";

/** A status of a letter, as Altinn names it. */
export type Status = CorrespondenceStatus;

/** Where a letter is: shown to its recipient, or not yet, never, no longer. */
export type Place = "inbox" | "coming" | "failed" | "purged";

/** What a recipient can do with a letter, beside opening it; the names are those of the simulator's control. */
export const RECIPIENT_ACTIONS = ["confirmed", "archived", "purgedByRecipient"] as const;
export type RecipientAction = (typeof RECIPIENT_ACTIONS)[number];

/** A letter in the list. Times in milliseconds since 1970, by the simulator's clock. */
export interface LetterRow {
  readonly id: string;
  /** A URN in canonical form. */
  readonly recipient: string;
  readonly recipientName: string;
  /** The name that the letter gives, or else its owner's own. */
  readonly sender: string;
  readonly title: string;
  /** BCP 47; of title, summary and body. */
  readonly language: string;
  readonly place: Place;
  readonly status: Status;
  /** When it was published, or is to be. */
  readonly at: number;
  readonly isRead: boolean;
  readonly files: number;
  readonly isConfirmationDue: boolean;
  /** Grows with everything that happens to the letter. */
  readonly changes: number;
}

/** An attachment. */
export interface LetterFile {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number | null;
  /** False: its bytes are not there to be opened. */
  readonly isKept: boolean;
}

/** An e-mail or SMS that Altinn would send to tell of the letter. */
export interface Message {
  readonly channel: "email" | "sms";
  /** An e-mail address or a telephone number. */
  readonly to: string;
  readonly subject: string | null;
  readonly body: string;
  readonly isHtml: boolean;
  readonly isReminder: boolean;
  readonly state: "sent" | "planned" | "failed" | "notNeeded";
  /** When it went out, or is to; null: when the letter is published. */
  readonly at: number | null;
}

/** A letter, opened. */
export interface Letter extends LetterRow {
  readonly resourceId: string;
  readonly sendersReference: string;
  /** Type, as Altinn names it, and value. */
  readonly references: readonly (readonly [type: string, value: string])[];
  readonly summary: string;
  /** Safe to show: the tags of text alone, and addresses of links. */
  readonly bodyHtml: string;
  readonly due: number | null;
  readonly attachments: readonly LetterFile[];
  readonly replies: readonly { readonly text: string | null; readonly address: string }[];
  readonly actions: readonly RecipientAction[];
  readonly messages: readonly Message[];
  readonly history: readonly { readonly status: Status; readonly text: string; readonly at: number }[];
}

/** The newest letters, the newest first. */
export interface Letters {
  readonly total: number;
  readonly letters: readonly LetterRow[];
}

/** A misbehaviour of the simulator's HTTP side; what is left out does not happen. */
export interface Fault {
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  readonly status?: number | undefined;
  readonly delayMs?: number | undefined;
  readonly drop?: "before" | "after" | undefined;
  readonly workFirst?: boolean | undefined;
  readonly malformed?: boolean | undefined;
  readonly times?: number | "always" | undefined;
}

/** How events are mistreated on their way. */
export interface EventRule {
  /** The last part of the type; every type when left out. */
  readonly type?: string | undefined;
  readonly lose?: boolean | undefined;
  readonly repeat?: number | undefined;
  readonly delayMs?: number | undefined;
  readonly hold?: boolean | undefined;
  readonly times?: number | "always" | undefined;
}

/** Everything that the simulator was told to do beside Altinn's own ways, and what was asked of it. */
export interface Misbehaviour {
  readonly now: number;
  /** How many times faster than real time its clock runs. */
  readonly timeScale: number;
  /** The routes of Maskinporten and Altinn. */
  readonly routes: readonly { readonly method: string; readonly name: string }[];
  readonly faults: readonly { readonly id: string; readonly fault: Fault; readonly left: number | "always" }[];
  /** By `METHOD route`. */
  readonly calls: Readonly<Record<string, number>>;
  readonly eventRules: readonly EventRule[];
  readonly heldEvents: number;
  readonly lifeRules: {
    readonly byDefault: string;
    readonly own: readonly { readonly recipient: string; readonly rule: string; readonly letters: number | null }[];
  };
}
