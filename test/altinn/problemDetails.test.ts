import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskText } from "../../shared/altinn/mask.ts";
import { fieldName, parseProblem } from "../../shared/altinn/problemDetails.ts";

describe("masking", () => {
  it.each([
    ["Recipient urn:altinn:person:identifier-no:02014900120 has reserved", "Recipient urn:*** has reserved"],
    ["number 020149 00120 here", "number *** here"],
    ["number 02 01 49 00 12 0 here", "number *** here"],
    ["number 020149-00120 here", "number *** here"],
    ["number 020149\u00a000120 here", "number *** here"],
    ["organisation 310000000", "organisation ***"],
    ["mail to kari.example@example.com, please", "mail to ***, please"],
    ["call +47 412 34 567 now", "call *** now"],
    ["call (0047)41234567 now", "call (0047)*** now"],
    [
      "Could not find partyId for the following recipients: urn:altinn:person:legacy-selfidentified:ola n, x",
      "Could not find partyId for the following recipients: ***",
    ],
    ["the field 'a secret' is bad", "the field '***' is bad"],
    ['the field "a secret" is bad', 'the field "***" is bad'],
    ['the field "a secret', 'the field "***"'],
    ["the owner's rule and the sender's", "the owner's rule and the sender's"],
    ["Message body cannot exceed 30000 characters", "Message body cannot exceed 30000 characters"],
    ["resource urn:altinn:resource:my-resource", "resource urn:altinn:resource:my-resource"],
  ])("%s", (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });

  it("leaves no identity number, however its digits are set", () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 11 });
    const gaps = fc.array(fc.constantFrom("", " ", "-", ".", "\u00a0", "\u2009"), { minLength: 11, maxLength: 11 });
    fc.assert(
      fc.property(fc.string(), digits, gaps, fc.string(), (before, number, between, after) => {
        const written = number.map((digit, index) => `${digit}${index < 10 ? between[index] : ""}`).join("");
        expect(maskText(`${before} ${written} ${after}`)).not.toContain(written);
      }),
    );
  });
});

describe("field names", () => {
  it.each([
    ["Correspondence.Content.MessageTitle", "Correspondence.Content.MessageTitle"],
    ["$.correspondence.content.attachments[0].fileName", "$.correspondence.content.attachments[0].fileName"],
    ["$.correspondence.propertyList.Kari Example", "$.correspondence.propertyList"],
    ["$.correspondence.propertyList['Kari.Example']", "$.correspondence.propertyList"],
    ["Correspondence.PropertyList[Kari].Value", "Correspondence.PropertyList"],
    ["Correspondence/PropertyList/Kari", "Correspondence.PropertyList"],
    ["$.correspondence.01014900191", "$.correspondence"],
    ["$.correspondence['a b'].x", "$.correspondence"],
    ["$", "(request)"],
    ["", "(request)"],
    ["01014900191", "(request)"],
    ["request", "request"],
  ])("%s is told as %s", (path, told) => {
    expect(fieldName(path)).toBe(told);
  });
});

describe("problem details", () => {
  it("with the same field twice", () => {
    const json: unknown = JSON.parse(
      '{"errorCode":1034,"code":"CORR-01034","traceId":"a","traceId":"b","detail":"Exists"}',
    );
    expect(parseProblem(json)).toEqual({
      errorCode: 1034,
      code: "CORR-01034",
      isProblem: true,
      fields: [],
      detail: "Exists",
    });
  });

  it.each([1029, 1030, 1044])("%i, which names recipients, in our own words", (errorCode) => {
    const detail = "Recipient urn:altinn:person:legacy-selfidentified:kari example has a problem";
    const told = parseProblem({ errorCode, detail }).detail;
    expect(told).toMatch(/recipient/);
    expect(told).not.toMatch(/example/);
  });

  it("of the model", () => {
    const json = {
      code: "STD-00000",
      errors: { Recipients: ["Recipient 'x' is bad"], role: [] },
      validationErrors: [{ title: "Recipient 'x' is bad", paths: ["Recipients"] }],
    };
    expect(parseProblem(json)).toEqual({
      code: "STD-00000",
      isProblem: true,
      fields: ["Recipients"],
      detail: "These fields break Altinn's rules: Recipients.",
    });
  });

  it.each([
    [undefined],
    ["Not found"],
    [[]],
    [null],
    [7],
    [{}],
    [{ title: "Bad Request", status: 400 }],
    [{ errorCode: "x" }],
  ])("that are none: %j", (json) => {
    expect(parseProblem(json)).toMatchObject({ isProblem: false, fields: [] });
  });

  it("with odd fields", () => {
    const json = { errorCode: 1028, code: 7, detail: ["x"], title: "Not Found", errors: "none" };
    expect(parseProblem(json)).toEqual({ errorCode: 1028, isProblem: true, fields: [], detail: "Not Found" });
  });
});
