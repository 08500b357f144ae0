// Dispatch records and attempts for tests: what a test does not care about is valid.

import { organization } from "../../local/parties.ts";
import { MINUTE, SECOND } from "../../shared/clock.ts";
import type { Attempt, DispatchRecord } from "../../shared/records/dispatchRecord.ts";

/** 1 March 2030, 10:00 UTC: when the dispatch was made. */
export const START = Date.UTC(2030, 2, 1, 10);

/** How long a POST without files can run. */
export const POST_TIME = 2 * MINUTE - 10 * SECOND;

/** A dispatch that nothing has been tried for. */
export function aDispatch(overrides: Partial<DispatchRecord> = {}): DispatchRecord {
  return {
    version: 1,
    dispatchId: "c7a1c2d4-3b5e-5f60-8a71-92b3c4d5e6f7",
    requestId: "case-1",
    digest: "0".repeat(64),
    resourceId: "test-letters",
    sendersReference: "2030/1",
    recipient: organization(),
    idempotentKey: "c7a1c2d4-3b5e-5f60-8a71-92b3c4d5e6f7",
    isKeyGiven: false,
    createdAt: START,
    state: "waiting",
    epoch: 0,
    generation: 1,
    nextAttemptAt: START,
    attempts: [],
    countedWait: 0,
    putBacks: 0,
    poisonIds: [],
    ...overrides,
  };
}

/** An attempt that began at `at` and of which nothing is known. */
export function anAttempt(id: string, at: number, known: Partial<Attempt> = {}): Attempt {
  return { id, at, until: at + POST_TIME, ...known };
}
