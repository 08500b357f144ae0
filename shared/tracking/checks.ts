// The checks of one batch: each letter is asked about, what is new is merged and announced, and all are counted.
import type { CallFailure } from "../altinn/httpCall.ts";
import { MINUTE } from "../clock.ts";
import { type CorrespondenceRecord, resourceOf } from "../records/correspondenceRecord.ts";
import { isDeadlineOwed } from "../records/deadlines.ts";
import { passingOver } from "../records/eachRecord.ts";
import { isCheckOwed } from "../records/following.ts";
import { lackedStatuses } from "../records/lacks.ts";
import type { Addition } from "../records/mergeCorrespondence.ts";
import { readKnown } from "../records/records.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { LogFields } from "../telemetry/telemetry.ts";
import type { Traces } from "../telemetry/traces.ts";
import { type CheckContext, type Checked, checkCorrespondence } from "./checkCorrespondence.ts";
import { missedIn } from "./missedEvents.ts";
import type { StatusLists } from "./statusLists.ts";
import type { NonEmpty, Tracker } from "./tracker.ts";

/** The parts by which a batch of letters is checked. */
export interface ChecksContext extends Omit<CheckContext, "altinn"> {
  readonly altinn: (resourceId: string) => CheckContext["altinn"];
  readonly store: StateStore;
  readonly tracker: Tracker;
  readonly traces: Traces;
  /** For one batch: looks whether a letter that no dispatch has claimed for an hour is foreign; false if nobody can tell yet. */
  readonly foreignCheck: () => (record: CorrespondenceRecord) => Promise<boolean>;
}

/** What became of a batch. */
export interface BatchOutcome {
  /** How many letters were asked about, one by one or by lists, and how many calls of theirs failed. */
  readonly checked: number;
  readonly failed: number;
  /** How many statuses were found of which an event should have told. */
  readonly missed: number;
}

/** How a letter is checked whose record must be read. */
export interface ByRecord {
  readonly isDue: (record: CorrespondenceRecord, now: number) => boolean;
  readonly listsFor: (record: CorrespondenceRecord) => StatusLists;
  /** Writes the record again even if there is no news of the letter. */
  readonly isToBeWritten?: boolean;
}

/** The checks of one batch, and what came of them so far. */
export interface Checks {
  readonly outcome: BatchOutcome;
  /** True once Altinn asks to be left alone, or fails again and again: what is left waits for the next sweep, or for this. */
  readonly isStopped: boolean;
  /** How long Altinn asks to be left alone (Retry-After), in milliseconds. */
  readonly askAgainInMs: number | undefined;
  /** Counts letters that lists were asked about. */
  noteListed(count: number): void;
  /** Notes a call that brought nothing. */
  noteFailure(failure: CallFailure, about: LogFields): void;
  /** Checks a letter of ours that the index tells enough of, and reads its record only if there is news. */
  byIndex(id: string, check: () => Promise<Checked>): Promise<void>;
  /** Checks a letter by its record, if that says that it is due. */
  byRecord(id: string, how: ByRecord): Promise<void>;
}

/** So many calls in a row that fail: Altinn is down, and the rest would only take its time to fail as well. */
const FAILURES_IN_A_ROW = 5;

/** What 429 without Retry-After asks for, in milliseconds. */
const TOO_MANY_MS = MINUTE;

/** The checks of one batch. What storage fails on stops none of the others, unless ten in a row fail. */
export function createChecks(context: ChecksContext): Checks {
  const { clock, store, telemetry, tracker } = context;
  const considerForeign = context.foreignCheck();
  const passOver = passingOver(telemetry);
  let checked = 0;
  let failed = 0;
  let missed = 0;
  let inARow = 0;
  let askAgainInMs: number | undefined;
  const isStopped = () => askAgainInMs !== undefined || inARow >= FAILURES_IN_A_ROW;

  function noteFailure({ call, cause, status, retryAfterMs }: CallFailure, about: LogFields): void {
    failed++;
    inARow++;
    const asked = retryAfterMs ?? (status === 429 ? TOO_MANY_MS : undefined);
    if (asked !== undefined) askAgainInMs = Math.max(askAgainInMs ?? 0, asked);
    telemetry.warn("checkFailed", { ...about, call, cause, ...(status === undefined ? {} : { httpStatus: status }) });
  }

  async function add(additions: NonEmpty<Addition>): Promise<void> {
    const { news } = await tracker.add(additions);
    missed += missedIn(news, clock.now());
  }

  async function safely(correspondenceId: string, work: () => Promise<void>): Promise<void> {
    if (!isStopped() && !(await passOver({ correspondenceId }, work))) failed++;
  }

  async function checkOurs(record: CorrespondenceRecord, how: ByRecord): Promise<void> {
    const { correspondenceId } = record;
    const checkedAt = clock.now();
    const lacks = lackedStatuses(record);
    const asSender = { ...context, altinn: context.altinn(resourceOf(record) ?? "") };
    const result = await checkCorrespondence(asSender, { id: correspondenceId, lacks }, how.listsFor(record));
    if (result.kind === "failed") return noteFailure(result, { correspondenceId });
    inARow = 0;
    const isOwed = isCheckOwed(record) || isDeadlineOwed(record, checkedAt);
    const paid = isOwed && result.isWhole ? [{ correspondenceId, heardAt: checkedAt, checkedAt }] : [];
    const [first, ...others] = [...result.additions, ...paid];
    if (first) await add([first, ...others]);
  }

  return {
    get outcome() {
      return { checked, failed, missed };
    },
    get isStopped() {
      return isStopped();
    },
    get askAgainInMs() {
      return askAgainInMs;
    },
    noteListed(count) {
      checked += count;
    },
    noteFailure,
    byIndex: (correspondenceId, check) =>
      safely(correspondenceId, async () => {
        const result = await check();
        if (result.kind === "failed") {
          // For the log alone: the index does not tell whose letter it is.
          const known = await readKnown(store.correspondences, correspondenceId);
          if (known !== "unreadable") await context.traces.follow(known?.value.link);
          return noteFailure(result, { correspondenceId });
        }
        inARow = 0;
        const [first, ...others] = result.additions;
        if (first && result.isNews) await add([first, ...others]);
      }),
    byRecord: (correspondenceId, how) =>
      safely(correspondenceId, async () => {
        const stored = await store.correspondences.read(correspondenceId);
        await context.traces.follow(stored?.value.link);
        if (!stored || !how.isDue(stored.value, clock.now())) return;
        checked++;
        // Whoever wrote it meanwhile has written its tags as well.
        if (how.isToBeWritten) await store.correspondences.replace(correspondenceId, stored.value, stored.etag);
        if (stored.value.link) await checkOurs(stored.value, how);
        else if (!(await considerForeign(stored.value))) failed++;
      }),
  };
}
