// An app that dies, or whose call fails, at any step of receiving a letter: it is stored once, told, and not confirmed before.
import { beforeAll, expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { commitNumber } from "../harness/commitNumber.ts";
import type { Fault } from "../harness/proxy.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import type { World } from "../harness/world.ts";
import { filesOf, heard, inboxOf, newsOf, receivingWorld, statusesOf, toldOf } from "./receivingWorld.ts";

let storage: Storage;
let steps: string[];

const SETTINGS = { READ_RECEIVED: "onStored", CONFIRM_RECEIVED: "onStored" };
const LETTER = {
  isConfirmationNeeded: true,
  files: [
    { fileName: "a.pdf", size: 1_000 },
    { fileName: "b.txt", size: 5_000_000 },
  ],
};

beforeAll(async () => {
  storage = await startStorage();
  await using world = await receivingWorld(storage, { settings: SETTINGS });
  await heard(world, LETTER);
  world.forgetCalls();
  await world.run();
  steps = world.calls;
});

/** Runs until nothing waits, with sweeps, as the app does by itself. */
async function bringToAnEnd(world: World, id: string): Promise<void> {
  await world.settle(HOUR);
  if ((await newsOf(world, id)).includes("confirmed")) return;
  await world.sweep();
}

async function expectReceived(world: World, id: string): Promise<void> {
  const told = await toldOf(world, id);
  expect(new Set(told.map(({ type }) => type.split(".").at(-1)))).toEqual(new Set(["received", "read", "confirmed"]));
  // Told again, it is the same announcement.
  expect(new Set(told.map((announcement) => announcement.id)).size).toBe(3);
  expect(new Set(told.filter(({ type }) => type.endsWith("received")).map((one) => JSON.stringify(one))).size).toBe(1);
  const [first, second] = filesOf(world, id);
  expect(await inboxOf(world)).toEqual(
    [`${id}/${first}.pdf`, `${id}/${second}.txt`, `${id}/correspondence.json`].toSorted(),
  );
  const statuses = statusesOf(world, id);
  expect(statuses.indexOf("Confirmed")).toBeGreaterThan(statuses.indexOf("AttachmentsDownloaded"));
  for (const status of ["Read", "Confirmed"]) expect(statuses.filter((one) => one === status)).toHaveLength(1);
}

const FAULTS: readonly Pick<Fault, "phase" | "action">[] = [
  { phase: "after", action: "kill" },
  { phase: "before", action: { status: 503 } },
  { phase: "before", action: "kill" },
  { phase: "after", action: "cut" },
];

/** `npm run test:faults` tries each fault at each step; else each step meets one, which follows from the commit. */
const rounds = process.env.EVERY_FAULT === "1" ? FAULTS.length : 1;
const seed = commitNumber();

test.each(Array.from({ length: rounds }, (_, round) => round))(
  "each call of receiving a letter fails, or is the last one of a process (round %i)",
  async (round) => {
    expect(steps.length).toBeGreaterThan(12);
    await using world = await receivingWorld(storage, { settings: SETTINGS });
    for (const [index, name] of steps.entries()) {
      const fault = FAULTS[(seed + index + round) % FAULTS.length] ?? FAULTS[0];
      if (fault === undefined) throw new Error("There are no faults");
      await world.restart();
      const nth = steps.slice(0, index + 1).filter((step) => step === name).length;
      const step = new RegExp(`^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`);
      const id = await heard(world, LETTER);
      world.fault({ step, nth, ...fault });
      await world.run(fault.action === "kill" ? { anew: true } : {});
      await bringToAnEnd(world, id);
      await expectReceived(world, id).catch((error: unknown) => {
        throw new Error(`at ${name} (${nth}): ${JSON.stringify(fault)}`, { cause: error });
      });
      await emptied(world, id);
    }
    world.clearFaults();
  },
);

/** Removes what is stored of a letter, so that the next one is alone. */
async function emptied(world: World, id: string): Promise<void> {
  const container = world.storage.blobs.getContainerClient("correspondence-inbox");
  for await (const { name } of container.listBlobsFlat({ prefix: id })) await container.deleteBlob(name);
}
