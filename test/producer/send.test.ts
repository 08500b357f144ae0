// `send` over a real storage emulator: what is on the queue and in the containers afterwards, and what is refused.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { organization } from "../../local/parties.ts";
import { createProducer, type Producer } from "../../producer/main.ts";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { requestDigest } from "../../shared/requests/digest.ts";
import { CONTAINERS, QUEUES } from "../../shared/storage/names.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";
import { aFile, aProducerRequest, blobNames, dropped } from "./letters.ts";

let emulator: Storage;
let storage: StorageAccount;
let producer: Producer;
beforeAll(async () => {
  emulator = await startStorage();
});
beforeEach(async () => {
  storage = await emulator.account();
  producer = createProducer({ connectionString: storage.connectionString });
});

const rulesOf = (outcome: { kind: string; problems?: readonly { path: string; rule: string }[] }) =>
  (outcome.problems ?? []).map(({ path, rule }) => `${path} ${rule}`);

describe("a letter that is fine", () => {
  it("is on the queue as JSON, to live until it is taken", async () => {
    const outcome = await producer.send(aProducerRequest({ id: "case-1" }));
    expect(outcome).toEqual({ kind: "dropped", requestId: "case-1", uploaded: [], warnings: [] });
    const { peekedMessageItems } = await storage.queues.getQueueClient(QUEUES.requests).peekMessages();
    expect(JSON.parse(peekedMessageItems[0]?.messageText ?? "")).toEqual(aProducerRequest({ id: "case-1" }));
    expect(peekedMessageItems[0]?.expiresOn.getUTCFullYear()).toBeGreaterThan(9000);
  });

  it("is known by its content where it has no id: sent twice, it is the same message", async () => {
    const outcome = await producer.send(aProducerRequest());
    await producer.send(aProducerRequest());
    const [first, second] = await dropped(storage);
    expect(second).toBe(first);
    const message = decodeMessage(first);
    if (!message.ok || outcome.kind !== "dropped") throw new Error("nothing was dropped");
    expect(outcome.requestId).toBe(requestDigest(message.value));
  });

  it("may hold dates, and names in any case", async () => {
    const due = new Date(Date.now() + 86_400_000);
    const { correspondence, ...rest } = aProducerRequest({ id: "dates" });
    const request = { ...rest, correspondence: { ...correspondence, dueDateTime: due, isConfirmationNeeded: true } };
    expect(await producer.send(request)).toMatchObject({ kind: "dropped" });
    expect(JSON.parse((await dropped(storage))[0] ?? "")).toMatchObject({
      correspondence: { dueDateTime: due.toISOString() },
    });
    const text = JSON.stringify(aProducerRequest({ id: "cases" })).replace('"recipients"', '"Recipients"');
    expect(await producer.send(JSON.parse(text))).toMatchObject({ kind: "dropped", requestId: "cases" });
  });

  it("goes on the own queue of the sender that was named, with its files in that sender's folder", async () => {
    const own = storage.queues.getQueueClient("correspondence-requests-oslo");
    await own.create();
    const oslos = createProducer({ connectionString: storage.connectionString, sender: "oslo" });
    const request = aProducerRequest({ id: "oslo-1", attachments: [aFile()] });
    const sent = await oslos.send(request, { attachments: { "vedtak.pdf": Buffer.from("%PDF") } });
    expect(sent).toMatchObject({
      kind: "dropped",
      uploaded: [expect.stringMatching(/^oslo\/[0-9a-f]{64}\/vedtak\.pdf$/)],
    });
    const recipients = Array.from({ length: 2_000 }, (_, index) => organization(index));
    const large = await oslos.send(aProducerRequest({ id: "oslo-3", recipients }));
    expect(large).toMatchObject({ kind: "dropped", requestBlob: expect.stringMatching(/^oslo\//) });
    await oslos.cancel({ requestId: "oslo-1" });
    expect((await own.peekMessages({ numberOfMessages: 9 })).peekedMessageItems).toHaveLength(3);
    expect(await dropped(storage)).toEqual([]);
    // What is another's is refused before anything is dropped.
    const theirs = aProducerRequest({ id: "oslo-2", attachments: [{ ...aFile(), blob: "bergen/1.pdf" }] });
    expect(rulesOf(await oslos.send(theirs))).toContain("correspondence.content.attachments[0].blob blobOfAnother");
  });

  it("is asked about without anything being done", async () => {
    const attachments = { "vedtak.pdf": Buffer.from("%PDF") };
    const request = aProducerRequest({ id: "asked", attachments: [aFile()] });
    expect(await producer.check(request, { attachments })).toEqual({ kind: "ok", warnings: [] });
    expect(await dropped(storage)).toEqual([]);
    expect(await blobNames(storage, CONTAINERS.attachments)).toEqual([]);
  });
});

describe("a letter that the app would refuse", () => {
  it("is refused with everything that is wrong, and leaves nothing in storage", async () => {
    const request = aProducerRequest({
      id: "",
      title: "<b>Vedtak</b>",
      recipients: ["nobody"],
      attachments: [aFile(), aFile("bilag.pdf"), aFile("lost.pdf"), aFile("nothing.pdf")],
    });
    const attachments = {
      "vedtak.pdf": Buffer.from("%PDF"),
      "bilag.pdf": new Uint8Array(),
      "lost.pdf": { file: "/nowhere/lost.pdf" },
      "other.pdf": Buffer.from("%PDF"),
    };
    const expected = [
      "id required",
      "correspondence.content.messageTitle plainText",
      "correspondence.content.attachments[3].blob required",
      "recipients[0] recipientFormat",
      "correspondence.content.attachments[1] emptyFile",
      "correspondence.content.attachments[2] missingFile",
      "correspondence.content.attachments unusedContent",
    ];
    const outcome = await producer.send(request, { attachments });
    expect(outcome.kind).toBe("refused");
    expect(rulesOf(outcome)).toEqual(expected);
    expect(rulesOf(await producer.check(request, { attachments }))).toEqual(expected);
    expect(await dropped(storage)).toEqual([]);
    expect(await blobNames(storage, CONTAINERS.attachments)).toEqual([]);
  });

  it("is refused by the settings that the producer was told", async () => {
    const strict = createProducer({
      connectionString: storage.connectionString,
      environment: "production",
      resources: ["another-resource"],
      statusQueues: ["ours"],
    });
    const request = {
      ...aProducerRequest({ attachments: [aFile("a.pdf", { blob: "a.pdf", expirationInDays: 1 })] }),
      statusQueue: "theirs",
    };
    expect(await producer.check(request)).toMatchObject({ kind: "ok" });
    expect(rulesOf(await strict.check(request))).toEqual([
      "correspondence.resourceId resourceNotAllowed",
      "correspondence.content.attachments[0].expirationInDays minExpiration",
      "statusQueue statusQueueNotAllowed",
    ]);
  });

  it("has a misspelt field, unless it was said that those pass; and other unknown ones are told", async () => {
    const { correspondence, ...rest } = aProducerRequest({ id: "case-1" });
    const request = { ...rest, mine: 1, correspondence: { ...correspondence, dueDate: "2030-12-01" } };
    expect(rulesOf(await producer.send(request))).toEqual(["correspondence.dueDate misspelt"]);
    const lenient = createProducer({ connectionString: storage.connectionString, unknownFields: "pass" });
    expect(await lenient.send(request)).toMatchObject({
      kind: "dropped",
      warnings: [
        { path: "mine", rule: "unknownField" },
        { path: "correspondence.dueDate", rule: "misspelt" },
      ],
    });
  });

  it("is no request at all", async () => {
    for (const field of [{ requestBlob: "large.json" }, { Cancel: { requestId: "case-1" } }]) {
      expect(rulesOf(await producer.send({ ...aProducerRequest(), ...field }))).toEqual([" otherMessage"]);
    }
  });

  it.each([["null"], ['"text"'], ["[]"], ["{}"]])("may be anything: %s", async (json) => {
    expect(await producer.send(JSON.parse(json))).toMatchObject({ kind: "refused" });
  });
});

describe("a letter that is too large for a message", () => {
  it("goes into a blob, and the message says where; sent again, it is the same blob", async () => {
    // Fewer characters than Altinn's limit, and more bytes than a message takes.
    const request = aProducerRequest({ id: "large", body: "…".repeat(29_000) });
    const outcome = await producer.send(request);
    if (outcome.kind !== "dropped" || outcome.requestBlob === undefined) throw new Error("there is no claim check");
    expect(outcome.requestId).toBe("large");
    expect(await dropped(storage)).toEqual([JSON.stringify({ requestBlob: outcome.requestBlob })]);
    const container = storage.blobs.getContainerClient(CONTAINERS.requests);
    const content = await container.getBlobClient(outcome.requestBlob).downloadToBuffer();
    expect(JSON.parse(content.toString("utf8"))).toEqual(request);

    expect(await producer.send(request)).toEqual(outcome);
    expect(await blobNames(storage, CONTAINERS.requests)).toEqual([outcome.requestBlob]);
    expect(await dropped(storage)).toHaveLength(2);
  });

  it("goes into a blob also when only its XML is too large", async () => {
    const outcome = await producer.send(aProducerRequest({ id: "quotes", body: '"'.repeat(25_000) }));
    expect(outcome).toMatchObject({ kind: "dropped", requestBlob: expect.any(String) });
  });

  it("is a message as long as it can be", async () => {
    const base = { ...aProducerRequest({ id: "brim" }), padding: "" };
    const room = 64 * 1024 - Buffer.byteLength(JSON.stringify(base));
    const [brim, over] = [
      { ...base, padding: "x".repeat(room) },
      { ...base, padding: "x".repeat(room + 1) },
    ];
    expect(await producer.send(brim)).toMatchObject({ kind: "dropped", requestId: "brim", uploaded: [] });
    expect(await dropped(storage)).toEqual([JSON.stringify(brim)]);
    expect(await producer.send(over)).toMatchObject({ requestBlob: expect.any(String) });
  });

  it("is refused by what no request holds, above 32 MB of it too", async () => {
    const request = { ...aProducerRequest(), padding: "x".repeat(32 * 1024 * 1024) };
    expect(rulesOf(await producer.send(request))).toEqual([" size"]);
  });

  it("takes 10,000 recipients", async () => {
    const recipients = Array.from({ length: 10_000 }, (_, index) => `0192:${String(310_000_000 + index)}`);
    expect(await producer.send(aProducerRequest({ recipients }))).toMatchObject({ requestBlob: expect.any(String) });
  });
});

describe("storage that does not do what it should", () => {
  it("makes send reject, and the same send is fine when it does again", async () => {
    const container = storage.blobs.getContainerClient(CONTAINERS.attachments);
    const queue = storage.queues.getQueueClient(QUEUES.requests);
    const request = aProducerRequest({ id: "again", attachments: [aFile()] });
    const attachments = { "vedtak.pdf": Buffer.from("%PDF") };
    await container.delete();
    await expect(producer.send(request, { attachments })).rejects.toThrow(
      "correspondence-attachments failed: ContainerNotFound (404)",
    );
    expect(await dropped(storage)).toEqual([]);
    await container.create();
    await queue.delete();
    await expect(producer.send(request, { attachments })).rejects.toThrow(
      "correspondence-requests failed: QueueNotFound (404)",
    );
    await queue.create();
    expect(await producer.send(request, { attachments })).toMatchObject({ kind: "dropped", uploaded: [] });
    expect(await dropped(storage)).toHaveLength(1);
  });

  it("is found out when it is named wrongly, before any call", () => {
    expect(() => createProducer({ connectionString: "nonsense" })).toThrow();
  });
});

describe("cancelling", () => {
  it("drops what the app understands", async () => {
    const correspondenceId = "da4ceacc-ad44-4e54-99b6-b58e3c13c785";
    expect(await producer.cancel({ requestId: "case-1" })).toEqual({ kind: "dropped" });
    expect(await producer.cancel({ correspondenceId })).toEqual({ kind: "dropped" });
    const messages = await dropped(storage);
    expect(messages.map((text) => JSON.parse(text))).toEqual([
      { cancel: { requestId: "case-1" } },
      { cancel: { correspondenceId } },
    ]);
  });

  it.each([
    ['{ "requestId": "" }', "cancel.requestId requestId"],
    ['{ "correspondenceId": "case-1" }', "cancel.correspondenceId guid"],
    ["{}", "cancel oneOf"],
    ["null", "cancel object"],
    ['{ "requestId": "a", "correspondenceId": "da4ceacc-ad44-4e54-99b6-b58e3c13c785" }', "cancel oneOf"],
  ])("refuses %s", async (cancel, problem) => {
    expect(rulesOf(await producer.cancel(JSON.parse(cancel)))).toEqual([problem]);
    expect(await dropped(storage)).toEqual([]);
  });
});

it("takes an identity's token, and clients that are there already", async () => {
  // Azurite takes no token over plain HTTP, so that the SDK's own refusal shows that it was to be used.
  const credential = { getToken: async () => ({ token: "token", expiresOnTimestamp: Date.now() + 60_000 }) };
  const byIdentity = createProducer({
    queueServiceUri: `${storage.queueOrigin}/${storage.name}`,
    blobServiceUri: `${storage.blobOrigin}/${storage.name}`,
    credential,
  });
  await expect(byIdentity.send(aProducerRequest())).rejects.toThrow(/https/i);
  const byClients = createProducer({ queues: storage.queues, blobs: storage.blobs });
  expect(await byClients.send(aProducerRequest({ recipients: [organization(1)] }))).toMatchObject({ kind: "dropped" });
});
