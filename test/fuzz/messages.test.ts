// Nasty messages on the requests queue and its poison queue: each becomes a dead letter with a reason, or a letter, at its
// first delivery, and holds up nobody.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR } from "../../shared/clock.ts";
import { type Decoded, decodeMessage } from "../../shared/requests/decode.ts";
import { requestDigest } from "../../shared/requests/digest.ts";
import { poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { sha256 } from "../../shared/storage/tags.ts";
import { handleMessage } from "../harness/handleMessage.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";
import { corpus, isWhole } from "./corpus.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

interface Message {
  readonly name: string;
  readonly text: string;
}

const messagesOf = (folder: string): Message[] =>
  corpus(`messages/${folder}`).map(({ name, bytes }) => ({ name, text: bytes.toString("utf8") }));
const unreadable = messagesOf("unreadable");
const wrong = messagesOf("wrong");
const sent = messagesOf("sent");

/** What XML carries as it is; the rest no queue takes. */
const isCarried = (text: string) => /^[\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text);

interface Messages {
  readonly unreadable: readonly Message[];
  readonly wrong: readonly Message[];
  readonly sent: readonly Message[];
}

const whole: Messages = { unreadable, wrong, sent };
/** The poison queue's handler reads and refuses by the same functions: a part of them is enough for every run. */
const part: Messages = isWhole
  ? whole
  : { unreadable: everyFourth(unreadable), wrong: everyFourth(wrong), sent: everyFourth(sent) };

function everyFourth<T>(items: readonly T[]): T[] {
  return items.filter((_item, index) => index % 4 === 0);
}

/** Drops everything that a queue carries, a good letter last, and handles it all; the rest is handed over as it is. */
async function handleAll(
  world: World,
  queue: string,
  all: readonly Message[],
): Promise<{ deliveries: Map<string, number>; failures: string[] }> {
  const deliveries = new Map<string, number>();
  const failures: string[] = [];
  const handle = async (name: string, work: () => Promise<void>) => {
    deliveries.set(name, (deliveries.get(name) ?? 0) + 1);
    await work().catch((error: unknown) => {
      failures.push(`${name}: ${error}`);
      throw error;
    });
  };
  for (const { name, text } of all) {
    if (isCarried(text)) await world.drop(text, queue);
    else {
      const message = { id: crypto.randomUUID(), queue, text, dequeueCount: 1 };
      await handle(name, () => handleMessage(world.app, message)).catch(() => undefined);
    }
  }
  await world.drop(aLetter({ id: "good" }), queue);
  const names = new Map(all.map(({ name, text }) => [text, name]));
  await world.host.run(async (message) => {
    const name = message.queue === queue ? (names.get(message.text) ?? "the good one") : message.text;
    await handle(name, () => world.handle(message));
  });
  return { deliveries, failures };
}

interface Outcomes {
  readonly world: World;
  readonly deliveries: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
  readonly dead: ReadonlyMap<string, unknown>;
}

async function outcomesOn(queue: string, all: readonly Message[]): Promise<Outcomes> {
  const world = await World.start(storage);
  const { deliveries, failures } = await handleAll(world, queue, all);
  await world.settle(HOUR);
  const dead = new Map((await world.deadLetters()).map(({ name, value }) => [name, value]));
  return { world, deliveries, failures, dead };
}

/** What the app reads of a message, after the Functions library, which parses what it can. */
function read({ text }: Message): Decoded {
  try {
    return decodeMessage(JSON.parse(text));
  } catch {
    return decodeMessage(text);
  }
}

/** The name of the dead letter that a message without a letter leaves. */
function deadLetterOf(message: Message): string {
  const decoded = read(message);
  return `${decoded.ok ? requestDigest(decoded.value) : sha256(decoded.raw)}.json`;
}

const aProblem = { path: expect.any(String), rule: expect.any(String), message: expect.any(String) };

describe.each([
  { queue: QUEUES.requests, messages: whole },
  { queue: poisonQueueOf(QUEUES.requests), messages: part },
])("on $queue", ({ queue, messages: { unreadable, wrong, sent } }) => {
  const all = [...unreadable, ...wrong, ...sent];
  let outcomes: Outcomes;
  beforeAll(async () => {
    outcomes = await outcomesOn(queue, all);
  });
  afterAll(() => outcomes.world[Symbol.asyncDispose]());

  test("nothing is thrown at the host", () => {
    expect(outcomes.failures).toEqual([]);
  });

  test("each is handled once, and the good one behind them is not held up", () => {
    const expected = Object.fromEntries([...all.map(({ name }) => name), "the good one"].map((name) => [name, 1]));
    expect(Object.fromEntries(outcomes.deliveries)).toMatchObject(expected);
    expect(outcomes.world.letters().map(({ recipient }) => recipient)).toHaveLength(sent.length + 1);
  });

  test.each(unreadable)("$name is kept as it came, with the reason", (message) => {
    expect(outcomes.dead.get(deadLetterOf(message))).toMatchObject({
      end: "rejected",
      reason: "invalidRequest",
      raw: expect.any(String),
      problems: [aProblem],
    });
  });

  test.each(wrong)("$name is kept with everything that is wrong", (message) => {
    const letter = outcomes.dead.get(deadLetterOf(message));
    expect(letter).toMatchObject({ end: "rejected", reason: expect.any(String), request: expect.anything() });
    expect(letter).toHaveProperty("problems.0", aProblem);
  });

  test("every one is told, and nothing else", async () => {
    const told = await outcomes.world.ends();
    const rejected = told.filter((end) => end.startsWith("rejected "));
    const deadLetters = new Set([...unreadable, ...wrong].map(deadLetterOf));
    const others = [...outcomes.dead].filter(([name]) => !deadLetters.has(name)).map(([, letter]) => letter);
    expect(others).toEqual([]);
    expect(rejected).toHaveLength(unreadable.length + wrong.length);
    expect(told.filter((end) => end === "sent")).toHaveLength(sent.length + 1);
    expect(told).toHaveLength(rejected.length + sent.length + 1);
  });

  test("nothing waits on a queue", async () => {
    expect(await outcomes.world.host.waiting()).toEqual([]);
  });
});
