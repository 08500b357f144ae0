// The breakers of a deployment with senders: what one sender's letters meet stops no other's; an Altinn that is down stops all.
import { expect, test } from "vitest";
import { SECOND, systemClock } from "../../shared/clock.ts";
import { createBreakers } from "../../shared/pausing/breakers.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";

function start(hasSenders = true) {
  const events: unknown[] = [];
  const telemetry = createTelemetry((_level, line) => events.push(JSON.parse(line)));
  const breakers = createBreakers({ clock: systemClock, telemetry, hasSenders });
  const send = (sender: string | undefined, answer: string) =>
    breakers.of(sender).guard(
      { id: crypto.randomUUID(), failsAlone: false },
      async () => answer,
      (result) => result === "down",
    );
  return { breakers, events, send };
}

test("one sender's failures open its own, and no other's", async () => {
  const { breakers, events, send } = start();
  for (let failure = 0; failure < 20; failure++) await send("oslo", "down");
  expect(breakers.of("oslo").state).toBe("open");
  expect(breakers.of("oslo").pause()).toBeGreaterThan(10 * SECOND);
  expect(breakers.pause()).toBeUndefined();
  expect(breakers.of("bergen").pause()).toBeUndefined();
  expect(breakers.of(undefined).pause()).toBeUndefined();
  expect(await send("bergen", "sent")).toBe("sent");
  expect(await send("oslo", "sent")).toBeUndefined();
  expect(events).toEqual([{ event: "breakerOpen", attempts: 1, sender: "oslo" }]);
});

test("five senders in a row that find Altinn down open that of all, after one letter each", async () => {
  const { breakers, events, send } = start();
  for (const sender of ["a", "b", "c", "d"]) await send(sender, "down");
  expect(breakers.state).toBe("closed");
  await send(undefined, "down");
  expect(breakers.state).toBe("open");
  expect(await send("f", "sent")).toBeUndefined();
  expect(breakers.of("f").pause()).toBeGreaterThan(10 * SECOND);
  expect(events).toEqual([{ event: "breakerOpen", attempts: 1 }]);
});

test("three broken senders among others do not, however often they fail", async () => {
  const { breakers, send } = start();
  for (let round = 0; round < 10; round++) for (const sender of ["a", "b", "c"]) await send(sender, "down");
  expect(breakers.state).toBe("closed");
  expect(await send("d", "sent")).toBe("sent");
});

test("without senders there is one for all", async () => {
  const { breakers, send } = start(false);
  expect(breakers.of(undefined)).toBe(breakers.of("anybody"));
  for (let failure = 0; failure < 5; failure++) await send(undefined, "down");
  expect(breakers.state).toBe("open");
});
