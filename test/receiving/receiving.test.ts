// Letters to the organisation, over Azurite and the simulator: found, stored, told, and acted upon.
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../shared/clock.ts";
import { showLetter } from "../../shared/finding/find.ts";
import { checkHealth } from "../../shared/health.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";
import {
  eventOf,
  filesOf,
  heard,
  inboxBlob,
  inboxOf,
  madeUpChecksum,
  newsOf,
  ORGANISATION,
  published,
  receivingWorld,
  statusesOf,
  THEIR_RESOURCE,
  toldOf,
} from "./receivingWorld.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await receivingWorld(storage);
});
afterAll(() => world[Symbol.asyncDispose]());

const PDF = { fileName: "Vedtak for Kari Nordmann.PDF", size: 100_000 };

describe("a letter of which an event tells", () => {
  test("is stored whole and told, and nothing else is done with it", async () => {
    const due = world.clock.now() + 30 * DAY;
    const id = await heard(world, {
      title: "Til dere",
      files: [PDF, { fileName: "uten-endelse.html", size: 0 }],
      isConfirmationNeeded: true,
      dueDateTime: due,
    });
    const [first = "", second = ""] = filesOf(world, id);
    world.forgetCalls();
    await world.run();
    expect(await inboxOf(world)).toEqual(
      [`${id}/${first}.pdf`, `${id}/${second}.html`, `${id}/correspondence.json`].toSorted(),
    );
    const [told] = await toldOf(world, id);
    expect(told).toMatchObject({
      type: "altinn-correspondence-sender.letter.received",
      subject: id,
      data: {
        correspondenceId: id,
        resourceId: THEIR_RESOURCE,
        sender: "urn:altinn:organization:identifier-no:310000035",
        sendersReference: "ref-1",
        hasTitle: true,
        isConfirmationNeeded: true,
        dueDateTime: new Date(due).toISOString(),
        isWhole: true,
        blob: `${id}/correspondence.json`,
        files: [
          { attachmentId: first, blob: `${id}/${first}.pdf` },
          { attachmentId: second, blob: `${id}/${second}.html` },
        ],
      },
    });
    expect(JSON.stringify(told)).not.toMatch(/Til dere|Kari|Vedtak/);
    expect(statusesOf(world, id).slice(3)).toEqual(["Fetched", "AttachmentsDownloaded"]);
    // A call for the letter and one for each file; and of storage its record twice, a listing, and what is stored.
    const calls = world.calls.map((name) => name.replace(/\/[0-9a-f*-]{30,}/g, "/*"));
    expect(calls.filter((name) => name.startsWith("altinn GET /correspondence"))).toHaveLength(3);
    expect(calls.filter((name) => name.startsWith("blob"))).toHaveLength(6);
    expect(calls.filter((name) => name.startsWith("queue POST"))).toEqual([`queue POST ${QUEUES.received}`]);
  });

  test("has its files as they are, with the names and types that they had, to be saved and not shown", async () => {
    const id = await heard(world, { files: [PDF, { fileName: "../../../e%00vil\u202e.html", size: 9_000_000 }] });
    const [first = "", second = ""] = filesOf(world, id);
    await world.run();
    const pdf = await inboxBlob(world, `${id}/${first}.pdf`);
    expect(createHash("md5").update(pdf.bytes).digest("hex")).toBe(madeUpChecksum(first, PDF.size));
    expect(pdf.properties).toMatchObject({
      contentType: "application/pdf",
      contentDisposition: "attachment; filename*=UTF-8''Vedtak%20for%20Kari%20Nordmann.PDF",
      metadata: { filename: "Vedtak%20for%20Kari%20Nordmann.PDF" },
    });
    // Larger than what is put at once.
    const page = await inboxBlob(world, `${id}/${second}.html`);
    expect(createHash("md5").update(page.bytes).digest("hex")).toBe(madeUpChecksum(second, 9_000_000));
    expect(page.properties.contentDisposition).toContain("attachment; filename*=UTF-8''..%2F..%2F..%2Fe%2500vil");
    const { bytes } = await inboxBlob(world, `${id}/correspondence.json`);
    expect(JSON.parse(bytes.toString())).toMatchObject({
      version: 1,
      correspondence: { correspondenceId: id, content: { messageTitle: "Et brev", messageBody: "Hei." } },
      files: [{ attachmentId: first, fileName: PDF.fileName, sizeBytes: PDF.size }, { sizeBytes: 9_000_000 }],
    });
  });

  test("is received once, however often its event comes, and none of another resource or recipient is", async () => {
    const id = await heard(world);
    await world.run();
    const stored = await inboxOf(world);
    for (let again = 0; again < 3; again++) await world.event(eventOf(world, id));
    const event = (overrides: object) =>
      world.event(
        anEvent(crypto.randomUUID(), "correspondencepublished", world.clock.now(), {
          resource: `urn:altinn:resource:${THEIR_RESOURCE}`,
          subject: `urn:altinn:organization:identifier-no:${ORGANISATION}`,
          ...overrides,
        }),
      );
    expect(await event({ subject: "urn:altinn:organization:identifier-no:310000000" })).toBe("passedOver");
    expect(await event({ subject: undefined })).toBe("passedOver");
    expect(await event({ resource: "urn:altinn:resource:other" })).toBe("passedOver");
    await world.run();
    expect(await newsOf(world, id)).toEqual(["received"]);
    expect(await inboxOf(world)).toEqual(stored);
  });

  test("is asked for by a token that may read and not write", async () => {
    await heard(world);
    world.simulator.control.clearCalls();
    await world.restart();
    await world.run();
    expect(world.simulator.control.callCount("POST", "/maskinporten/token")).toBe(1);
    expect(world.simulator.control.callCount("GET", "/correspondence/{id}")).toBe(1);
    expect(world.logs.filter((line) => line.startsWith("error"))).toEqual([]);
  });
});

describe("a sweep", () => {
  test("finds letters of which no event has told, each once, and none that is older than the setting", async () => {
    await using own = await receivingWorld(storage, { settings: { RECEIVE_SINCE_DAYS: "20" } });
    const now = own.clock.now();
    const young = await published(own);
    const older = await published(own, { requestedPublishTime: now - 19 * DAY });
    const oldest = await published(own, { requestedPublishTime: now - 21 * DAY });
    await own.sweep();
    await own.sweep();
    expect(await newsOf(own, young)).toEqual(["received"]);
    expect(await newsOf(own, older)).toEqual(["received"]);
    expect(await newsOf(own, oldest)).toEqual([]);
    // Beyond two days it looks once a day.
    const late = await published(own, { requestedPublishTime: now - 5 * DAY });
    await own.advance(HOUR);
    await own.sweep();
    expect(await newsOf(own, late)).toEqual([]);
    await own.advance(DAY);
    await own.sweep();
    expect(await newsOf(own, late)).toEqual(["received"]);
  });

  test("puts back a letter whose message was lost, and one whose record was written and no message put", async () => {
    await using own = await receivingWorld(storage);
    const lost = await heard(own);
    for (const message of await own.host.waiting(QUEUES.receipts)) await own.host.lose(message);
    const id = await published(own);
    own.fault({ step: /^queue POST receipts$/, phase: "before", action: { status: 403 } });
    await expect(own.event(eventOf(own, id))).rejects.toThrow();
    own.clearFaults();
    await own.sweep();
    expect(await newsOf(own)).toEqual([]);
    await own.advance(20 * MINUTE);
    await own.sweep();
    expect([await newsOf(own, lost), await newsOf(own, id)]).toEqual([["received"], ["received"]]);
  });
});

describe("a file", () => {
  test("that has expired, is purged, unknown or refused is named, and does not stop the rest", async () => {
    const id = await heard(world, {
      files: [PDF, { ...PDF, resourceId: "denied-1" }, { fileName: "c.txt", size: 10 }],
      isConfirmationNeeded: true,
    });
    const [expired = "", refused = "", there = ""] = filesOf(world, id);
    world.simulator.control.expireAttachment(expired);
    await world.run();
    const [told] = await toldOf(world, id);
    expect(told?.data).toMatchObject({
      isWhole: false,
      files: [
        { attachmentId: expired, problem: "expired" },
        { attachmentId: refused, problem: "refused" },
        { attachmentId: there, blob: `${id}/${there}.txt` },
      ],
    });
  });

  test("whose download is cut is begun anew, and the others are not", async () => {
    const id = await heard(world, {
      files: [
        { fileName: "a.txt", size: 10 },
        { ...PDF, size: 6_000_000 },
      ],
    });
    const path = "/correspondence/{id}/attachment/{attachmentId}/download";
    world.simulator.control.fault({
      path: `/correspondence/api/v1/correspondence/${id}/attachment/${filesOf(world, id)[1]}/download`,
      cutAfterBytes: 5_000_000,
    });
    world.simulator.control.clearCalls();
    await world.run();
    expect(await newsOf(world, id)).toEqual([]);
    expect(await inboxOf(world)).toContain(`${id}/${filesOf(world, id)[0]}.txt`);
    await world.settle(MINUTE);
    expect(await newsOf(world, id)).toEqual(["received"]);
    expect(world.simulator.control.callCount("GET", path)).toBe(3);
  });

  test("that is not what Altinn says it is, is fetched again, and named in the end", async () => {
    const id = await heard(world, { files: [{ ...PDF, checksum: "0".repeat(32) }] });
    await world.settle(2 * DAY);
    expect(await newsOf(world, id)).toEqual([]);
    await world.settle(2 * DAY);
    const [told] = await toldOf(world, id);
    expect(told?.data).toMatchObject({ isWhole: false, files: [{ problem: "checksumMismatch" }] });
    expect(await inboxOf(world)).not.toContain(`${id}/${filesOf(world, id)[0]}.pdf`);
  });
});

describe("a letter", () => {
  test("that is purged before it is received ends with that reason", async () => {
    const id = await heard(world, { files: [PDF] });
    await world.simulator.control.act(id, "purgedByAltinn");
    await world.settle(HOUR);
    expect(await newsOf(world, id)).toEqual(["notReceived purged"]);
    await world.drop({ received: { correspondenceId: id, action: "read" } });
    await world.run();
    expect(await newsOf(world, id)).toEqual(["notReceived purged", "refused read notReceived"]);
  });

  test("that Altinn does not let us read waits, alerts, and is received once it does", async () => {
    const id = await heard(world);
    const path = `/correspondence/api/v1/correspondence/${id}`;
    const refusal = { errorCode: 4001, code: "CORR-04001", status: 401 };
    world.simulator.control.fault({ method: "GET", path, status: 401, body: refusal, times: 3 });
    await world.settle(3 * MINUTE);
    expect(world.logs.filter((line) => line.includes(id) && line.includes("altinnRefusesOurSetUp"))).toHaveLength(1);
    await world.settle(HOUR);
    expect(await newsOf(world, id)).toEqual(["received"]);
  });

  test("that keeps failing is told as that after the time that letters are followed", async () => {
    await using own = await receivingWorld(storage, { settings: { FOLLOW_DAYS: "2" } });
    const id = await heard(own);
    own.simulator.control.fault({ method: "GET", path: "/correspondence/{id}", status: 503, times: "always" });
    await own.settle(3 * DAY);
    expect(await newsOf(own, id)).toEqual(["notReceived altinnKeepsFailing"]);
  });

  test("that this app sends to its own organisation is sent, and received with its file", async () => {
    const filesDirectory = await mkdtemp(join(tmpdir(), "received-files-"));
    await using own = await receivingWorld(storage, {
      simulator: { filesDirectory },
      settings: { RECEIVE_RESOURCES: `${THEIR_RESOURCE},${RESOURCE}` },
    });
    await own.putAttachment("a.pdf", Buffer.from("bytes"));
    const recipient = `urn:altinn:organization:identifier-no:${ORGANISATION}`;
    const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
    await own.drop(aLetter({ id: "to-us", recipients: [recipient], content: { attachments } }));
    await own.run();
    await own.advance(MINUTE);
    for (const event of own.simulator.control.events()) await own.event(event);
    await own.run();
    const [letter] = own.letters();
    const id = letter?.correspondenceId ?? "";
    expect((await own.told()).toSorted()).toEqual(["published", "sent"]);
    expect(await newsOf(own, id)).toEqual(["received"]);
    expect((await inboxBlob(own, `${id}/${filesOf(own, id)[0]}.pdf`)).bytes.toString()).toBe("bytes");
    await own.drop({ received: { correspondenceId: id, action: "read" } });
    await own.run();
    for (const event of own.simulator.control.events()) await own.event(event);
    expect((await own.told()).toSorted()).toEqual(["published", "read", "sent"]);
    await rm(filesDirectory, { recursive: true });
  });
});

describe("a reader", () => {
  const wish = (correspondenceId: string, action: string) => world.drop({ received: { correspondenceId, action } });

  test("has a letter marked as read, confirmed and purged, and is told", async () => {
    const id = await heard(world, { isConfirmationNeeded: true });
    await world.run();
    await wish(id, "purge");
    await world.run();
    const shown = await showLetter(world.app.finding, id);
    expect(shown?.letter.refused).toMatchObject([{ action: "purge", reason: "refused", errorCode: 1026 }]);
    await wish(id, "read");
    await wish(id.toUpperCase(), "confirm");
    await world.run();
    await wish(id, "purge");
    await world.run();
    const all = ["received", "refused purge refused", "read", "confirmed", "purged"];
    expect(await newsOf(world, id)).toEqual(all);
    // A message may be delivered again when it was done long ago.
    await wish(id, "confirm");
    await world.run();
    expect(await newsOf(world, id)).toEqual(all);
    expect(statusesOf(world, id).slice(3)).toEqual(["Fetched", "Read", "Confirmed", "PurgedByRecipient"]);
    expect((await showLetter(world.app.finding, id))?.letter).toMatchObject({
      status: "purged",
      refused: [],
      asked: [],
    });
  });

  test("may ask before the letter is stored: it is stored and told first", async () => {
    const id = await heard(world, { files: [PDF], isConfirmationNeeded: true });
    world.simulator.control.fault({
      path: "/correspondence/{id}/attachment/{attachmentId}/download",
      status: 503,
      times: 2,
    });
    await wish(id, "confirm");
    await world.run();
    expect(statusesOf(world, id)).not.toContain("Confirmed");
    await world.settle(MINUTE);
    expect(await newsOf(world, id)).toEqual(["received", "confirmed"]);
  });

  test("may ask twice, of a letter that somebody else has confirmed, and while Altinn fails", async () => {
    const id = await heard(world, { isConfirmationNeeded: true });
    await world.run();
    await world.simulator.control.act(id, "confirmed");
    world.simulator.control.fault({ path: "/correspondence/{id}/confirm", status: 502, times: 3 });
    await wish(id, "confirm");
    await world.run();
    await wish(id, "confirm");
    await world.settle(HOUR);
    const told = await toldOf(world, id);
    expect(new Set(told.map(({ type }) => type.split(".").at(-1)))).toEqual(new Set(["received", "confirmed"]));
    expect(new Set(told.map((announcement) => announcement.id)).size).toBe(2);
    expect(statusesOf(world, id).filter((status) => status === "Confirmed")).toHaveLength(1);
  });

  test("has a letter fetched once more where Altinn has forgotten that it was", async () => {
    const id = await heard(world);
    await world.run();
    const forgotten = { errorCode: 1024, code: "CORR-01024", status: 400 };
    world.simulator.control.fault({ path: "/correspondence/{id}/markasread", status: 400, body: forgotten });
    await wish(id, "read");
    await world.run();
    expect(await newsOf(world, id)).toEqual(["received", "read"]);
  });

  test("is told of a letter that is purged, or that nobody has received, and of a message that is none", async () => {
    const id = await heard(world);
    await world.run();
    await world.simulator.control.act(id, "purgedByAltinn");
    await wish(id, "read");
    const nobodys = crypto.randomUUID();
    await wish(nobodys, "confirm");
    await world.run();
    expect(await newsOf(world, id)).toEqual(["received", "refused read purged"]);
    expect(await newsOf(world, nobodys)).toEqual(["refused confirm unknown"]);
    await wish(id, "burn");
    await world.drop({ received: { correspondenceId: id, action: "read" }, cancel: {} });
    await world.run();
    expect(await world.ends()).toEqual(["rejected invalidRequest", "rejected invalidRequest"]);
  });
});

describe("with READ_RECEIVED and CONFIRM_RECEIVED onStored", () => {
  test("a letter is read and confirmed once it is told, if it asks for that and is whole", async () => {
    const settings = { READ_RECEIVED: "onStored", CONFIRM_RECEIVED: "onStored" };
    await using own = await receivingWorld(storage, { settings });
    const whole = await heard(own, { isConfirmationNeeded: true });
    const plain = await heard(own);
    const lacking = await heard(own, { isConfirmationNeeded: true, files: [{ ...PDF, resourceId: "denied-1" }] });
    await own.run();
    expect(await newsOf(own, whole)).toEqual(["received", "read", "confirmed"]);
    expect(await newsOf(own, plain)).toEqual(["received", "read"]);
    expect(await newsOf(own, lacking)).toEqual(["received", "read"]);
  });
});

describe("what is told of a letter", () => {
  const GIVEN = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "rojo=00f067aa" };

  test("is in one trace, which begins with it, and what is asked for with a trace in that one", async () => {
    const id = await heard(world);
    const nobodys = crypto.randomUUID();
    world.simulator.control.clearCalls();
    await world.run();
    await world.drop({ received: { correspondenceId: id, action: "read" } });
    await world.run();
    await world.drop({ received: { correspondenceId: id, action: "purge" }, ...GIVEN });
    await world.drop({ received: { correspondenceId: nobodys, action: "read" }, ...GIVEN });
    await world.run();
    const [received, read, purged] = await toldOf(world, id);
    expect(received?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(read?.traceparent).toBe(received?.traceparent);
    expect([purged, ...(await toldOf(world, nobodys))]).toMatchObject([GIVEN, GIVEN]);
    const [overview] = world.simulator.control.calls().filter(({ route }) => route === "/correspondence/{id}");
    expect(overview?.traceparent?.split("-")[1]).toBe(received?.traceparent?.split("-")[1]);
  });
});

describe("health", () => {
  test("says whether letters can be received, and how many wait since when", async () => {
    await using own = await receivingWorld(storage);
    const health = () => checkHealth(own.app.health);
    expect(await health()).toMatchObject({ healthy: true, receiving: "ok", receipts: "ok" });
    await heard(own);
    const receipts = `1 letter waits to be received, the oldest since ${new Date(own.clock.now()).toISOString()}`;
    expect(await health()).toMatchObject({ healthy: true, receiving: "ok", receipts });
    await own.restart({ RECEIVE_RESOURCES: `${THEIR_RESOURCE},denied-1` });
    const receiving = expect.stringMatching(/^denied-1: GET \/correspondence fails, status, 40\d/);
    expect(await health()).toMatchObject({ healthy: false, receiving });
    // And so says the log, which alerts.
    await own.sweep();
    expect(own.logs.filter((line) => line.includes("altinnRefusesOurSetUp") && line.includes("denied-1"))).toHaveLength(
      1,
    );
  });
});

test("without RECEIVE_RESOURCES nothing is received, and who asks for something is refused", async () => {
  await using own = await World.start(storage);
  const id = await published(own);
  expect(await own.event(eventOf(own, id))).toBe("passedOver");
  await own.drop({ received: { correspondenceId: id, action: "read" } });
  await own.sweep();
  expect(await own.ends()).toEqual(["rejected invalidRequest"]);
  expect(await checkHealth(own.app.health)).not.toHaveProperty("receiving");
  expect(await inboxOf(own)).toEqual([]);
  expect(statusesOf(own, id)).not.toContain("Fetched");
});
