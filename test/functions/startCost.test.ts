// What a start of the built app loads, and its first letters: in files and bytes, since time differs with the machine.
import { copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { type Service, startService } from "../../local/start/service.ts";
import { BUDGET, build } from "../../scripts/build.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { type StorageAccount, startStorage } from "../harness/storage.ts";
import { RESOURCE } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Tells each file that Node loads. */
const TELL = `data:text/javascript,${encodeURIComponent(
  'import { registerHooks } from "node:module";' +
    'registerHooks({ load(url, context, next) { console.error("loads " + url); return next(url, context); } });',
)}`;

let account: StorageAccount;
let simulator: Simulator;
let directory: string;
let host: Service<unknown>;
/** The app's files that were loaded, by name, in order. */
const loaded: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "start-cost-"));
  const [storage] = await Promise.all([startStorage(), build({ directory: join(directory, "dist") })]);
  account = await storage.account();
  const key = await createClientKey();
  const clients = [{ clientId: "test-client", keys: [key.publicJwk] }];
  simulator = await startSimulator({ timeScale: 1, clients, subscriptionKey: "test-subscription-key" });
  for (const file of ["host.json", "package.json"]) await copyFile(join(ROOT, file), join(directory, file));
  host = await startService({
    name: "The functions host",
    program: join(ROOT, "local", "functions-host", "main.ts"),
    arguments: ["--app", directory, "--port", "0"],
    nodeFlags: [`--import=${TELL}`],
    environment: {
      ...process.env,
      FUNCTION_KEY: "not-used",
      CORRESPONDENCE_STORAGE: account.connectionString,
      ALTINN_ENVIRONMENT: "tt02",
      ALTINN_PLATFORM_URL: simulator.url,
      MASKINPORTEN_ISSUER: `${simulator.url}/maskinporten/`,
      MASKINPORTEN_CLIENT_ID: "test-client",
      MASKINPORTEN_JWK: key.base64,
      ALTINN_SUBSCRIPTION_KEY: "test-subscription-key",
      ALTINN_RESOURCES: RESOURCE,
      ALTINN_EVENTS_ADDRESSES: "any",
    },
    logFile: join(directory, "functions.log"),
    readySchema: z.object({ url: z.string() }),
    onLog: (line) => {
      const [, path] = line.startsWith("loads ") ? line.split(`/${basename(directory)}/dist/`) : [];
      if (path !== undefined) loaded.push(path);
    },
  });
});
afterAll(async () => {
  await host.stop();
  await simulator.close();
  await rm(directory, { recursive: true });
});

async function send(letter: object): Promise<void> {
  const before = simulator.control.correspondences().length;
  const queues = QueueServiceClient.fromConnectionString(account.connectionString);
  await queues.getQueueClient(QUEUES.requests).sendMessage(JSON.stringify(letter));
  await expect.poll(() => simulator.control.correspondences().length, { timeout: 20_000 }).toBe(before + 1);
}

const bytesOf = async (paths: readonly string[]) => {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(directory, "dist", path))).size));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
};

test("a start loads few files, within the budget, and a plain letter no more", async () => {
  const atStart = [...loaded];
  expect(atStart).toContain("main.js");
  expect(atStart.length).toBeLessThanOrEqual(20);
  expect(await bytesOf(atStart)).toBeLessThanOrEqual(BUDGET.startBytes);
  const messageBody = "# Vedtak om tilskudd\n\nHei {{recipientName}}. Søknaden er **innvilget**.";
  await send(aLetter({ id: "plain", content: { messageTitle: "Vedtak om tilskudd", messageBody } }));
  expect(loaded).toEqual(atStart);
});

const toNotify = { notificationTemplate: "GenericAltinnMessage", notificationChannel: "Sms" };
test.each([
  ["HTML", "convertOnce", aLetter({ content: { messageBody: "<p>Hei <b>du</b></p>", bodyFormat: "html" } })],
  ["a list", "shownWarnings", aLetter({ content: { messageBody: "- en\n- to" } })],
  ["signs in its title", "readsOtherwise", aLetter({ content: { messageTitle: "Vedtak «A+B»" } })],
  [
    "a telephone number",
    "mobileNumber",
    aLetter({ letter: { notification: { ...toNotify, customRecipients: [{ mobileNumber: "+4799999999" }] } } }),
  ],
])("a letter with %s loads what reads it", async (_, chunk, letter) => {
  const isChunk = (path: string) => basename(path).startsWith(`${chunk}-`);
  expect(loaded.filter(isChunk)).toEqual([]);
  await send(letter);
  expect(loaded.filter(isChunk)).toHaveLength(1);
});
