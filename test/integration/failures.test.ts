// One fault at every step of every kind of letter: whatever dies or is lost when, each recipient gets one letter or the
// producer is told of none, and nothing is left behind.
import { availableParallelism } from "node:os";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE, timestamp } from "../../shared/clock.ts";
import { askForReplay, findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { eachAtOnce } from "../../shared/eachAtOnce.ts";
import { CONTAINERS, poisonQueueOf, QUEUES, queueOfSender } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { commitNumber } from "../harness/commitNumber.ts";
import { TIMER, WEBHOOK } from "../harness/handleMessage.ts";
import type { Fault } from "../harness/proxy.ts";
import type { HostedMessage } from "../harness/queueHost.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World, type WorldOptions } from "../harness/world.ts";
import { filesOf, heard, inboxOf, published, receivingWorld, statusesOf, toldOf } from "../receiving/receivingWorld.ts";
import { withoutHashes } from "../security/marked.ts";
import { aLetter, INITIALIZE, POST_LETTER } from "./letters.ts";

/** `npm run test:faults` tries every step of every combination, which takes a good part of an hour; else a few. */
const isWhole = process.env.EVERY_FAULT === "1";

/** How many faults are tried at once: each is in a world of its own, and much of its time is spent waiting. */
const AT_ONCE = 2 * availableParallelism();

/** Which one follows from the commit, so that each commit tries others, and the same ones wherever it is tested. */
const seed = commitNumber();

let storage: Storage;

interface Scenario {
  readonly name: string;
  /** Settings beside the usual. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What has happened before the fault can strike. */
  prepare(world: World): Promise<void>;
  /** What is invoked beside the queues: the timer, or the webhook with an event. Each again if it fails or dies. */
  readonly invocations?: (world: World) => readonly Pick<HostedMessage, "queue" | "text">[];
  /** How many letters there are to be, one for each recipient. */
  readonly letters: number;
  /** How many dead letters, if not one where there is no letter, and else none. */
  readonly deadLetters?: number;
  /** What is told in the end, repetitions left out. */
  readonly told: readonly string[];
  /** What is told of letters to the organisation; without it none are received. */
  readonly toldReaders?: readonly string[];
}

/** A sender with queues of its own. */
const OSLO = "313721779";
const OSLOS = `org${OSLO}-letters`;
const OSLOS_QUEUE = queueOfSender(QUEUES.requests, "oslo");
const SENDERS = JSON.stringify([{ name: "oslo", resources: [OSLOS], consumerOrg: OSLO, ownQueue: true }]);

const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";

/** Nothing goes out. */
const NONE_SENT = { letters: 0, deadLetters: 0, told: [] } as const;

/** Somebody else's letter. */
const INCOMING = { title: "Vedtak", isConfirmationNeeded: true, files: [{ fileName: "vedlegg.pdf", size: 100 }] };

/** A world for a scenario. */
const worldOf = ({ toldReaders, settings = {} }: Scenario, options: WorldOptions = {}): Promise<World> =>
  toldReaders === undefined ? World.start(storage, { ...options, settings }) : receivingWorld(storage, options);

async function askForReplays({ app }: World): Promise<void> {
  const { store, queues } = app.sending;
  for (const { name } of await findDeadLetters(store.deadLetters)) {
    const stored = await store.deadLetters.read(name);
    if (stored) await askForReplay(queues, name, stored.value);
  }
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "a direct letter",
    prepare: (world) => world.drop(aLetter({ id: "direct" })),
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "a letter with an attachment",
    async prepare(world) {
      await world.putAttachment("a.pdf", Buffer.from("vedlegg"));
      const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
      await world.drop(aLetter({ id: "files", attachments }));
    },
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "a letter that is put off once",
    async prepare(world) {
      world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 503, times: 1 });
      await world.drop(aLetter({ id: "later" }));
    },
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "a letter that Altinn refuses",
    prepare: (world) => world.drop(aLetter({ id: "refused", recipients: [RESERVED_PERSON] })),
    letters: 0,
    told: ["rejected recipientReserved"],
  },
  {
    name: "a request that breaks a rule",
    prepare: (world) => world.drop(aLetter({ id: "wrong", content: { messageTitle: "" } })),
    letters: 0,
    told: ["rejected invalidRequest"],
  },
  {
    name: "three recipients",
    prepare: (world) =>
      world.drop(aLetter({ id: "three", recipients: [organization(20), organization(21), organization(22)] })),
    letters: 3,
    told: ["published", "published", "published", "sent", "sent", "sent"],
  },
  {
    name: "an event before the record",
    async prepare(world) {
      await world.drop(aLetter({ id: "early" }));
      world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
      await world.run();
      world.clearFaults();
      const [letter] = world.letters();
      await world.event(anEvent(letter?.correspondenceId, "correspondencepublished", world.clock.now()));
    },
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "a poisoned request",
    async prepare(world) {
      await world.drop(aLetter({ id: "poisoned" }), poisonQueueOf(QUEUES.requests));
    },
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "the replay of a letter that was refused",
    async prepare(world) {
      world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
      await world.drop(aLetter({ id: "replayed" }));
      await world.run();
      const body = JSON.stringify({ status: 422, title: "Reserved", code: "CORR-01030", errorCode: 1030 });
      const refusal = { status: 422, contentType: "application/json", body, times: 1 };
      world.simulator.control.fault({ method: "POST", path: INITIALIZE, ...refusal });
      await world.settle(HOUR);
      await askForReplays(world);
    },
    letters: 1,
    told: ["published", "rejected recipientReserved", "sent"],
  },
  {
    name: "the replay of a request that was not allowed",
    async prepare(world) {
      await world.restart({ ALTINN_RESOURCES: "cases" });
      await world.drop(aLetter({ id: "allowed" }));
      await world.run();
      await world.restart();
      await askForReplays(world);
    },
    letters: 1,
    told: ["published", "rejected resourceNotAllowed", "sent"],
  },
  {
    name: "a cancelled letter",
    async prepare(world) {
      const requestedPublishTime = timestamp(world.clock.now() + 9 * DAY);
      await world.drop(aLetter({ id: "taken back", letter: { requestedPublishTime } }));
      await world.run();
      await world.drop({ cancel: { requestId: "taken back" } });
    },
    letters: 1,
    told: ["cancelled cancelled", "purgedByAltinn", "sent"],
  },
  {
    name: "three recipients that share two files",
    async prepare(world) {
      for (const blob of ["a.pdf", "b.pdf"]) await world.putAttachment(blob, Buffer.from(`vedlegg ${blob}`));
      const attachments = ["a.pdf", "b.pdf"].map((blob) => ({ fileName: blob, sendersReference: "a", blob }));
      const recipients = [organization(20), organization(21), organization(22)];
      await world.drop(aLetter({ id: "shared", recipients, attachments }));
    },
    letters: 3,
    told: ["published", "published", "published", "sent", "sent", "sent"],
  },
  {
    name: "two recipients, and a file that fails its scan",
    async prepare(world) {
      await world.putAttachment("eicar.pdf", Buffer.from("vedlegg"));
      const attachments = [{ fileName: "eicar.pdf", sendersReference: "a", blob: "eicar.pdf" }];
      await world.drop(aLetter({ id: "virus", recipients: [organization(20), organization(21)], attachments }));
    },
    letters: 0,
    told: ["rejected scanFailed"],
  },
  {
    name: "a claim check",
    async prepare(world) {
      const requests = world.storage.blobs.getContainerClient(CONTAINERS.requests);
      await requests.getBlockBlobClient("1.json").uploadData(Buffer.from(JSON.stringify(aLetter({ id: "large" }))));
      await world.drop({ requestBlob: "1.json" });
    },
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "a request whose id was used for another",
    async prepare(world) {
      await world.drop(aLetter({ id: "used" }));
      await world.run();
      await world.drop(aLetter({ id: "used", content: { messageTitle: "Et annet vedtak" } }));
    },
    letters: 1,
    deadLetters: 1,
    told: ["published", "rejected requestIdReused", "sent"],
  },
  {
    name: "a sweep, and what it finds",
    async prepare(world) {
      await world.drop(aLetter({ id: "followed", recipients: [organization(23)] }));
      await world.drop(aLetter({ id: "forgotten", recipients: [organization(20), organization(21)] }));
      await world.run();
      world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
      await world.drop(aLetter({ id: "waiting", recipients: [organization(24)] }));
      await world.run();
      world.clearFaults();
      for (const message of await world.host.waiting(QUEUES.dispatches)) await world.host.lose(message);
      world.clock.advance(DAY);
      await world.simulator.control.advance();
    },
    invocations: () => [{ queue: TIMER, text: "" }],
    letters: 4,
    told: ["published", "published", "published", "published", "sent", "sent", "sent", "sent"],
  },
  {
    name: "an event",
    async prepare(world) {
      await world.drop(aLetter({ id: "told" }));
      await world.run();
      world.clock.advance(MINUTE);
      await world.simulator.control.advance();
    },
    invocations: (world) =>
      world.simulator.control.events().map((event) => ({ queue: WEBHOOK, text: JSON.stringify(event) })),
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "a sender's letter on its own queue, put off since Maskinporten refuses the sender",
    settings: { SENDERS },
    async prepare(world) {
      world.simulator.control.fault({ method: "POST", path: "/maskinporten/token", status: 403, times: 1 });
      await world.drop(aLetter({ id: "oslo", letter: { resourceId: OSLOS } }), OSLOS_QUEUE);
    },
    letters: 1,
    told: ["published", "sent"],
  },
  {
    name: "a sender's request for two on its own queue, poisoned",
    settings: { SENDERS },
    async prepare(world) {
      const recipients = [organization(20), organization(21)];
      const request = aLetter({ id: "oslo", recipients, letter: { resourceId: OSLOS } });
      await world.drop(request, poisonQueueOf(OSLOS_QUEUE));
    },
    letters: 2,
    told: ["published", "published", "sent", "sent"],
  },
  {
    name: "a cancel before its request",
    async prepare(world) {
      await world.drop({ cancel: { requestId: "never" } });
      await world.run();
      await world.drop(aLetter({ id: "never", recipients: [organization(20), organization(21)] }));
    },
    letters: 0,
    deadLetters: 0,
    told: ["cancelPending", "cancelled cancelled", "cancelled cancelled"],
  },
  {
    name: "an event of a letter to the organisation",
    prepare: async (world) => void (await published(world, INCOMING)),
    invocations: (world) =>
      world.simulator.control.events().map((event) => ({ queue: WEBHOOK, text: JSON.stringify(event) })),
    ...NONE_SENT,
    toldReaders: ["received"],
  },
  {
    name: "a letter to the organisation that a sweep finds",
    prepare: async (world) => void (await published(world, INCOMING)),
    invocations: () => [{ queue: TIMER, text: "" }],
    ...NONE_SENT,
    toldReaders: ["received"],
  },
  {
    name: "a received letter that is to be confirmed",
    async prepare(world) {
      const correspondenceId = await heard(world, INCOMING);
      await world.run();
      await world.drop({ received: { correspondenceId, action: "confirm" } });
    },
    ...NONE_SENT,
    toldReaders: ["confirmed", "received"],
  },
  {
    name: "a received letter that was confirmed, and is to be purged",
    async prepare(world) {
      const correspondenceId = await heard(world, INCOMING);
      await world.run();
      await world.drop({ received: { correspondenceId, action: "confirm" } });
      await world.run();
      await world.drop({ received: { correspondenceId, action: "purge" } });
    },
    ...NONE_SENT,
    toldReaders: ["confirmed", "purged", "received"],
  },
];

interface Variant {
  readonly name: string;
  /** The fault kills the app. */
  readonly isKill?: boolean;
  faultAt(step: string): Omit<Fault, "step" | "nth">;
  /** The app does not wait long for an answer. */
  readonly isImpatient?: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: "killed before", isKill: true, faultAt: () => ({ phase: "before", action: "kill" }) },
  { name: "killed after", isKill: true, faultAt: () => ({ phase: "after", action: "kill" }) },
  { name: "answer lost", faultAt: () => ({ phase: "after", action: "cut" }) },
  {
    name: "fails",
    // The storage clients try three times.
    faultAt: (step) => ({
      phase: "before",
      action: { status: 500 },
      ...(/^(?:blob|queue) /.test(step) ? { times: 3 } : {}),
    }),
  },
  {
    name: "no answer in time",
    faultAt: () => ({ phase: "after", action: "silence" }),
    isImpatient: true,
  },
];

/** Longer than the app waits for anything, in milliseconds. */
const LONG = 10 * MINUTE;

/**
 * Has the time limits of the app run out at the moment that something says nothing. Whatever is under way then meets the
 * same, so these worlds are made one after the other.
 */
function impatience(): Disposable & { readonly onSilence: () => void } {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"], shouldAdvanceTime: true });
  return { onSilence: () => void vi.advanceTimersByTime(LONG), [Symbol.dispose]: () => void vi.useRealTimers() };
}

/**
 * Who handles messages and invocations until the fault has struck: one app for all, an app for each, or a process for
 * each. Only a process can truly be killed, and costs as much as all else in a case: so one step of each combination has
 * processes (without EVERY_FAULT=1, of one combination in three), and at the others an app is cut off from everything at once.
 */
type Runner = "here" | "anew" | "inChild";

/** Makes the scenario's invocations, each until it has worked; by the runner until `isMet`. */
async function invokeAll(world: World, scenario: Scenario, runner: Runner, isMet: () => boolean): Promise<void> {
  const handle = { here: world.handle, anew: world.runAnew, inChild: world.runInChild }[runner].bind(world);
  for (const invocation of scenario.invocations?.(world) ?? []) {
    const message = { ...invocation, id: crypto.randomUUID(), dequeueCount: 1 };
    for (let tries = 0, hasWorked = false; tries < 5 && !hasWorked; tries++) {
      const work = isMet() ? world.handle(message) : handle(message);
      hasWorked = await work.then(
        () => true,
        () => false,
      );
    }
  }
}

/** Handles what is due, from one due message to the next, until none waits; by the runner until `isMet`. */
async function handleAll(world: World, runner: Runner, isMet: () => boolean): Promise<void> {
  for (let round = 0; round < 20; round++) {
    // The host reads records as well, and may be the one to meet the fault.
    await world.run(isMet() ? {} : { [runner]: true }).catch(() => undefined);
    const next = await world.host.nextDue().catch(() => world.clock.now());
    if (next === undefined) return;
    if (next > world.clock.now()) world.clock.advance(next - world.clock.now());
    await world.simulator.control.advance();
    if (isMet()) return;
  }
}

interface Step {
  readonly step: string;
  readonly nth: number;
}

/** The calls of a run in which nothing fails: each name with how often it is made. */
async function findSteps(scenario: Scenario, runner: Runner): Promise<Step[]> {
  await using world = await worldOf(scenario);
  await scenario.prepare(world);
  world.forgetCalls();
  await invokeAll(world, scenario, runner, () => false);
  await handleAll(world, runner, () => false);
  const counts = new Map<string, number>();
  return world.calls.map((step) => {
    const nth = (counts.get(step) ?? 0) + 1;
    counts.set(step, nth);
    return { step, nth };
  });
}

const found = new Map<string, Promise<Step[]>>();

/** Apps that handle one message each make more calls than one that handles all, and other ones when they are new. */
function stepsOf(scenario: Scenario, variant: Variant): Promise<Step[]> {
  const runner = variant.isKill ? "anew" : "here";
  const key = `${scenario.name} ${runner}`;
  const steps = found.get(key) ?? findSteps(scenario, runner);
  found.set(key, steps);
  return steps;
}

/** What is wrong in the end, if one step meets a fault. */
async function wrongAfter(
  scenario: Scenario,
  variant: Variant,
  runner: Runner,
  { step, nth }: Step,
): Promise<string[]> {
  using impatient = variant.isImpatient ? impatience() : undefined;
  await using world = await worldOf(scenario, impatient ? { onSilence: impatient.onSilence } : {});
  await scenario.prepare(world);
  world.forgetCalls();
  const exactly = new RegExp(`^${step.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$`);
  world.fault({ step: exactly, nth, ...variant.faultAt(step) });
  const isMet = () => world.calls.filter((name) => name === step).length >= nth;
  await invokeAll(world, scenario, runner, isMet);
  await handleAll(world, runner, isMet);
  try {
    world.clearFaults();
  } catch {
    return ["the fault was not met"];
  }
  for (let sweeps = 0; sweeps < 2; sweeps++) {
    await world.settle(DAY);
    await world.sweep();
  }
  await world.settle(MINUTE);
  return wrongs(world, scenario);
}

async function wrongs(world: World, scenario: Scenario): Promise<string[]> {
  const wrong: string[] = [];
  const note = (isRight: boolean, what: string) => {
    if (!isRight) wrong.push(what);
  };
  const letters = world.letters();
  note(letters.length === scenario.letters, `${letters.length} letters instead of ${scenario.letters}`);
  const isAnothers = letters.some(({ resourceId, owner }) => resourceId === OSLOS && owner !== OSLO);
  note(!isAnothers, "a sender's letter was sent as somebody else");
  note(new Set(letters.map(({ recipient }) => recipient)).size === letters.length, "a recipient has two letters");
  const records = JSON.stringify(await world.records("correspondences"));
  const dead = await world.deadLetters();
  const deadLetters = scenario.deadLetters ?? (scenario.letters === 0 ? 1 : 0);
  note(dead.length === deadLetters, `${dead.length} dead letters`);
  const announcements = await world.announcements();
  for (const { correspondenceId } of letters) {
    note(records.includes(`"correspondenceId":"${correspondenceId}","resourceId"`), "a letter has no record");
    const isTold = announcements.some(
      ({ type, data }) => type.endsWith("dispatch.sent") && data.correspondenceId === correspondenceId,
    );
    note(isTold, "a letter was not announced");
  }
  const ids = new Set<string>();
  const told: string[] = [];
  for (const { id, type, data } of announcements) {
    if (ids.has(id)) continue;
    ids.add(id);
    told.push([type.split(".").at(-1), data.reason].filter((part) => part !== undefined).join(" "));
  }
  note(told.sort().join() === scenario.told.join(), `told ${told.join(", ")}`);
  if (scenario.toldReaders) await noteReceived(world, scenario.toldReaders, note);
  for (const message of await world.host.waiting()) note(false, `a message waits on ${message.queue}`);
  const isPersonal = /310\d{6}|02014900120|Vedtak|vedlegg/;
  note(!world.logs.some((line) => isPersonal.test(withoutHashes(line))), "the log says who or what");
  const dispatches = JSON.stringify(await world.records("dispatches"));
  note(!dispatches.includes('"state":"waiting"'), "a dispatch waits");
  return wrong;
}

/** The one letter to the organisation is stored whole, told, and not confirmed before. */
async function noteReceived(
  world: World,
  expected: readonly string[],
  note: (isRight: boolean, what: string) => void,
): Promise<void> {
  const told = await toldOf(world);
  const byId = new Map(told.map((announcement) => [announcement.id, announcement.type.split(".").at(-1)]));
  note([...byId.values()].toSorted().join() === expected.join(), `readers were told ${[...byId.values()].join(", ")}`);
  // When it was done is known by whoever did it alone: whoever repeats it tells when that was.
  const whatIsTold = told.map((one) => JSON.stringify(one, (key, value) => (key === "time" ? undefined : value)));
  note(new Set(whatIsTold).size === byId.size, "something was told in two ways");
  const id = told[0]?.subject ?? "";
  const names = filesOf(world, id).map((file) => `${id}/${file}.pdf`);
  const stored = await inboxOf(world);
  note(stored.join() === [...names, `${id}/correspondence.json`].toSorted().join(), `stored ${stored.join(", ")}`);
  const statuses = statusesOf(world, id);
  const confirmed = statuses.filter((status) => status === "Confirmed").length;
  note(confirmed === (expected.includes("confirmed") ? 1 : 0), `confirmed ${confirmed} times`);
}

/** Without EVERY_FAULT=1, one variant of each scenario; each of them has several in turn. */
function variantsOf(scenario: Scenario): Variant[] {
  const turn = seed + SCENARIOS.indexOf(scenario);
  return isWhole ? [...VARIANTS] : VARIANTS.filter((_variant, index) => index === turn % VARIANTS.length);
}

/** One step of each combination, others for each scenario and variant: all that is tried without EVERY_FAULT=1. */
function isChosen(index: number, combination: number, count: number): boolean {
  return index === (seed + combination * 5) % count;
}

beforeAll(async () => {
  storage = await startStorage();
});

describe.each(SCENARIOS)("$name", (scenario) => {
  test.each(variantsOf(scenario))("$name a step: told right in the end", { timeout: 1_800_000 }, async (variant) => {
    const steps = await stepsOf(scenario, variant);
    expect(steps.length).toBeGreaterThan(3);
    const failures: string[] = [];
    const combination = SCENARIOS.indexOf(scenario) * VARIANTS.length + VARIANTS.indexOf(variant);
    const cases = steps.map((step, index) => ({ step, isChosen: isChosen(index, combination, steps.length) }));
    const tried = cases.filter((each) => isWhole || each.isChosen);
    await eachAtOnce(variant.isImpatient ? 1 : AT_ONCE, tried, async ({ step, isChosen }) => {
      const isInProcesses = isChosen && (isWhole || (seed + SCENARIOS.indexOf(scenario)) % 3 === 0);
      const runner = variant.isKill ? (isInProcesses ? "inChild" : "anew") : "here";
      const wrong = await wrongAfter(scenario, variant, runner, step).catch((error: unknown) => [`threw ${error}`]);
      if (wrong.length > 0) failures.push(`${step.step} #${step.nth} (${runner}): ${wrong.join("; ")}`);
    });
    expect(failures, `seed ${seed}`).toEqual([]);
  });
});
