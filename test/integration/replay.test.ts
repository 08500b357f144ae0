// Dead letters that are replayed: whatever ended, is replayed twice, or dies on the way, in the end there is one letter, or
// one dead letter and one more announcement of it.
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { askForReplay, findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { tellEnd } from "../../shared/deadLetters/ends.ts";
import { sendDispatch } from "../../shared/intake/sendDispatch.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { anAttachment } from "../builders/request.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import {
  ask,
  check,
  endUnknown,
  idsOfRejections,
  refuseAtOnce,
  refuseLater,
  refuseOnce,
  replay,
} from "./deadLetterSteps.ts";
import { aLetter, INITIALIZE, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";

const WAYS_TO_END: [string, (world: World) => Promise<void>][] = [
  ["at the first attempt", refuseAtOnce],
  ["at a later attempt", (world) => refuseLater(world, "refused")],
  [
    "before any attempt",
    async (world) => {
      await world.restart({ ALTINN_RESOURCES: "cases" });
      await world.drop(aLetter({ id: "refused" }));
      await world.run();
      await world.restart();
    },
  ],
];

describe.each(WAYS_TO_END)("a letter that was refused %s", (_when, refuse) => {
  test("is replayed once Altinn takes it: sent, and no dead letter is left", async () => {
    await using world = await World.start(storage);
    await refuse(world);
    await replay(world);
    expect((await world.ends()).at(-1)).toBe("sent");
    expect(world.letters()).toHaveLength(1);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("is replayed twice, and by two operators at once: one letter", async () => {
    await using world = await World.start(storage);
    await refuse(world);
    await Promise.all([ask(world), ask(world), ask(world)]);
    const messages = await world.host.waiting(QUEUES.dispatches);
    await Promise.allSettled(messages.map(({ text }) => sendDispatch(world.app.sending, JSON.parse(text))));
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(1);
    const sent = (await world.announcements()).filter(({ type }) => type.endsWith(".sent"));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(await world.deadLetters()).toEqual([]);
  });
});

test("14: rejected, replayed, rejected again: two announcements with two ids, one dead letter of the later epoch", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "again");
  refuseOnce(world);
  await replay(world);
  expect(await world.ends()).toEqual(["rejected recipientReserved", "rejected recipientReserved"]);
  expect(await idsOfRejections(world)).toHaveLength(2);
  expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 1 } }]);
});

test("14: the replay dies before the dead letter is deleted, and Altinn refuses again: the later refusal is kept", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "again");
  refuseOnce(world);
  await ask(world);
  world.fault({ step: /^blob DELETE correspondence-dead-letters/, phase: "before", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  await world.settle(HOUR);
  expect(await idsOfRejections(world)).toHaveLength(2);
  expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 1 } }]);
  await replay(world);
  expect((await world.ends()).at(-1)).toBe("sent");
});

test.each([
  ["a request that breaks a rule", { content: { messageTitle: "" } }],
  ["a letter that ends at its first attempt", { recipients: [RESERVED_PERSON] }],
])("14: %s is replayed as it is: told again, with another id", async (_what, overrides) => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "same", ...overrides }));
  await world.run();
  await replay(world);
  await replay(world);
  expect(await idsOfRejections(world)).toHaveLength(3);
  expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 2 } }]);
  expect(world.letters()).toEqual([]);
});

test("nobody knew whether it was sent, and it was: a replay finds it, and sends no second one", async () => {
  await using world = await World.start(storage);
  await endUnknown(world);
  world.forgetCalls();
  await replay(world);
  expect(world.calls.filter((name) => POST_LETTER.test(name))).toEqual([]);
  expect(await world.ends()).toEqual(["outcomeUnknown altinnKeepsFailing", "sent"]);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
});

const SHARED_FILE = anAttachment();

/** Altinn refuses the file of the next request that is prepared. */
function refuseFile(world: World): void {
  world.simulator.control.fault({
    method: "POST",
    path: "/correspondence/api/v1/attachment",
    status: 400,
    contentType: "application/json",
    body: JSON.stringify({ status: 400, title: "Bad Request", code: "CORR-02010", errorCode: 2010 }),
    times: 1,
  });
}

describe("a request of which no letter came", () => {
  const recipients = [20, 21, 22].map((index) => organization(index));

  async function dropRefused(world: World): Promise<void> {
    await world.putAttachment(SHARED_FILE.blob, Buffer.from("vedlegg"));
    refuseFile(world);
    await world.drop(aLetter({ id: "many", recipients, attachments: [SHARED_FILE] }));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected attachmentRefused"]);
  }

  test("is prepared again from the beginning, with its files as they are now", async () => {
    await using world = await World.start(storage);
    await dropRefused(world);
    await world.putAttachment(SHARED_FILE.blob, Buffer.from("mended"));
    await replay(world);
    expect(await world.ends()).toEqual(["rejected attachmentRefused", "sent", "sent", "sent"]);
    expect(world.letters().map(({ files }) => files.map(({ size }) => size))).toEqual([[6], [6], [6]]);
    expect(await world.deadLetters()).toEqual([]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("is replayed by two operators at once: its file is uploaded once, and each gets one letter", async () => {
    await using world = await World.start(storage);
    await dropRefused(world);
    await Promise.all([ask(world), ask(world)]);
    const messages = await world.host.waiting(QUEUES.dispatches);
    await Promise.allSettled(messages.map(({ text }) => sendDispatch(world.app.sending, JSON.parse(text))));
    await world.settle(HOUR);
    expect(world.letters()).toHaveLength(3);
    expect(world.simulator.control.attachments()).toHaveLength(1);
    expect(await world.ends()).toEqual(["rejected attachmentRefused", "sent", "sent", "sent"]);
  });

  test("14: is refused again: told again, with another id", async () => {
    await using world = await World.start(storage);
    await dropRefused(world);
    refuseFile(world);
    await replay(world);
    expect(await world.ends()).toEqual(["rejected attachmentRefused", "rejected attachmentRefused"]);
    expect(await idsOfRejections(world)).toHaveLength(2);
    expect(await world.deadLetters()).toMatchObject([{ value: { epoch: 1 } }]);
  });
});

test("one of many letters that shared a file is replayed: its file goes along with it, the others are left alone", async () => {
  await using world = await World.start(storage);
  await world.putAttachment(SHARED_FILE.blob, Buffer.from("vedlegg"));
  refuseOnce(world);
  await world.drop(
    aLetter({ id: "many", recipients: [organization(20), organization(21)], attachments: [SHARED_FILE] }),
  );
  await world.settle(HOUR);
  await replay(world);
  expect((await world.ends()).toSorted()).toEqual(["rejected recipientReserved", "sent", "sent"]);
  expect(world.letters().map(({ files }) => files.length)).toEqual([1, 1]);
  expect(new Set(world.letters().map(({ recipient }) => recipient)).size).toBe(2);
  expect(world.simulator.control.callCount("POST", "/correspondence/upload")).toBe(1);
});

describe("files that are too large to go along with a letter", () => {
  const CONTENT = Buffer.from("vedlegg");

  /** Every file seems to have 3 GB, also when the app begins anew; as many bytes go as there are. */
  async function makeLarge(world: World): Promise<void> {
    await world.putAttachment(SHARED_FILE.blob, CONTENT);
    const { attachments } = world.app.sending;
    const altinn = world.app.sending.altinn(RESOURCE);
    const look = attachments.look.bind(attachments);
    Object.assign(attachments, {
      async look(path: string) {
        const found = await look(path);
        return found && { ...found, sizeBytes: 3 * 1024 ** 3 };
      },
    });
    const upload = altinn.uploadAttachment.bind(altinn);
    Object.assign(altinn, {
      uploadAttachment: (id: string, file: Parameters<typeof upload>[1]) =>
        upload(id, { ...file, sizeBytes: CONTENT.length }),
    });
  }

  const both = [organization(20), organization(21)];

  /** A request to two, both of which Altinn refuses; what was uploaded for them is purged. */
  async function refuseBoth(world: World): Promise<void> {
    await makeLarge(world);
    refuseOnce(world);
    await world.drop(aLetter({ id: "many", recipients: both, attachments: [SHARED_FILE] }));
    await world.run();
    refuseOnce(world);
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected recipientReserved", "rejected recipientReserved"]);
    await world.sweep();
    await world.settle(HOUR);
    expect(states(world)).toEqual(["Purged"]);
  }

  function states(world: World): (string | undefined)[] {
    return world.simulator.control.attachments().map(({ statuses }) => statuses.at(-1)?.status);
  }

  async function askFor(world: World, index: number): Promise<void> {
    const { store, queues } = world.app.sending;
    for (const { name } of await findDeadLetters(store.deadLetters)) {
      const stored = await store.deadLetters.read(name);
      if (stored?.value.recipient?.endsWith(organization(20 + index).slice(-9))) {
        await askForReplay(queues, name, stored.value);
      }
    }
  }

  test("one letter: refused again, it is told; then its file is uploaded anew", async () => {
    await using world = await World.start(storage);
    await makeLarge(world);
    refuseFile(world);
    await world.drop(aLetter({ id: "large", attachments: [SHARED_FILE] }));
    await world.settle(HOUR);
    expect(await world.ends()).toEqual(["rejected attachmentRefused"]);
    refuseFile(world);
    await replay(world);
    expect(await idsOfRejections(world)).toHaveLength(2);
    await replay(world);
    expect((await world.ends()).at(-1)).toBe("sent");
    expect(world.letters().map(({ files }) => files.length)).toEqual([1]);
    expect(world.simulator.control.callCount("POST", "/correspondence/upload")).toBe(0);
    expect(await world.deadLetters()).toEqual([]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("one letter that was small enough when it was refused", async () => {
    await using world = await World.start(storage);
    await world.putAttachment(SHARED_FILE.blob, CONTENT);
    await world.drop(aLetter({ id: "grown", recipients: [RESERVED_PERSON], attachments: [SHARED_FILE] }));
    await world.run();
    await makeLarge(world);
    await replay(world);
    expect(new Set(await world.ends())).toEqual(new Set(["rejected recipientReserved"]));
    expect(await idsOfRejections(world)).toHaveLength(2);
    await world.sweep();
    await world.settle(HOUR);
    expect(states(world)).toEqual(["Purged"]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("one of many, when its files are purged: it gets its own, and the other is left alone", async () => {
    await using world = await World.start(storage);
    await refuseBoth(world);
    await askFor(world, 0);
    await world.settle(HOUR);
    expect((await world.ends()).slice(2)).toEqual(["sent"]);
    expect(world.letters().map(({ files }) => files.length)).toEqual([1]);
    expect(await world.deadLetters()).toHaveLength(1);
    await world.sweep();
    await world.settle(HOUR);
    await world.sweep();
    expect(states(world)).toEqual(["Purged", "Published"]);
    await askFor(world, 1);
    await world.settle(HOUR);
    expect(world.letters().map(({ files }) => files.length)).toEqual([1, 1]);
    expect(states(world)).toEqual(["Purged", "Published", "Published"]);
    expect(await world.deadLetters()).toEqual([]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("all of many at once: each uploads its files once", async () => {
    await using world = await World.start(storage);
    await refuseBoth(world);
    await Promise.all([askFor(world, 0), askFor(world, 1)]);
    const messages = await world.host.waiting(QUEUES.dispatches);
    await Promise.allSettled(messages.map(({ text }) => sendDispatch(world.app.sending, JSON.parse(text))));
    await world.settle(HOUR);
    expect(world.letters().map(({ files }) => files.length)).toEqual([1, 1]);
    expect(states(world)).toEqual(["Purged", "Published", "Published"]);
    expect(await world.deadLetters()).toEqual([]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("the file cannot be uploaded anew: each letter ends by that, and can be replayed again", async () => {
    await using world = await World.start(storage);
    await refuseBoth(world);
    for (const index of [0, 1]) {
      refuseFile(world);
      await askFor(world, index);
      await world.settle(HOUR);
    }
    expect(new Set((await world.ends()).slice(2))).toEqual(new Set(["rejected attachmentRefused"]));
    expect(await idsOfRejections(world)).toHaveLength(4);
    await askFor(world, 1);
    await world.settle(HOUR);
    expect((await world.ends()).filter((end) => end === "sent")).toEqual(["sent"]);
    expect(await world.deadLetters()).toHaveLength(1);
    expect(await world.host.waiting()).toEqual([]);
  });

  test("cancelled while the file is uploaded anew: no letter goes, and it is purged", async () => {
    await using world = await World.start(storage, { simulator: { scanMs: 10 * MINUTE } });
    await refuseBoth(world);
    await askFor(world, 0);
    await world.settle(MINUTE);
    await world.drop({ cancel: { requestId: "many" } });
    await world.settle(DAY);
    await world.sweep();
    await world.settle(HOUR);
    expect(world.letters()).toEqual([]);
    expect((await world.ends()).slice(2)).toContain("cancelled cancelled");
    expect(states(world)).toEqual(["Purged", "Purged"]);
    expect(await world.host.waiting()).toEqual([]);
  });

  test.each([
    { when: "when the letter begins anew", step: /^blob PUT correspondence-state\/dispatches$/ },
    { when: "when room has been made for the file", step: /^altinn POST \/correspondence\/api\/v1\/attachment$/ },
  ])("the process dies $when: the letter goes", async ({ step }) => {
    await using world = await World.start(storage);
    await refuseBoth(world);
    await askFor(world, 0);
    world.fault({ step, phase: "after", action: "cut" });
    await world.settle(2 * DAY);
    world.clearFaults();
    expect(world.letters().map(({ files }) => files.length)).toEqual([1]);
    expect(await world.deadLetters()).toHaveLength(1);
    expect(await world.host.waiting()).toEqual([]);
  });
});

test("a reused id is not replayed, even if somebody asks: the first letter is untouched", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "mine" }));
  await world.run();
  await world.drop(aLetter({ id: "mine", content: { messageTitle: "Noe annet" } }));
  await world.run();
  await replay(world);
  expect(await world.ends()).toEqual(["sent", "rejected requestIdReused"]);
  expect(await world.deadLetters()).toHaveLength(1);
  expect(world.logs.join("\n")).toContain("deadLetterNotReplayed");
});

test("what its producer has cancelled is not replayed", async () => {
  await using world = await World.start(storage);
  refuseOnce(world);
  await world.drop(aLetter({ id: "taken back", recipients: [organization(20), organization(21)] }));
  await world.run();
  await world.drop({ cancel: { requestId: "taken back" } });
  await world.settle(HOUR);
  const before = await world.ends();
  expect(await check(world)).toBe("impossible: its producer has cancelled it.");
  await replay(world);
  expect(await world.ends()).toEqual(before);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toHaveLength(1);
});

test("a replay under the brake waits, and nothing is lost", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "braked");
  await world.restart({ EMERGENCY_BRAKE: "true" });
  await ask(world);
  await world.settle(20 * MINUTE);
  expect(world.letters()).toEqual([]);
  expect(await world.deadLetters()).toHaveLength(1);
  await world.restart();
  await world.settle(20 * MINUTE);
  expect((await world.ends()).at(-1)).toBe("sent");
});

test("the replay of a letter is poisoned: it goes on its way again", async () => {
  await using world = await World.start(storage);
  await refuseLater(world, "poisoned");
  await ask(world);
  const [message] = await world.host.waiting(QUEUES.dispatches);
  if (message) await world.host.poison(message, { keepOriginal: true });
  await world.settle(HOUR);
  expect((await world.ends()).filter((told) => told === "sent")).toHaveLength(1);
  expect(world.letters()).toHaveLength(1);
});

test("an invocation that was slow ends the letter after it has been replayed: the replay decides", async () => {
  await using world = await World.start(storage);
  world.simulator.control.fault({ method: "POST", path: INITIALIZE, status: 429, times: 1 });
  await world.drop(aLetter({ id: "slow" }));
  await world.run();
  world.clock.advance(MINUTE);
  const [message] = await world.host.waiting(QUEUES.dispatches);
  if (!message) throw new Error("The dispatch is not waiting");
  refuseOnce(world);
  const { sending } = world.app;
  let isReplayed = false;
  const slow = {
    ...sending,
    store: {
      ...sending.store,
      dispatches: {
        ...sending.store.dispatches,
        async replace(...write: Parameters<typeof sending.store.dispatches.replace>) {
          const [, value] = write;
          // Just before it writes that the letter is rejected, another has come to that, and an operator has replayed it.
          if (value.state === "rejected" && !isReplayed) {
            isReplayed = true;
            await sending.store.dispatches.replace(...write);
            await tellEnd(sending, value);
            await ask(world);
            const replaying = (await world.host.waiting(QUEUES.dispatches)).find(({ text }) => text.includes("epoch"));
            await sendDispatch(sending, JSON.parse(replaying?.text ?? ""));
            return undefined;
          }
          return sending.store.dispatches.replace(...write);
        },
      },
    },
  };
  await sendDispatch(slow, JSON.parse(message.text));
  expect(isReplayed).toBe(true);
  await world.settle(HOUR);
  expect(await world.ends()).toEqual(["rejected recipientReserved", "sent"]);
  expect(world.letters()).toHaveLength(1);
  expect(await world.deadLetters()).toEqual([]);
});
