// `npm run altinn -- subscriptions` against the simulator, which validates the webhook and pushes as Altinn does.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ClientKey, createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { portOf } from "../altinn/peer.ts";
import { commandArgs } from "../harness/command.ts";

const KEY = "the-present-function-key";
const OLD_KEY = "the-old-function-key";

let directory: string;
let key: ClientKey;
let webhook: Server;
let app: string;
/** Keys that the webhook takes. */
let taken: string[] = [];
/** Resolves when calls with the present key may be answered. */
let mayAnswer: Promise<void> = Promise.resolve();
let simulator: Simulator;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "subscriptions-"));
  key = await createClientKey();
  webhook = createServer(async (request, response) => {
    const code = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("code") ?? "";
    request.resume();
    if (code === KEY) await mayAnswer;
    response.writeHead(taken.includes(code) ? 200 : 401).end();
  });
  await new Promise<void>((done) => webhook.listen(0, "127.0.0.1", done));
  app = `http://127.0.0.1:${portOf(webhook.address())}`;
});
afterAll(async () => {
  webhook.closeAllConnections();
  webhook.close();
  await rm(directory, { recursive: true });
});
beforeEach(async () => {
  taken = [KEY, OLD_KEY];
  const scopes = ["altinn:serviceowner", "altinn:events.subscribe"];
  simulator = await startSimulator({
    clients: [
      { clientId: "test-client", keys: [key.publicJwk], scopes },
      { clientId: "no-events", keys: [key.publicJwk], scopes: ["altinn:serviceowner"] },
    ],
    subscriptionKey: "the-subscription-key",
  });
});
afterEach(() => simulator.close());

function settings(more: Record<string, string> = {}): Record<string, string> {
  return {
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: simulator.url,
    ALTINN_SUBSCRIPTION_KEY: "the-subscription-key",
    ALTINN_RESOURCES: "letters, invoices",
    MASKINPORTEN_ISSUER: simulator.maskinportenIssuer,
    MASKINPORTEN_CLIENT_ID: "test-client",
    MASKINPORTEN_JWK: key.base64,
    ...more,
  };
}

async function subscriptions(args: readonly string[], env: Record<string, string> = {}) {
  const nodeArgs = [...commandArgs("altinn"), "subscriptions", ...args];
  const environment = { ...settings(), ALTINN_WEBHOOK_KEY: KEY, ...env };
  const outcome = await promisify(execFile)(process.execPath, nodeArgs, { env: environment, cwd: directory }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
  for (const secret of [KEY, OLD_KEY, "the-subscription-key", key.base64, key.privateJwk.d ?? ""]) {
    expect(outcome.stdout + outcome.stderr).not.toContain(secret);
  }
  return outcome;
}

const there = () => simulator.control.subscriptions();

describe("create", () => {
  it("makes what the settings need, once, and Altinn validates it", async () => {
    const made = await subscriptions(["create", "--app", app]);
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("up to an hour") });
    expect(made.stdout).toMatch(/^letters: created, subscription \d+\ninvoices: created, subscription \d+\n$/);
    expect(await subscriptions(["create", "--app", app])).toMatchObject({
      code: 0,
      stdout: "letters: there already\ninvoices: there already\n",
    });
    expect(there()).toMatchObject([
      { endPoint: `${app}/api/altinn-events?code=${KEY}`, resourceFilter: "urn:altinn:resource:letters" },
      { endPoint: `${app}/api/altinn-events?code=${KEY}`, resourceFilter: "urn:altinn:resource:invoices" },
    ]);
    expect(await subscriptions(["verify", "--app", app, "--wait", "1"])).toEqual({
      code: 0,
      stdout: "letters: validated\ninvoices: validated\n",
      stderr: "",
    });
  });

  it("reads the settings as az prints them from a file, and the key from standard input", async () => {
    const file = join(directory, "settings.json");
    const asAz = Object.entries(settings()).map(([name, value]) => ({ name, slotSetting: false, value }));
    await writeFile(file, JSON.stringify(asAz));
    const args = [...commandArgs("altinn"), "subscriptions", "create"];
    const child = execFile(process.execPath, [...args, "--app", app, "--settings", file, "--key-stdin"], { env: {} });
    child.stdin?.end(`${KEY}\n`);
    const code = await new Promise((done) => child.on("exit", done));
    expect(code).toBe(0);
    expect(there()).toMatchObject([{ endPoint: `${app}/api/altinn-events?code=${KEY}` }, {}]);
  });

  it.each<[string, Record<string, string>, string[], string]>([
    ["no key", { ALTINN_WEBHOOK_KEY: "" }, ["--app", "https://a.example.test"], "ALTINN_WEBHOOK_KEY"],
    ["no app", {}, [], "--app"],
    ["wrong settings", { ALTINN_RESOURCES: "", MASKINPORTEN_CLIENT_ID: "" }, [], "MASKINPORTEN_CLIENT_ID"],
    [
      "no scope",
      { MASKINPORTEN_CLIENT_ID: "no-events" },
      ["--app", "https://a.example.test"],
      "altinn:events.subscribe",
    ],
    [
      "a wrong key to the API",
      { ALTINN_SUBSCRIPTION_KEY: "x" },
      ["--app", "https://a.example.test"],
      "ALTINN_SUBSCRIPTION_KEY",
    ],
    ["a file that is none", {}, ["--settings", "missing.json"], "missing.json"],
  ])("says what to do about %s", async (_what, env, args, words) => {
    const outcome = await subscriptions(["create", ...args], env);
    expect(outcome).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(words) });
    expect(there()).toEqual([]);
  });
});

describe("verify", () => {
  it("fails while a resource has none, and while Altinn has had no answer", async () => {
    const missing = await subscriptions(["verify", "--app", app]);
    expect(missing).toMatchObject({ code: 1, stdout: expect.stringContaining("letters: none with this address") });
    taken = [];
    await subscriptions(["create", "--app", app]);
    const unanswered = await subscriptions(["verify", "--app", app, "--json"]);
    expect(unanswered.code).toBe(1);
    expect(JSON.parse(unanswered.stdout).resources).toEqual([
      { resourceId: "letters", state: "notValidated" },
      { resourceId: "invoices", state: "notValidated" },
    ]);
  });
});

describe("a new function key", () => {
  it("takes over without a gap: the old ones go when the new ones are validated, and not before", async () => {
    await subscriptions(["create", "--app", app], { ALTINN_WEBHOOK_KEY: OLD_KEY });
    let answer = () => {};
    mayAnswer = new Promise((resolve) => {
      answer = resolve;
    });
    await subscriptions(["create", "--app", app]);
    const early = await subscriptions(["delete", "--old-keys", "--yes", "--app", app]);
    expect(early).toMatchObject({ code: 0, stderr: expect.stringContaining("stays") });
    expect(there()).toHaveLength(4);

    answer();
    expect((await subscriptions(["verify", "--app", app, "--wait", "2"])).code).toBe(0);
    const listed = await subscriptions(["list", "--app", app]);
    expect(listed.stdout.match(/this app, another key/g)).toHaveLength(2);
    const asked = await subscriptions(["delete", "--old-keys", "--app", app]);
    expect(asked).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") });
    expect(there()).toHaveLength(4);
    expect((await subscriptions(["delete", "--old-keys", "--yes", "--app", app])).code).toBe(0);
    expect(there().map(({ endPoint }) => endPoint)).toEqual(Array(2).fill(`${app}/api/altinn-events?code=${KEY}`));
  });
});

it("delete takes ids, and knows those that are not there", async () => {
  await subscriptions(["create", "--app", app]);
  const [first] = there();
  expect(await subscriptions(["delete", "987", "--yes", "--app", app])).toMatchObject({ code: 1 });
  expect((await subscriptions(["delete", String(first?.id), "--yes", "--app", app])).code).toBe(0);
  expect(there()).toHaveLength(1);
});
