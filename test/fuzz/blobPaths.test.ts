// Paths of blobs in requests: refused by their form, or looked up in the app's own container, and nowhere else.
import { createServer } from "node:http";
import { ContainerClient } from "@azure/storage-blob";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createAttachmentBlobs } from "../../shared/attachments/attachmentBlobs.ts";
import { isBlobPath } from "../../shared/requests/blobPath.ts";
import { requestDigest } from "../../shared/requests/digest.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { anAttachment } from "../builders/request.ts";
import { handleMessage } from "../harness/handleMessage.ts";
import { listen } from "../harness/listen.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";
import { corpus, isWhole, runs } from "./corpus.ts";

function pathsOf(name: string): { path: string; shown: string }[] {
  const bytes = corpus("blobs").find((file) => file.name === name)?.bytes ?? Buffer.alloc(0);
  const paths = z.array(z.string()).parse(JSON.parse(bytes.toString("utf8")));
  return paths.map((path) => ({ path, shown: JSON.stringify(path).slice(0, 80) }));
}

const refused = pathsOf("refused");
const inside = pathsOf("inside");

/** A part of them is enough to see the calls that come of them, or do not; their form is judged for all. */
const some = <T>(items: readonly T[]) => items.filter((_item, index) => isWhole || index % 5 === 0);

const anAttachmentAt = (path: string) => aLetter({ attachments: [anAttachment({ blob: path })] });
const aClaimCheckAt = (path: string) => ({ requestBlob: path });

const BLOB_PROBLEM = {
  path: "correspondence.content.attachments[0].blob",
  rule: expect.stringMatching(/^(?:blobPath|maxLength)$/),
};

interface Handled {
  readonly problem: unknown;
  /** The calls to blobs outside of what the app keeps for itself. */
  readonly calls: readonly string[];
}

const handled = new Map<string, Handled>();
let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
  await using world = await World.start(storage);
  const paths = [...some(refused), ...some(inside)].map(({ path }) => path);
  const messages = [...paths.map(anAttachmentAt), ...paths.map(aClaimCheckAt)];
  const calls = new Map<object, string[]>();
  for (const message of messages) {
    world.forgetCalls();
    const text = JSON.stringify(message);
    await handleMessage(world.app, { id: crypto.randomUUID(), queue: QUEUES.requests, text, dequeueCount: 1 });
    calls.set(message, world.calls.filter(isToProducersBlobs));
  }
  const dead = new Map((await world.deadLetters()).map(({ name, value }) => [name, value]));
  for (const message of messages) {
    const problem = dead.get(`${requestDigest(message)}.json`);
    handled.set(JSON.stringify(message), { problem, calls: calls.get(message) ?? [] });
  }
});

function isToProducersBlobs(call: string): boolean {
  return call.startsWith("blob ") && !/ correspondence-(?:state|accepted|dead-letters)/.test(call);
}

function outcomeOf(message: object): Handled {
  const found = handled.get(JSON.stringify(message));
  if (!found) throw new Error("The message was not handled");
  return found;
}

describe("an attachment's blob", () => {
  it.each(refused)("is a problem that names its place and rule: $shown", async ({ path }) => {
    const parsed = await parseRequest(anAttachmentAt(path), { environment: "tt02", now: new Date() });
    expect(parsed).toMatchObject({ ok: false, problems: [BLOB_PROBLEM] });
  });

  it.each(inside)("is none: $shown", async ({ path }) => {
    expect((await parseRequest(anAttachmentAt(path), { environment: "tt02", now: new Date() })).ok).toBe(true);
  });

  it.each(some(refused))("is refused with its place and rule, and not looked for: $shown", async ({ path }) => {
    const { problem, calls } = outcomeOf(anAttachmentAt(path));
    expect(problem).toMatchObject({ problems: [BLOB_PROBLEM] });
    expect(calls).toEqual([]);
  });

  it.each(some(inside))("is looked for in its container alone: $shown", async ({ path }) => {
    const { problem, calls } = outcomeOf(anAttachmentAt(path));
    expect(problem).toMatchObject({ reason: "attachmentMissing" });
    expect(calls).toEqual([expect.stringMatching(/^blob HEAD correspondence-attachments\//)]);
  });
});

describe("a claim check's blob", () => {
  it.each(some(refused))("is refused with its place and rule, and not looked for: $shown", async ({ path }) => {
    const { problem, calls } = outcomeOf(aClaimCheckAt(path));
    expect(problem).toMatchObject({ problems: [{ path: "requestBlob", rule: "blobPath" }] });
    expect(calls).toEqual([]);
  });

  it.each(some(inside))("is looked for in its container alone: $shown", async ({ path }) => {
    const { problem, calls } = outcomeOf(aClaimCheckAt(path));
    expect(problem).toMatchObject({ reason: "requestBlobMissing" });
    expect(calls).toEqual([expect.stringMatching(/^blob HEAD correspondence-requests\//)]);
  });
});

describe("a path that passes", () => {
  const container = new ContainerClient("https://account.example/the-container");

  it("stands in the address behind the container's, and means itself", async () => {
    const part = fc.oneof(
      fc.string({ unit: "binary", maxLength: 5 }),
      fc.constantFrom(
        "..",
        ".",
        "/",
        "//",
        "\\",
        "%2e",
        "%2f",
        "%5c",
        "?",
        "#",
        ":",
        "@",
        " ",
        "https://",
        "\uff0e",
        "&",
        ";",
      ),
    );
    const path = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(path, (text) => {
        fc.pre(isBlobPath(text));
        const { origin, pathname, search, hash } = new URL(container.getBlobClient(text).url);
        expect({ origin, search, hash }).toEqual({ origin: "https://account.example", search: "", hash: "" });
        expect(pathname.startsWith("/the-container/")).toBe(true);
        expect(decodeURIComponent(pathname.slice("/the-container/".length))).toBe(text);
      }),
      runs(1_000),
    );
  });

  it("is asked for at that address, letter for letter", async () => {
    const asked: string[] = [];
    const server = await listen(
      createServer((request, response) => {
        asked.push(request.url ?? "");
        response.writeHead(404, { "x-ms-error-code": "BlobNotFound" }).end();
      }),
    );
    const blobs = createAttachmentBlobs(new ContainerClient(`${server.url}/account0/${CONTAINERS.attachments}`));
    for (const { path } of inside) expect(await blobs.look(path)).toBeUndefined();
    await server.close();
    const prefix = `/account0/${CONTAINERS.attachments}/`;
    expect(asked.map((url) => decodeURIComponent(url.slice(prefix.length)))).toEqual(inside.map(({ path }) => path));
    for (const url of asked) expect(url.startsWith(prefix)).toBe(true);
  });
});
