// Lists by status: every id is found although Altinn cuts its answers, and without many calls.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CorrespondenceApi } from "../../shared/altinn/correspondenceApi.ts";
import type { CallFailure } from "../../shared/altinn/httpCall.ts";
import type { CorrespondenceStatus } from "../../shared/altinn/statuses.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { createStatusLists } from "../../shared/tracking/statusLists.ts";
import { MAX_LISTED } from "../../shared/tracking/statusSearch.ts";

const START = Date.UTC(2030, 2, 1);
const WINDOW = { from: START, to: START + DAY };

interface Listed {
  readonly id: string;
  readonly publishTime: number;
  readonly statuses: readonly CorrespondenceStatus[];
}

describe("a list by status", () => {
  it("asks once when it is whole, and once per status, whoever asks how often", async () => {
    const altinn = altinnWith(lettersAt([START, START + HOUR]), 2);
    const lists = createStatusLists(altinn.api, "test-letters", WINDOW);
    const [first, again] = await Promise.all([lists.idsWith("Read"), lists.idsWith("Read")]);
    expect(idsOf(first)).toEqual(["letter-0", "letter-1"]);
    expect(again).toBe(first);
    expect(await lists.idsWith("Read")).toBe(first);
    expect(altinn.calls()).toBe(1);
    expect(idsOf(await lists.idsWith("Confirmed"))).toEqual([]);
    expect(altinn.calls()).toBe(2);
  });

  it("reaches an hour beyond its window at both ends, for Altinn's clock and for what its strict comparison leaves out", async () => {
    const near = [WINDOW.from - 59 * MINUTE, WINDOW.from, WINDOW.to, WINDOW.to + 59 * MINUTE];
    const altinn = altinnWith(lettersAt([...near, WINDOW.from - 61 * MINUTE, WINDOW.to + 61 * MINUTE]), 1);
    const lists = createStatusLists(altinn.api, "test-letters", WINDOW);
    expect(idsOf(await lists.idsWith("Read"))).toEqual(near.map((_, index) => `letter-${index}`));
  });

  it("finds every id of 5,000 in a day with few calls", async () => {
    const letters = lettersAt(Array.from({ length: 5000 }, (_, index) => START + index * 17 * SECOND));
    const altinn = altinnWith(letters, 30);
    const lists = createStatusLists(altinn.api, "test-letters", WINDOW);
    expect(idsOf(await lists.idsWith("Read"))).toEqual(letters.map(({ id }) => id).sort());
    expect(altinn.calls()).toBeLessThanOrEqual(20);
  });

  it("finds every id of a bulk within a minute with few calls", async () => {
    const letters = lettersAt(Array.from({ length: 3000 }, (_, index) => START + 9 * HOUR + index * 20));
    const altinn = altinnWith(letters, 100);
    const lists = createStatusLists(altinn.api, "test-letters", WINDOW);
    expect(idsOf(await lists.idsWith("Read"))).toEqual(letters.map(({ id }) => id).sort());
    expect(altinn.calls()).toBeLessThanOrEqual(60);
  });

  it("finds every id wherever the letters crowd, as long as no two seconds hold a full list", async () => {
    const crowds = fc.uniqueArray(
      fc.record({ at: fc.nat({ max: 24 * 360 - 1 }), size: fc.integer({ min: 1, max: 450 }) }),
      {
        selector: ({ at }) => at,
        maxLength: 10,
      },
    );
    await fc.assert(
      fc.asyncProperty(crowds, async (places) => {
        const times = places.flatMap(({ at, size }) =>
          Array.from({ length: size }, (_, index) => START + at * 10 * SECOND + (index % 1000)),
        );
        const altinn = altinnWith(lettersAt(times), 400);
        const lists = createStatusLists(altinn.api, "test-letters", WINDOW);
        expect(idsOf(await lists.idsWith("Read")).length).toBe(times.length);
      }),
      { numRuns: 40 },
    );
  });

  it.each([1000, 1001, 3000])("comes to an end when %i letters have the same publish time", async (count) => {
    // One request to thousands of recipients gives all its letters one requested publish time.
    const letters = lettersAt([
      START + HOUR,
      ...Array.from({ length: count }, () => START + 8 * HOUR),
      START + 20 * HOUR,
    ]);
    const altinn = altinnWith(letters, 200);
    const lists = createStatusLists(altinn.api, "test-letters", WINDOW);
    const ids = idsOf(await lists.idsWith("Read"));
    expect(ids.length).toBeGreaterThanOrEqual(MAX_LISTED);
    // The crowd hides nothing outside it.
    expect(ids).toContain("letter-0");
    expect(ids).toContain(`letter-${count + 1}`);
  });

  it("says that a call failed, also one of a half, rather than give a part for the whole", async () => {
    const letters = lettersAt(Array.from({ length: 2500 }, (_, index) => START + index * 30 * SECOND));
    const altinn = altinnWith(letters, 100, 2);
    const lists = createStatusLists(altinn.api, "test-letters", WINDOW);
    expect(await lists.idsWith("Read")).toEqual(failure);
  });
});

const failure: CallFailure = { kind: "failed", call: "GET /correspondence", cause: "timeout" };

function lettersAt(publishTimes: readonly number[]): Listed[] {
  return publishTimes.map((publishTime, index) => ({ id: `letter-${index}`, publishTime, statuses: ["Read"] }));
}

function idsOf(listed: { kind: string; ids?: ReadonlySet<string> }): string[] {
  if (!listed.ids) throw new Error(`It came back ${listed.kind}`);
  return [...listed.ids].sort();
}

/** Altinn's list: strict comparison, newest first, cut at 1,000. More calls than `most` are a test that failed. */
function altinnWith(letters: readonly Listed[], most: number, failsAfter = Number.POSITIVE_INFINITY) {
  let calls = 0;
  const api: Pick<CorrespondenceApi, "listByStatus"> = {
    listByStatus: async ({ status, from, to }) => {
      calls++;
      if (calls > most) throw new Error(`More than ${most} calls`);
      if (calls > failsAfter) return failure;
      const ids = letters
        .filter(({ statuses }) => statuses.includes(status))
        .filter(({ publishTime }) => publishTime > from.getTime() && publishTime < to.getTime())
        .sort((a, b) => b.publishTime - a.publishTime)
        .slice(0, MAX_LISTED)
        .map(({ id }) => id);
      return { kind: "listed", ids };
    },
  };
  return { api, calls: () => calls };
}
