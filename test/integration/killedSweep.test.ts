// The timer's run dies at a step, or runs twice at once, or finds more than pages hold: in the end all is as if it had lived, and
// been alone.
import { availableParallelism } from "node:os";
import { ContainerClient } from "@azure/storage-blob";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { eachAtOnce } from "../../shared/eachAtOnce.ts";
import { sweep } from "../../shared/upkeep/sweep.ts";
import { commitNumber } from "../harness/commitNumber.ts";
import { TIMER } from "../harness/handleMessage.ts";
import type { Fault } from "../harness/proxy.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import type { World } from "../harness/world.ts";
import { liveOn } from "./letters.ts";
import { leftIn, worldWithChores } from "./sweepChores.ts";

/** `npm run test:faults` kills before and after every call; else after some of the calls that change something. */
const isWhole = process.env.EVERY_FAULT === "1";

/** So many of those, others with each commit. */
const KILLS = 2;

const seed = commitNumber();

interface Kill {
  readonly step: string;
  readonly nth: number;
  readonly phase: Fault["phase"];
}

/** What is left of the same days if nothing dies, and the calls of the run of the timer. */
let undisturbed: { readonly calls: readonly string[]; readonly left: readonly string[] };
let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
  await using world = await worldWithChores(storage);
  world.forgetCalls();
  await runTimer(world);
  const calls = [...world.calls];
  undisturbed = { calls, left: await leftLater(world) };
});

function runTimer(world: World): Promise<void> {
  return world.runAnew({ id: crypto.randomUUID(), queue: TIMER, text: "", dequeueCount: 1 });
}

/** What is left a few days later. */
async function leftLater(world: World): Promise<string[]> {
  await world.sweep();
  await world.settle(HOUR);
  await world.sweep();
  await liveOn(world, 2);
  return leftIn(world);
}

/** What differs from what is left if nothing dies. */
async function wrongAfter({ step, nth, phase }: Kill): Promise<string[]> {
  await using world = await worldWithChores(storage);
  const exactly = new RegExp(`^${step.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$`);
  world.fault({ step: exactly, nth, phase, action: "kill" });
  const hasLived = await runTimer(world).then(
    () => true,
    () => false,
  );
  world.clearFaults();
  const left = await leftLater(world);
  return [
    ...(hasLived ? ["it lived"] : []),
    ...undisturbed.left.filter((line) => !left.includes(line)).map((line) => `- ${line}`),
    ...left.filter((line) => !undisturbed.left.includes(line)).map((line) => `+ ${line}`),
    ...(left.length === undisturbed.left.length ? [] : [`${left.length} lines, not ${undisturbed.left.length}`]),
  ];
}

/** Whoever dies before a call, or after one that only reads, leaves the same as who dies after the last call that changed something. */
const CHANGES = /^(?:blob (?:PUT|DELETE)|queue POST) /;

function killsToTry(): Kill[] {
  const counts = new Map<string, number>();
  const steps = undisturbed.calls.map((step) => {
    const nth = (counts.get(step) ?? 0) + 1;
    counts.set(step, nth);
    return { step, nth };
  });
  const phases = ["before", "after"] as const;
  if (isWhole) return steps.flatMap((step) => phases.map((phase) => ({ ...step, phase })));
  const changes = steps.filter(({ step }) => CHANGES.test(step));
  const apart = Math.ceil(changes.length / KILLS);
  return changes.filter((_step, index) => index % apart === seed % apart).map((step) => ({ ...step, phase: "after" }));
}

test("it dies at a step: the next goes on, and nothing is lost or done twice", { timeout: 3_600_000 }, async () => {
  const failures: string[] = [];
  await eachAtOnce(2 * availableParallelism(), killsToTry(), async (kill) => {
    const wrong = await wrongAfter(kill).catch((error: unknown) => [`threw ${error}`]);
    if (wrong.length > 0) failures.push(`${kill.phase} ${kill.step} #${kill.nth}:\n${wrong.join("\n")}`);
  });
  expect(failures, `seed ${seed}`).toEqual([]);
});

test("each chore of the timer has something to do", () => {
  const changes = new Set(undisturbed.calls.filter((call) => CHANGES.test(call)));
  expect([...changes].sort()).toEqual([
    // An accepted request that is done, and the blob of a claim check.
    "blob DELETE correspondence-accepted/*.json",
    "blob DELETE correspondence-requests/claimed.json",
    // A cancel whose request never came.
    "blob DELETE correspondence-state/requests",
    // A letter that is followed no longer, and one that is renewed.
    "blob PUT correspondence-state/correspondences",
    // One that was forgotten, and one of which nothing came.
    "blob PUT correspondence-state/dispatches",
    // A day of which nothing can change any more.
    "blob PUT correspondence-state/figures",
    // Uploads that are settled, a preparation that was forgotten.
    "blob PUT correspondence-state/requests",
    "blob PUT correspondence-state/sweep.json",
    "queue POST correspondence-status",
    "queue POST dispatches",
    "queue POST status-checks",
  ]);
});

test("two instances make it at once: as if there had been one", async () => {
  await using world = await worldWithChores(storage);
  const { app: first } = world;
  await world.restart();
  const { app: second } = world;
  await Promise.all([first, second].map(({ sending, settings }) => sweep(sending, settings.followDays)));
  expect(await leftLater(world)).toEqual(undisturbed.left);
});

/** Has storage give out one blob a page, whatever it is asked to find by tags or to list. Counts the pages. */
function pagesOfOne(): { count: number } {
  const pages = { count: 0 };
  const { findBlobsByTags, listBlobsFlat } = ContainerClient.prototype;
  const inPagesOfOne = <T extends object, P>(
    found: T & { byPage(settings?: object): AsyncIterable<P> },
    itemsOf: (page: P) => readonly object[],
  ): T => {
    const byPage = found.byPage.bind(found);
    async function* counted(settings?: object) {
      for await (const page of byPage({ ...settings, maxPageSize: 1 })) {
        pages.count++;
        yield page;
      }
    }
    async function* each() {
      for await (const page of counted()) yield* itemsOf(page);
    }
    const items = each();
    Object.assign(found, { byPage: counted, next: () => items.next() });
    return found;
  };
  const finding = vi.spyOn(ContainerClient.prototype, "findBlobsByTags").mockImplementation(function (
    this: ContainerClient,
    ...query
  ) {
    return inPagesOfOne(findBlobsByTags.apply(this, query), ({ blobs }) => blobs);
  });
  const listing = vi.spyOn(ContainerClient.prototype, "listBlobsFlat").mockImplementation(function (
    this: ContainerClient,
    ...query
  ) {
    return inPagesOfOne(listBlobsFlat.apply(this, query), ({ segment }) => segment.blobItems);
  });
  onTestFinished(() => {
    finding.mockRestore();
    listing.mockRestore();
  });
  return pages;
}

test("there is more to find than a page holds, in each query: as if all had been on one", async () => {
  await using world = await worldWithChores(storage);
  const pages = pagesOfOne();
  const { sending, settings } = world.app;
  await sweep(sending, settings.followDays);
  expect(pages.count).toBeGreaterThan(undisturbed.calls.filter((call) => / \((blobs|list)\)$/.test(call)).length);
  expect(await leftLater(world)).toEqual(undisturbed.left);
});
