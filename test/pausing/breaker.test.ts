// The circuit breaker: opens when Altinn is down for everybody, lets one letter find out, and counts nothing else.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DAY, SECOND, systemClock } from "../../shared/clock.ts";
import { createBreaker, type GuardedLetter } from "../../shared/pausing/breaker.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";

const DOWN = "down";

/** A letter that has not been tried before. */
const another = (): GuardedLetter => ({ id: crypto.randomUUID(), failsAlone: false });

// The time of day, and the time that passes: both stand still here until they are moved.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function aBreaker() {
  const events: string[] = [];
  const telemetry = createTelemetry((level, line) => events.push(`${level} ${line}`));
  const breaker = createBreaker({ clock: systemClock, telemetry });
  let calls = 0;
  const call = (answer: string, letter: Partial<GuardedLetter> = {}) => {
    const counted = async () => {
      calls++;
      return answer;
    };
    return breaker.guard({ ...another(), ...letter }, counted, (result) => result === DOWN);
  };
  return { breaker, events, call, calls: () => calls };
}

async function openIt({ call }: ReturnType<typeof aBreaker>) {
  for (let failure = 0; failure < 5; failure++) await call(DOWN);
}

/** Moves the time to the end of the breaker's pause. */
function waitOut({ breaker }: ReturnType<typeof aBreaker>) {
  vi.advanceTimersByTime(breaker.pause() ?? 0);
  expect(breaker.pause()).toBeUndefined();
}

describe("the breaker", () => {
  test("opens after five failures in a row, and no call is made then", async () => {
    const one = aBreaker();
    await openIt(one);
    expect(one.breaker.state).toBe("open");
    expect(await one.call("sent")).toBeUndefined();
    expect(one.calls()).toBe(5);
    expect(one.breaker.pause()).toBe(15 * SECOND);
    expect(one.events).toEqual([expect.stringContaining("breakerOpen")]);
  });

  test("does not open on refusals, nor on failures with an answer in between", async () => {
    const one = aBreaker();
    for (let round = 0; round < 20; round++) await one.call(round % 5 === 4 ? "refused" : DOWN);
    for (let round = 0; round < 20; round++) await one.call("refused");
    expect(one.breaker.state).toBe("closed");
    expect(one.calls()).toBe(40);
  });

  test("does not open on a few letters that fail again and again, and counts anew once one is answered", async () => {
    const one = aBreaker();
    for (let round = 0; round < 20; round++) await one.call(DOWN, { id: `letter-${round % 4}` });
    expect(one.breaker.state).toBe("closed");
    await one.call("sent");
    for (let letter = 0; letter < 4; letter++) await one.call(DOWN);
    expect(one.breaker.state).toBe("closed");
    await one.call(DOWN);
    expect(one.breaker.state).toBe("open");
  });

  test("does not open on letters that fail while others go through, however many, nor stay open for them", async () => {
    const one = aBreaker();
    const alone = { failsAlone: true };
    for (let letter = 0; letter < 20; letter++) expect(await one.call(DOWN, alone)).toBe(DOWN);
    expect(one.breaker.state).toBe("closed");
    await openIt(one);
    expect(await one.call("sent", alone)).toBeUndefined();
    waitOut(one);
    expect(await one.call(DOWN, alone)).toBe(DOWN);
    expect(one.breaker.pause()).toBeUndefined();
    expect(await one.call("sent", alone)).toBe("sent");
    expect(one.breaker.state).toBe("closed");
    for (let letter = 0; letter < 4; letter++) await one.call(DOWN);
    expect(one.breaker.state).toBe("closed");
  });

  test("lets one letter through after its pause, and closes when that is answered, also by a refusal", async () => {
    const one = aBreaker();
    await openIt(one);
    waitOut(one);
    expect(await one.call("refused")).toBe("refused");
    expect(one.breaker.state).toBe("closed");
    expect(one.events.at(-1)).toContain("breakerClosed");
  });

  test("59: closes in its time although the machine's time is set back by a day", async () => {
    const one = aBreaker();
    await openIt(one);
    vi.setSystemTime(Date.now() - DAY);
    expect(one.breaker.pause()).toBe(15 * SECOND);
    waitOut(one);
    expect(await one.call("sent")).toBe("sent");
    expect(one.breaker.state).toBe("closed");
  });

  test("while one letter is let through, the others are put off", async () => {
    const one = aBreaker();
    await openIt(one);
    waitOut(one);
    let answer: (result: string) => void = () => undefined;
    const probe = one.breaker.guard(
      another(),
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
      () => false,
    );
    expect(one.breaker.state).toBe("halfOpen");
    expect(one.breaker.pause()).toBeGreaterThan(0);
    expect(await one.call("sent")).toBeUndefined();
    answer("sent");
    expect(await probe).toBe("sent");
    expect(await one.call("sent")).toBe("sent");
  });

  test("opens again, for longer, when the letter that was let through finds Altinn still down", async () => {
    const one = aBreaker();
    await openIt(one);
    waitOut(one);
    await one.call(DOWN);
    expect(one.breaker.state).toBe("open");
    expect(one.breaker.pause()).toBe(30 * SECOND);
    expect(one.calls()).toBe(6);
  });

  test("a call that throws goes on throwing, and is no failure of Altinn's", async () => {
    const one = aBreaker();
    const broken = () =>
      one.breaker.guard(
        another(),
        () => Promise.reject(new Error("storage")),
        () => false,
      );
    for (let round = 0; round < 10; round++) await expect(broken()).rejects.toThrow("storage");
    expect(one.breaker.state).toBe("closed");
  });
});
