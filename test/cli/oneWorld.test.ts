// The commands that follow letters and the app itself, against a whole app: send with files and --wait, requests, status,
// watch, cancel, token.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { cancelCommand } from "../../cli/altinn/cancel.ts";
import { requestsCommand } from "../../cli/altinn/requests.ts";
import { sendCommand } from "../../cli/altinn/send.ts";
import { statusCommand } from "../../cli/altinn/status.ts";
import { tokenCommand } from "../../cli/altinn/token.ts";
import { watchCommand } from "../../cli/altinn/watch.ts";
import type { MakeCommand } from "../../cli/program.ts";
import { requestAnswerSchema } from "../../shared/finding/answers.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { runHere } from "../harness/commandHere.ts";
import { startStorage } from "../harness/storage.ts";
import { CLIENT_ID, World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

let world: World;
let directory: string;
beforeAll(async () => {
  world = await World.start(await startStorage());
  directory = await mkdtemp(join(tmpdir(), "one-world-"));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const here = (make: MakeCommand, args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  runHere(make, args, { CORRESPONDENCE_STORAGE: world.storage.connectionString, ...more });

async function file(name: string, content: string | object): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Lets the app work, and Altinn publish, until `command` has ended. */
async function meanwhile<T>(command: Promise<T>): Promise<T> {
  let isDone = false;
  const ended = command.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await world.run();
    await world.advance(60_000);
    await world.sweep();
  }
  return ended;
}

// First, while the app's clock is the command's.
describe("token", () => {
  const settings = () => ({
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: world.simulator.url,
    ALTINN_SUBSCRIPTION_KEY: "test-subscription-key",
    MASKINPORTEN_ISSUER: world.simulator.maskinportenIssuer,
    MASKINPORTEN_CLIENT_ID: CLIENT_ID,
    MASKINPORTEN_JWK: world.key.base64,
  });

  test("is given: for which scopes, and until when; the token itself is nowhere", async () => {
    const { code, stdout, stderr } = await here(tokenCommand, ["--json"], settings());
    expect(stderr).toBe("");
    const answer = z.object({ given: z.literal(true), expiresAt: z.iso.datetime(), missing: z.tuple([]) });
    expect(answer.parse(JSON.parse(stdout))).toBeDefined();
    const text = await here(tokenCommand, [], settings());
    expect({ code, first: text.stdout.split("\n")[0] }).toEqual({
      code: 0,
      first: "Maskinporten and Altinn give a token.",
    });
    for (const said of [stdout, text.stdout]) expect(said).not.toMatch(/eyJ|[\w-]{20,}\.[\w-]{20,}/);
  });

  test("is refused: by whom, and what to do", async () => {
    const unknown = { ...settings(), MASKINPORTEN_CLIENT_ID: "00000000-0000-4000-8000-00000000dead" };
    const { code, stdout, stderr } = await here(tokenCommand, [], unknown);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^Maskinporten: refuses us \(400, invalid_\w+\)\n {2}\S/);
  });
});

describe("send --attach", () => {
  test("uploads the file, names it in the request, and waits until the letter is published", async () => {
    const letter = await file("letter.json", aLetter({ id: "with-file" }));
    const attached = await file("vedlegg.txt", "vedlegg");
    const args = [letter, "--attach", attached, "--wait", "--timeout", "300", "--json"];
    const { code, stdout, stderr } = await meanwhile(here(sendCommand, args));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [dropped, waited] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(dropped).toMatchObject({ file: letter, dropped: true, requestId: "with-file" });
    expect(waited).toEqual({ requestId: "with-file", total: 1, published: 1, failed: 0 });
    expect(world.simulator.control.attachments()).toHaveLength(1);
    // Once more, it is the same request: no second letter.
    const before = world.letters().length;
    expect((await here(sendCommand, [letter, "--attach", attached])).code).toBe(0);
    await world.run();
    expect(world.letters()).toHaveLength(before);
    expect((await here(watchCommand, ["--for", "0.1"])).stdout).toMatch(/ {2}duplicate {2}with-file {2}/);
  });

  test("does not wait for the earlier letter of an id that was used for other content, and drops nothing", async () => {
    const other = await file("other.json", aLetter({ id: "with-file", letter: { sendersReference: "other" } }));
    const { code, stdout, stderr } = await here(sendCommand, [other, "--wait", "--timeout", "300"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.replaceAll(/\s+/g, " ")).toContain("with-file was used before for other content");
    expect(await world.host.waiting()).toEqual([]);
  });

  test.each([
    ["an empty file", "empty.txt", "", /It is empty, which Altinn refuses/],
    ["a file of a kind that Altinn refuses", "run.unknown", "x", /fileName/],
  ])("refuses %s, and drops nothing", async (_what, name, content, why) => {
    const letter = await file("letter.json", aLetter({ id: `refused-${name}` }));
    const { code, stdout, stderr } = await here(sendCommand, [letter, "--attach", await file(name, content)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(why);
    expect(await blobs()).toHaveLength(1);
  });

  test("refuses what can have none, what is not there, and one file for two letters", async () => {
    const attached = await file("vedlegg.txt", "vedlegg");
    const cancel = await file("cancel.json", { cancel: { requestId: "a" } });
    expect((await here(sendCommand, [cancel, "--attach", attached])).stderr).toContain("Nothing can be attached");
    const letter = await file("letter.json", aLetter({ id: "two" }));
    expect((await here(sendCommand, [letter, "--attach", "nowhere.pdf"])).stderr).toContain("There is no such file");
    const two = await here(sendCommand, [letter, letter, "--attach", attached]);
    expect(two).toMatchObject({ code: 2, stderr: expect.stringContaining("goes with one letter") });
  });

  const blobs = async () => {
    const names: string[] = [];
    for await (const { name } of world.storage.blobs.getContainerClient(CONTAINERS.attachments).listBlobsFlat()) {
      names.push(name);
    }
    return names;
  };
});

test("requests says how far one has come, and waits for what is not published", async () => {
  const { code, stdout } = await here(requestsCommand, ["with-file", "--json"]);
  expect(code).toBe(0);
  expect(requestAnswerSchema.parse(JSON.parse(stdout))).toMatchObject({ total: 1, sent: 1, waiting: 0 });
  const text = await here(requestsCommand, ["with-file"]);
  expect(text.stdout).toMatch(/^request +with-file\n.*\nletters +1\nsent +1\nwaiting +0\n\nsince \(UTC\)/s);
  expect(await here(requestsCommand, ["nobody's"])).toMatchObject({ code: 1, stdout: "" });

  await world.drop(aLetter({ id: "refused", content: { messageTitle: "" } }));
  await world.run();
  const late = await here(requestsCommand, ["not-seen", "--wait", "--timeout", "1"]);
  expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining("No request with this id is known") });
  const refused = await here(sendCommand, [
    await file("wrong.json", aLetter({ id: "wrong", content: { messageTitle: "" } })),
    "--unchecked",
    "--wait",
    "--timeout",
    "0.1",
  ]);
  expect(refused.code).toBe(1);
  expect((await here(requestsCommand, ["with-file", "--timeout", "soon"])).code).toBe(2);
});

test("status shows the app at a glance", async () => {
  const found = JSON.parse((await here(statusCommand, ["--json"])).stdout);
  expect(found).toMatchObject({ hasMarker: true, brake: { isOn: false }, lastSweep: expect.any(String) });
  expect(found.deadLetters.byReason).toContainEqual({ end: "rejected", reason: "invalidRequest", letters: 1 });
  expect(found.queues).toContainEqual({ name: QUEUES.announcements, length: expect.any(Number) });
  const { code, stdout, stderr } = await here(statusCommand, []);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^The brake is off, and was never on\.\nNo letter waits\.\nDead letters: 1 \(1 rejected, inv/);
  expect(stdout).toMatch(/\nThe timer ran last at \S+ \S+ UTC\.\n/);
  expect(stdout).toMatch(/\n\nqueue +messages, about\n/);
  expect(stderr).toContain("dead-letters list");
});

test("watch shows announcements, and takes none", async () => {
  const queue = world.storage.queues.getQueueClient(QUEUES.announcements);
  const before = (await queue.getProperties()).approximateMessagesCount;
  const { code, stdout } = await here(watchCommand, ["--for", "0.1"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\S+ \S+ {2}rejected \(invalidRequest\) {2}refused {2}-$/m);
  expect(stdout).toMatch(/^\S+ \S+ {2}published {2}with-file {2}[0-9a-f-]{36}$/m);
  const [line = ""] = (await here(watchCommand, ["--json", "--for", "0.1"])).stdout.split("\n");
  expect(JSON.parse(line)).toMatchObject({ specversion: "1.0" });
  expect((await queue.getProperties()).approximateMessagesCount).toBe(before);
  expect(await here(watchCommand, ["--queue", "no-such-queue"])).toMatchObject({ code: 1, stdout: "" });
  expect((await here(watchCommand, ["--for", "ever"])).code).toBe(2);
});

test("cancel asks for a letter back, and the app says what became of it", async () => {
  const { code, stdout } = await here(cancelCommand, ["--request", "comes-later", "--json"]);
  expect({ code, answer: JSON.parse(stdout) }).toEqual({
    code: 0,
    answer: { requestId: "comes-later", kind: "dropped" },
  });
  await world.run();
  await world.drop(aLetter({ id: "comes-later" }));
  await world.run();
  const told = await here(watchCommand, ["--for", "0.1"]);
  expect(told.stdout).toMatch(/ {2}cancelled \(cancelled\) {2}comes-later /);
  const wrong = await here(cancelCommand, ["--correspondence", "letter"]);
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("correspondenceId") });
  expect((await here(cancelCommand, [])).code).toBe(2);
});
