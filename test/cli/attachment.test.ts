// `npm run attachment` against the simulator, which checks tokens and scans: what it prints, and what is in Altinn after.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { reachAltinn } from "../../cli/attachmentAltinn.ts";
import { readAttachmentFile } from "../../cli/attachmentFile.ts";
import { uploadFile } from "../../cli/attachmentUpload.ts";
import { createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { noteStarted, statePaths } from "../../local/start/state.ts";
import { commandArgs } from "../harness/command.ts";

const RESOURCE = "my-resource";
const UPLOAD = "/attachment/{id}/upload";

let directory: string;
let simulator: Simulator;
let settings: Record<string, string>;
const running: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "attachment-"));
  const key = await createClientKey();
  const clients = [{ clientId: "test-client", keys: [key.publicJwk] }];
  simulator = await startSimulator({ clients, subscriptionKey: "test-key", scanMs: 200 });
  settings = {
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: simulator.url,
    ALTINN_SUBSCRIPTION_KEY: "test-key",
    MASKINPORTEN_ISSUER: simulator.maskinportenIssuer,
    MASKINPORTEN_CLIENT_ID: "test-client",
    MASKINPORTEN_JWK: key.base64,
  };
});
afterEach(() => {
  simulator.control.clearFaults();
  for (const child of running.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await simulator.close();
  await rm(directory, { recursive: true });
});

describe("upload", () => {
  test("prints the id alone when Altinn has scanned the file, which is there byte by byte", async () => {
    const content = randomBytes(3_000_000);
    const path = await file("kart.zip", content);
    const names = ["--display-name", "Kart", "--senders-reference", "2030/1", "--expires-in-days", "30"];
    const { status, output, errors } = await command(["upload", path, "--resource", RESOURCE, ...names]).ended;
    expect({ status, errors }).toEqual({ status: 0, errors: expect.stringContaining("existingAttachments") });
    const attachment = attachmentOf(output.trim());
    expect(output).toBe(`${attachment.id}\n`);
    expect(attachment).toMatchObject({
      resourceId: RESOURCE,
      fileName: "kart.zip",
      displayName: "Kart",
      sendersReference: "2030/1",
      expirationInDays: 30,
      checksum: createHash("md5").update(content).digest("hex"),
      sha256: createHash("sha256").update(content).digest("hex"),
    });
    expect(statusOf(attachment.id)).toBe("Published");
  });

  test("prints JSON when asked to; status and purge know the same attachment", async () => {
    const path = await file("brev.pdf");
    const uploaded = await command(["upload", path, "--resource", `urn:altinn:resource:${RESOURCE}`, "--json"]).ended;
    const { attachmentId, ...rest } = JSON.parse(uploaded.output);
    expect(rest).toMatchObject({ status: "Published", fileName: "brev.pdf", sizeBytes: 7 });
    const known = await command(["status", attachmentId]).ended;
    expect(known).toMatchObject({ status: 0, output: "Published\n", errors: expect.stringContaining("It is ready") });
    const purged = await command(["purge", attachmentId]).ended;
    expect(purged).toMatchObject({ status: 0, output: "", errors: expect.stringContaining("is purged") });
    expect(statusOf(attachmentId)).toBe("Purged");
  });

  test("that is stopped in the middle purges what it has made", async () => {
    simulator.control.fault({ method: "POST", path: UPLOAD, delayMs: 5_000 });
    const path = await file("stopped.zip", randomBytes(30_000_000));
    const upload = command(["upload", path, "--resource", RESOURCE]);
    const id = idIn(await upload.said(/Uploading/));
    upload.child.kill("SIGTERM");
    const { status, output, errors } = await upload.ended;
    expect({ status, output }).toEqual({ status: 1, output: "" });
    expect(errors).toContain(`It was interrupted. Attachment ${id} is purged again.`);
    expect(statusOf(id)).toBe("Purged");
  });

  test("that is killed in the middle has said which attachment it leaves behind", async () => {
    simulator.control.fault({ method: "POST", path: UPLOAD, delayMs: 5_000 });
    const path = await file("killed.zip", randomBytes(30_000_000));
    const upload = command(["upload", path, "--resource", RESOURCE]);
    const id = idIn(await upload.said(/Uploading/));
    upload.child.kill("SIGKILL");
    await upload.ended;
    expect(statusOf(id)).toBe("Initialized");
    expect(await command(["purge", id]).ended).toMatchObject({ status: 0 });
    expect(statusOf(id)).toBe("Purged");
  });
});

describe("one upload", () => {
  test("that does not pass the scan is purged, and what to do is said", async () => {
    const { outcome } = await upload(await file("eicar.txt"));
    const why = outcome.kind === "failed" ? outcome.why : "";
    expect(why).toMatch(/virus .* upload one that is clean.*Malware scan failed.*is purged again/);
    expect(statusOf(idIn(why))).toBe("Purged");
  });

  test("whose connection breaks leaves nothing behind", async () => {
    simulator.control.fault({ method: "POST", path: UPLOAD, drop: "before" });
    const { outcome } = await upload(await file("cut.zip", randomBytes(1_000_000)));
    expect(outcome).toMatchObject({
      kind: "failed",
      why: expect.stringMatching(/connection broke .* is purged again/),
    });
    expect(statusOf(idIn(outcome.kind === "failed" ? outcome.why : ""))).toBe("Purged");
  });

  test("that can't even be purged says what is left", async () => {
    simulator.control.fault({ method: "POST", path: UPLOAD, status: 503 });
    simulator.control.fault({ method: "DELETE", path: "/attachment/{id}", status: 503 });
    const { outcome } = await upload(await file("left.zip"));
    expect(outcome).toMatchObject({ kind: "leftBehind", why: expect.stringContaining("503") });
  });

  test("that Altinn refuses says why", async () => {
    const { outcome } = await upload(await file("refused.zip"), { resource: "unknown-resource" });
    expect(outcome).toMatchObject({ kind: "failed", why: expect.stringMatching(/errorCode 1036.*Check --resource/) });
  });

  test("whose scan takes too long, or is not waited for, is kept", async () => {
    const slow = await startSimulator({ scanMs: 3_600_000 });
    const environment = {
      ...settings,
      ALTINN_PLATFORM_URL: slow.url,
      MASKINPORTEN_ISSUER: slow.maskinportenIssuer,
    };
    const path = await file("slow.zip");
    const tooLong = await upload(path, { environment, scanLimitMs: 600 });
    expect(tooLong.outcome).toMatchObject({ kind: "scanning", why: expect.stringContaining("has not scanned it") });
    const stop = new AbortController();
    const tell = (line: string) => (line.startsWith("Uploaded.") ? stop.abort() : undefined);
    const stopped = await upload(path, { environment, signal: stop.signal, tell });
    expect(stopped.outcome).toMatchObject({ kind: "scanning", why: "It was interrupted." });
    expect(slow.control.attachments().map(({ statuses }) => statuses.at(-1)?.status)).toEqual([
      "UploadProcessing",
      "UploadProcessing",
    ]);
    await slow.close();
  });

  test("asks again when a question about the scan fails", async () => {
    simulator.control.fault({ method: "GET", path: "/attachment/{id}", status: 503 });
    const { outcome, lines } = await upload(await file("asked.zip"));
    expect(outcome.kind).toBe("published");
    expect(lines).toContainEqual(expect.stringMatching(/answered 503.*Asking again/));
  });
});

test("a file that Altinn would refuse is refused before any call, with everything that is wrong", async () => {
  const before = simulator.control.calls().length;
  const huge = await file("huge.zip");
  await truncate(huge, 50_000_000_001);
  const cases: [path: string, options: object, message: RegExp][] = [
    [join(directory, "nowhere.pdf"), {}, /there is no such file/],
    [directory, {}, /no file/],
    [await file("empty.pdf", Buffer.alloc(0)), {}, /empty/],
    [huge, {}, /larger than 50 GB/],
    [await file("program.exe"), {}, /the file's name: Has an ending that Altinn does not allow/],
    [await file("a?.pdf"), {}, /the file's name: Contains a character/],
    [await file("b.pdf"), { expiresInDays: "0" }, /--expires-in-days: Must be at least 1/],
    [await file("c.pdf"), { expiresInDays: "soon" }, /--expires-in-days: Must be a whole number/],
    [await file("d.pdf"), { resource: "no resource" }, /--resource/],
    [await file("e.exe"), { displayName: "x".repeat(256) }, /the file's name: .*\n.*--display-name: Is too long/],
  ];
  for (const [path, options, message] of cases) await expect(upload(path, options)).rejects.toThrow(message);
  expect(simulator.control.calls().length).toBe(before);
});

describe("the settings", () => {
  test("that are missing beside others are named; without any, the local start is looked for", async () => {
    const { ALTINN_ENVIRONMENT: _, MASKINPORTEN_JWK: _key, ...rest } = settings;
    await expect(reachAltinn({ ...rest, MASKINPORTEN_JWK: "{}" }, directory)).rejects.toThrow(
      /ALTINN_ENVIRONMENT is missing\.\n {2}MASKINPORTEN_JWK/,
    );
    await expect(reachAltinn({}, directory)).rejects.toThrow(/npm start first/);
    await noteStarted(statePaths(directory), {
      pid: process.pid,
      connectionString: "UseDevelopmentStorage=true",
      altinn: simulator.url,
      functions: simulator.url,
    });
    const local = await reachAltinn({}, directory);
    expect(local.settings.altinn.platformUrl).toBe(simulator.url);
  });

  test("that Maskinporten refuses are named, and shown nowhere", async () => {
    const { base64 } = await createClientKey();
    const { outcome } = await upload(await file("f.pdf"), { environment: { ...settings, MASKINPORTEN_JWK: base64 } });
    expect(outcome).toMatchObject({ kind: "failed", why: expect.stringMatching(/token.*MASKINPORTEN_CLIENT_ID/) });
    expect(JSON.stringify(outcome)).not.toContain(base64.slice(0, 40));
  });
});

test("what is not there, and what is not understood, is said", async () => {
  const [unknown, noId, noResource] = await Promise.all(
    [
      ["status", "8a6f5a0e-52f1-4a4e-8d1c-0f5a8f7b6c11"],
      ["purge", "kart.pdf"],
      ["upload", "kart.pdf"],
    ].map((args) => command(args).ended),
  );
  expect(unknown).toMatchObject({ status: 1, output: "", errors: expect.stringContaining("knows no attachment") });
  expect(noId).toMatchObject({ status: 1, errors: expect.stringContaining("UUID") });
  expect(noResource).toMatchObject({ status: 2, errors: expect.stringContaining("--resource") });
});

async function file(name: string, content: Buffer = Buffer.from("vedlegg")): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

interface UploadOptions {
  readonly resource?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly scanLimitMs?: number;
  readonly signal?: AbortSignal;
  readonly tell?: (line: string) => void;
}

/** An upload in this process. */
async function upload(path: string, options: UploadOptions = {}) {
  const { resource = RESOURCE, environment = settings, signal = new AbortController().signal, ...rest } = options;
  const { altinn } = await reachAltinn(environment, directory);
  const context = { environment: "tt02", now: new Date() } as const;
  const read = await readAttachmentFile(path, { ...rest, resource }, context, signal);
  const lines: string[] = [];
  const tell = options.tell ?? ((line: string) => void lines.push(line));
  return { outcome: await uploadFile({ altinn, signal, ...rest, tell }, read), lines };
}

/** The command in a process of its own. `said` waits for a line on standard error. */
function command(args: readonly string[], environment: Readonly<Record<string, string>> = settings) {
  const child = spawn(process.execPath, [...commandArgs("attachment"), ...args], {
    env: { PATH: process.env.PATH, ...environment },
    cwd: directory,
  });
  running.push(child);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
  const ended = Promise.all([exited, text(child.stdout)]).then(([status, output]) => ({ status, output, errors }));
  const said = async (what: RegExp): Promise<string> => {
    await expect.poll(() => errors).toMatch(what);
    return errors;
  };
  return { child, ended, said };
}

function idIn(words: string): string {
  return /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(words)?.[0] ?? "";
}

function attachmentOf(id: string) {
  const found = simulator.control.attachments().find((attachment) => attachment.id === id);
  if (found === undefined) throw new Error(`Altinn has no attachment ${id}`);
  return found;
}

function statusOf(id: string): string | undefined {
  return attachmentOf(id).statuses.at(-1)?.status;
}
