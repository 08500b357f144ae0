// The check against the simulator, which were written independently: on generated requests they must say the same.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { withoutNulls } from "../../shared/requests/absent.ts";
import { field, isObject, items } from "../../shared/requests/json.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { altinnToken, call, flatten, problem } from "../local/altinn-simulator/caller.ts";
import { asQueueMessage } from "./asQueueMessage.ts";
import { attachmentFields, letterFields, letterFieldsInForms, type Variants } from "./fieldVariants.ts";
import { type Change, withChanges } from "./tamper.ts";

type Way = "json" | "upload" | "attachment";

let simulator: Simulator;
let token: string;
let now: Date;
let published: string;

beforeAll(async () => {
  simulator = await startSimulator({ clock: "manual" });
  token = await altinnToken(simulator, await createClientKey());
  const metadata = { resourceId: "cases", fileName: "felles.pdf", sendersReference: "f" };
  published = z.string().parse((await call(simulator, token, "POST", "/attachment", metadata)).body);
  await call(simulator, token, "POST", `/attachment/${published}/upload`, new Uint8Array(10));
  await simulator.control.advance(10_000);
  now = new Date(simulator.control.now());
});

afterAll(async () => {
  await simulator.close();
});

/** Registers, access and stored files: no check can know. 1002 and 1039 are plain text, whose corners go to Altinn. */
const decidedByAltinn = new Set([
  1002, 1007, 1017, 1018, 1029, 1030, 1032, 1036, 1039, 1044, 1046, 1050, 1054, 1060, 1061, 1068, 2008, 4001, 4010,
]);

/** Fields that only the simulator looks at; whether Altinn still does is not known. */
const notLookedAt = /requestedSendTime|Attachments\[\d+\]\.Id$/i;

interface Verdicts {
  readonly taken: boolean;
  readonly problems: readonly string[];
  readonly status: number;
  readonly errorCode?: number | undefined;
  readonly fields: readonly string[];
}

async function judge(way: Way, request: unknown): Promise<Verdicts> {
  const message: unknown = JSON.parse(JSON.stringify(asQueueMessage(way, request)));
  const parsed = await parseRequest(message, { environment: "tt02", now });
  const answer = await send(way, asAltinnGetsIt(way, request));
  const told = problem.safeParse(answer.body);
  return {
    taken: parsed.ok,
    problems: parsed.ok ? [] : parsed.problems.map(({ path, rule }) => `${path}: ${rule}`),
    status: answer.status,
    errorCode: told.data?.errorCode,
    fields: Object.keys(told.data?.errors ?? {}),
  };
}

/** Without the nulls that the app leaves out. */
function asAltinnGetsIt(way: Way, request: unknown): unknown {
  if (way !== "attachment" || !isObject(request)) return withoutNulls(request);
  const message = withoutNulls(asQueueMessage(way, request));
  const [attachment] = items(field(field(field(message, "correspondence"), "content"), "attachments"));
  return isObject(attachment) ? { ...attachment, resourceId: request.resourceId } : request;
}

async function send(way: Way, request: unknown) {
  if (way === "json") return await call(simulator, token, "POST", "/correspondence", request);
  if (way === "attachment") return await call(simulator, token, "POST", "/attachment", request);
  const form = new FormData();
  for (const [name, value] of flatten(request)) form.append(name, value);
  for (const metadata of items(field(field(field(request, "correspondence"), "content"), "attachments"))) {
    form.append("attachments", new File(["abc"], String(field(metadata, "fileName"))));
  }
  return await call(simulator, token, "POST", "/correspondence/upload", form);
}

function disagree({ taken, status, errorCode, fields }: Verdicts): boolean {
  if (taken === (status === 200)) return false;
  return !taken || !(decidedByAltinn.has(errorCode ?? 0) || fields.some((name) => notLookedAt.test(name)));
}

/** A letter with every part that one can have, so that changes have something to change. */
function fullLetter() {
  const inDays = (days: number): string => new Date(now.getTime() + days * 86_400_000).toISOString();
  return {
    correspondence: {
      resourceId: "cases",
      sendersReference: "ref",
      messageSender: "Etaten",
      content: { language: "nb", messageTitle: "Tittel", messageSummary: "Kort", messageBody: "# Brev" },
      requestedPublishTime: inDays(1),
      dueDateTime: inDays(9),
      externalReferences: [{ referenceType: "Generic", referenceValue: "v" }],
      propertyList: { k: "v" },
      replyOptions: [{ linkURL: "https://example.com/", linkText: "Svar" }],
      notification: {
        notificationChannel: "EmailAndSms",
        emailSubject: "Emne",
        emailBody: "Tekst",
        smsBody: "SMS",
        sendReminder: true,
        reminderEmailSubject: "Emne",
        reminderEmailBody: "Tekst",
        reminderSmsBody: "SMS",
        customRecipients: [{ organizationNumber: "310000000" }],
      },
    },
    recipients: ["urn:altinn:organization:identifier-no:310000000"],
    existingAttachments: [published],
  };
}

function smallLetter() {
  return {
    correspondence: {
      resourceId: "cases",
      sendersReference: "ref",
      content: { messageTitle: "Tittel", messageBody: "# Brev" },
    },
    recipients: ["urn:altinn:organization:identifier-no:310000000"],
  };
}

function letterWithFile() {
  const metadata = [{ fileName: "a.pdf", displayName: "A", sendersReference: "f" }];
  return withChanges(fullLetter(), [{ path: ["correspondence", "content", "attachments"], value: metadata }]);
}

function loneAttachment() {
  return { resourceId: "cases", fileName: "a.pdf", sendersReference: "f" };
}

const ways: readonly { way: Way; name: string; start: () => unknown; fields: readonly Variants[] }[] = [
  { way: "json", name: "a full letter", start: fullLetter, fields: letterFields },
  { way: "json", name: "a small letter", start: smallLetter, fields: letterFields },
  { way: "upload", name: "a letter with a file", start: letterWithFile, fields: letterFieldsInForms },
  { way: "attachment", name: "an attachment", start: loneAttachment, fields: attachmentFields },
];

describe.each(ways)("$way: $name", ({ way, start, fields }) => {
  it("is judged alike as it is", async () => {
    expect(await judge(way, start())).toMatchObject({ taken: true, status: 200 });
  });

  it("is judged alike with any one field changed", async () => {
    const found: unknown[] = [];
    for (const { path, values } of fields) {
      for (const value of values) {
        const verdicts = await judge(way, withChanges(start(), [{ path, value }]));
        if (disagree(verdicts)) found.push({ path: path.join("."), value, ...verdicts });
      }
    }
    expect(found).toEqual([]);
  });

  it("is judged alike with several fields changed", async () => {
    const change = fc
      .constantFrom(...fields)
      .chain(({ path, values }) => fc.constantFrom(...values).map((value): Change => ({ path, value })));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 2, maxLength: 4 }), async (changes) => {
        const verdicts = await judge(way, withChanges(start(), changes));
        expect(disagree(verdicts), JSON.stringify(verdicts)).toBe(false);
      }),
      { numRuns: 400, seed: 20_261_121 },
    );
  });
});
