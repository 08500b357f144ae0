// Sending, over Azurite and the simulator: what a producer drops, what Altinn has afterwards, and what is announced.
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { workOf } from "../harness/work.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter, INITIALIZE, POST_LETTER } from "./letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

describe("a letter to one recipient", () => {
  test("is sent, recorded and announced", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "case-1" }));
    await world.run();

    const letters = world.letters();
    expect(letters).toHaveLength(1);
    const [sent] = await world.announcements();
    expect(sent?.type).toBe("altinn-correspondence-sender.dispatch.sent");
    expect(sent?.data).toMatchObject({
      requestId: "case-1",
      correspondenceId: letters[0]?.correspondenceId,
      resourceId: RESOURCE,
      recipient: organization(),
      status: "sent",
    });
    expect(letters[0]?.idempotentKey).toBe(sent?.data.dispatchId);
    expect(await world.records("correspondences")).toMatchObject([
      {
        correspondenceId: letters[0]?.correspondenceId,
        link: { requestId: "case-1", dispatchId: sent?.data.dispatchId },
      },
    ]);
    expect(await world.records("dispatches")).toEqual([]);
  });

  test("costs one call to Altinn, three writes and no reads, once the token is there", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "warm-up" }));
    await world.run();
    world.forgetCalls();
    await world.drop(aLetter({ id: "counted" }));
    await world.run();
    expect(workOf(world.calls)).toEqual({ altinnCalls: 1, storageWrites: 3, storageReads: 0 });
  });

  test("is sent the same from raw JSON and from base64 of it", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "raw" }));
    await world.drop(Buffer.from(JSON.stringify(aLetter({ id: "base64" }))).toString("base64"));
    await world.run();
    expect(await world.told()).toEqual(["sent", "sent"]);
  });

  test("reaches Altinn as it was written, unknown fields included", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "as-written", letter: { newField: { a: 1 }, propertyList: { sak: "2030/1" } } }));
    await world.run();
    const [letter] = world.letters();
    expect(letter?.request).toMatchObject({
      correspondence: { newField: { a: 1 }, propertyList: { sak: "2030/1" }, content: { messageTitle: "Vedtak" } },
    });
  });

  test("takes its attachments along, byte by byte", async () => {
    await using world = await World.start(storage);
    const content = Buffer.alloc(3_000_000, "vedlegg\r\nmed\nlinjer ");
    await world.putAttachment("2030/1/vedtak æøå.pdf", content);
    await world.putAttachment("2030/1/kart.txt", Buffer.from("kart"));
    const attachments = [
      { fileName: "vedtak æøå.pdf", sendersReference: "v", blob: "2030/1/vedtak æøå.pdf" },
      { fileName: "kart.txt", sendersReference: "k", blob: "2030/1/kart.txt" },
    ];
    await world.drop(aLetter({ id: "files", attachments, content: { messageBody: "Linje\nog linje" } }));
    await world.run();
    const [letter] = world.letters();
    expect(letter?.files.map(({ fileName, sha256 }) => ({ fileName, sha256 }))).toEqual([
      { fileName: "vedtak æøå.pdf", sha256: sha256(content) },
      { fileName: "kart.txt", sha256: sha256(Buffer.from("kart")) },
    ]);
    expect(JSON.stringify(letter?.request)).toContain("Linje\\nog linje");
    expect(await world.told()).toEqual(["sent"]);
  });
});

test("an attachment streams: sending 100 MB takes hardly more memory than sending 1 MB", async () => {
  await using world = await World.start(storage);
  const peaks: number[] = [];
  for (const megabytes of [1, 100]) {
    const blob = `${megabytes}.pdf`;
    await world.putAttachment(blob, Buffer.alloc(megabytes * 1_000_000, "x"));
    const attachments = [{ fileName: blob, sendersReference: "a", blob }];
    await world.drop(aLetter({ id: blob, attachments }));
    await world.run({ inChild: true });
    peaks.push(world.peakMB);
  }
  expect(await world.ends()).toEqual(["sent", "sent"]);
  const [small = 0, large = 0] = peaks;
  expect(large - small).toBeLessThan(64);
});

test("a hundred recipients get a letter each", async () => {
  await using world = await World.start(storage);
  const recipients = Array.from({ length: 100 }, (_, index) => organization(index + 10));
  await world.drop(aLetter({ id: "before" }));
  await world.run();
  world.forgetCalls();
  await world.drop(aLetter({ id: "many", recipients }));
  await world.run();
  expect(new Set(world.letters().map(({ recipient }) => recipient)).size).toBe(1 + 100);
  expect(world.letters()).toHaveLength(1 + 100);
  expect(await world.told()).toEqual(Array.from({ length: 1 + 100 }, () => "sent"));
  // Of each letter: its dispatch recorded, an attempt noted, announced, its record, sent; and what there is of the request.
  const ofRequest = { puts: 1 + 19, records: 2 + 1 + 7 };
  const storageWrites = 5 * 100 + ofRequest.puts + ofRequest.records;
  expect(workOf(world.calls)).toEqual({ altinnCalls: 100, storageWrites, storageReads: 100 + 2 });
});

describe("a request that is dropped again", () => {
  test("gives one letter, and the producer is told that it is a duplicate", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "twice" }));
    await world.run();
    await world.drop(aLetter({ id: "twice" }));
    await world.run();
    expect(world.letters()).toHaveLength(1);
    expect(await world.told()).toEqual(["sent", "duplicate"]);
    const [sent, duplicate] = await world.announcements();
    expect(duplicate?.data.correspondenceId).toBe(sent?.data.correspondenceId);
  });

  test("is refused when the id belongs to another letter, which is left alone", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "mine" }));
    await world.run();
    const before = await world.records("correspondences");
    await world.drop(aLetter({ id: "mine", content: { messageTitle: "Noe annet" } }));
    await world.run();
    expect(world.letters()).toHaveLength(1);
    expect(await world.told()).toEqual(["sent", "rejected requestIdReused"]);
    expect(await world.records("correspondences")).toEqual(before);
    expect((await world.deadLetters()).map(({ value }) => value.reason)).toEqual(["requestIdReused"]);
  });
});

describe("when Altinn fails", () => {
  test("three answers of 500, then the letter is sent", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 500 }, times: 3 });
    await world.drop(aLetter({ id: "patient" }));
    await world.run();
    expect(await world.told()).toEqual([]);
    await world.settle(HOUR);
    expect(await world.told()).toEqual(["sent"]);
    expect(world.letters()).toHaveLength(1);
  });

  test("an answer that is lost is found again by the key", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "after", action: "cut" });
    await world.drop(aLetter({ id: "lost-answer" }));
    await world.settle(MINUTE);
    expect(world.letters()).toHaveLength(1);
    expect(await world.ends()).toEqual(["sent"]);
  });

  test("429 waits as long as Altinn asks", async () => {
    await using world = await World.start(storage);
    world.simulator.control.fault({
      method: "POST",
      path: INITIALIZE,
      status: 429,
      headers: { "retry-after": "600" },
      times: 1,
    });
    await world.drop(aLetter({ id: "slow-down" }));
    await world.run();
    await world.advance(9 * MINUTE);
    expect(await world.told()).toEqual([]);
    await world.advance(MINUTE);
    expect(await world.told()).toEqual(["sent"]);
  });

  test("a token that expires on the way is fetched again, once", async () => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "first" }));
    await world.run();
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 401 } });
    world.forgetCalls();
    await world.drop(aLetter({ id: "second" }));
    await world.run();
    expect(await world.told()).toEqual(["sent", "sent"]);
    expect(world.calls.filter((name) => name.startsWith("altinn "))).toEqual([
      "altinn POST /correspondence/api/v1/correspondence",
      "altinn GET /authentication/api/v1/exchange/maskinporten",
      "altinn POST /correspondence/api/v1/correspondence",
    ]);
  });

  test("a refusal of our own set-up rejects nothing, alerts, and passes when it is mended", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 403 }, times: 3 });
    await world.drop(aLetter({ id: "set-up" }));
    await world.run();
    expect(world.logs.join("\n")).toContain("altinnRefusesOurSetUp");
    await world.settle(DAY);
    expect(await world.told()).toEqual(["sent"]);
    expect(await world.deadLetters()).toEqual([]);
  });

  test("a refusal of our own set-up that lasts for days: given up as not authorised", async () => {
    await using world = await World.start(storage, { settings: { ALTINN_RESOURCES: "denied-1" } });
    await world.drop(aLetter({ id: "forbidden", letter: { resourceId: "denied-1" } }));
    await world.settle(2 * DAY);
    expect(await world.told()).toEqual([]);
    await world.settle(3 * DAY);
    expect(await world.told()).toEqual(["gaveUp notAuthorised"]);
  });

  test("an Altinn that is down for four days gives up nothing, and everything goes out afterwards", async () => {
    await using world = await World.start(storage);
    world.fault({ step: /^altinn /, phase: "before", action: { status: 503 }, times: 10_000 });
    for (let index = 0; index < 5; index++) await world.drop(aLetter({ id: `outage-${index}` }));
    await world.settle(4 * DAY);
    expect(await world.told()).toEqual([]);
    world.clearFaults();
    await world.settle(DAY);
    expect(await world.ends()).toEqual(Array.from({ length: 5 }, () => "sent"));
    expect(world.letters()).toHaveLength(5);
  });

  test("a due date that passes while Altinn is down: expired", async () => {
    await using world = await World.start(storage);
    const dueDateTime = new Date(world.clock.now() + HOUR).toISOString();
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 429 }, times: 1000 });
    await world.drop(aLetter({ id: "too-late", letter: { dueDateTime } }));
    await world.settle(DAY);
    expect(await world.told()).toEqual(["rejected expired"]);
  });

  test("eight answers of 500 for one letter while others go through: given up, and kept", async () => {
    await using world = await World.start(storage);
    world.fault({ step: POST_LETTER, phase: "before", action: { status: 500 } });
    await world.drop(aLetter({ id: "hopeless" }));
    await world.run();
    world.clearFaults();
    let others = 0;
    while (others < 24 && !(await world.told()).includes("gaveUp altinnKeepsFailing")) {
      world.fault({ step: POST_LETTER, phase: "before", action: { status: 500 }, times: 100 });
      await world.settle(7 * HOUR);
      world.clearFaults();
      await world.drop(aLetter({ id: `fine-${others++}` }));
      await world.run();
    }
    expect((await world.told()).filter((told) => told !== "sent")).toEqual(["gaveUp altinnKeepsFailing"]);
    expect((await world.deadLetters()).map(({ value }) => value.end)).toEqual(["gaveUp"]);
    expect(world.letters()).toHaveLength(others);
  });
});

describe("each final refusal has its reason", () => {
  const cases: [why: string, letter: Parameters<typeof aLetter>[0], reason: string][] = [
    ["an unknown recipient", { recipients: ["urn:altinn:organization:identifier-no:310000019"] }, "recipientNotFound"],
    ["a reserved person", { recipients: ["urn:altinn:person:identifier-no:02014900120"] }, "recipientReserved"],
    [
      "an organisation where nobody has the role",
      {
        letter: { resourceId: "confidential-1", isConfidential: true },
        recipients: ["urn:altinn:organization:identifier-no:310000027"],
      },
      "recipientLacksRole",
    ],
    [
      "a dialog that does not exist",
      {
        letter: {
          externalReferences: [
            { referenceType: "DialogportenDialogId", referenceValue: "40400000-0000-7000-8000-000000000001" },
          ],
        },
      },
      "dialogNotFound",
    ],
    ["a resource that is not ours", { letter: { resourceId: "somebody-elses" } }, "resourceNotAllowed"],
    [
      "an attachment that Altinn does not have",
      { request: { existingAttachments: ["8a6f5a0e-52f1-4a4e-8d1c-0f5a8f7b6c11"] } },
      "attachmentMissing",
    ],
    [
      "an attachment whose blob is not there",
      { attachments: [{ fileName: "a.pdf", sendersReference: "a", blob: "nowhere/a.pdf" }] },
      "attachmentMissing",
    ],
  ];
  test.each(cases)("%s", async (_why, letter, reason) => {
    await using world = await World.start(storage);
    await world.drop(aLetter({ id: "refused", ...letter }));
    await world.settle(HOUR);
    expect(await world.told()).toEqual([`rejected ${reason}`]);
    expect((await world.deadLetters()).map(({ value }) => value.reason)).toEqual([reason]);
    expect(world.letters()).toEqual([]);
  });

  test("an empty attachment, and one that is not what its checksum says", async () => {
    await using world = await World.start(storage);
    await world.putAttachment("empty.pdf", Buffer.alloc(0));
    await world.putAttachment("other.pdf", Buffer.from("aaa"));
    const empty = [{ fileName: "empty.pdf", sendersReference: "a", blob: "empty.pdf" }];
    const other = [
      { fileName: "a.pdf", sendersReference: "a", blob: "other.pdf", checksum: "00000000000000000000000000000000" },
    ];
    await world.drop(aLetter({ id: "empty", attachments: empty }));
    await world.drop(aLetter({ id: "other", attachments: other }));
    await world.run();
    expect(await world.told()).toEqual(["rejected attachmentRefused", "rejected checksumMismatch"]);
    expect(world.calls.filter((name) => name.startsWith("altinn POST"))).toEqual([]);
  });

  test("everything that is wrong is named at once, and no call is made", async () => {
    await using world = await World.start(storage);
    await world.drop(
      aLetter({ id: "wrong", content: { messageTitle: "<b>x</b>", language: "xx" }, recipients: ["1"] }),
    );
    await world.run();
    const [rejected] = await world.announcements();
    expect(rejected?.data.reason).toBe("invalidRequest");
    expect(rejected?.data.problems?.map(({ path }) => path).sort()).toEqual([
      "correspondence.content.language",
      "correspondence.content.messageTitle",
      "recipients[0]",
    ]);
    expect(world.calls.filter((name) => name.startsWith("altinn "))).toEqual([]);
    const [dead] = await world.deadLetters();
    expect(dead?.value.request).toMatchObject({ id: "wrong" });
  });

  test("what cannot be read is kept as it came", async () => {
    await using world = await World.start(storage);
    await world.drop("this is not JSON {");
    await world.run();
    expect(await world.told()).toEqual(["rejected invalidRequest"]);
    const [dead] = (await world.deadLetters()).map(({ value }) => value);
    expect(dead).toMatchObject({ raw: "this is not JSON {", messageId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const [told] = await world.announcements();
    expect(told?.data.messageId).toBe(dead?.messageId);
    expect(told?.data.problems?.[0]?.message).toContain("At line 1, column 1, ");
  });
});

test("announcements go to the queue that the request names, and to no other", async () => {
  await using world = await World.start(storage, { statusQueues: ["system-a"] });
  await world.drop(aLetter({ id: "mine", request: { statusQueue: "system-a" } }));
  await world.run();
  expect(await world.told("system-a")).toEqual(["sent"]);
  expect(await world.told()).toEqual([]);
});

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
