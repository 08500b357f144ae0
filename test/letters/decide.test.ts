// What is decided for one dispatch: by the table of what can come back, and by the rule on ends.
import { describe, expect, it } from "vitest";
import type { InitializeOutcome } from "../../shared/altinn/outcome.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import {
  type AfterPostOptions,
  afterEmptyLookUp,
  afterFailedLookUp,
  afterMismatch,
  afterPost,
  closing,
  type LetterTraits,
  nextStep,
} from "../../shared/letters/decide.ts";
import type { Attempt, DispatchRecord } from "../../shared/records/dispatchRecord.ts";
import { aDispatch, anAttempt, POST_TIME, START } from "../records/dispatches.ts";

const PLAIN: LetterTraits = { hasFiles: false, isToDialog: false };
const WITH_FILES: LetterTraits = { hasFiles: true, isToDialog: false };
const TO_DIALOG: LetterTraits = { hasFiles: false, isToDialog: true };

const UNKNOWN: Partial<Attempt> = { cause: "timeout", definite: false };
const DEFINITE: Partial<Attempt> = { cause: "status", status: 429, definite: true };

const reserved = {
  kind: "never",
  status: 422,
  errorCode: 1030,
  reason: "recipientReserved",
  detail: "The recipient has reserved.",
} as const;
const problem = { reason: "invalidRequest" } as const;

/** What a POST at `START` that was answered a second later comes to; it was due when it was made, if nothing else is said. */
function posted(
  outcome: Exclude<InitializeOutcome, { kind: "sent" }>,
  options: Partial<AfterPostOptions> & { readonly dueAt?: number } = {},
  record: DispatchRecord = aDispatch(),
) {
  const attempt = options.attempt ?? anAttempt("now", START);
  const noted = { ...record, nextAttemptAt: options.dueAt ?? attempt.at, attempts: [...record.attempts, attempt] };
  return afterPost(noted, outcome, {
    letter: PLAIN,
    now: attempt.at + SECOND,
    contact: {},
    giveUpAfter: 72 * HOUR,
    random: 0.5,
    ...options,
    attempt,
  });
}

describe("what to do first", () => {
  const one = [anAttempt("a", START, UNKNOWN)];
  const two = [...one, anAttempt("b", START + HOUR, UNKNOWN)];
  const later = START + 3 * HOUR;

  it.each([
    ["nothing was tried", PLAIN, [], "post"],
    ["nothing was tried, with files", WITH_FILES, [], "post"],
    ["every POST got a definite answer", WITH_FILES, [anAttempt("a", START, DEFINITE)], "post"],
    ["one POST has an unknown outcome: the same key makes another harmless", PLAIN, one, "post"],
    ["two have", PLAIN, two, "lookUp"],
    ["one has, and files would be left behind", WITH_FILES, one, "lookUp"],
    ["one has whose process died", WITH_FILES, [anAttempt("a", START)], "lookUp"],
  ] as const)("when %s", (_, letter, attempts, step) => {
    expect(nextStep(aDispatch({ attempts }), letter, later).step).toBe(step);
  });

  it("is to wait, with files, while another POST can still be running, although a look-up found nothing", () => {
    const record = aDispatch({ attempts: [anAttempt("a", START)] });
    const now = START + 30 * SECOND;
    expect(afterEmptyLookUp(record, WITH_FILES, now).next).toEqual({ step: "wait", delayMs: POST_TIME - 30 * SECOND });
    expect(afterEmptyLookUp(record, WITH_FILES, START + POST_TIME).next).toEqual({ step: "post" });
    expect(afterEmptyLookUp(record, PLAIN, now).next).toEqual({ step: "post" });
  });

  it("is to look the letter up once it is known to exist, whatever else is", () => {
    const record = aDispatch({ existsSince: START, closing: { ...problem, end: "rejected", since: START } });
    for (const letter of [PLAIN, WITH_FILES, TO_DIALOG]) expect(nextStep(record, letter, later).step).toBe("lookUp");
  });
});

describe("an answer to a POST", () => {
  it("409 with 1034: it exists, so its id is looked up at once", () => {
    const { record, next } = posted({ kind: "exists" });
    expect(next).toEqual({ step: "lookUp" });
    expect(record.existsSince).toBe(START + SECOND);
    expect(record.attempts).toMatchObject([{ id: "now", cause: "exists", status: 409, errorCode: 1034 }]);
  });

  it.each([
    [408, false],
    [425, false],
    [429, true],
    [500, false],
    [502, false],
    [503, false],
    [504, false],
  ])("%i: later, and the record says so", (status, definite) => {
    const { record, next } = posted({ kind: "later", cause: "status", status, definite });
    expect(next).toEqual({ step: "wait", delayMs: 10 * SECOND });
    expect(record.attempts).toEqual([{ ...anAttempt("now", START), cause: "status", status, definite }]);
    expect(record.closing).toBeUndefined();
  });

  it.each([
    ["timeout", false],
    ["connection", false],
    ["unreadable", false],
    ["notConnected", true],
    ["attachmentNotPublished", true],
  ] as const)("none that can be used (%s): later", (cause, definite) => {
    const { record, next } = posted({ kind: "later", cause, definite });
    expect(next.step).toBe("wait");
    expect(record.attempts).toMatchObject([{ cause, definite }]);
  });

  it("asks for Retry-After: later, not before that", () => {
    const outcome = { kind: "later", cause: "status", status: 429, retryAfterMs: HOUR, definite: true } as const;
    expect(posted(outcome).next).toEqual({ step: "wait", delayMs: HOUR });
  });

  it.each([
    [401, true],
    [403, true],
    [404, false],
    [451, true],
  ])("%i of our set-up: later, from 5 minutes up, and not this message's fault", (status, definite) => {
    const { record, next } = posted({ kind: "ourSetUp", status, definite }, { random: 0 });
    expect(next).toEqual({ step: "wait", delayMs: 5 * MINUTE });
    expect(record.closing).toBeUndefined();
    expect(record.attempts).toMatchObject([{ cause: "ourSetUp", status, definite }]);
  });

  it("409 without a code: later, and looked up before anything is posted again", () => {
    const { record, next } = posted({ kind: "later", cause: "status", status: 409, definite: false });
    expect(next).toEqual({ step: "wait", delayMs: 10 * SECOND });
    expect(nextStep(record, PLAIN, START + MINUTE)).toEqual({ step: "lookUp" });
    expect(afterEmptyLookUp(record, PLAIN, START + MINUTE).next).toEqual({ step: "post" });
  });

  it("never: rejected at once with Altinn's reason, when nothing else was tried", () => {
    const { record, next } = posted(reserved);
    const { kind: _kind, ...why } = reserved;
    expect(next).toEqual({ step: "end", end: "rejected", problem: why });
    expect(record.attempts).toMatchObject([{ status: 422, errorCode: 1030, definite: true }]);
  });

  it("never, for a letter to a dialog: looked up first, since Altinn may have saved it", () => {
    const { record, next } = posted(reserved, { letter: TO_DIALOG });
    expect(next).toEqual({ step: "lookUp" });
    expect(afterEmptyLookUp(record, TO_DIALOG, START + 2 * SECOND).next).toMatchObject({
      step: "end",
      end: "rejected",
      problem: { errorCode: 1030 },
    });
  });

  it("never, after a POST with an unknown outcome: looked up, and ended no earlier than 10 minutes after it could run", () => {
    const before = aDispatch({ attempts: [anAttempt("a", START, UNKNOWN)] });
    const attempt = anAttempt("now", START + 30 * SECOND);
    const { record, next } = posted(reserved, { attempt }, before);
    expect(next.step).not.toBe("end");
    const certain = START + POST_TIME + 10 * MINUTE;
    expect(afterEmptyLookUp(record, PLAIN, certain - 1).next).toEqual({ step: "wait", delayMs: 1 });
    expect(afterEmptyLookUp(record, PLAIN, certain).next).toMatchObject({ step: "end", end: "rejected" });
  });
});

describe("giving up", () => {
  const later = { kind: "later", cause: "status", status: 503, definite: false } as const;

  it("after 72 hours in which Altinn answered others: never before a look-up", () => {
    const before = aDispatch({ countedWait: 72 * HOUR });
    const { record, next } = posted(later, {}, before);
    expect(record.closing).toMatchObject({ end: "gaveUp", reason: "altinnKeepsFailing", status: 503 });
    expect(next.step).toBe("lookUp");
  });

  it("says that Altinn refused us, where it was that", () => {
    const { next } = posted(
      { kind: "ourSetUp", status: 403, definite: true },
      {},
      aDispatch({ countedWait: 72 * HOUR }),
    );
    expect(next).toMatchObject({ step: "end", end: "gaveUp", problem: { reason: "notAuthorised", status: 403 } });
  });

  it("counts the time since the attempt before only if Altinn gave anybody an answer in it", () => {
    const before = aDispatch({ attempts: [anAttempt("a", START, UNKNOWN)], countedWait: HOUR });
    const attempt = anAttempt("b", START + 6 * HOUR);
    const counted = (lastLetter?: number) =>
      posted(later, { attempt, now: attempt.at, contact: lastLetter === undefined ? {} : { lastLetter } }, before)
        .record.countedWait;
    const silent = HOUR + Math.ceil((6 * HOUR * 72) / (14 * 24));
    expect(counted()).toBe(silent);
    expect(counted(START - 1)).toBe(silent);
    expect(counted(START + 5 * HOUR)).toBe(7 * HOUR);
  });

  it.each([
    ["Altinn answered others", { lastLetter: START + 15 * DAY }],
    ["Altinn answered nobody", {}],
  ])("49: counts nothing of fifteen days under the brake when the first try after it fails: %s", (_what, contact) => {
    const attempt = anAttempt("a", START + 15 * DAY);
    const { record, next } = posted(later, { attempt, dueAt: START, contact }, aDispatch());
    expect(record.countedWait).toBe(0);
    expect(next.step).toBe("wait");
  });

  it.each([24, 72, 21 * 24])(
    "happens after 14 days in which Altinn answers nobody, or GIVE_UP_AFTER_HOURS=%i",
    (hours) => {
      let record = aDispatch();
      let at = START;
      for (let index = 0; record.closing === undefined; index++) {
        at = START + index * 6 * HOUR;
        const attempt = anAttempt(`attempt-${String(index).padStart(4, "0")}`, at);
        record = posted(later, { attempt, giveUpAfter: hours * HOUR }, record).record;
      }
      expect((at - START) / DAY).toBe(Math.max(14, hours / 24));
    },
  );

  it("counts the first attempt from when the request was recorded", () => {
    const attempt = anAttempt("a", START + 2 * HOUR);
    const { record } = posted(later, { attempt, now: attempt.at, contact: { lastLetter: START + HOUR } });
    expect(record.countedWait).toBe(2 * HOUR);
  });

  it("counts no time twice: not more than has passed, however long each POST takes", () => {
    let record = aDispatch();
    let at = START;
    for (let index = 0; index < 8; index++) {
      const attempt = anAttempt(`attempt-${index}`, at);
      const now = at + MINUTE;
      record = posted(later, { attempt, now, contact: { lastLetter: now } }, record).record;
      expect(record.countedWait).toBeLessThanOrEqual(now - START);
      at = now + 5 * MINUTE;
    }
  });

  it("does not happen for an Altinn that is down for 4 days alone, nor just after it", () => {
    let record = aDispatch();
    let at = START;
    for (let index = 0; at <= START + 96 * HOUR; index++, at += 6 * HOUR) {
      const attempt = anAttempt(`attempt-${String(index).padStart(3, "0")}`, at);
      record = posted(later, { attempt, contact: { lastLetter: START - HOUR } }, record).record;
      expect(record.closing).toBeUndefined();
    }
    const attempt = anAttempt("back", at);
    record = posted(later, { attempt, contact: { lastLetter: at - MINUTE } }, record).record;
    expect(record.closing).toBeUndefined();
    expect(record.countedWait).toBeLessThan(28 * HOUR);
  });

  it("happens at 72 hours of attempts while Altinn answers others, not before", () => {
    let record = aDispatch();
    let hours = 0;
    for (; record.closing === undefined && hours < 100; hours += 6) {
      const attempt = anAttempt(`attempt-${String(hours).padStart(3, "0")}`, START + hours * HOUR);
      record = posted(later, { attempt, now: attempt.at, contact: { lastLetter: attempt.at } }, record).record;
    }
    expect(hours - 6).toBe(72);
    expect(record.closing?.end).toBe("gaveUp");
  });

  describe("on a letter that Altinn alone fails on", () => {
    const failure = { kind: "later", cause: "status", status: 500, definite: false } as const;
    const failed = (count: number) =>
      aDispatch({
        attempts: Array.from({ length: count }, (_, index) =>
          anAttempt(`attempt-${index}`, START + index * HOUR, { cause: "status", status: 500, definite: false }),
        ),
      });
    const attempt = anAttempt("now", START + 10 * HOUR);
    const closingAfter = (before: DispatchRecord, lastLetter?: number) =>
      posted(failure, { attempt, contact: lastLetter === undefined ? {} : { lastLetter } }, before).record.closing;

    it("is after 8 answers of 500 while other letters go through", () => {
      expect(closingAfter(failed(7), START + 9 * HOUR)).toMatchObject({ end: "gaveUp", reason: "altinnKeepsFailing" });
      expect(closingAfter(failed(6), START + 9 * HOUR)).toBeUndefined();
    });

    it("is not within an hour: somebody may make its messages follow each other", () => {
      const attempts = failed(7).attempts.map((other, index) => ({
        ...other,
        at: START + 9 * HOUR + (index + 1) * SECOND,
      }));
      expect(closingAfter(aDispatch({ attempts }), START + 10 * HOUR - SECOND)).toBeUndefined();
    });

    it("is not while no other letter goes through", () => {
      expect(closingAfter(failed(7))).toBeUndefined();
      expect(closingAfter(failed(7), START - 1)).toBeUndefined();
    });

    it("counts only 500, and not other troubles", () => {
      const mixed = failed(7).attempts.map((other, index) => (index === 3 ? { ...other, status: 503 } : other));
      expect(closingAfter(aDispatch({ attempts: mixed }), START + 9 * HOUR)).toBeUndefined();
    });
  });
});

describe("a look-up", () => {
  const exists = aDispatch({ existsSince: START, attempts: [anAttempt("a", START, { cause: "exists" })] });

  it("that finds nothing of a letter that exists is repeated, at first within minutes", () => {
    const { next } = afterEmptyLookUp(exists, PLAIN, START + SECOND);
    expect(next).toEqual({ step: "wait", delayMs: 10 * SECOND });
    expect(afterEmptyLookUp(exists, PLAIN, START + 20 * HOUR).next).toEqual({ step: "wait", delayMs: 6 * HOUR });
  });

  it.each([
    ["a key that the producer gave is another's", true, "rejected", "idempotentKeyTaken"],
    ["of a key that we derived nobody knows: it cannot be another's", false, "outcomeUnknown", "altinnKeepsFailing"],
  ] as const)("that finds nothing for 24 hours: %s", (_, isKeyGiven, end, reason) => {
    let record: DispatchRecord = { ...exists, isKeyGiven };
    let now = START;
    for (let tries = 0; tries < 1000; tries++) {
      const decision = afterEmptyLookUp(record, PLAIN, now);
      if (decision.next.step === "end") {
        expect(decision.next).toMatchObject({ end, problem: { reason, errorCode: 1034 } });
        expect(now - START).toBeGreaterThanOrEqual(24 * HOUR);
        return;
      }
      if (decision.next.step === "wait") now += decision.next.delayMs;
      record = decision.record;
    }
    expect.unreachable("It goes on for ever");
  });

  it("that answers with another's letter counts as empty where ours exists under a key of ours, else as failed", () => {
    const waiting = { ...exists, emptySince: START };
    expect(afterMismatch(waiting, PLAIN, START + 24 * HOUR).next).toMatchObject({ end: "outcomeUnknown" });
    const given = afterMismatch({ ...waiting, isKeyGiven: true }, PLAIN, START + 24 * HOUR);
    expect(given.next.step).toBe("wait");
    const { record } = closing(aDispatch({ attempts: [anAttempt("a", START)] }), PLAIN, START, "gaveUp", problem);
    const unknown = afterMismatch(record, PLAIN, START + HOUR);
    expect(unknown.next.step).toBe("wait");
    expect(afterMismatch(unknown.record, PLAIN, START + 25 * HOUR).next).toMatchObject({ end: "outcomeUnknown" });
  });

  it("that fails for 14 days ends the wait of files, which must not go again without one", () => {
    const record = aDispatch({ attempts: [anAttempt("a", START, UNKNOWN)], lookUpFailingSince: START });
    expect(afterFailedLookUp(record, WITH_FILES, START + 14 * DAY - 1).next.step).toBe("wait");
    const { next } = afterFailedLookUp(record, WITH_FILES, START + 14 * DAY);
    expect(next).toEqual({ step: "end", end: "outcomeUnknown", problem: { reason: "altinnKeepsFailing" } });
  });

  it("that fails for 72 hours says nothing, and neither does the first empty one after that", () => {
    let record = exists;
    let now = START;
    for (; now <= START + 72 * HOUR; now += 6 * HOUR) {
      const decision = afterFailedLookUp(record, PLAIN, now);
      expect(decision.next.step).toBe("wait");
      record = decision.record;
    }
    // 24 hours of empty look-ups are asked for, and there has been one.
    expect(afterEmptyLookUp(record, PLAIN, now).next.step).toBe("wait");
  });

  it("that fails for days ends no letter that exists, also when another invocation wanted to end it", () => {
    const record = { ...exists, closing: { ...problem, end: "rejected", since: START } } as const;
    const failing = { ...record, lookUpFailingSince: START + HOUR };
    expect(afterFailedLookUp(failing, PLAIN, START + 72 * HOUR).next.step).toBe("wait");
  });

  it("that fails does not keep a letter without files from being posted: its key makes that harmless", () => {
    const attempts = [anAttempt("a", START, UNKNOWN), anAttempt("b", START + HOUR, UNKNOWN)];
    expect(afterFailedLookUp(aDispatch({ attempts }), PLAIN, START + 2 * HOUR).next).toEqual({ step: "post" });
    expect(afterFailedLookUp(aDispatch({ attempts }), WITH_FILES, START + 2 * HOUR).next.step).toBe("wait");
  });

  it("that fails for 24 hours for a letter that is to end leaves the outcome unknown", () => {
    const attempts = [anAttempt("a", START, UNKNOWN)];
    const { record } = closing(aDispatch({ attempts }), PLAIN, START + HOUR, "rejected", problem);
    const first = afterFailedLookUp(record, PLAIN, START + HOUR);
    expect(first.next.step).toBe("wait");
    const almost = afterFailedLookUp(first.record, PLAIN, START + 25 * HOUR - 1);
    expect(almost.next.step).toBe("wait");
    const end = afterFailedLookUp(almost.record, PLAIN, START + 25 * HOUR);
    expect(end.next).toEqual({ step: "end", end: "outcomeUnknown", problem });
    // One that works in between begins the count anew.
    const mended = afterEmptyLookUp(almost.record, PLAIN, START + MINUTE);
    expect(mended.record.lookUpFailingSince).toBeUndefined();
  });
});

describe("closing", () => {
  it("ends at once what was never tried", () => {
    const { next } = closing(aDispatch(), PLAIN, START, "cancelled", problem);
    expect(next).toEqual({ step: "end", end: "cancelled", problem });
  });

  it("looks more often for what is cancelled: only an unpublished letter can be purged", () => {
    const attempts = [anAttempt("a", START, UNKNOWN)];
    const at = START + MINUTE;
    const { record, next } = closing(aDispatch({ attempts }), PLAIN, at, "cancelled", problem);
    expect(next).toEqual({ step: "lookUp" });
    expect(afterEmptyLookUp(record, PLAIN, at).next).toEqual({ step: "wait", delayMs: 10 * SECOND });
    expect(afterEmptyLookUp(record, PLAIN, at + 4 * MINUTE).next).toEqual({ step: "wait", delayMs: 2 * MINUTE });
    const certain = START + POST_TIME + 10 * MINUTE;
    expect(afterEmptyLookUp(record, PLAIN, certain - 1).next).toEqual({ step: "wait", delayMs: 1 });
    expect(afterEmptyLookUp(record, PLAIN, certain).next.step).toBe("end");
  });

  it("keeps the first reason", () => {
    const attempts = [anAttempt("a", START)];
    const { record } = closing(aDispatch({ attempts }), PLAIN, START, "gaveUp", { reason: "altinnKeepsFailing" });
    const again = closing(record, PLAIN, START + HOUR, "rejected", problem);
    expect(again.record.closing).toEqual({ end: "gaveUp", reason: "altinnKeepsFailing", since: START });
  });

  it("never posts again", () => {
    const attempts = [anAttempt("a", START, UNKNOWN), anAttempt("b", START + HOUR)];
    for (const letter of [PLAIN, WITH_FILES, TO_DIALOG]) {
      const { record, next } = closing(aDispatch({ attempts }), letter, START + HOUR, "rejected", problem);
      const steps = [
        next,
        nextStep(record, letter, START + 9 * HOUR),
        nextStep(record, letter, START + 9 * HOUR, true),
        afterEmptyLookUp(record, letter, START + HOUR).next,
        afterFailedLookUp(record, letter, START + HOUR).next,
      ];
      expect(steps.map(({ step }) => step)).not.toContain("post");
    }
  });
});
