// The parts of the dashboard's first page: each is read and kept by itself.
import type { FiguresAnswer } from "../figures/answer.ts";
import type { PauseNow } from "../finding/pauses.ts";
import type { ReceivedCounts } from "../finding/received.ts";
import type { Waiting } from "../finding/waiting.ts";
import type { KeptPart } from "./kept.ts";

/** Whether letters go out, and what Altinn last said. */
export interface Sending {
  /** What stops all letters, or those of the sender that is shown, as far as instances have told each other. */
  readonly pause?: PauseNow;
  /** It stops all letters, also where one sender is shown. */
  readonly stopsAll: boolean;
  /** The senders whose letters alone are stopped. */
  readonly stopped: readonly string[];
  /** Of the instance that answers. */
  readonly breaker: "closed" | "open" | "halfOpen";
  /** RFC 3339: when Altinn last took, or definitely refused, a letter. */
  readonly lastLetter?: string;
  /** Of all senders. */
  readonly lettersLastHour: number;
}

/** Whether Maskinporten and Altinn give us a token. */
export interface TokenState {
  readonly isGiven: boolean;
  /** The call that fails, for people, and what it answered. */
  readonly failure?: string;
}

/** What comes in by the timer and by events. */
export interface Following {
  /** RFC 3339. */
  readonly lastSweep?: string;
  /** RFC 3339: when the last event came, to any instance. */
  readonly lastEvent?: string;
  /** Statuses that checks found within a day, and of which events should have told. */
  readonly missedEvents: number;
}

/** A queue, and how many messages it holds; absent where there is no such queue, which is so of poison queues at first. */
export interface QueueLength {
  readonly name: string;
  readonly length?: number;
  /** The sender whose own it is, and the queue that all share and beside which it stands. */
  readonly sender?: string;
  readonly beside?: string;
}

/** Dead letters, by how they ended and why. */
export interface DeadLetterCounts {
  readonly total: number;
  readonly byReason: readonly { readonly end: string; readonly reason: string; readonly letters: number }[];
}

/** Everything that is read and kept. */
export interface Parts {
  readonly sending: KeptPart<Sending>;
  readonly token: KeptPart<TokenState>;
  readonly following: KeptPart<Following>;
  readonly queues: KeptPart<readonly QueueLength[]>;
  readonly waiting: KeptPart<Waiting>;
  readonly deadLetters: KeptPart<DeadLetterCounts>;
  /** Of the last day, by the hour. */
  readonly lastDay: KeptPart<FiguresAnswer>;
  /** Of the last seven days, by the day. */
  readonly lastWeek: KeptPart<FiguresAnswer>;
  /** Of the last seven days; absent where no letters are received. */
  readonly received?: KeptPart<ReceivedCounts>;
}

/** Something that needs somebody, as the pages' texts have a sentence for it. */
export type Attention =
  /** Parts of what is shown could not be read. */
  | { readonly kind: "storage" }
  | { readonly kind: "token"; readonly failure?: string }
  | { readonly kind: "brake"; readonly reason: string }
  | { readonly kind: "breaker" }
  /** Letters of these senders alone are stopped. */
  | { readonly kind: "stopped"; readonly senders: readonly string[] }
  /** Altinn refuses our set-up: so many letters wait, and of these senders. */
  | { readonly kind: "setUp"; readonly letters: number; readonly senders: readonly string[] }
  | { readonly kind: "poison"; readonly letters: number }
  /** Nothing has been checked for so many seconds. */
  | { readonly kind: "sweep"; readonly seconds?: number }
  /** Letters to the organisation wait to be received, the oldest for so many seconds. */
  | { readonly kind: "receivedWaits"; readonly letters: number; readonly seconds: number }
  | { readonly kind: "events"; readonly missed: number }
  | { readonly kind: "deadLetters"; readonly letters: number };

/** Everything at a glance. */
export interface Overview extends Parts {
  /** RFC 3339. */
  readonly now: string;
  readonly environment: string;
  /** Those of the sender that is shown, or all. */
  readonly resources: readonly string[];
  /** The sender that is shown; absent: all are. */
  readonly sender?: string;
  /** The names of all senders. */
  readonly senders: readonly string[];
  /** What needs somebody now, the most urgent first. */
  readonly attention: readonly Attention[];
}
