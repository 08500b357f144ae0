// The schema against the recorded verdicts of Altinn's own server: it refuses nothing that Altinn took, and lets
// pass only what nobody can know without asking Altinn.
import { describe, expect, it } from "vitest";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { type Case, expandCase, loadCases } from "../recorded/expand.ts";
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
  ],
  Dialogporten: ["externalReferences: a dialog that does not exist", "externalReferences: a dialog of another party"],
  "files that Altinn has, or that are sent along": [
    "existingAttachments: published and missing",
    "existingAttachments: of 11 MB, forwarding",
    "upload: a file without metadata",
    "upload: another file name",
    "upload: file name in another case",
    "upload: an empty file",
  ],
  // The app leaves these nulls out, as Altinn wants it.
  "nulls that it never sees": ["propertyList: null", "attachments: null", "notification: channel null"],
  // Each recipient gets a letter of its own, so that Altinn's limit does not bind us.
  "its 500 recipients": ["recipients: 501"],
};

const passedButRefused = new Set(Object.values(decidedByAltinn).flat());

function verdictOn(recorded: Case) {
  const { request } = expandCase(recorded, { now: context.now, existing });
  return parseRequest(asQueueMessage(recorded.via, request), context);
}

describe("recorded cases", () => {
  const cases = loadCases().filter(({ via }) => via !== "form");

  it.each(cases.filter(({ status }) => status === 200))("takes what Altinn takes: $name", (recorded) => {
    expect(verdictOn(recorded)).toMatchObject({ ok: true });
  });

  it.each(cases.filter(({ status, name }) => status !== 200 && !passedButRefused.has(name)))(
    "refuses what Altinn refuses: $name",
    (recorded) => {
      const verdict = verdictOn(recorded);
      expect(verdict.ok).toBe(false);
      if (verdict.ok) return;
      for (const { path, rule, message } of verdict.problems) {
        expect(rule).not.toBe("");
        expect(message).not.toBe("");
        if (recorded.name !== "an array") expect(path).not.toBe("");
      }
    },
  );

  it.each(cases.filter(({ name }) => passedButRefused.has(name)))("leaves to Altinn: $name", (recorded) => {
    expect(recorded.status).not.toBe(200);
    expect(verdictOn(recorded)).toMatchObject({ ok: true });
  });

  it("lists only cases that are there", () => {
    const names = new Set(cases.map(({ name }) => name));
    expect([...passedButRefused].filter((name) => !names.has(name))).toEqual([]);
  });

  it("points at the fields that Altinn objects to", () => {
    const elsewhere = cases
      .filter(({ name }) => !passedButRefused.has(name))
      .filter(({ fields, via }) => via === "json" && fields?.some((name) => name.startsWith("Correspondence.")))
      .filter((recorded) => {
        const verdict = verdictOn(recorded);
        const paths = verdict.ok ? [] : verdict.problems.map(({ path }) => path.toLowerCase());
        return !recorded.fields?.every((name) => paths.some((path) => path.startsWith(name.toLowerCase())));
      });
    expect(elsewhere.map(({ name }) => name)).toEqual([]);
  });
});
