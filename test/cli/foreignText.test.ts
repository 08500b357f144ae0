// Escape sequences and the like in every field that commands print, through the bundles that users run.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { alertOf } from "../../local/start/alertSentence.ts";
import { createTerminal } from "../../local/start/terminal.ts";
import { announcementSchema } from "../../shared/announcements/announcement.ts";
import type { DeadLetter } from "../../shared/records/deadLetter.ts";
import { commandArgs } from "../harness/command.ts";
import { listen } from "../harness/listen.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

/** Writes the clipboard, clears the screen by a C1 character, turns the direction, ends lines in five ways, hides. */
const FOREIGN = "=x\u001b]52;c;aGk=\u0007\u009b2J\u202e\u2028\u2029\u0085\r\n\t\u200b\u{e0041}y";
/** The same as it must be seen, as far as a column may cut it. */
const SEEN = "=x\\u{1b}]52";
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

const DISPATCH = "00000000-0000-4000-8000-00000000000a";
const attempt = { id: FOREIGN, at: 0, until: 1, cause: FOREIGN, status: 400, errorCode: 1002, definite: false };
const LETTER: DeadLetter = {
  version: 1,
  end: "rejected",
  reason: "invalidRequest",
  errorCode: 1002,
  detail: FOREIGN,
  problems: [{ path: FOREIGN, rule: FOREIGN, message: FOREIGN }],
  endedAt: Date.UTC(2030, 0, 31),
  epoch: 1,
  requestId: FOREIGN,
  digest: FOREIGN,
  dispatchId: FOREIGN,
  recipient: FOREIGN,
  resourceId: FOREIGN,
  sendersReference: FOREIGN,
  statusQueue: FOREIGN,
  attempts: [attempt],
  messageId: FOREIGN,
};

let storage: Storage;
let world: World;
let directory: string;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
  directory = await mkdtemp(join(tmpdir(), "foreign-"));
  const { deadLetters } = world.app.sending.store;
  await deadLetters.create(`${DISPATCH}.json`, { ...LETTER, request: { [FOREIGN]: FOREIGN } });
  await deadLetters.create(`${"a".repeat(64)}.json`, { ...LETTER, raw: FOREIGN });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** Runs a command and gives all that it wrote; nothing in that may steer a terminal. */
async function run(name: string, args: readonly string[], columns = 200, settings: object = {}): Promise<string> {
  const env = { CORRESPONDENCE_STORAGE: world.storage.connectionString, COLUMNS: String(columns), ...settings };
  const said = await new Promise<string>((resolve) => {
    execFile(process.execPath, [...commandArgs(name), ...args], { env, cwd: directory }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  expect(said.replaceAll("\n", "")).not.toMatch(UNSEEN);
  return said;
}

test.each([
  ["a table", ["list"], 400, 2 * 3],
  ["rows over several lines", ["list"], 60, 2 * 3],
  // Every field by itself, and the request's name and value.
  ["one whole", ["show", DISPATCH], 200, 14],
])("dead-letters: %s", async (_what, args, columns, times) => {
  const said = await run("deadLetters", args, columns);
  expect(said.split("=x").length - 1).toBeGreaterThanOrEqual(times);
  expect(said).toContain("=x\\u");
});

test("dead-letters: JSON says the same", async () => {
  const stored = JSON.parse(await run("deadLetters", ["show", DISPATCH, "--json"]));
  expect(stored).toMatchObject({ ...LETTER, request: { [FOREIGN]: FOREIGN } });
});

test("dead-letters: drop shows what goes, here a message that could not be decoded, and why in the operator's words", async () => {
  const said = await run("deadLetters", ["drop", "a".repeat(64), "--reason", FOREIGN]);
  expect(said.split("=x").length - 1).toBeGreaterThanOrEqual(14);
  expect(said).toContain(`is dropped for good: ${SEEN}`);
});

test("check, send and preview: names of fields, texts, ids and file names", async () => {
  const file = join(directory, `${FOREIGN.replaceAll("/", "")}.json`);
  const content = { messageTitle: FOREIGN, messageBody: FOREIGN, [FOREIGN]: FOREIGN };
  await writeFile(file, JSON.stringify(aLetter({ id: FOREIGN, content, request: { [FOREIGN]: FOREIGN } })));
  const checked = await run("check", ["--unknown-fields", "pass", "--show-body", file]);
  expect(checked).toContain(SEEN);
  expect(JSON.parse(await run("check", ["--json", file]))).toMatchObject({ file });
  expect(await run("send", ["--unchecked", file])).toContain(SEEN);
  expect(await run("preview", [file])).toContain(SEEN);
});

/** An Altinn, and an app, that answer with the like in every text. */
async function answerForeign() {
  const attachmentId = "01a1fbfd-f566-7e1a-a723-876e8fe16fde";
  const filter = { resourceFilter: FOREIGN, subjectFilter: FOREIGN, typeFilter: FOREIGN, sourceFilter: FOREIGN };
  const answers: Record<string, unknown> = {
    "/.well-known/oauth-authorization-server": {},
    "/token": { access_token: "any" },
    "/authentication/api/v1/exchange/maskinporten": `e.${btoa(JSON.stringify({ exp: 4_102_444_800 }))}.s`.replaceAll(
      "=",
      "",
    ),
    "/events/api/v1/subscriptions": { subscriptions: [{ id: 1, endPoint: FOREIGN, ...filter }] },
    [`/correspondence/api/v1/attachment/${attachmentId}`]: {
      attachmentId,
      status: FOREIGN,
      fileName: FOREIGN,
      statusText: FOREIGN,
    },
    "/api/health": { healthy: false, storage: FOREIGN, token: FOREIGN, altinn: FOREIGN, sending: FOREIGN },
  };
  const { url, close } = await listen(
    createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://any").pathname;
      const answer = path.startsWith("/.well-known/") ? { token_endpoint: `${url}/token` } : answers[path];
      response.writeHead(answer === undefined ? 404 : path === "/api/health" ? 500 : 200).end(JSON.stringify(answer));
    }),
  );
  const settings = {
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: url,
    ALTINN_SUBSCRIPTION_KEY: "any",
    ALTINN_RESOURCES: "letters",
    ALTINN_WEBHOOK_KEY: "any",
    MASKINPORTEN_ISSUER: `${url}/`,
    MASKINPORTEN_CLIENT_ID: "any",
    MASKINPORTEN_JWK: (await createClientKey()).base64,
  };
  return { url, attachmentId, settings, [Symbol.asyncDispose]: close };
}

test("altinn, attachment and smoke: what Altinn and an app answer", async () => {
  await using altinn = await answerForeign();
  const { url, settings } = altinn;
  const app = ["--app", url];
  const listed = await run("altinn", ["subscriptions", "list", ...app], 200, settings);
  expect(listed).toContain(SEEN);
  expect(await run("altinn", ["doctor", ...app], 400, settings)).toContain(SEEN);
  expect(await run("attachment", ["status", altinn.attachmentId], 200, settings)).toContain(SEEN);
  expect(await run("smoke", ["--seconds", "1", ...app], 200, settings)).toContain("=x\\u001b");
});

test("npm start: every part of an announcement, an alert and a row", () => {
  const written: string[] = [];
  const terminal = createTerminal(
    (text) => written.push(text),
    false,
    () => 200,
  );
  const told = announcementSchema.parse({
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: "altinn-correspondence-sender",
    type: "altinn-correspondence-sender.dispatch.rejected",
    subject: FOREIGN,
    time: "2030-01-31T00:00:00Z",
    datacontenttype: "application/json",
    data: {
      requestId: FOREIGN,
      status: "rejected",
      time: "2030-01-31T00:00:00Z",
      source: "app",
      recipient: FOREIGN,
      reason: "invalidRequest",
      detail: FOREIGN,
      problems: [{ path: FOREIGN, rule: FOREIGN, message: FOREIGN }],
    },
  });
  terminal.announcement(told);
  const line = { event: FOREIGN, dispatchId: FOREIGN, cause: FOREIGN };
  terminal.alert(alertOf(`error: ${JSON.stringify(line)}`) ?? { level: "note", sentence: "" });
  terminal.warning(FOREIGN);
  terminal.error(FOREIGN);
  terminal.print(FOREIGN);
  terminal.heading(FOREIGN);
  terminal.row("log", FOREIGN, FOREIGN);
  terminal.change(new Date(0), FOREIGN, FOREIGN, FOREIGN, FOREIGN);
  expect(written.join("").replaceAll("\n", "")).not.toMatch(UNSEEN);
  expect(written.every((text) => text.includes("=x\\u"))).toBe(true);
});
