// What changes when a letter goes as a form, together with its files: there blank texts arrive as none at all.
import { enumNumber, isDefined, knownReferenceTypes } from "./enumeration.ts";
import { field, isBlank, isObject, items } from "./json.ts";
import type { Finding } from "./problem.ts";

/** Whether a request is sent as one form with its files: new attachments, and a single recipient. */
export function goesAsForm(request: unknown): boolean {
  const content = field(field(request, "correspondence"), "content");
  return items(field(content, "attachments")).length > 0 && items(field(request, "recipients")).length === 1;
}

/** Blank texts that Altinn takes as JSON, and refuses (or fails on for ever) in a form. */
export function formRules(request: unknown): Finding[] {
  if (!goesAsForm(request)) return [];
  const letter = field(request, "correspondence");
  const message = "Is blank, which Altinn does not take together with files. Leave it out, or write something.";
  const findings: Finding[] = [];
  for (const [index, reference] of items(field(letter, "externalReferences")).entries()) {
    const value = field(reference, "referenceValue");
    const path = ["correspondence", "externalReferences", index, "referenceValue"];
    if (typeof value === "string" && isBlank(value)) findings.push({ path, rule: "blankInForm", message });
  }
  findings.push(...unnamedNumbers(letter));
  const properties = field(letter, "propertyList");
  const entries = isObject(properties) ? Object.entries(properties) : [];
  const blank = entries.findIndex(([key, value]) => isBlank(key) || (typeof value === "string" && isBlank(value)));
  if (blank >= 0) {
    const path = ["correspondence", "propertyList"];
    findings.push({ path, rule: "blankInForm", message: `Property ${blank + 1}: its key or its value. ${message}` });
  }
  return findings;
}

// As JSON Altinn takes numbers here that stand for nothing; the reader of forms does not.
function unnamedNumbers(letter: unknown): Finding[] {
  const message = `Must be one of ${Object.keys(knownReferenceTypes).join(", ")}.`;
  return items(field(letter, "externalReferences")).flatMap((reference, index) => {
    const number = enumNumber(field(reference, "referenceType"), knownReferenceTypes);
    if (number === undefined || isDefined(number, knownReferenceTypes)) return [];
    return [{ path: ["correspondence", "externalReferences", index, "referenceType"], rule: "enum", message }];
  });
}
