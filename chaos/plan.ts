// What a chaos run does, as a value: everything follows from the seed, and nothing from how the run goes.
import type { Fault } from "../local/altinn-simulator/faults.ts";
import type { EventRule } from "../local/altinn-simulator/state.ts";
import { planDrops } from "./mix.ts";
import { planActions } from "./schedule.ts";

/** What a run is asked to do. */
export interface PlanOptions {
  readonly seed: number;
  /** How many letters: one for each recipient of each request, and one for each message that no request can be read from. */
  readonly letters: number;
  /** Real milliseconds in which letters are dropped and things go wrong. */
  readonly durationMs: number;
  /** So many faults for each hundred letters. */
  readonly faultPercent: number;
  /** How many times faster than real time the app's time runs. */
  readonly timeScale: number;
  /** When it begins by the app's time, in epoch milliseconds: times that letters ask for count from here. */
  readonly startsAt: number;
  readonly kills: number;
  readonly storageRestarts: number;
  /** The first instance is left alive, so that its memory can be followed. */
  readonly sparesFirst: boolean;
}

/** One letter that is dropped and must come to an end. */
export interface ExpectedLetter {
  readonly requestId: string | undefined;
  /** The sender's reference: another one for each request that is dropped, so that everything can be told apart by it. */
  readonly reference: string;
  /** In canonical URN form. */
  readonly recipient: string;
}

/** A message from which no letter can come: it must end as a dead letter that holds this mark. */
export interface ExpectedRefusal {
  readonly mark: string;
}

/** One message put on the queue of requests. */
export interface Drop {
  /** Real milliseconds after the start. */
  readonly at: number;
  readonly text: string;
  /** A blob that must be there before: the request of a claim check. */
  readonly requestBlob?: { readonly path: string; readonly text: string };
}

/** Something that goes wrong, at a time in real milliseconds after the start. */
export type Action = { readonly at: number } & (
  | { readonly kind: "fault"; readonly fault: Fault }
  | { readonly kind: "eventRule"; readonly rule: EventRule }
  | { readonly kind: "releaseEvents"; readonly order: "given" | "reversed" }
  | { readonly kind: "revokeTokens" }
  | { readonly kind: "kill"; readonly instance: 0 | 1 }
  | { readonly kind: "restartStorage" }
  /** A message is moved to its poison queue, with or without the original staying. */
  | {
      readonly kind: "poison";
      readonly queue: "correspondence-requests" | "dispatches";
      readonly keepsOriginal: boolean;
    }
  /** A message of the app's own is gone. */
  | { readonly kind: "loseDispatch" }
);

/** The whole of what a run does. */
export interface Plan {
  readonly drops: readonly Drop[];
  readonly letters: readonly ExpectedLetter[];
  readonly refusals: readonly ExpectedRefusal[];
  readonly actions: readonly Action[];
}

/** Makes the plan. Pure: the same options give the same plan. */
export function makePlan(options: PlanOptions): Plan {
  return { ...planDrops(options), actions: planActions(options) };
}
