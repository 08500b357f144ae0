// `npm run dead-letters` against real storage: what operators see, and what the app does after.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand } from "../../cli/deadLettersCommand.ts";
import { HOUR } from "../../shared/clock.ts";
import { setBrake } from "../../shared/pausing/emergencyBrake.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { createProgress } from "../../terminal/progress.ts";
import { commandArgs } from "../harness/command.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";

let storage: Storage;
let directory: string;
beforeAll(async () => {
  storage = await startStorage();
  directory = await mkdtemp(join(tmpdir(), "dead-letters-"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the bottom of the terminal has shown. */
const shown: string[] = [];

/** Runs the command in this process; nobody answers its questions. */
async function run(args: readonly string[], connectionString: string): Promise<Ran> {
  vi.stubEnv("CORRESPONDENCE_STORAGE", connectionString);
  const [out, err]: [string[], string[]] = [[], []];
  const confirm = async () => false;
  const code = await runCommand(args, {
    columns: 200,
    print: (text) => out.push(text),
    tell: (line) => err.push(line),
    confirm,
    progress: createProgress({ isTTY: true, columns: 200, write: (text) => shown.push(String(text)) }),
  });
  const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join("");
  return { code, stdout: lines(out), stderr: lines(err) };
}

const inWorld = (world: World, ...args: string[]) => run(args, world.storage.connectionString);

/** A world with a letter that Altinn refused, and one that breaks a rule. */
async function withDeadLetters(): Promise<World> {
  const world = await World.start(storage);
  await world.drop(aLetter({ id: "case-1", recipients: [RESERVED_PERSON] }));
  await world.run();
  world.clock.advance(HOUR);
  await world.drop(aLetter({ id: "case-2", content: { messageTitle: "" } }));
  await world.run();
  return world;
}

async function nameOf(world: World, reason: string): Promise<string> {
  return (await world.deadLetters()).find(({ value }) => value.reason === reason)?.name ?? "";
}

test("lists them newest first, by page and by filter, and no recipient among them", async () => {
  await using world = await withDeadLetters();
  const all = await inWorld(world, "list");
  expect(all).toMatchObject({ code: 0, stderr: "2 dead letters, 1 to 2 shown.\n" });
  const [head, first, second] = all.stdout.split("\n");
  expect(head).toMatch(/^ended \(UTC\) +end +reason +resource +reference +request +replays +name$/);
  expect(first).toMatch(/rejected +invalidRequest +my-resource +2030\/1 +case-2 +[0-9a-f]{64}\.json$/);
  expect(second).toMatch(/rejected +recipientReserved +my-resource +2030\/1 +case-1 +[0-9a-f-]{36}\.json$/);
  const page = await inWorld(world, "list", "--limit", "1", "--json");
  expect(JSON.parse(page.stdout)).toMatchObject({ total: 2, page: 1, deadLetters: [{ requestId: "case-2" }] });
  expect(page.stderr + all.stdout + page.stdout).not.toContain("02014900120");
  const filtered = await inWorld(
    world,
    "list",
    "--reason",
    "recipientReserved",
    "--resource",
    RESOURCE,
    "--limit",
    "1",
  );
  expect(filtered.stderr).toBe("1 dead letter, 1 to 1 shown.\n");
  expect((await inWorld(world, "list", "--since", "2999-01-01")).stderr).toBe("There is no such dead letter.\n");
});

test("shows one whole, with its recipient and attempts; and as it is stored", async () => {
  await using world = await withDeadLetters();
  const name = await nameOf(world, "recipientReserved");
  const { code, stdout } = await inWorld(world, "show", name.replace(".json", ""));
  expect(code).toBe(0);
  for (const line of [
    "end           rejected, recipientReserved (Altinn's error 1030)",
    `recipient     ${RESERVED_PERSON}`,
    "never, 422, Altinn's error 1030",
    '"messageTitle": "Vedtak"',
  ]) {
    expect(stdout).toContain(line);
  }
  const stored = (await world.deadLetters()).find((letter) => letter.name === name)?.value;
  expect(JSON.parse((await inWorld(world, "show", name, "--json")).stdout)).toEqual(stored);
  const wrong = await inWorld(world, "show", await nameOf(world, "invalidRequest"));
  expect(wrong.stdout).toContain("correspondence.content.messageTitle: ");
  expect(wrong.stdout).toMatch(/^message {7}[0-9a-f-]{36}$/m);
});

test("replays by name: the app does the rest. What will be refused again is said before", async () => {
  await using world = await withDeadLetters();
  const names = [await nameOf(world, "recipientReserved"), await nameOf(world, "invalidRequest")];
  const asked = await inWorld(world, "replay", ...names, "00000000-0000-4000-8000-000000000000");
  expect(asked.code).toBe(1);
  expect(asked.stderr).toContain(`${names[0]}: on its way again.`);
  expect(asked.stderr).toContain(`${names[1]}: on its way again, but it will be refused again: correspondence.content`);
  expect(asked.stderr).toContain("not replayed: There is no dead letter 00000000-0000-4000-8000-000000000000.json");
  expect(asked.stderr).toContain("2 of 3 dead letters are on their way again.");
  await world.settle(HOUR);
  expect(await world.ends()).toHaveLength(4);
  expect((await inWorld(world, "list")).stdout.match(/ 1 +[\w-]+\.json/g)).toHaveLength(2);
});

test("replays all with a reason, many only when somebody says yes", async () => {
  await using world = await World.start(storage);
  await world.restart({ ALTINN_RESOURCES: "cases" });
  for (let index = 0; index < 11; index++) await world.drop(aLetter({ id: `many-${index}` }));
  await world.run();
  await world.restart();
  expect((await inWorld(world, "list")).stderr).toBe("11 dead letters, 1 to 11 shown.\n");
  expect(shown.join("")).toContain(" 11 of 11 dead letters read");
  expect(shown.at(-1)).toBe("\r\u001b[K");
  const hesitant = await inWorld(world, "replay", "--reason", "resourceNotAllowed");
  expect(hesitant).toMatchObject({ code: 2, stderr: "These are 11 dead letters: --yes replays them all.\n" });
  const documents = world.app.sending.store.documents;
  await setBrake(documents, { isOn: true, reason: "operator", now: world.clock.now() });
  const { code, stderr } = await inWorld(world, "replay", "--reason", "resourceNotAllowed", "--yes");
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^11 of 11 dead letters/) });
  expect(stderr).toContain("The brake is on");
  // A bar for many, and nothing of it left at the end.
  expect(shown.join("")).toContain(" 11 of 11 dead letters asked for");
  expect(shown.at(-1)).toBe("\r\u001b[K");
  await setBrake(documents, { isOn: false, reason: "operator", now: world.clock.now() });
  await world.run();
  expect(world.letters()).toHaveLength(11);
  expect((await inWorld(world, "list")).stderr).toBe("There are no dead letters.\n");
});

test("takes a mended request in place of the one that was kept, but not under the id of a letter", async () => {
  await using world = await withDeadLetters();
  const mended = join(directory, "mended.json");
  await writeFile(mended, JSON.stringify(aLetter({ id: "case-2", content: { messageTitle: "Vedtak" } })));
  const used = await inWorld(world, "replay", await nameOf(world, "recipientReserved"), "--with", mended);
  expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining("an id of its own") });
  const taken = await inWorld(world, "replay", await nameOf(world, "invalidRequest"), "--with", mended);
  expect(taken).toMatchObject({ code: 0, stderr: expect.stringContaining("on its way as case-2") });
  await world.run();
  expect((await world.ends()).at(-1)).toBe("sent");
  expect((await world.deadLetters()).map(({ value }) => value.reason)).toEqual(["recipientReserved"]);
  await writeFile(mended, JSON.stringify(aLetter({ content: { messageTitle: "" } })));
  const worse = await inWorld(world, "replay", await nameOf(world, "recipientReserved"), "--with", mended);
  expect(worse).toMatchObject({ code: 1, stderr: expect.stringContaining("is refused as well") });
});

test("drops one for good after showing it, and logs its name alone", async () => {
  await using world = await withDeadLetters();
  const name = await nameOf(world, "recipientReserved");
  expect((await inWorld(world, "drop", name)).code).toBe(2);
  const { code, stdout, stderr } = await inWorld(world, "drop", name, "--reason", "sent on paper");
  expect(code).toBe(0);
  expect(stdout).toContain(RESERVED_PERSON);
  expect(stderr).toBe(
    `{"event":"deadLetterDropped","deadLetter":"${name}"}\n${name} is dropped for good: sent on paper\n`,
  );
  const gone = await inWorld(world, "drop", name, "--reason", "twice");
  expect(gone).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no dead letter") });
  // Neither a copy of the request nor a sweep takes it up again.
  await world.drop(aLetter({ id: "case-1", recipients: [RESERVED_PERSON] }));
  await world.run();
  expect((await world.ends()).at(-1)).toBe("duplicate");
  expect(await world.host.waiting()).toEqual([]);
});

test("a reused id is not replayed: the letter that has it would not be another", async () => {
  await using world = await World.start(storage);
  await world.drop(aLetter({ id: "mine" }));
  await world.drop(aLetter({ id: "mine", content: { messageTitle: "Noe annet" } }));
  await world.run();
  const { code, stderr } = await inWorld(world, "replay", await nameOf(world, "requestIdReused"), "--force");
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining("an id of its own") });
  expect(await world.host.waiting(QUEUES.dispatches)).toEqual([]);
});

test("says what is wrong: no storage, no marker, not understood", async () => {
  await using world = await withDeadLetters();
  const nobody = world.storage.through("http://127.0.0.1:9", "http://127.0.0.1:9");
  expect(await run(["list"], nobody)).toMatchObject({ code: 1, stderr: expect.stringContaining("does not answer") });
  await world.storage.blobs.getContainerClient(CONTAINERS.state).deleteBlob("marker.json");
  const braked = await inWorld(world, "replay", await nameOf(world, "recipientReserved"));
  expect(braked).toMatchObject({ code: 1, stderr: expect.stringContaining("marker.json") });
  const wrong = await run(["list", "--reason", "because"], nobody);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("--reason must be one of invalidRequest") });
  expect(await run(["replay"], nobody)).toMatchObject({ code: 2 });
  expect(await run(["show", "../marker"], nobody)).toMatchObject({ code: 1 });
});

test("runs as a command of its own", async () => {
  await using world = await World.start(storage);
  const env = { CORRESPONDENCE_STORAGE: world.storage.connectionString };
  const command = [...commandArgs("deadLetters"), "list", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, command, { env });
  expect(JSON.parse(stdout)).toEqual({ total: 0, page: 1, deadLetters: [] });
});
