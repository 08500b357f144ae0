import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type FunctionsHost, startFunctionsHost } from "../../local/functions-host/start.ts";
import { organization, person, personNumber } from "../../local/parties.ts";
import { DAY, MINUTE } from "../../shared/clock.ts";
import { CONTAINERS, poisonQueueOf, QUEUES } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import {
  ABOUT_SOMEBODY,
  asRequestId,
  attachment,
  events,
  markedLetter,
  notification,
  occurrences,
  phone,
  RESERVED_PERSON,
  secretsOf,
  telling,
  UNKNOWN_PERSON,
  who,
} from "../security/marked.ts";
import { Watched } from "../security/watched.ts";
import { INITIALIZE } from "./letters.ts";

const JSON_TYPE = "application/json";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

describe("in a run with letters of every fate", () => {
  let world: World;
  let watched: Watched;
  let secrets: string[];
  const printed: string[] = [];

  beforeAll(async () => {
    for (const method of ["log", "info", "warn", "error", "debug"] as const) {
      vi.spyOn(console, method).mockImplementation(
        (...parts: unknown[]) => void printed.push(parts.map(String).join(" ")),
      );
    }
    world = await World.start(storage, { simulator: { rule: "read after 1 m, confirmed after 2 m" } });
    watched = new Watched(world);
    await world.putAttachment(attachment.blob, Buffer.from("Innholdsmerke"));
    await goodLetters();
    await brokenMessages();
    await failingStorage();
    await refusedLetters();
    await othersDoing();
    const token = await world.app.health.clientOf(undefined).tokens.get();
    secrets = secretsOf(world.storage.connectionString, world.key.privateJwk, [
      world.key.base64,
      "test-subscription-key",
      token.ok ? token.token : "",
    ]);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await world[Symbol.asyncDispose]();
  });

  async function goodLetters(): Promise<void> {
    const letter = markedLetter({ id: asRequestId, letter: { notification } });
    await world.drop(letter);
    await world.drop(letter);
    await world.drop(markedLetter({ attachments: [attachment] }));
    await world.drop(markedLetter({ recipients: [person(1), RESERVED_PERSON, UNKNOWN_PERSON, organization(3)] }));
    await world.drop(markedLetter({ id: asRequestId }));
    await watched.run();
    for (const event of events(world.letters()[0]?.correspondenceId, world.clock.now())) {
      await watched.post(JSON.stringify(event));
    }
    await watched.post(`{"id":"merke ${personNumber(4)}`);
  }

  async function refusedLetters(): Promise<void> {
    await world.drop(markedLetter({ recipients: [RESERVED_PERSON] }));
    await world.drop(markedLetter({ recipients: [UNKNOWN_PERSON] }));
    for (const fault of telling) {
      world.simulator.control.fault({ contentType: JSON_TYPE, method: "POST", path: INITIALIZE, times: 1, ...fault });
      await world.drop(markedLetter({ letter: { notification } }));
      await watched.run();
    }
    world.simulator.control.fault({ method: "GET", path: "/authentication/*", status: 401, body: who, times: 1 });
    world.simulator.control.revokeTokens();
    await world.drop(markedLetter());
    await watched.run();
  }

  async function brokenMessages(): Promise<void> {
    const whole = JSON.stringify(markedLetter());
    await world.drop(whole.slice(0, -20));
    await world.drop(Buffer.from(whole, "utf16le").toString("base64"));
    await world.drop({ [personNumber(5)]: "merke", recipients: ["merke", personNumber(5).replace(/.$/, "x")] });
    await world.drop(markedLetter({ recipients: ["Navnemerke", `urn:altinn:person:identifier-no:${phone}`] }));
    await world.drop(markedLetter({ letter: { resourceId: "another-resource" }, request: { statusQueue: "merke" } }));
    await world.drop(
      markedLetter({ letter: { notification: { ...notification, customRecipients: [{ emailAddress: "merke" }] } } }),
    );
    await world.drop(markedLetter({ attachments: [{ ...attachment, blob: "mappemerke/borte.pdf" }] }));
    await world.drop(markedLetter({ attachments: [{ ...attachment, checksum: "0".repeat(32) }] }));
    await world.drop({ requestBlob: `mappemerke/${personNumber(6)}.json` });
    await world.drop(markedLetter(), poisonQueueOf(QUEUES.requests));
    await world.drop(whole.slice(0, -20), poisonQueueOf(QUEUES.requests));
    await watched.run();
    for (const name of ["sendDispatch", "checkStatusBatch"]) {
      await watched.invoke(name, async () => {
        throw Object.assign(new Error(`Cannot send Tittelmerke to ${who}`), { code: "ERR_MADE_UP" });
      });
      // The raw error was made here.
      watched.errors.splice(-2, 1);
    }
  }

  async function failingStorage(): Promise<void> {
    for (const step of [
      /^blob PUT correspondence-state\/requests/,
      /^queue POST correspondence-status/,
      /^blob HEAD correspondence-attachments/,
    ]) {
      world.fault({ step, phase: "before", action: { status: 500 }, times: 3 });
      await world.drop(markedLetter({ attachments: [attachment] }));
      await watched.run();
      world.clearFaults();
    }
    world.fault({ step: /^blob GET correspondence-state\/correspondences/, phase: "before", action: "cut", times: 3 });
    await watched.post(JSON.stringify(events(world.letters()[0]?.correspondenceId, world.clock.now())[0]));
    world.clearFaults();
  }

  async function othersDoing(): Promise<void> {
    for (let round = 0; round < 3; round++) {
      world.clock.advance(round < 2 ? 3 * MINUTE : DAY);
      await world.simulator.control.advance();
      await watched.run();
      await watched.invoke("checkStatuses", () => world.sweep());
    }
  }

  test("everything happened that was to happen", async () => {
    const told = new Set(await world.told());
    const fates = ["sent", "duplicate", "published", "read", "rejected invalidRequest", "rejected recipientReserved"];
    const more = ["recipientNotFound", "contentRefused", "attachmentMissing", "checksumMismatch", "requestBlobMissing"];
    for (const fate of [...fates, ...more.map((reason) => `rejected ${reason}`)]) expect([...told]).toContain(fate);
    expect(watched.errors.length).toBeGreaterThan(5);
    expect(watched.answers.length).toBeGreaterThan(9);
    expect(watched.told.logs.length).toBeGreaterThan(100);
    expect(watched.told.logs.join("\n")).toContain('"cloudevents.event_id":"(withheld)","resourceId":"(withheld)"');
  });

  test.each(["logs", "errors", "answers"] as const)("the %s hold nothing of it", (kind) => {
    expect(occurrences(watched.told[kind], secrets)).toEqual([]);
  });

  test("nothing is printed beside the log", () => {
    expect(printed).toEqual([]);
  });

  test("queues and blobs are named without it, and tagged without it", async () => {
    const names: string[] = [];
    for await (const { name } of world.storage.queues.listQueues()) names.push(name);
    for (const container of [CONTAINERS.state, CONTAINERS.accepted, CONTAINERS.deadLetters]) {
      const client = world.storage.blobs.getContainerClient(container);
      for await (const { name, tags = {} } of client.listBlobsFlat({ includeTags: true })) {
        names.push(name, ...Object.entries(tags).flat());
      }
    }
    expect(names.length).toBeGreaterThan(100);
    expect(names).toContain(RESOURCE);
    expect(occurrences(names, secrets)).toEqual([]);
  });

  test("announcements say who it went to, and what it is called, and nothing of what is in it", async () => {
    const texts = await world.host.peekAll(QUEUES.announcements);
    expect(texts.join()).toContain(asRequestId);
    expect(occurrences(texts, secrets, [/merke(?!["/.])/i, new RegExp(phone), /eyJ[\w-]{10}/])).toEqual([]);
  });

  test("what must hold it does, and the search finds it there", async () => {
    const kept = [...(await world.blobs(CONTAINERS.accepted)), ...(await world.blobs(CONTAINERS.deadLetters))];
    const found = occurrences(
      kept.map(({ value }) => JSON.stringify(value)),
      [],
    );
    for (const pattern of ABOUT_SOMEBODY.slice(0, 4)) expect(found.join("\n")).toContain(String(pattern));
  });

  test("what is on the app's own queues is ids alone", async () => {
    const waiting = (await world.host.waiting()).filter(({ queue }) => queue !== QUEUES.requests);
    expect(
      occurrences(
        waiting.map(({ text }) => text),
        secrets,
      ),
    ).toEqual([]);
  });
});

describe("under the host", () => {
  const KEY = "the-function-key-merke";
  let directory: string;
  let host: FunctionsHost;
  let world: World;
  const output: string[] = [];

  beforeAll(async () => {
    // The host's time is real, however long it takes to start: so must Maskinporten's be, which allows 10 s.
    world = await World.start(storage, { simulator: { clock: { now: Date.now } } });
    directory = await mkdtemp(join(tmpdir(), "correspondence-app-"));
    const root = resolve(import.meta.dirname, "../..");
    await copyFile(join(root, "host.json"), join(directory, "host.json"));
    const main = relative(directory, join(root, "functions", "main.ts"));
    await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module", main }));
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, "write").mockImplementation((text) => output.push(String(text)) > 0);
    }
    host = await startFunctionsHost({
      appDirectory: directory,
      port: 0,
      functionKey: KEY,
      settings: {
        CORRESPONDENCE_STORAGE: world.storage.connectionString,
        ALTINN_ENVIRONMENT: "tt02",
        ALTINN_PLATFORM_URL: world.simulator.url,
        MASKINPORTEN_ISSUER: world.simulator.maskinportenIssuer,
        MASKINPORTEN_CLIENT_ID: "test-client",
        MASKINPORTEN_JWK: world.key.base64,
        ALTINN_SUBSCRIPTION_KEY: "test-subscription-key",
        ALTINN_RESOURCES: RESOURCE,
        ALTINN_EVENTS_ADDRESSES: "any",
      },
      logLevel: "trace",
      onLog: ({ line }) => output.push(line),
    });
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await host.stop();
    await world[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });

  test("its output holds nothing of it", async () => {
    const queue = world.storage.queues.getQueueClient(QUEUES.requests);
    const whole = JSON.stringify(markedLetter());
    for (const text of [whole, whole.slice(0, -20), JSON.stringify(markedLetter({ recipients: [RESERVED_PERSON] }))]) {
      await queue.sendMessage(text);
    }
    const ended = world.storage.queues.getQueueClient(QUEUES.announcements);
    await expect.poll(async () => (await ended.getProperties()).approximateMessagesCount).toBe(3);
    for (const event of [...events(world.letters()[0]?.correspondenceId, Date.now()), whole.slice(0, -20)]) {
      const body = typeof event === "string" ? event : JSON.stringify(event);
      await fetch(`${host.url}/api/altinn-events?code=${KEY}`, {
        method: "POST",
        headers: { "content-type": JSON_TYPE },
        body,
      });
    }
    await fetch(`${host.url}/api/requests/${asRequestId}?code=${KEY}`);
    for (const question of [
      `letters?reference=${asRequestId}`,
      `letters?status=${asRequestId}`,
      `letters/${asRequestId}`,
    ]) {
      await fetch(`${host.url}/api/${question}${question.includes("?") ? "&" : "?"}code=${KEY}`);
    }
    await fetch(`${host.url}/api/health?code=${KEY}`);
    await fetch(`${host.url}/api/health?code=${KEY}-wrong`);
    await world.storage.blobs.getContainerClient(CONTAINERS.state).delete();
    await fetch(`${host.url}/api/altinn-events?code=${KEY}`, {
      method: "POST",
      headers: { "content-type": JSON_TYPE },
      body: JSON.stringify(events(crypto.randomUUID(), Date.now())[0]),
    });
    await queue.sendMessage(JSON.stringify(markedLetter()));
    await expect.poll(() => output.some((line) => line.includes("Failed"))).toBe(true);
    const secrets = secretsOf(world.storage.connectionString, world.key.privateJwk, [world.key.base64, KEY]);
    expect(output.length).toBeGreaterThan(30);
    expect(occurrences(output, secrets)).toEqual([]);
  });
});
