// Bodies in the shapes of Altinn's documentation, dropped as they are: a sender of today needs to change nothing.
import { beforeAll, expect, test } from "vitest";
import { organization, person } from "../../local/parties.ts";
import { DAY } from "../../shared/clock.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { RESOURCE, World } from "../harness/world.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

const inTwoWeeks = new Date(Date.now() + 14 * DAY).toISOString();

/** As the request collections of Altinn's repository write it: some names begin with a capital letter. */
const COLLECTION = {
  correspondence: {
    resourceId: RESOURCE,
    sendersReference: "1",
    content: {
      language: "nb",
      messageTitle: "Tittelen på meldingen",
      messageSummary: "Et sammendrag av meldingen",
      messageBody: "Ren tekst, eller **markdown**",
      attachments: [],
    },
    requestedPublishTime: new Date().toISOString(),
    dueDateTime: inTwoWeeks,
    externalReferences: [],
    propertyList: { caseNumber: "123", Etc: "what-the-sender-likes" },
    replyOptions: [{ linkURL: "https://www.example.com/", linkText: "Svar her" }],
    notification: {
      notificationTemplate: "CustomMessage",
      notificationChannel: "EmailAndSms",
      SendReminder: true,
      EmailSubject: "Ny melding i Altinn",
      EmailBody: "Dere har fått en melding.",
      SmsBody: "Dere har fått en melding i Altinn.",
      ReminderEmailSubject: "Ulest melding i Altinn",
      ReminderEmailBody: "Meldingen er ikke lest.",
      ReminderSmsBody: "Meldingen i Altinn er ikke lest.",
    },
    IgnoreReservation: false,
    IsConfirmationNeeded: true,
  },
  Recipients: [organization(), person()],
  existingAttachments: [],
};

/** As the reference lists the fields: older ones too, the prefix of the organisation number, and null for what is left open. */
const REFERENCE = {
  correspondence: {
    resourceId: `urn:altinn:resource:${RESOURCE}`,
    sender: "0192:991825827",
    sendersReference: "2",
    messageSender: "Etaten",
    content: { language: "nn", messageTitle: "Tittel", messageSummary: null, messageBody: "Innhald" },
    requestedPublishTime: null,
    allowSystemDeleteAfter: "2099-12-31T00:00:00Z",
    dueDateTime: inTwoWeeks,
    externalReferences: [{ referenceType: "AltinnBrokerFileTransfer", referenceValue: "filoverføring" }],
    propertyList: {},
    replyOptions: [],
    notification: null,
    ignoreReservation: null,
    isConfirmationNeeded: false,
  },
  recipients: ["0192:310000035"],
  existingAttachments: [],
};

test.each([
  ["the request collections", COLLECTION, COLLECTION.Recipients],
  ["the reference", REFERENCE, REFERENCE.recipients],
])("a body in the shape of %s is sent unchanged, to each recipient", async (_where, body, recipients) => {
  await using world = await World.start(storage);
  await world.drop(body);
  await world.run();
  const letters = world.letters();
  expect(await world.told()).toEqual(recipients.map(() => "sent"));
  expect(letters.map(({ request }) => request)).toEqual(
    letters.map(({ idempotentKey }, index) => ({
      ...asAltinnReadsIt(body),
      recipients: [recipients[index]],
      idempotentKey,
    })),
  );
});

/** The body under the names that Altinn knows; a property's key is the sender's own. No files is the same as no list of them. */
function asAltinnReadsIt(value: object): object {
  const isNoFiles = (name: string, field: unknown) => /attachments$/i.test(name) && Array.isArray(field);
  const fields = Object.entries(value).filter(([name, field]) => !isNoFiles(name, field));
  return Object.fromEntries(
    fields.map(([name, field]) => [
      `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      isPlain(field) && name !== "propertyList" ? asAltinnReadsIt(field) : field,
    ]),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
