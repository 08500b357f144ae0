// Whatever happens to a dispatch, in whatever order: no end says "not sent" of a letter that may exist.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InitializeOutcome } from "../../shared/altinn/outcome.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import {
  afterEmptyLookUp,
  afterFailedLookUp,
  afterMismatch,
  afterPost,
  closing,
  type Decision,
  type LetterTraits,
  nextStep,
  type Step,
} from "../../shared/letters/decide.ts";
import { aDispatch, anAttempt, POST_TIME, START } from "../records/dispatches.ts";

type PostOutcome = Exclude<InitializeOutcome, { kind: "sent" }>;

/** One thing that happens to the dispatch, read as it fits the step that is due. */
interface Happening {
  /** What comes of a POST: an answer, or the death of the process before there is one. */
  readonly post: PostOutcome | "died";
  readonly lookUp: "empty" | "failed" | "mismatch";
  /** How much of the longest call passes before its answer, or of a wait before the next message. */
  readonly passes: number;
  /** Whether the next message comes in time, long before (a redelivery), or long after (a sweep). */
  readonly message: "inTime" | "early" | "late";
  /** The request does not pass the rules any more, from here on. */
  readonly turnsWrong: boolean;
  /** The producer takes it back, from here on. */
  readonly isCancelled: boolean;
  readonly othersAnswered: boolean;
  readonly othersGoThrough: boolean;
  readonly random: number;
}

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const postArbitrary = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom(500, 500, 500, 503, 408)
      .map((status): PostOutcome => ({ kind: "later", cause: "status", status, definite: false })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<PostOutcome>(
      { kind: "later", cause: "timeout", definite: false },
      { kind: "later", cause: "unreadable", definite: false },
      { kind: "later", cause: "notConnected", definite: true },
      { kind: "later", cause: "status", status: 429, retryAfterMs: 40 * DAY, definite: true },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<PostOutcome>(
      { kind: "ourSetUp", status: 403, definite: true },
      { kind: "ourSetUp", status: 404, definite: false },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<PostOutcome | "died">(
      "died",
      { kind: "exists" },
      {
        kind: "never",
        status: 404,
        errorCode: 1029,
        reason: "recipientNotFound",
        detail: "",
      },
    ),
  },
);

/** In some histories look-ups seldom work, in others nearly always. */
const happenings: fc.Arbitrary<Happening[]> = fc
  .constantFrom<readonly Happening["lookUp"][]>(["empty"], ["empty", "failed", "mismatch"], ["failed"], ["mismatch"])
  .chain((lookUps) =>
    fc.array(
      fc.record<Happening>({
        post: postArbitrary,
        lookUp: fc.constantFrom(...lookUps),
        passes: unit,
        message: fc.constantFrom("inTime", "inTime", "inTime", "early", "late"),
        turnsWrong: fc.nat({ max: 99 }).map((number) => number === 50),
        isCancelled: fc.nat({ max: 99 }).map((number) => number === 50),
        othersAnswered: fc.boolean(),
        othersGoThrough: fc.boolean(),
        random: unit,
      }),
      { minLength: 20, maxLength: 90, size: "max" },
    ),
  );

const letters = fc.record({ hasFiles: fc.boolean(), isToDialog: fc.boolean(), isKeyGiven: fc.boolean() });

/** A letter, and whether its producer gave its key. */
type Played = LetterTraits & { readonly isKeyGiven: boolean };

/** A request that is wrong may be anything: it is looked up to be sure. */
const WRONG: LetterTraits = { hasFiles: false, isToDialog: true };

/** What truly happened, kept apart from the record that the decisions are made from. */
interface Truth {
  now: number;
  attempts: number;
  answersOf500: number;
  /** Until when a POST whose outcome nobody knows could run. */
  unknownUntil: number | undefined;
  existsSince: number | undefined;
  /** The last look-up, and since when they have been failing. */
  lastLookUp: { readonly at: number; readonly found: Happening["lookUp"]; readonly attempts: number } | undefined;
  failingSince: number | undefined;
}

describe("any history of a dispatch", () => {
  it("ends only as the rule on ends allows", () => {
    fc.assert(
      fc.property(letters, happenings, (letter, history) => {
        const { step, truth } = play(letter, history);
        if (step.step === "end") checkEnd(letter, step, truth);
      }),
      { numRuns: 600 },
    );
  });

  it("comes to every kind of end in some", () => {
    const ends = new Set<string>();
    for (const [letter, history] of fc.sample(fc.tuple(letters, happenings), { numRuns: 600, seed: 20300301 })) {
      const { step, truth } = play(letter, history);
      if (step.step !== "end") continue;
      ends.add(`${step.end} ${step.problem.reason}`);
      if (truth.unknownUntil !== undefined) ends.add(`${step.end} after an unknown outcome`);
      if (truth.existsSince !== undefined) ends.add(`${step.end} although it exists`);
    }
    expect([...ends].sort()).toEqual(
      expect.arrayContaining([
        "cancelled after an unknown outcome",
        "cancelled cancelled",
        "gaveUp altinnKeepsFailing",
        "gaveUp notAuthorised",
        "outcomeUnknown altinnKeepsFailing",
        "outcomeUnknown cancelled",
        "outcomeUnknown although it exists",
        "rejected after an unknown outcome",
        "rejected idempotentKeyTaken",
        "rejected invalidRequest",
        "rejected recipientNotFound",
      ]),
    );
  });
});

const AFTER_LOOK_UP = { empty: afterEmptyLookUp, failed: afterFailedLookUp, mismatch: afterMismatch };

/** Plays a history to its end, or until nothing more happens; checks every step on the way. */
function play(traits: Played, history: readonly Happening[]): { step: Step; truth: Truth } {
  const truth: Truth = {
    now: START,
    attempts: 0,
    answersOf500: 0,
    unknownUntil: undefined,
    existsSince: undefined,
    lastLookUp: undefined,
    failingSince: undefined,
  };
  const { isKeyGiven } = traits;
  let letter: LetterTraits = traits;
  const first = aDispatch({ isKeyGiven });
  let decision: Decision = { record: first, next: nextStep(first, letter, START) };
  let wish = false;
  let stepsSinceWait = 0;
  for (const happening of history) {
    const { record, next } = decision;
    stepsSinceWait = next.step === "wait" ? 0 : stepsSinceWait + 1;
    // One message makes one POST, with a look-up before and one after it.
    expect(stepsSinceWait).toBeLessThanOrEqual(4);
    if (next.step === "end") break;
    if (next.step === "wait") {
      expect(next.delayMs).toBeGreaterThan(0);
      expect(next.delayMs).toBeLessThanOrEqual(7 * DAY);
      const nextAttemptAt = truth.now + next.delayMs;
      truth.now += Math.ceil(next.delayMs * { inTime: 1, early: happening.passes, late: 3 }[happening.message]);
      if (happening.isCancelled) wish = true;
      if (happening.turnsWrong) letter = WRONG;
      decision =
        letter === WRONG && record.existsSince === undefined
          ? closing(record, letter, truth.now, "rejected", { reason: "invalidRequest" })
          : { record: { ...record, nextAttemptAt }, next: nextStep(record, letter, truth.now) };
      if (wish) decision = closing(decision.record, letter, truth.now, "cancelled", { reason: "cancelled" });
    } else if (next.step === "post") {
      decision = playPost(decision, letter, happening, truth);
    } else {
      truth.now += Math.floor(happening.passes * 100 * SECOND);
      const found = happening.lookUp;
      truth.lastLookUp = { at: truth.now, found, attempts: truth.attempts };
      truth.failingSince = found === "empty" ? undefined : (truth.failingSince ?? truth.now);
      decision = AFTER_LOOK_UP[found](record, letter, truth.now);
    }
    // What was begun is not forgotten, and an end that was decided is not another later.
    expect(decision.record.attempts).toHaveLength(truth.attempts);
    expect(decision.record.existsSince).toBe(truth.existsSince);
    if (record.closing) expect(decision.record.closing).toEqual(record.closing);
  }
  return { step: decision.next, truth };
}

function playPost({ record }: Decision, letter: LetterTraits, happening: Happening, truth: Truth): Decision {
  expect(record.closing).toBeUndefined();
  expect(truth.existsSince).toBeUndefined();
  const at = truth.now;
  const longest = letter.hasFiles ? 10 * MINUTE : POST_TIME;
  // With files, a POST that may still be running must not be joined by another.
  if (letter.hasFiles) expect(truth.unknownUntil ?? 0).toBeLessThanOrEqual(at);
  const attempt = anAttempt(`attempt-${String(truth.attempts).padStart(4, "0")}`, at, { until: at + longest });
  const noted = { ...record, attempts: [...record.attempts, attempt] };
  truth.attempts++;
  truth.now += Math.floor(happening.passes * longest);
  const { post } = happening;
  if (post === "died" || ("definite" in post && !post.definite)) {
    truth.unknownUntil = Math.max(truth.unknownUntil ?? 0, attempt.until);
  }
  if (post === "died") {
    truth.now += 30 * SECOND;
    return { record: noted, next: { step: "wait", delayMs: 30 * SECOND } };
  }
  if (post.kind === "exists") truth.existsSince = truth.now;
  if (post.kind === "later" && post.status === 500) truth.answersOf500++;
  return afterPost(noted, post, {
    letter,
    attempt,
    now: truth.now,
    contact: {
      lastLetter: happening.othersGoThrough ? truth.now : START - 1,
    },
    giveUpAfter: 72 * HOUR,
    random: happening.random,
  });
}

function checkEnd(letter: Played, step: Extract<Step, { step: "end" }>, truth: Truth): void {
  const { now, unknownUntil, existsSince, lastLookUp, failingSince } = truth;
  if (existsSince !== undefined) {
    // It is never given up; at most a key that the producer gave proves to be another's, or nobody knows.
    const end = letter.isKeyGiven ? ["rejected", "idempotentKeyTaken"] : ["outcomeUnknown", "altinnKeepsFailing"];
    expect([step.end, step.problem.reason]).toEqual(end);
    expect(now - existsSince).toBeGreaterThanOrEqual(24 * HOUR);
    expect(letter.isKeyGiven ? ["empty"] : ["empty", "mismatch"]).toContain(lastLookUp?.found);
    return;
  }
  if (step.end === "outcomeUnknown") {
    expect(now - (failingSince ?? now)).toBeGreaterThanOrEqual(24 * HOUR);
    // What was never tried is not unknown.
    expect(unknownUntil !== undefined || letter.isToDialog || step.problem.reason === "invalidRequest").toBe(true);
    return;
  }
  // How exactly waiting is counted is tested in decide.test.ts.
  if (step.end === "gaveUp" && truth.answersOf500 < 8) expect(now - START).toBeGreaterThan(60 * HOUR);
  if (unknownUntil === undefined && !(letter.isToDialog && truth.attempts > 0)) return;
  // A look-up after the last POST came back empty, and where outcomes are unknown, late enough.
  expect(lastLookUp).toMatchObject({ found: "empty", attempts: truth.attempts });
  if (unknownUntil !== undefined) {
    expect((lastLookUp?.at ?? 0) - unknownUntil).toBeGreaterThanOrEqual(10 * MINUTE);
  }
}
