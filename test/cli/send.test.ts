// `npm run send` against a real storage emulator: what is on the queue and in the containers afterwards.
import { type ExecFileException, execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Azurite, startAzurite } from "../../local/azurite/start.ts";
import { noteStarted, statePaths } from "../../local/start/state.ts";
import { type LocalStorage, prepareStorage } from "../../local/start/storage.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { commandArgs } from "../harness/command.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = (name: string) => join(root, "examples", name);

const SENDERS = JSON.stringify([{ name: "oslo", resources: ["oslos"], ownQueue: true }]);

let azurite: Azurite;
let storage: LocalStorage;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "send-"));
  azurite = await startAzurite();
  storage = await prepareStorage(azurite.connectionString, SENDERS);
});
afterAll(async () => {
  await azurite.stop();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => storage.queues.getQueueClient(QUEUES.requests).clearMessages());

it("drops the file as it is, to live until it is taken", async () => {
  const { status, output } = await send([example("letter.json")]);
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("example-letter\n") });
  const [message] = await messages();
  expect(message?.messageText).toBe(await readFile(example("letter.json"), "utf8"));
  expect(message?.expiresOn.getUTCFullYear()).toBeGreaterThan(9000);
});

it("uploads attachments that stand next to the request, with their digest, once", async () => {
  const first = await send([example("with-attachments.json")]);
  expect(first.output).toContain("uploaded examples/vedtak.txt");
  const container = storage.blobs.getContainerClient(CONTAINERS.attachments);
  const { contentMD5 } = await container.getBlobClient("examples/vedtak.txt").getProperties();
  const content = await readFile(join(root, "examples", "attachments", "examples", "vedtak.txt"));
  expect(Buffer.from(contentMD5 ?? [])).toEqual(createHash("md5").update(content).digest());

  const second = await send([example("with-attachments.json")]);
  expect(second).toMatchObject({ status: 0 });
  expect(second.output).not.toContain("uploaded");
});

it("refuses what the app would refuse, and drops the others", async () => {
  const wrong = await write("wrong.json", { id: "wrong", correspondence: {}, recipients: [] });
  const { status, output, errors } = await send([wrong, example("letter.json")]);
  expect(status).toBe(1);
  expect(errors).toContain("correspondence.resourceId");
  expect(output).toContain("example-letter");
  expect((await messages()).length).toBe(1);

  expect((await send(["--unchecked", wrong])).status).toBe(0);
  expect((await messages()).length).toBe(2);
});

it("gives a request a new id when asked to", async () => {
  const { output } = await send(["--new-id", example("letter.json")]);
  const [message] = await messages();
  const { id, recipients } = JSON.parse(message?.messageText ?? "");
  expect(output).toContain(`${id}  ${example("letter.json")}\n`);
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  expect(recipients).toEqual(JSON.parse(await readFile(example("letter.json"), "utf8")).recipients);
});

it("puts a request that is too large for a message into a blob, and drops where it is", async () => {
  const letter = JSON.parse(await readFile(example("letter.json"), "utf8"));
  const large = await write("large.json", { ...letter, padding: "x".repeat(70_000) });
  expect(await send([large])).toMatchObject({ status: 0, output: expect.stringContaining("example-letter\n") });
  const [message] = await messages();
  const { requestBlob } = JSON.parse(message?.messageText ?? "");
  const blob = storage.blobs.getContainerClient(CONTAINERS.requests).getBlobClient(requestBlob);
  expect(await blob.downloadToBuffer()).toEqual(await readFile(large));
});

it("takes a claim check, with the request that it leads to", async () => {
  const letter = JSON.parse(await readFile(example("letter.json"), "utf8"));
  const pointer = await write("claim-check.json", { requestBlob: "2030/claimed.json" });
  await mkdir(join(directory, "requests", "2030"), { recursive: true });
  const claimed = await write(join("requests", "2030", "claimed.json"), { ...letter, id: "claimed" });
  const { status, output } = await send([pointer]);
  expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining("claimed  uploaded") });
  const container = storage.blobs.getContainerClient(CONTAINERS.requests);
  expect(await container.getBlobClient("2030/claimed.json").downloadToBuffer()).toEqual(await readFile(claimed));
  expect((await messages()).map(({ messageText }) => JSON.parse(messageText))).toEqual([
    { requestBlob: "2030/claimed.json" },
  ]);

  await write(join("requests", "2030", "claimed.json"), { ...letter, recipients: [] });
  expect(await send([pointer])).toMatchObject({ status: 1, errors: expect.stringContaining("recipients") });
});

it("takes a cancel as it is, and refuses one that names nothing", async () => {
  const cancel = { cancel: { requestId: "example-letter" } };
  const [right, wrong] = [await write("cancel.json", cancel), await write("no-cancel.json", { cancel: {} })];
  const { status, output, errors } = await send([right, wrong]);
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining("example-letter\n") });
  expect(errors).toContain("cancel: oneOf");
  expect((await messages()).map(({ messageText }) => JSON.parse(messageText))).toEqual([cancel]);
});

it.each([
  ["empty", { content: "", checksum: undefined }],
  ["checksum", { content: "bytes", checksum: "0".repeat(32) }],
])("refuses an attachment that Altinn would refuse: %s", async (what, { content, checksum }) => {
  const { correspondence, ...rest } = JSON.parse(await readFile(example("letter.json"), "utf8"));
  const attachments = [{ fileName: "a.txt", sendersReference: "a", blob: `${what}.txt`, checksum }];
  const letter = { ...correspondence, content: { ...correspondence.content, attachments } };
  await writeFile(join(directory, `${what}.txt`), content);
  const file = await write("attached.json", { ...rest, correspondence: letter });
  expect(await send([file])).toMatchObject({ status: 1, errors: expect.stringContaining(what) });
  expect(await messages()).toEqual([]);
});

it("says before anything is dropped that a file is nowhere: neither beside the request nor in storage", async () => {
  const { correspondence, ...rest } = JSON.parse(await readFile(example("letter.json"), "utf8"));
  const attachments = ["there.txt", "stored.txt", "nowhere.txt"].map((blob) => ({
    fileName: blob,
    sendersReference: blob,
    blob,
  }));
  const letter = { ...correspondence, content: { ...correspondence.content, attachments } };
  await writeFile(join(directory, "there.txt"), "bytes");
  const container = storage.blobs.getContainerClient(CONTAINERS.attachments);
  await container.getBlockBlobClient("stored.txt").upload("bytes", 5);
  const file = await write("nowhere.json", { ...rest, correspondence: letter });
  const claim = await write("nowhere-claim.json", { requestBlob: "nowhere/request.json" });
  const { status, output, errors } = await send([file, claim]);
  expect({ status, output }).toEqual({ status: 1, output: "" });
  expect(errors).toContain("correspondence.content.attachments[2].blob: missingFile: ");
  expect(errors).toContain("requestBlob: missingFile: ");
  expect(errors.match(/missingFile/g)).toHaveLength(2);
  expect(await container.getBlobClient("there.txt").exists()).toBe(false);
  expect(await messages()).toEqual([]);
  expect((await send(["--unchecked", file])).status).toBe(0);
});

it("tells what may not be meant, and sends a file in UTF-16 as the queue can carry it", async () => {
  const { correspondence, recipients } = JSON.parse(await readFile(example("letter.json"), "utf8"));
  const request = { correspondence: { ...correspondence, mine: "æøå" }, recipients };
  await writeFile(join(directory, "utf16.json"), JSON.stringify(request), "utf16le");
  const { status, output, errors } = await send([join(directory, "utf16.json")]);
  expect(status).toBe(0);
  expect(output).toMatch(/^[0-9a-f]{64} {2}.*utf16\.json\n/);
  expect(errors).toContain("correspondence.mine: unknownField: ");
  expect(errors).toContain("id: noId: ");
  expect((await messages()).map(({ messageText }) => JSON.parse(messageText))).toEqual([request]);
});

it("drops on the own queue of the sender whose resource it is, with its blobs in that sender's folder", async () => {
  const { correspondence, ...rest } = JSON.parse(await readFile(example("letter.json"), "utf8"));
  const of = (id: string, more: object = {}) => ({
    ...rest,
    id,
    correspondence: { ...correspondence, resourceId: "oslos" },
    ...more,
  });
  const [plain, large, pointer, elsewhere] = [
    await write("oslos.json", of("oslo-1")),
    await write("oslos-large.json", of("oslo-2", { padding: "x".repeat(70_000) })),
    await write("oslos-claim.json", { requestBlob: "oslo/claimed.json" }),
    await write("oslos-elsewhere.json", { requestBlob: "bergen/claimed.json" }),
  ];
  for (const folder of ["oslo", "bergen"]) {
    await mkdir(join(directory, "requests", folder), { recursive: true });
    await write(join("requests", folder, "claimed.json"), of("oslo-3"));
  }
  await writeFile(join(directory, "along.txt"), "bytes");
  const settings = { CORRESPONDENCE_STORAGE: azurite.connectionString, SENDERS };
  const { status, output, errors } = await send([example("letter.json"), large, pointer, elsewhere], settings);
  expect(status).toBe(1);
  expect(output).toContain("oslo-2  on the queue of oslo");
  expect(errors).toContain("requestBlob: blobOfAnother: ");
  expect(await send([plain, "--attach", join(directory, "along.txt")], settings)).toMatchObject({ status: 0 });
  expect(await messages()).toHaveLength(1);
  const own = (await messages("correspondence-requests-oslo")).map(({ messageText }) => JSON.parse(messageText));
  expect(own).toEqual([
    { requestBlob: expect.stringMatching(/^oslo\/[0-9a-f]{64}\.json$/) },
    { requestBlob: "oslo/claimed.json" },
    expect.objectContaining({ id: "oslo-1" }),
  ]);
  const [{ blob }] = own[2].correspondence.content.attachments;
  expect(blob).toMatch(/^oslo\/attached\//);
  expect(await storage.blobs.getContainerClient(CONTAINERS.attachments).getBlobClient(blob).exists()).toBe(true);
  // What names no resource goes where it is said.
  const cancel = await write("cancel-oslos.json", { cancel: { requestId: "oslo-1" } });
  expect(await send(["--sender", "oslo", cancel], settings)).toMatchObject({ status: 0 });
  expect(await messages("correspondence-requests-oslo")).toHaveLength(4);
  expect((await send(["--sender", "nobody", cancel], settings)).status).toBe(2);
});

it("says how to name the files of a folder", async () => {
  const { status, errors } = await send([directory]);
  expect(status).toBe(1);
  expect(errors.replace(/\s+/g, " ")).toContain(`several can go in one call: ${directory}/*.json`);
});

it("finds the storage of the local start, and says so when nothing runs", async () => {
  const nothing = await send(["--state-dir", directory, example("letter.json")], {});
  expect(nothing).toMatchObject({ status: 1, errors: expect.stringContaining("npm start") });
  const { connectionString } = azurite;
  const altinn = "http://127.0.0.1:1";
  await noteStarted(statePaths(directory), { pid: process.pid, connectionString, altinn, functions: altinn });
  expect((await send(["--state-dir", directory, example("letter.json")], {})).status).toBe(0);
  expect((await messages()).length).toBe(1);
});

it("explains itself when it is not understood", async () => {
  expect(await send([])).toMatchObject({ status: 2, errors: expect.stringContaining("Usage") });
  expect((await send(["--nonsense"])).status).toBe(2);
});

async function write(name: string, value: unknown): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, JSON.stringify(value));
  return path;
}

async function messages(queue: string = QUEUES.requests) {
  return (await storage.queues.getQueueClient(queue).peekMessages({ numberOfMessages: 32 })).peekedMessageItems;
}

function send(
  args: readonly string[],
  settings: NodeJS.ProcessEnv = { CORRESPONDENCE_STORAGE: azurite.connectionString },
): Promise<{ status: number; output: string; errors: string }> {
  const { CORRESPONDENCE_STORAGE: _, ...environment } = process.env;
  const command = [...commandArgs("send"), ...args];
  const options = { env: { ...environment, ...settings } };
  return new Promise((resolve) => {
    execFile(process.execPath, command, options, (error: ExecFileException | null, output, errors) => {
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), output, errors });
    });
  });
}
