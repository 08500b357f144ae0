// Erasing what is kept of letters: nothing says any more whom they were for or what they said, and nothing is sent again.
import { beforeAll, expect, test } from "vitest";
import { contextOf, eraseCommand } from "../../cli/altinn/erase.ts";
import { organization, organizationNumber } from "../../local/parties.ts";
import { HOUR, MINUTE } from "../../shared/clock.ts";
import { erase } from "../../shared/erasing/erase.ts";
import { type ErasureTarget, findErasure } from "../../shared/erasing/findErasure.ts";
import { requestProgress } from "../../shared/records/progress.ts";
import { ALL_CONTAINERS, ALL_QUEUES, CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { anAttachment } from "../builders/request.ts";
import { runHere } from "../harness/commandHere.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter, POST_LETTER } from "../integration/letters.ts";
import { heard, inboxOf, newsOf, receivingWorld } from "../receiving/receivingWorld.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const [TITLE, REFERENCE] = ["Tittelmerke", "Referansemerke"];
const marked = { content: { messageTitle: TITLE }, letter: { sendersReference: REFERENCE } };
/** What tells of the letters to these recipients. */
const marks = (...recipients: readonly number[]) => [
  TITLE,
  REFERENCE,
  ...recipients.map((index) => organizationNumber(index)),
];

/** Erases, if it may be; the kinds of what was found otherwise. */
async function erased(world: World, target: ErasureTarget) {
  const context = contextOf(world.storage);
  const found = await findErasure(context, target);
  return found.kind === "found" ? { ...(await erase(context, found.erasure)), found: found.erasure } : found.kind;
}

/** Whom announcements of a request name that wait. */
async function recipientsTold(world: World, requestId: string): Promise<unknown[]> {
  const about = (await world.announcements()).filter(({ data }) => data.requestId === requestId);
  return [...new Set(about.map(({ data }) => data.recipient))];
}

/** Which of the marks stand anywhere in storage: in a blob, its name or its tags, or in a message. */
async function left({ storage: { blobs, queues } }: World, ...among: readonly string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const name of ALL_CONTAINERS) {
    const container = blobs.getContainerClient(name);
    for await (const { name: blob, tags } of container.listBlobsFlat({ includeTags: true })) {
      texts.push(blob, JSON.stringify(tags ?? {}), (await container.getBlobClient(blob).downloadToBuffer()).toString());
    }
  }
  for (const name of ALL_QUEUES) {
    const { peekedMessageItems } = await queues.getQueueClient(name).peekMessages({ numberOfMessages: 32 });
    texts.push(
      ...peekedMessageItems.map(({ messageText }) => Buffer.from(messageText, "base64").toString() + messageText),
    );
  }
  return among.filter((mark) => texts.some((text) => text.includes(mark)));
}

test("a request to several, with a file: nothing of it is left but what counts, and it is not sent again", async () => {
  await using world = await World.start(storage, { simulator: { rule: "read after 2 h" } });
  await world.putAttachment("a/marked.pdf", Buffer.from("Innholdsmerke"));
  const request = aLetter({
    id: "case-1",
    recipients: [organization(2), organization(3)],
    attachments: [anAttachment({ blob: "a/marked.pdf" })],
    ...marked,
  });
  await world.drop(request);
  await world.run();
  await world.settle(30 * MINUTE);
  expect(await left(world, ...marks(2, 3), "Innholdsmerke")).toEqual([...marks(2, 3), "Innholdsmerke"]);
  const before = await requestProgress(world.app.sending, "case-1");
  expect(before).toMatchObject({ total: 2, sent: 2 });

  const done = await erased(world, { requestId: "case-1" });
  expect(done).toMatchObject({ content: 1, attachments: 1, deadLetters: 0, announcements: 2 });
  expect(await left(world, ...marks(2, 3), "Innholdsmerke")).toEqual([]);
  expect(await requestProgress(world.app.sending, "case-1")).toEqual(before);

  // What Altinn tells of it later is told on, without whom it was for.
  await world.settle(3 * HOUR);
  await world.sweep();
  await world.run();
  expect(await world.told()).toContain("read");
  expect(await recipientsTold(world, "case-1")).toEqual([undefined]);
  expect(await left(world, ...marks(2, 3))).toEqual([]);
  // Who drops it again hears that it was sent.
  await world.drop(request);
  await world.settle(HOUR);
  expect(await world.told()).toContain("duplicate");
  expect(world.letters()).toHaveLength(2);
});

test("a letter that is sent at once, by Altinn's id; others' announcements stay where they are", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "case-1", recipients: [organization(2)], ...marked }));
  await world.drop(aLetter({ id: "case-2", recipients: [organization(4)] }));
  await world.run();
  const [letter] = world.letters();
  const done = await erased(world, { correspondenceId: letter?.correspondenceId ?? "" });
  expect(done).toMatchObject({ content: 0, attachments: 0, records: 2, announcements: 1, found: { isPart: false } });
  expect(await left(world, ...marks(2))).toEqual([]);
  expect((await world.announcements()).map(({ data }) => data.requestId)).toEqual(["case-2"]);
});

test("one letter of several: what it shares with the others stays, and so do they", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "case-1", recipients: [organization(2), organization(3)], ...marked }));
  await world.run();
  await world.settle(30 * MINUTE);
  const one = world.letters().find(({ recipient }) => recipient.includes(organizationNumber(2)));
  const done = await erased(world, { correspondenceId: one?.correspondenceId ?? "" });
  expect(done).toMatchObject({ content: 0, records: 2, announcements: 1, found: { isPart: true } });
  const records = JSON.stringify([await world.records("dispatches"), await world.records("correspondences")]);
  expect(records).not.toContain(organizationNumber(2));
  expect(records).toContain(organizationNumber(3));
  expect(await world.blobs(CONTAINERS.accepted)).toHaveLength(1);
});

test("a letter that may still go is left alone", async () => {
  await using world = await World.start(storage);
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
  await world.drop(aLetter({ id: "case-1", ...marked }));
  await world.run();
  expect(await erased(world, { requestId: "case-1" })).toBe("open");
  expect(await erased(world, { requestId: "case-2" })).toBe("unknown");
  world.clearFaults();
  await world.settle(HOUR);
  expect(await world.told()).toContain("sent");
  expect(await left(world, ...marks(0))).toEqual(marks(0));
});

test("a dead letter goes, and does not come back when its end is told again", async () => {
  await using world = await World.start(storage);
  await world.putAttachment("a/marked.pdf", Buffer.from("Innholdsmerke"));
  await world.putAttachment("a/shared.pdf", Buffer.from("Felles"));
  const refused = aLetter({
    id: "case-1",
    recipients: ["urn:altinn:person:identifier-no:02014900120"],
    attachments: [anAttachment({ blob: "a/marked.pdf" }), anAttachment({ blob: "a/shared.pdf", fileName: "b.pdf" })],
    ...marked,
  });
  await world.drop(refused);
  await world.run();
  // Another letter, that has not gone yet, names one of the files.
  world.fault({ step: POST_LETTER, phase: "before", action: { status: 503 } });
  await world.drop(aLetter({ id: "case-2", attachments: [anAttachment({ blob: "a/shared.pdf" })] }));
  await world.run();
  world.clearFaults();
  expect(await world.deadLetters()).toHaveLength(1);

  const done = await erased(world, { requestId: "case-1" });
  expect(done).toMatchObject({ deadLetters: 1, attachments: 1, found: { attachmentsInUse: ["a/shared.pdf"] } });
  expect(await left(world, ...marks(), "02014900120", "Innholdsmerke", "Felles")).toEqual(["Felles"]);
  await world.drop({ cancel: { requestId: "case-1" } });
  await world.settle(HOUR);
  expect(await world.deadLetters()).toEqual([]);
  expect(await world.told()).toContain("rejected recipientReserved");
  expect(await recipientsTold(world, "case-1")).toEqual([undefined]);
  expect(await left(world, ...marks(), "02014900120")).toEqual([]);
});

test("what dies on the way is finished by whoever erases again", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "case-1", recipients: [organization(2), organization(3)], ...marked }));
  await world.run();
  await world.settle(30 * MINUTE);
  const context = contextOf(world.storage);
  const found = await findErasure(context, { requestId: "case-1" });
  if (found.kind !== "found") throw new Error(found.kind);
  const dies = { ...context, removeMessages: () => Promise.reject(new Error("gone")) };
  await expect(erase(dies, found.erasure)).rejects.toThrow("gone");
  await erased(world, { requestId: "case-1" });
  expect(await left(world, ...marks(2, 3))).toEqual([]);
  await world.host.mayHaveAny();
  expect(await world.announcements(QUEUES.announcements)).toEqual([]);
});

test("the command says what would go, and erases only when it is told to", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "case-1", recipients: [organization(2)], ...marked }));
  await world.run();
  const run = (...args: string[]) =>
    runHere(eraseCommand, args, { CORRESPONDENCE_STORAGE: world.storage.connectionString });
  const asked = await run("--request", "case-1");
  expect([asked.code, asked.stdout]).toEqual([1, expect.stringContaining("Would be erased of the request case-1:")]);
  expect(await left(world, ...marks(2))).toEqual(expect.arrayContaining([REFERENCE, organizationNumber(2)]));
  expect(await run("--request", "case-1", "--yes")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("announcements (1); recipient and reference in records (2)"),
    stderr: expect.stringContaining("files that such a letter had are not known"),
  });
  expect(await left(world, ...marks(2))).toEqual([]);
  expect(await run("--request", "nobody's")).toMatchObject({ code: 1, stderr: expect.stringContaining("nothing to") });
  for (const wrong of [
    [],
    ["--request", "a", "--correspondence", crypto.randomUUID()],
    ["--correspondence", "no-guid"],
  ]) {
    expect((await run(...wrong)).code, wrong.join(" ")).toBe(2);
  }
});

test("a letter that was received goes from the inbox and from the queue, and is not received again", async () => {
  await using world = await receivingWorld(storage);
  const files = [{ fileName: `${TITLE}.pdf`, size: 10 }];
  const id = await heard(world, { title: TITLE, sendersReference: REFERENCE, files });
  const command = (...args: string[]) =>
    runHere(eraseCommand, ["--correspondence", id, ...args], {
      CORRESPONDENCE_STORAGE: world.storage.connectionString,
    });
  expect(await command()).toMatchObject({ code: 1, stderr: expect.stringContaining("is being received") });
  await world.run();
  expect(await left(world, TITLE, REFERENCE)).not.toEqual([]);
  expect(await command()).toMatchObject({ code: 1, stdout: expect.stringContaining(`${id}/correspondence.json`) });
  expect(await command("--yes")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("blobs (2), announcements (1)"),
  });
  expect(await left(world, TITLE, REFERENCE)).toEqual([]);
  await world.sweep();
  expect([await inboxOf(world), await newsOf(world)]).toEqual([[], []]);
});
