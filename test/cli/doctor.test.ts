// `npm run altinn -- doctor` over real parts: the app under its host, Azurite, the simulator, and whatever is broken of them.
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { doctorCommand } from "../../cli/altinn/doctor.ts";
import { type ClientKey, createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { type FunctionsHost, startFunctionsHost } from "../../local/functions-host/start.ts";
import { build } from "../../scripts/build.ts";
import { CONTAINERS, poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { portOf } from "../altinn/peer.ts";
import { commandArgs } from "../harness/command.ts";
import { type Ran, runHere } from "../harness/commandHere.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const KEY = "the-function-key";

let directory: string;
let key: ClientKey;
let storage: Storage;
let account: StorageAccount;
let simulator: Simulator;
let host: FunctionsHost;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "doctor-"));
  [storage, key] = await Promise.all([
    startStorage(),
    createClientKey(),
    build({ directory: join(directory, "dist") }),
  ]);
  account = await storage.account(["case-status"]);
  const few = ["altinn:serviceowner", "altinn:correspondence.read", "altinn:events.subscribe"];
  simulator = await startSimulator({
    clients: [
      { clientId: "test-client", keys: [key.publicJwk] },
      { clientId: "few-scopes", keys: [key.publicJwk], scopes: few },
    ],
    subscriptionKey: "the-subscription-key",
  });
  for (const file of ["host.json", "package.json"]) await copyFile(join(ROOT, file), join(directory, file));
  host = await startFunctionsHost({
    appDirectory: directory,
    port: 0,
    functionKey: KEY,
    settings: settings(),
    onLog: () => undefined,
  });
  // The first call of all makes the app's marker.
  await fetch(`${host.url}/api/health?code=${KEY}`);
  await runBeside(["subscriptions", "create", "--app", host.url]);
  await runBeside(["subscriptions", "verify", "--app", host.url, "--wait", "1"]);
});
afterAll(async () => {
  await host.stop();
  await simulator.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => simulator.control.clearFaults());

function settings(more: Record<string, string> = {}): Record<string, string> {
  return {
    CORRESPONDENCE_STORAGE: account.connectionString,
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: simulator.url,
    ALTINN_SUBSCRIPTION_KEY: "the-subscription-key",
    ALTINN_RESOURCES: "letters",
    ALTINN_EVENTS_ADDRESSES: "any",
    MASKINPORTEN_ISSUER: simulator.maskinportenIssuer,
    MASKINPORTEN_CLIENT_ID: "test-client",
    MASKINPORTEN_JWK: key.base64,
    STATUS_QUEUES: "case-status",
    ...more,
  };
}

/** Runs the doctor in this process. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return withoutSecrets(await runHere(doctorCommand, args, { ...settings(), ALTINN_WEBHOOK_KEY: KEY, ...env }));
}

/** Runs a command as operators do. */
async function runBeside(args: readonly string[]): Promise<Ran> {
  const nodeArgs = [...commandArgs("altinn"), ...args];
  const env = { ...settings(), ALTINN_WEBHOOK_KEY: KEY };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, nodeArgs, { env, cwd: directory });
  return withoutSecrets({ code: 0, stdout, stderr });
}

function withoutSecrets(ran: Ran): Ran {
  const accountKey = /AccountKey=([^;]+)/.exec(account.connectionString)?.[1] ?? "";
  for (const secret of [KEY, "the-subscription-key", key.base64, key.privateJwk.d ?? "", accountKey]) {
    expect(ran.stdout + ran.stderr).not.toContain(secret);
  }
  return ran;
}

const report = z.object({
  healthy: z.boolean(),
  findings: z.array(z.object({ check: z.string(), result: z.string(), what: z.string(), mend: z.string().optional() })),
});

/** What is not well, short, and how it ended. Each thing that is wrong must say how to mend it. */
async function unwell(env: Record<string, string> = {}, args: readonly string[] = ["--app", host.url]) {
  const { code, stdout, stderr } = await run(["--json", ...args], env);
  expect(stderr).toBe("");
  const { findings, healthy } = report.parse(JSON.parse(stdout));
  expect(healthy).toBe(code === 0);
  for (const { check, result, mend } of findings) {
    expect({ check, isSaid: mend !== undefined }).toEqual({ check, isSaid: ["failed", "warning"].includes(result) });
  }
  const told = findings.filter(({ result }) => result !== "ok").map(({ check, result }) => `${result} ${check}`);
  return { code, told, findings };
}

it("finds nothing wrong with an app that works, and prints a line for each check", async () => {
  expect(await unwell()).toMatchObject({ code: 0, told: [] });
  const { stdout } = await runBeside(["doctor", "--app", host.url]);
  expect(stdout).toMatch(/^ok {7}settings: /);
  expect(stdout).toMatch(/\n0 failed, 0 warnings, 14 ok, 0 skipped\n$/);
});

it("looks at the deployment and at each sender as itself, or at the one sender that is named", async () => {
  const SENDERS = JSON.stringify([
    { name: "oslo", resources: ["org313721779-letters"], consumerOrg: "313721779", ownQueue: true },
    { name: "voss", resources: ["org313721779-others"], consumerOrg: "310000035" },
  ]);
  const { told } = await unwell({ SENDERS }, []);
  expect(told.filter((one) => one.startsWith("failed"))).toEqual([
    "failed queue correspondence-requests-oslo",
    "failed queue correspondence-requests-oslo-poison",
    "failed queue dispatches-oslo",
    "failed queue dispatches-oslo-poison",
    "failed voss: resource org313721779-others",
  ]);
  const { findings } = await unwell({ SENDERS }, ["--sender", "oslo"]);
  const looked = findings.map(({ check, result }) => `${result} ${check}`);
  expect(looked).toContain("ok oslo: resource org313721779-letters");
  expect(looked.join()).not.toMatch(/voss|resource letters/);
  // The subscription of the deployment's own resource is seen, and is not taken for one that nobody uses.
  const { findings: subscribed } = await unwell({ SENDERS }, ["--app", host.url, "--sender", "voss"]);
  expect(subscribed.filter(({ result }) => result === "warning")).toEqual([]);
  await expect(run(["--sender", "nobody"], { SENDERS })).rejects.toThrow("SENDERS has no sender nobody.");
});

it("goes by settings and references that az has printed, and skips what an app must be named for", async () => {
  const file = join(directory, "settings.json");
  await writeFile(file, JSON.stringify(Object.entries(settings()).map(([name, value]) => ({ name, value }))));
  const env = Object.fromEntries(Object.keys(settings()).map((name) => [name, ""]));
  const references = join(directory, "references.json");
  const open = { name: "MASKINPORTEN_JWK", properties: { status: "SecretNotFound" } };
  await writeFile(references, JSON.stringify({ value: [open] }));
  const { code, told } = await unwell(env, ["--settings", file, "--references", references]);
  expect({ code, told }).toEqual({
    code: 1,
    told: ["failed reference MASKINPORTEN_JWK", "skipped subscriptions", "skipped webhook", "skipped health"],
  });
});

describe("finds what is wrong, and goes on with the rest:", () => {
  it.each<[string, Record<string, string>, string[]]>([
    [
      "settings that are missing",
      { MASKINPORTEN_CLIENT_ID: "", FOLLOW_DAYS: "-1" },
      [
        "failed setting MASKINPORTEN_CLIENT_ID",
        "failed setting FOLLOW_DAYS",
        "skipped clock",
        "skipped Maskinporten",
        "skipped subscriptions",
      ],
    ],
    [
      "received letters that may not be read, and of which no events come",
      { RECEIVE_RESOURCES: "theirs,denied-1", RECEIVE_ORG: "991825827" },
      ["failed received resource denied-1", "failed subscription theirs", "failed subscription denied-1"],
    ],
    [
      "storage that is not there",
      { CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true" },
      ["failed storage", "skipped queues", "skipped containers"],
    ],
    ["a queue that is not there", { STATUS_QUEUES: "case-status,other-status" }, ["failed queue other-status"]],
    [
      "a client that Maskinporten does not know",
      { MASKINPORTEN_CLIENT_ID: "nobody" },
      ["failed Maskinporten", "skipped resource letters", "failed subscriptions"],
    ],
    [
      "scopes that the client has not got",
      { MASKINPORTEN_CLIENT_ID: "few-scopes" },
      ["failed scopes", "skipped Altinn's exchange", "skipped resource letters"],
    ],
    [
      "a resource that is not ours",
      { ALTINN_RESOURCES: "letters,denied-letters" },
      ["failed resource denied-letters", "failed subscription denied-letters"],
    ],
    [
      "a key to Altinn's APIs that is none",
      { ALTINN_SUBSCRIPTION_KEY: "wrong" },
      ["failed Altinn's exchange", "skipped resource letters", "failed subscriptions"],
    ],
    [
      "a function key that is not the app's",
      { ALTINN_WEBHOOK_KEY: "wrong" },
      ["failed subscription letters", "failed health"],
    ],
  ])("%s", async (_what, env, expected) => {
    const { code, told } = await unwell(env);
    expect({ code, told }).toEqual({ code: 1, told: expected });
  });

  it("names the scopes that are refused", async () => {
    const { findings } = await unwell({ MASKINPORTEN_CLIENT_ID: "few-scopes" });
    expect(findings.find(({ check }) => check === "scopes")?.what).toBe(
      "Maskinporten refuses altinn:correspondence.write",
    );
  });

  it("an app that does not answer", async () => {
    const { code, told } = await unwell({}, ["--app", "http://127.0.0.1:1"]);
    expect({ code, told }).toEqual({
      code: 1,
      told: ["failed subscription letters", "failed webhook", "failed health"],
    });
  });

  it("messages in a poison queue, a container that is gone, a marker that is missing", async () => {
    const poison = account.queues.getQueueClient(poisonQueueOf(QUEUES.statusChecks));
    await poison.sendMessage("a message");
    expect(await unwell()).toMatchObject({ code: 0, told: [`warning queue ${poisonQueueOf(QUEUES.statusChecks)}`] });
    await poison.clearMessages();
    const requests = account.blobs.getContainerClient(CONTAINERS.requests);
    await requests.delete();
    expect(await unwell()).toMatchObject({ code: 1, told: ["failed container correspondence-requests"] });
    await requests.create();
    const other = await storage.account(["case-status"]);
    expect(await unwell({ CORRESPONDENCE_STORAGE: other.connectionString })).toMatchObject({
      code: 0,
      told: ["warning marker"],
    });
  });

  it("a clock that is wrong, by what others say is the time", async () => {
    const late: Server = createServer((_request, response) => {
      response.writeHead(404, { date: new Date(Date.now() - 3_600_000).toUTCString() }).end();
    });
    await new Promise<void>((done) => late.listen(0, "127.0.0.1", done));
    const issuer = `http://127.0.0.1:${portOf(late.address())}/`;
    const { told } = await unwell({ MASKINPORTEN_ISSUER: issuer });
    late.close();
    expect(told).toEqual(["failed clock", "failed Maskinporten", "skipped resource letters", "failed subscriptions"]);
  });
});
