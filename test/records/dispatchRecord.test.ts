// A dispatch's record: its attempts are a set, and its tags say when it is due.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import {
  type Attempt,
  ENDS,
  hasUnknownOutcome,
  mergeAttempts,
  unknownUntil,
} from "../../shared/records/dispatchRecord.ts";
import { dispatchCause, dispatchTags } from "../../shared/records/dispatchTags.ts";
import { sha256 } from "../../shared/storage/tags.ts";
import { aDispatch, anAttempt, POST_TIME, START } from "./dispatches.ts";

const IDS = ["a", "b", "c", "d", "e", "f"];

/** One attempt has one beginning and one outcome: versions of a record differ in which they have, and what they know. */
const versions = fc
  .array(fc.record({ at: fc.nat({ max: 4 }), status: fc.constantFrom(200, 500, 503), definite: fc.boolean() }), {
    minLength: IDS.length,
    maxLength: IDS.length,
  })
  .chain((truths) => {
    const version = fc
      .array(fc.record({ index: fc.nat({ max: IDS.length - 1 }), isKnown: fc.boolean() }), { maxLength: 6 })
      .map((picks) => {
        const attempts = picks.map(({ index, isKnown }): Attempt => {
          const { at, ...outcome } = truths[index] ?? { at: 0 };
          return anAttempt(IDS[index] ?? "", START + at * HOUR, isKnown ? { cause: "status", ...outcome } : {});
        });
        return mergeAttempts([], attempts);
      });
    return fc.tuple(version, version, version);
  });

describe("merging attempts", () => {
  it("is a set union in which a known outcome wins: commutative, associative, idempotent", () => {
    fc.assert(
      fc.property(versions, ([a, b, c]) => {
        expect(mergeAttempts(a, b)).toEqual(mergeAttempts(b, a));
        expect(mergeAttempts(mergeAttempts(a, b), c)).toEqual(mergeAttempts(a, mergeAttempts(b, c)));
        expect(mergeAttempts(a, a)).toEqual(a);
      }),
    );
  });

  it("has each attempt once, oldest first, and never forgets an outcome", () => {
    fc.assert(
      fc.property(versions, ([a, b]) => {
        const merged = mergeAttempts(a, b);
        const ids = merged.map(({ id }) => id);
        expect([...new Set(ids)].sort()).toEqual([...new Set([...a, ...b].map(({ id }) => id))].sort());
        expect(ids).toHaveLength(new Set(ids).size);
        expect(merged.map(({ at }) => at)).toEqual(merged.map(({ at }) => at).sort((x, y) => x - y));
        for (const known of [...a, ...b].filter(({ cause }) => cause !== undefined))
          expect(merged).toContainEqual(known);
      }),
    );
  });
});

describe("an unknown outcome", () => {
  it("is one that nothing is known of, or that is not definite", () => {
    expect(hasUnknownOutcome(anAttempt("a", START))).toBe(true);
    expect(hasUnknownOutcome(anAttempt("a", START, { cause: "status", status: 500, definite: false }))).toBe(true);
    expect(hasUnknownOutcome(anAttempt("a", START, { cause: "status", status: 429, definite: true }))).toBe(false);
  });

  it("lasts until the last such attempt can have run, whichever began last", () => {
    expect(unknownUntil(aDispatch())).toBeUndefined();
    const definite = anAttempt("c", START + 9 * HOUR, { cause: "never", definite: true });
    expect(unknownUntil(aDispatch({ attempts: [definite] }))).toBeUndefined();
    const long = anAttempt("a", START, { until: START + HOUR });
    const attempts = [long, anAttempt("b", START + 1), definite];
    expect(unknownUntil(aDispatch({ attempts }))).toBe(START + HOUR);
    expect(unknownUntil(aDispatch({ attempts: attempts.slice(1) }))).toBe(START + 1 + POST_TIME);
  });
});

describe("the tags of a dispatch", () => {
  it("say when it is due while it waits, and never who it is for", () => {
    const record = aDispatch({ nextAttemptAt: START + HOUR });
    expect(dispatchTags(record)).toEqual({
      state: "waiting",
      resource: "test-letters",
      request: sha256("case-1"),
      reference: sha256("2030/1"),
      due: "2030-03-01T11:00:00.000Z",
      created: "2030-03-01T10:00:00.000Z",
      cause: "due",
    });
    for (const end of ENDS) {
      const tags = dispatchTags({ ...record, state: end });
      expect(tags.state).toBe(end);
      expect(tags).not.toHaveProperty("due");
    }
  });

  it("say why it waits, by its last attempt, unless it is known to exist or is to end", () => {
    const after = (cause?: string) =>
      dispatchCause(aDispatch({ attempts: [anAttempt("a", START, cause === undefined ? {} : { cause })] }));
    const causes = [undefined, "breakerOpen", "status", "timeout", "ourSetUp", "attachmentNotPublished", "exists"];
    expect(causes.map(after)).toEqual(["due", "due", "altinn", "altinn", "setUp", "scan", "lookUp"]);
    expect(dispatchCause(aDispatch({ existsSince: START, attempts: [anAttempt("a", START)] }))).toBe("lookUp");
    const closing = { end: "gaveUp", reason: "altinnKeepsFailing", since: START } as const;
    expect(dispatchCause(aDispatch({ closing, existsSince: START }))).toBe("closing");
  });

  it("say that a letter is still to be purged, and that it was", () => {
    const cancel = { since: START, failures: 0 };
    const open = aDispatch({ state: "sent", cancel });
    expect(dispatchTags(open)).toMatchObject({ state: "waiting", due: "2030-03-01T10:00:00.000Z" });
    const ended = (end: "cancelled" | "tooLate") =>
      dispatchTags({ ...open, cancel: { ...cancel, outcome: { end, at: START } } });
    expect(ended("cancelled")).toMatchObject({ state: "sentCancelled" });
    expect(ended("tooLate")).toMatchObject({ state: "sent" });
    expect(ended("cancelled")).not.toHaveProperty("due");
  });
});
