// How letters become dead letters in tests, and what operators do with them then.
import { expect } from "vitest";
import { DAY, HOUR } from "../../shared/clock.ts";
import { askForReplay, checkReplay, findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import type { World } from "../harness/world.ts";
import { aLetter, INITIALIZE, LOOK_UP, POST_LETTER } from "./letters.ts";

/** Altinn's answer to one POST: the recipient has reserved against digital post. */
export function refuseOnce(world: World): void {
  world.simulator.control.fault({
    method: "POST",
    path: INITIALIZE,
    status: 422,
    contentType: "application/json",
    body: JSON.stringify({ status: 422, title: "Reserved", code: "CORR-01030", errorCode: 1030 }),
    times: 1,
  });
}

/** A letter that ends at its first attempt, and has no record of its own. */
export async function refuseAtOnce(world: World): Promise<void> {
  refuseOnce(world);
  await world.drop(aLetter({ id: "refused" }));
  await world.run();
}

/** A letter that ends at the second attempt, and so has a record of its own. */
export async function refuseLater(world: World, id: string): Promise<void> {
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
  await world.drop(aLetter({ id }));
  await world.run();
  refuseOnce(world);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["rejected recipientReserved"]);
}

/** A letter that ended as outcomeUnknown: its answers were lost, and look-ups failed for a day. */
export async function endUnknown(world: World): Promise<void> {
  world.fault({ step: POST_LETTER, phase: "after", action: "cut", times: 1000 });
  world.fault({ step: LOOK_UP, phase: "before", action: { status: 503 }, times: 1000 });
  await world.drop(aLetter({ id: "unknown" }));
  await world.run();
  for (let copies = 0; copies < 4; copies++) {
    const [message] = await world.host.waiting(QUEUES.dispatches);
    if (message) await world.host.poison(message);
    await world.run();
  }
  await world.settle(2 * DAY);
  expect(await world.ends()).toEqual(["outcomeUnknown altinnKeepsFailing"]);
  world.clearFaults();
}

/** Asks for the replay of the only dead letter. */
export async function ask(world: World): Promise<void> {
  const { store, queues } = world.app.sending;
  const [entry, ...others] = await findDeadLetters(store.deadLetters);
  expect(others).toEqual([]);
  const stored = await store.deadLetters.read(entry?.name ?? "");
  if (!entry || !stored) throw new Error("There is no dead letter");
  await askForReplay(queues, entry.name, stored.value);
}

/** Replays the only dead letter. */
export async function replay(world: World): Promise<void> {
  await ask(world);
  await world.settle(HOUR);
}

/** What is said before the only dead letter is replayed. */
export async function check(world: World): Promise<string> {
  const { store } = world.app.sending;
  const [entry] = await findDeadLetters(store.deadLetters);
  const stored = await store.deadLetters.read(entry?.name ?? "");
  if (!stored) throw new Error("There is no dead letter");
  const rules = { environment: "tt02", now: new Date(world.clock.now()) } as const;
  const found = await checkReplay(store, stored.value, rules);
  return found.kind === "allowed" ? (found.warning ?? "allowed") : `${found.kind}: ${found.why}`;
}

/** The ids of all announcements that something was rejected, each once. */
export async function idsOfRejections(world: World): Promise<string[]> {
  const rejected = (await world.announcements()).filter(({ type }) => type.endsWith(".rejected"));
  return [...new Set(rejected.map(({ id }) => id))];
}
