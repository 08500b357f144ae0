// Every example shows what it says: dropped as a producer drops it, sent, published, and compared with what Altinn got.
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { EXAMPLE_RESOURCE, EXAMPLE_RESOURCES, EXAMPLE_STATUS_QUEUE } from "../../local/start/appSettings.ts";
import { MINUTE } from "../../shared/clock.ts";
import { parseClaimCheck } from "../../shared/requests/claimCheck.ts";
import { parseCancel } from "../../shared/requests/parseCancel.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { readRequestFile } from "../../terminal/requestFile.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";

const FOLDER = resolve(import.meta.dirname, "../../examples");
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

/** What Altinn has of an example's letters. */
interface Shown {
  /** In the body as Altinn got it: JSON, or the form's fields where files came along. */
  readonly body: object;
  /** The files of each letter, as they are named in examples/attachments/. */
  readonly files?: readonly string[];
  /** How many there are, if not one. */
  readonly letters?: number;
  /** The queue that its announcements are on, if not the usual one. */
  readonly statusQueue?: string;
}

const SHOWN: Readonly<Record<string, Shown>> = {
  "letter.json": letter({ messageSender: "Example Agency", content: { messageTitle: "Vedtak om tilskudd" } }),
  "with-attachments.json": {
    body: { "correspondence.content.attachments[1].displayName": "Beløp" },
    files: ["vedtak.txt", "belop.csv"],
  },
  "decision.json": {
    body: {
      "correspondence.isConfirmationNeeded": "true",
      "correspondence.dueDateTime": "2099-12-31T12:00:00+01:00",
      "correspondence.propertyList[0].Key": "saksnummer",
      "correspondence.propertyList[0].Value": "2035/6",
    },
    files: ["vedtak.pdf", "vilkar.txt"],
  },
  "confirmation.json": letter({ isConfirmationNeeded: true, dueDateTime: "2099-12-31T12:00:00+01:00" }),
  "many-recipients.json": { ...letter({ content: { language: "nn" } }), letters: 3 },
  "500-recipients.json": { ...letter({ content: { messageTitle: "Nye rapporteringskrav" } }), letters: 500 },
  "notification.json": letter({ notification: { notificationChannel: "EmailPreferred" } }),
  "notification-with-reminder.json": letter({
    notification: {
      notificationChannel: "EmailAndSms",
      smsBody: "$correspondenceRecipientName$ har fått et brev fra $sendersName$ i Altinn.",
      sendReminder: true,
      reminderNotificationChannel: "EmailPreferred",
      reminderEmailSubject: "Påminnelse: innkalling til tilsyn",
    },
  }),
  "notification-custom-recipients.json": letter({
    notification: {
      customRecipients: [
        { emailAddress: "regnskap@example.com" },
        { mobileNumber: "+4799999999" },
        { organizationNumber: "310000132" },
      ],
      overrideRegisteredContactInformation: true,
    },
  }),
  "notification-generic.json": letter({ notification: { notificationTemplate: "GenericAltinnMessage" } }),
  "dialog-transmission.json": letter({
    externalReferences: [
      { referenceType: "DialogportenDialogId", referenceValue: "01981f5e-6c3a-7b2d-9e41-5d0c8a7f1b23" },
      { referenceType: "DialogportenTransmissionType", referenceValue: "Decision" },
    ],
  }),
  "confidential.json": letter({ resourceId: "confidential-example-letters", isConfidential: true }),
  "publish-later.json": letter({ requestedPublishTime: "2099-01-01T08:00:00+01:00" }),
  "reply-options.json": letter({
    replyOptions: [{ linkText: "Svar på skjemaet" }, { linkURL: "https://www.example.com/saker/2035-13/tegninger" }],
  }),
  "existing-attachments.json": {
    body: { existingAttachments: [expect.any(String)] },
    files: ["vilkar.txt"],
    letters: 2,
  },
  "html-body.json": letter({
    content: {
      messageBody:
        "# Orientering om tilskudd\n\nSøknaden er **mottatt**. Dere må:\n\n" +
        "- sende regnskapet\n- lese [reglene](https://www.example.com/regler)",
    },
  }),
  "text-body.json": letter({
    content: {
      messageBody: "Vi har mottatt:\n\n\u20601. skjema_2035.pdf\\\n\u20602. #4 \\*revidert\\*\n\nDere hører fra oss.",
    },
  }),
  "person.json": { body: { recipients: ["urn:altinn:person:identifier-no:01814990040"] } },
  "idporten-email.json": { body: { recipients: ["urn:altinn:person:idporten-email:kari.nordmann@example.com"] } },
  "status-queue.json": {
    ...letter({ content: { messageTitle: "Vedtak om parkering" } }),
    statusQueue: EXAMPLE_STATUS_QUEUE,
  },
  "claim-check.json": letter({ sendersReference: "example/21" }),
};

/** What cancels, instead of sending: dropped after publish-later.json. */
const CANCELS = ["cancel-request.json", "cancel-letter.json"];

function letter(correspondence: object): Shown {
  return { body: { correspondence } };
}

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await start();
  for (const name of Object.keys(SHOWN)) await drop(world, name);
  await runAtOnce(world);
  await publish(world);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test("each is named here, and in the examples' README", async () => {
  expect([...Object.keys(SHOWN), ...CANCELS].sort()).toEqual([...NAMES].sort());
  const readme = await readFile(join(FOLDER, "README.md"), "utf8");
  for (const name of NAMES) expect(readme).toContain(`[\`${name}\`](${name})`);
});

test.each(NAMES)("%s is taken by npm run send", async (name) => {
  expect(await readRequestFile(join(FOLDER, name), new Date())).toMatchObject({ problems: [] });
});

test("each is a request of its own", async () => {
  const requests = await Promise.all(Object.keys(SHOWN).map(requestOf));
  expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
  expect(new Set(requests.map(({ correspondence }) => correspondence.sendersReference)).size).toBe(requests.length);
});

describe.each(Object.entries(SHOWN))("%s", (name, shown) => {
  test("passes the check in both environments, now and in fifty years", async () => {
    const request = await requestOf(name);
    for (const environment of ["tt02", "production"] as const) {
      for (const now of [new Date(), new Date("2076-01-01T00:00:00Z")]) {
        expect(await parseRequest(request, { environment, now })).toMatchObject({ ok: true });
      }
    }
  });

  test("is sent and published as it shows", async () => {
    const { id, recipients } = await requestOf(name);
    const told = (await world.announcements(shown.statusQueue)).filter(({ data }) => data.requestId === id);
    expect(told.map(({ data }) => [data.status, data.recipient])).toEqual(
      expect.arrayContaining(recipients.map((recipient) => ["sent", recipient])),
    );
    expect(told).toHaveLength(shown.letters ?? 1);

    const ids = new Set(told.map(({ data }) => data.correspondenceId));
    const letters = world.letters().filter(({ correspondenceId }) => ids.has(correspondenceId));
    expect(letters).toHaveLength(shown.letters ?? 1);
    const digests = await Promise.all((shown.files ?? []).map(digestOf));
    for (const { status, request, files } of letters) {
      expect(status).toBe("Published");
      expect(request).toMatchObject(shown.body);
      expect(files.map(({ sha256 }) => sha256)).toEqual(digests);
    }
  });
});

test("together they make no other letters", async () => {
  const expected = Object.values(SHOWN).reduce((sum, { letters = 1 }) => sum + letters, 0);
  expect(world.letters()).toHaveLength(expected);
});

describe.each(CANCELS)("%s", (name) => {
  test("passes the check", async () => {
    expect(parseCancel(await readExample(name))).toMatchObject({ kind: "cancel" });
  });

  test("takes back a letter that waits for its time", async () => {
    await using other = await start();
    await drop(other, "publish-later.json");
    await other.run();
    await drop(other, name);
    await other.settle(MINUTE);
    await publish(other);
    expect((await other.ends()).map((end) => end.split(" ")[0])).toEqual(["sent", "cancelled"]);
    expect(other.letters().map(({ statuses }) => statuses.at(-1)?.status)).toEqual(["PurgedByAltinn"]);
  });
});

/**
 * The app as the local start sets it up, with everything in its storage that examples point to. No call is to fail
 * here, so it needs no proxy before storage and Altinn.
 */
async function start(): Promise<World> {
  const started = await World.start(storage, { statusQueues: [EXAMPLE_STATUS_QUEUE] });
  await started.restart({
    ALTINN_RESOURCES: EXAMPLE_RESOURCES.join(","),
    ALTINN_PLATFORM_URL: started.simulator.url,
    CORRESPONDENCE_STORAGE: started.storage.connectionString,
  });
  await putAll("attachments", (path, content) => started.putAttachment(path, content));
  const requests = started.storage.blobs.getContainerClient(CONTAINERS.requests);
  await putAll("requests", (path, content) => requests.getBlockBlobClient(path).uploadData(content));
  return started;
}

/** Handles what waits, several messages at a time as the Functions host does: one by one, 500 letters take long. */
async function runAtOnce(world: World): Promise<void> {
  for (let waiting = await world.host.waiting(); waiting.length > 0; waiting = await world.host.waiting()) {
    const handled = waiting.slice(0, 32).map(async (message) => {
      await world.handle(message);
      // Its deletion, after it was handled.
      await world.host.lose(message);
    });
    await Promise.all(handled);
  }
}

/** Drops an example as it is, but with ids that Altinn has given in the place of made-up ones. */
async function drop(world: World, name: string): Promise<void> {
  let text = await readFile(join(FOLDER, name), "utf8");
  const madeUp = messageSchema.parse(JSON.parse(text));
  for (const id of madeUp.existingAttachments ?? []) text = text.replace(id, await uploadToAltinn(world, "vilkar.txt"));
  const letterId = madeUp.cancel?.correspondenceId;
  if (letterId !== undefined) text = text.replace(letterId, world.letters()[0]?.correspondenceId ?? "");
  await world.drop(text);
}

const messageSchema = z.object({
  existingAttachments: z.array(z.string()).optional(),
  cancel: z.object({ correspondenceId: z.string().optional() }).optional(),
});

async function putAll(folder: string, put: (path: string, content: Buffer) => Promise<unknown>): Promise<void> {
  for (const entry of await readdir(join(FOLDER, folder, "examples"))) {
    await put(`examples/${entry}`, await readFile(join(FOLDER, folder, "examples", entry)));
  }
}

const requestSchema = z.looseObject({
  id: z.string(),
  correspondence: z.looseObject({ sendersReference: z.string() }),
  recipients: z.array(z.string()),
});

/** The request of an example, out of its blob where the message is a claim check. */
async function requestOf(name: string): Promise<z.infer<typeof requestSchema>> {
  const message = await readExample(name);
  const claim = parseClaimCheck(message);
  if (claim?.kind === "claimCheck") return requestSchema.parse(await readExample(`requests/${claim.path}`));
  return requestSchema.parse(message);
}

async function readExample(name: string): Promise<Record<string, unknown>> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(join(FOLDER, name), "utf8")));
}

/** Uploads one of the files to Altinn itself, for letters to come; its id. */
async function uploadToAltinn(world: World, name: string): Promise<string> {
  const altinn = world.app.sending.altinn(EXAMPLE_RESOURCE);
  const content = await readFile(join(FOLDER, "attachments/examples", name));
  const made = await altinn.initializeAttachment({
    resourceId: EXAMPLE_RESOURCE,
    fileName: name,
    sendersReference: name,
  });
  if (made.kind !== "initialized") throw new Error(made.kind);
  const open = async () => Readable.from([content], { objectMode: false });
  const uploaded = await altinn.uploadAttachment(made.attachmentId, {
    fileName: name,
    sizeBytes: content.length,
    open,
  });
  if (uploaded.kind !== "uploaded") throw new Error(uploaded.kind);
  // Until it is scanned. Messages are left alone meanwhile.
  world.clock.advance(MINUTE);
  await world.simulator.control.advance();
  return made.attachmentId;
}

/** Lets time pass until every letter's publish time has come. */
async function publish(world: World): Promise<void> {
  const last = Math.max(...world.letters().map(({ requestedPublishTime }) => requestedPublishTime));
  await world.advance(Math.max(last - world.clock.now(), 0) + MINUTE);
}

async function digestOf(name: string): Promise<string> {
  const content = await readFile(join(FOLDER, "attachments/examples", name));
  return createHash("sha256").update(content).digest("hex");
}
