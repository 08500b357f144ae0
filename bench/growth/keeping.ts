// How the cost of looking at all that is kept grows: dead letters, figures, what waits, and a sweep.
import { organization } from "../../local/parties.ts";
import { DAY, SECOND, timestamp } from "../../shared/clock.ts";
import { askForReplay, findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { eachAtOnce } from "../../shared/eachAtOnce.ts";
import { findFigures } from "../../shared/figures/figures.ts";
import { findWaiting } from "../../shared/finding/waiting.ts";
import { createStateStore } from "../../shared/records/stateStore.ts";
import { indexSenders } from "../../shared/senders/owners.ts";
import { FOLDERS } from "../../shared/storage/names.ts";
import { memoryBlobs } from "../../test/harness/memoryBlobs.ts";
import { startStorage, stopStorage } from "../../test/harness/storage.ts";
import { TestClock } from "../../test/harness/testClock.ts";
import { RESOURCE, World } from "../../test/harness/world.ts";
import { FIRST, nameOf, tagsOf, WAITING } from "../figures.ts";
import { overMemory } from "../sweep.ts";
import type { Growth } from "./line.ts";

/** All of it, at each size. */
export async function growthOfKeeping(sizes: readonly number[], print: (line: Growth) => void): Promise<void> {
  for (const size of sizes) {
    for (const line of await growthOfCounting(size)) print(line);
    print(await growthOfSweep(size));
  }
  const storage = await startStorage();
  const world = await World.start(storage);
  try {
    for (const size of sizes) for (const line of await growthOfDeadLetters(world, size)) print(line);
  } finally {
    await world[Symbol.asyncDispose]();
    await stopStorage();
  }
}

/** Figures of an open day, and what waits, over storage in memory, page by page as Azure has them. */
async function growthOfCounting(size: number): Promise<Growth[]> {
  const state = memoryBlobs();
  const store = createStateStore({ state, accepted: memoryBlobs(), deadLetters: memoryBlobs() });
  const context = { clock: new TestClock(FIRST + DAY), store };
  for (let index = 0; index < size; index++) {
    await state.create(nameOf(index), {}, tagsOf(index, size));
    const [created = "", due = ""] = [FIRST + index * SECOND, FIRST + DAY].map(timestamp);
    await state.create(`${FOLDERS.dispatches}/${index}.json`, {}, { ...WAITING, created, due });
  }
  const measured = async (what: string, of: string, work: () => Promise<unknown>): Promise<Growth> => {
    const [calls, processor] = [state.calls, process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(processor);
    const processorMs = Math.round((user + system) / 1_000);
    return { what, of, size, storageOperations: state.calls - calls, altinnCalls: 0, processorMs };
  };
  const day = { from: FIRST, until: FIRST + DAY, by: "day" } as const;
  const contact = { read: async () => ({}) };
  return [
    await measured("figures of an open day", "letters", () => findFigures(context, day)),
    await measured("counting what waits", "waiting letters", () =>
      findWaiting({ ...context, contact, isBrakeSet: false, senders: indexSenders([]) }),
    ),
  ];
}

async function growthOfSweep(size: number): Promise<Growth> {
  const { calls, storageOperations } = await overMemory({ count: size, settledShare: 0, newsShare: 0.01 });
  return { what: "a sweep, news of one in a hundred", of: "open letters", size, storageOperations, altinnCalls: calls };
}

/** Listing them, and the replay of one that is sent then, over Azurite. There are `size` of them. */
async function growthOfDeadLetters(world: World, size: number): Promise<Growth[]> {
  const { store, queues } = world.app.sending;
  const costOf = async (what: string, work: () => Promise<unknown>): Promise<Growth> => {
    world.forgetCalls();
    await work();
    const storageOperations = world.calls.filter((name) => /^(blob|queue) /.test(name)).length;
    const altinnCalls = world.calls.filter((name) => name.startsWith("altinn ")).length;
    return { what, of: "dead letters", size, storageOperations, altinnCalls };
  };
  world.simulator.control.fault({ method: "POST", path: POST_LETTER, status: 422, ...RESERVED });
  const content = { language: "nb", messageTitle: "Vedtak", messageBody: "Tekst" };
  const correspondence = { resourceId: RESOURCE, sendersReference: "1", content };
  await world.drop({ id: `refused-${size}`, correspondence, recipients: [organization()] });
  await world.run();
  const known = await findDeadLetters(store.deadLetters);
  const name = known.find(({ reason }) => reason === "recipientReserved")?.name ?? "";
  const letter = (await store.deadLetters.read(name))?.value;
  if (letter === undefined) throw new Error("The dead letter is not there.");
  const others = { ...letter, reason: "contentRefused" } as const;
  const missing = Array.from({ length: size - known.length }, (_, index) => known.length + index);
  await eachAtOnce(16, missing, async (index) => {
    await store.deadLetters.create(`${index.toString(16).padStart(64, "0")}.json`, others);
  });
  return [
    await costOf("listing dead letters", () => findDeadLetters(store.deadLetters)),
    await costOf("replay of one dead letter", async () => {
      await askForReplay(queues, name, letter);
      await world.run();
    }),
  ];
}

const POST_LETTER = "/correspondence/api/v1/correspondence";
/** The recipient has reserved against digital post. */
const RESERVED = { contentType: "application/json", body: { status: 422, title: "Reserved", errorCode: 1030 } };
