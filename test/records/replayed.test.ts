// A dispatch that begins again: what may exist is remembered, and its waiting counts anew.
import { expect, it } from "vitest";
import { DAY, HOUR, SECOND } from "../../shared/clock.ts";
import { afterPost, nextStep } from "../../shared/letters/decide.ts";
import { type DispatchRecord, replayed } from "../../shared/records/dispatchRecord.ts";
import { aDispatch, anAttempt, START } from "./dispatches.ts";

const PLAIN = { hasFiles: false, isToDialog: false };
const NOW = START + 60 * DAY;

/** Given up after weeks of failures, and replayed two months later. */
function replayedRecord(known: Partial<DispatchRecord> = {}): DispatchRecord {
  const attempts = Array.from({ length: 40 }, (_, index) =>
    anAttempt(String(index), START + index * HOUR, { cause: "status", status: 500, definite: false }),
  );
  const before = aDispatch({
    state: "gaveUp",
    generation: 41,
    attempts,
    countedWait: 80 * HOUR,
    existsSince: START,
    lookUpFailingSince: START,
    closing: { end: "gaveUp", reason: "altinnKeepsFailing", since: START },
    problem: { reason: "altinnKeepsFailing" },
    endedAt: START + 14 * DAY,
    putBacks: 5,
    poisonIds: ["p"],
    attachmentIds: ["a"],
    ...known,
  });
  return replayed(before, aDispatch({ epoch: 1, nextAttemptAt: NOW }), NOW);
}

it("waits, in a later epoch and generation, with nothing left of its end but the attempts", () => {
  const attempts = replayedRecord().attempts;
  expect(attempts).toHaveLength(40);
  expect(replayedRecord()).toEqual(
    aDispatch({ epoch: 1, generation: 42, replayedAt: NOW, nextAttemptAt: NOW, attempts }),
  );
});

it("is looked up before anything is posted, since earlier attempts may have worked", () => {
  expect(nextStep(replayedRecord(), PLAIN, NOW).step).toBe("lookUp");
  const one = replayedRecord({ attempts: [anAttempt("a", START)] });
  expect(nextStep(one, PLAIN, NOW).step).toBe("lookUp");
  expect(nextStep(one, PLAIN, NOW, true).step).toBe("post");
});

it("is not given up for what it waited before, nor for failures before, and is tried again as soon as any other", () => {
  const attempt = anAttempt("new", NOW);
  const before = replayedRecord();
  const { record, next } = afterPost(
    { ...before, attempts: [...before.attempts, attempt] },
    { kind: "later", cause: "status", status: 500, definite: false },
    { letter: PLAIN, attempt, now: NOW + SECOND, contact: { lastLetter: NOW }, giveUpAfter: 72 * HOUR, random: 0.5 },
  );
  expect(next).toEqual({ step: "wait", delayMs: 10 * SECOND });
  expect(record.countedWait).toBe(0);
});

it("stays sent, if it was sent after all", () => {
  const sent = replayedRecord({ state: "sent", correspondenceId: "c" });
  expect(sent).toMatchObject({ state: "sent", correspondenceId: "c", epoch: 0, generation: 41 });
});
