// What Altinn's answer to a letter means for the one who sends it (ALTINN.md 3.3). Pure.
import type { EndReason } from "./endReason.ts";
import type { FailureCause } from "./httpCall.ts";
import type { CorrespondenceStatus } from "./statuses.ts";

/** Why a letter is to be tried again. */
export type LaterCause = FailureCause | "attachmentNotPublished";

/** What an attempt to create a correspondence came to. */
export type InitializeOutcome =
  | {
      readonly kind: "sent";
      readonly correspondenceId: string;
      readonly status: CorrespondenceStatus;
      readonly attachmentIds: string[];
    }
  /** Altinn has a correspondence with this idempotent key; the answer does not tell its id. */
  | { readonly kind: "exists" }
  | {
      readonly kind: "later";
      readonly cause: LaterCause;
      readonly status?: number;
      readonly errorCode?: number;
      readonly retryAfterMs?: number;
      /** True: Altinn surely did nothing, and does nothing any more. False: the letter may exist, or come to exist. */
      readonly definite: boolean;
    }
  /** Altinn refuses us and not the letter: token, rights, subscription, or a wrong address. */
  | {
      readonly kind: "ourSetUp";
      readonly status?: number;
      readonly errorCode?: number;
      readonly retryAfterMs?: number;
    }
  /** Altinn refuses the letter, now and always. */
  | {
      readonly kind: "never";
      readonly status: number;
      readonly errorCode?: number;
      readonly reason: EndReason;
      /** What Altinn says about it, masked. */
      readonly detail: string;
    };
