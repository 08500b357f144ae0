// The schema against the recorded verdicts of Altinn's own server: it refuses nothing that Altinn took, and lets
// pass only what nobody can know without asking Altinn.
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import type { Problem } from "../../shared/requests/problem.ts";
import { type Case, expandCase, letterWith, loadCases, loadValues } from "../recorded/expand.ts";
import { asQueueMessage } from "./asQueueMessage.ts";

const context = { environment: "tt02", now: new Date() } as const;
const existing = {
  published: "0193b2c1-0000-7000-8000-00000000000a",
  large: "0193b2c1-0000-7000-8000-00000000000b",
  initialized: "0193b2c1-0000-7000-8000-00000000000c",
  foreign: "0193b2c1-0000-7000-8000-00000000000d",
  missing: "0193b2c1-0000-7000-8000-00000000000e",
};

// Refused by Altinn, and passed here: each by name, grouped by why.
const decidedByAltinn: Readonly<Record<string, readonly string[]>> = {
  "the resource registry": [
    "resourceId: not in the registry",
    "resourceId: another owner",
    "resourceId: a generic access resource",
    "not isConfidential on a confidential resource",
    "allowForwarding on a resource with an authentication level",
    "attachment: an app's resource",
    "attachment: a resource without access",
  ],
  "the registers of organisations and persons": [
    "recipients: an organisation in no register",
    "recipients: a person in no register",
    "recipients: the contact register fails",
    "recipients: an unknown one among two",
    "isConfidential to an organisation without the roles",
    "upload: reserved person, one",
  ],
  Dialogporten: ["externalReferences: a dialog that does not exist", "externalReferences: a dialog of another party"],
  "files that Altinn has, or that are sent along": [
    "existingAttachments: published and missing",
    "existingAttachments: of 11 MB, forwarding",
    "upload: a file without metadata",
    "upload: another file name",
    "upload: file name in another case",
    "upload: an empty file",
    "upload: checksum 32 of z",
    "existingAttachments: large and forwarding",
    "upload: forwarding, file and existing large",
  ],
  // The app leaves these nulls out, as Altinn wants it.
  "nulls that it never sees": [
    ...["propertyList: null", "attachments: null", "notification: channel null", "propertyList null"],
    ...["isConfidential: null", "isConfirmationNeeded: null", "notification: sendReminder null"],
  ],
  // The app writes properties in another way, in which a key may have any sign.
  "a form of properties that the app does not use": ["upload: an attachment and a property with a dotted key"],
  // Each recipient gets a letter of its own, so that Altinn's limit does not bind us.
  "its 500 recipients": ["recipients: 501"],
};

/** Refused by Altinn for what could be known here, and passed all the same, with why. */
const notModelled: Readonly<Record<string, string>> = {
  "reply link: https://a.no._o": "why .NET takes a._o and not a.no._o is not known",
};

/** What Altinn's reader of forms takes, and its reader of JSON, by which requests are written, does not. */
const takenInFormsOnly = new Set([
  'upload: expirationInDays " 90"',
  "upload: an attachment, requestedPublishTime 2099-01-01T08:00:00+0100",
  "upload: an attachment, requestedPublishTime 1 Feb 2099",
  "upload: an attachment, requestedPublishTime 02/01/2099",
]);

const leftToAltinn = new Set(Object.values(decidedByAltinn).flat());
const passedButRefused = new Set([...leftToAltinn, ...Object.keys(notModelled)]);

async function verdictOn(recorded: Case) {
  const { request } = expandCase(recorded, { now: context.now, existing });
  if (typeof request !== "string") return await parseRequest(asQueueMessage(recorded.via, request), context);
  const decoded = decodeMessage(request);
  return decoded.ok ? await parseRequest(decoded.value, context) : { ok: false, problems: [decoded.problem] };
}

function problemsOf(verdict: Awaited<ReturnType<typeof verdictOn>>): readonly Problem[] {
  return "problems" in verdict ? verdict.problems : [];
}

describe("recorded cases", async () => {
  const newer = loadCases("cases-2.json").filter(({ via, name }) => via !== "form" && !takenInFormsOnly.has(name));
  const cases = [...loadCases().filter(({ via }) => via !== "form"), ...newer];

  it.each(cases.filter(({ status }) => status === 200))("takes what Altinn takes: $name", async (recorded) => {
    expect(await verdictOn(recorded)).toMatchObject({ ok: true });
  });

  it.each(cases.filter(({ status, name }) => status !== 200 && !passedButRefused.has(name)))(
    "refuses what Altinn refuses: $name",
    async (recorded) => {
      const verdict = await verdictOn(recorded);
      expect(verdict.ok).toBe(false);
      for (const { path, rule, message } of problemsOf(verdict)) {
        expect(rule).not.toBe("");
        expect(message).not.toBe("");
        if (recorded.name !== "an array" && typeof recorded.request !== "string") expect(path).not.toBe("");
      }
    },
  );

  it.each(cases.filter(({ name }) => passedButRefused.has(name)))("leaves to Altinn: $name", async (recorded) => {
    expect(recorded.status).not.toBe(200);
    expect(await verdictOn(recorded)).toMatchObject({ ok: true });
  });

  it("lists only cases that are there", async () => {
    const names = new Set(cases.map(({ name }) => name));
    expect([...passedButRefused].filter((name) => !names.has(name))).toEqual([]);
  });

  it("points at the fields that Altinn objects to", async () => {
    const pointed = cases
      .filter(({ name }) => !passedButRefused.has(name))
      .filter(({ fields, via }) => via === "json" && fields?.some((name) => name.startsWith("Correspondence.")));
    const elsewhere: string[] = [];
    for (const recorded of pointed) {
      const paths = problemsOf(await verdictOn(recorded)).map(({ path }) => path.toLowerCase());
      const isThere = recorded.fields?.every((name) => paths.some((path) => path.startsWith(name.toLowerCase())));
      if (!isThere) elsewhere.push(recorded.name);
    }
    expect(elsewhere).toEqual([]);
  });

  const knowable = newer.filter(({ status, name }) => status !== 200 && !leftToAltinn.has(name));
  const unnoticed: Case[] = [];
  for (const recorded of knowable) if ((await verdictOn(recorded)).ok) unnoticed.push(recorded);

  it(`lets pass ${unnoticed.length} of ${knowable.length} newer cases that Altinn refuses for what can be known: at most 2 %`, async () => {
    expect(knowable.length).toBeGreaterThan(250);
    expect(unnoticed.map(({ name }) => name)).toEqual(Object.keys(notModelled));
    expect(unnoticed.length / knowable.length).toBeLessThanOrEqual(0.02);
  });
});

/** Values that Altinn refuses and that are passed here, with why. */
const passedValues: Readonly<Record<string, string>> = {
  "https://www.eksempel._o/søk?q=blåbær&side=1": "as a.no._o above",
  "http://a.no->$x$[x]: y...": "where Markdig ends the address, and whether it is one, is not modelled",
};

describe("recorded values", async () => {
  const values = loadValues();
  const judged = await Promise.all(
    values.map(async (recorded) => {
      const { request, via } = letterWith(recorded);
      return { ...recorded, passes: (await parseRequest(asQueueMessage(via, request), context)).ok };
    }),
  );
  const refused = judged.filter(({ taken }) => !taken);
  const passed = refused.filter(({ passes }) => passes);

  it(`are never refused where Altinn takes them: ${values.length - refused.length} of ${values.length}`, async () => {
    expect(values.length - refused.length).toBeGreaterThan(800);
    expect(judged.filter(({ taken, passes }) => taken && !passes)).toEqual([]);
  });

  it(`pass in ${passed.length} of ${refused.length} cases where Altinn refuses them: at most 1 %, of each kind too`, async () => {
    expect(passed.map(({ value }) => value).sort()).toEqual(Object.keys(passedValues).sort());
    for (const kind of new Set(refused.map((recorded) => recorded.kind))) {
      const ofKind = refused.filter((recorded) => recorded.kind === kind);
      const share = passed.filter((recorded) => recorded.kind === kind).length / ofKind.length;
      expect(share, kind).toBeLessThanOrEqual(0.01);
    }
  });
});
