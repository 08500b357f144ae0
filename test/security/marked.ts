// Letters, answers and events in which everything about somebody is marked, and the search for the marks.
import type { Fault } from "../../local/altinn-simulator/faults.ts";
import { person, personNumber } from "../../local/parties.ts";
import { anEvent } from "../builders/event.ts";
import { aLetter } from "../integration/letters.ts";

/** Nobody's: recipients, and numbers that producers put where they should not. */
const inReference = personNumber(8);
export const asRequestId = personNumber(9);
export const phone = "91234567";

/** Every text that somebody writes here has this in it. */
const WORD = /merke/i;
export const ABOUT_SOMEBODY: readonly RegExp[] = [
  WORD,
  // National identity numbers as `personNumber` makes them, and the simulator's fixed ones.
  /0\d{5}\d?49\d{5}|\b0[1-3]014900\d{3}\b|018149\d{5}/,
  // Organisation numbers as `organization` makes them.
  /(?<!\d)310\d{6}(?!\d)/,
  new RegExp(phone),
  // Any JWT: grants and tokens.
  /eyJ[\w-]{10}/,
];

const HASH_OR_UUID = /(?<![0-9a-f])([0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-f])/g;

/** Without hashes and UUIDs: among thousands of them, some have nine digits that look like somebody's number. */
export function withoutHashes(text: string): string {
  return text.replace(HASH_OR_UUID, "*");
}

export const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";
export const UNKNOWN_PERSON = "urn:altinn:person:identifier-no:01014900191";

export const attachment = {
  blob: "mappemerke/blobmerke.pdf",
  fileName: "filmerke.pdf",
  displayName: "Visningsmerke",
  sendersReference: "Vedleggsmerke",
};

interface Marked {
  readonly id?: string;
  readonly recipients?: readonly string[];
  readonly attachments?: readonly object[];
  readonly letter?: object;
  readonly request?: object;
}

/** A letter that says something about somebody in every field. */
export function markedLetter({
  // Its end may stand in announcements, as that of blobs' and references' may.
  id = `${crypto.randomUUID()}-saksmerke`,
  recipients = [person()],
  attachments,
  letter,
  request,
}: Marked = {}) {
  return aLetter({
    id,
    recipients,
    ...(attachments === undefined ? {} : { attachments }),
    content: { messageTitle: "Tittelmerke", messageSummary: "Sammendragsmerke", messageBody: "Brødtekstmerke" },
    letter: {
      sendersReference: `2030/${inReference}`,
      messageSender: "Navnemerke Navnesen",
      externalReferences: [{ referenceType: "Generic", referenceValue: "Referansemerke" }],
      propertyList: { Egenskapsmerke: "Verdimerke" },
      replyOptions: [{ linkURL: "https://svar.example/lenkemerke", linkText: "Lenketekstmerke" }],
      ...letter,
    },
    ...(request === undefined ? {} : { request }),
  });
}

export const notification = {
  notificationTemplate: "CustomMessage",
  notificationChannel: "EmailAndSms",
  emailSubject: "Emnemerke",
  emailBody: "Epostmerke",
  smsBody: "Smsmerke",
  customRecipients: [{ emailAddress: "adressemerke@post.example" }, { mobileNumber: `+47${phone}` }],
};

export const who = `${personNumber(3)} (Navnemerke Navnesen, adressemerke@post.example, +47 ${phone})`;

/** Answers of Altinn, and of what stands in between, that repeat what was sent. */
export const telling: readonly Partial<Fault>[] = [
  { status: 404, body: { status: 404, code: "CORR-01029", errorCode: 1029, detail: `Not found: ${who}` } },
  { status: 422, body: { status: 422, code: "CORR-01030", errorCode: 1030, detail: `Reserved: ${who}` } },
  { status: 400, body: { status: 400, code: "CORR-01044", errorCode: 1044, detail: `No role: ${who}` } },
  {
    status: 400,
    body: { status: 400, code: "CORR-01002", errorCode: 1002, detail: 'The title "Tittelmerke" is not plain' },
  },
  {
    status: 400,
    body: {
      status: 400,
      code: "STD-00000",
      title: "Egenskapsmerke Verdimerke",
      errors: {
        "Correspondence.PropertyList[Egenskapsmerke]": [`Verdimerke ${who}`],
        "$.Egenskapsmerke": ["Verdimerke"],
      },
      validationErrors: [{ detail: "Verdimerke" }],
    },
  },
  { status: 400, body: `Tittelmerke ${who}` },
  { status: 403, body: { status: 403, errorCode: 4001, detail: who } },
  { status: 500, body: `<html>Tittelmerke ${who}</html>`, contentType: "text/html" },
  { status: 503, body: { detail: `Tittelmerke ${who}`, code: `Merke-${personNumber(3)}` } },
  { status: 200, body: { correspondences: [{ correspondenceId: "merke", recipient: who }] } },
  { status: 302, headers: { location: `http://127.0.0.1:1/merke/${personNumber(3)}` } },
];

/** Events that Altinn sends, and some that it does not. */
export function events(correspondenceId: string | undefined, now: number): object[] {
  const event = anEvent(correspondenceId, "correspondencereceiverread", now, {
    subject: person(),
    alternativesubject: `/person/${personNumber()}`,
    data: { name: "Navnemerke Navnesen" },
  });
  const prefix = "no.altinn.correspondence.";
  return [
    event,
    {
      ...event,
      type: `${prefix}correspondencenotificationfailed`,
      source: "x/notification",
      resourceinstance: crypto.randomUUID(),
    },
    {
      ...event,
      type: `${prefix}attachmentuploadfailed`,
      source: "x/attachment",
      resourceinstance: crypto.randomUUID(),
    },
    { ...event, id: personNumber(4), type: `${prefix}correspondencepublished` },
    { ...event, type: `${prefix}${personNumber(4)}` },
    { ...event, id: "adressemerke@post.example", type: "merke@1", source: "elsewhere", resource: personNumber(4) },
    { ...event, resourceinstance: personNumber(4) },
    { ...event, specversion: "merke", time: personNumber(4) },
    { [personNumber(4)]: "merke" },
  ];
}

/** Every occurrence of what is not to occur, shortened to what surrounds it. */
export function occurrences(texts: readonly string[], secrets: readonly string[], patterns = ABOUT_SOMEBODY): string[] {
  return texts.flatMap((text) => [
    ...patterns.flatMap((pattern) => {
      const readable = withoutHashes(text);
      const at = readable.search(pattern);
      return at < 0 ? [] : [`${pattern}: ${readable.slice(Math.max(at - 60, 0), at + 60)}`];
    }),
    ...secrets.filter((secret) => text.includes(secret)).map((secret) => `a secret of ${secret.length} characters`),
  ]);
}

export function secretsOf(connectionString: string, privateJwk: object, more: readonly string[]): string[] {
  const accountKey = /AccountKey=([^;]+)/.exec(connectionString)?.[1];
  const parts = Object.entries(privateJwk).flatMap(([name, part]) =>
    ["d", "p", "q", "dp", "dq", "qi"].includes(name) && typeof part === "string" ? [part] : [],
  );
  const secrets = [...parts, ...(accountKey === undefined ? [] : [accountKey]), ...more];
  if (secrets.length < 7) throw new Error("There are secrets missing");
  return secrets;
}
