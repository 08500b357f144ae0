// zod's findings in this project's words: a rule for machines, a sentence for people, and never a value.
import type { z } from "zod";
import type { Finding } from "./problem.ts";

/** One issue of the schema as a finding. `value` is what stands at the issue's path, undefined when nothing does. */
export function toFinding(issue: z.core.$ZodIssue, value: unknown): Finding {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  return { path, ...describe(issue, value) };
}

function describe(issue: z.core.$ZodIssue, value: unknown): { rule: string; message: string } {
  switch (issue.code) {
    case "custom": {
      const rule = issue.params?.rule;
      return { rule: typeof rule === "string" ? rule : "custom", message: issue.message };
    }
    case "invalid_type":
    case "invalid_union":
      if (value === undefined) return { rule: "required", message: "Is missing, and required." };
      if (value === null) return { rule: "notNull", message: "May not be null. Leave the field out instead." };
      return { rule: "type", message: `Has the wrong type. ${expectation(issue)}${remedy(issue, value)}` };
    case "too_big":
      return issue.origin === "array"
        ? { rule: "maxItems", message: `Has too many items. At most ${issue.maximum} are allowed.` }
        : {
            rule: "maxLength",
            message: `Is too long. At most ${issue.maximum} characters (UTF-16 units) are allowed.`,
          };
    case "too_small":
      return issue.origin === "array"
        ? { rule: "minItems", message: `Has too few items. At least ${issue.minimum} is needed.` }
        : { rule: "minLength", message: `Is too short. At least ${issue.minimum} character is needed.` };
    default:
      return { rule: issue.code, message: "Has a value that is not allowed here." };
  }
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_type") return "A name (a string) or a whole number is expected.";
  const names: Readonly<Record<string, string>> = {
    string: "Text (a string) is expected.",
    boolean: "true or false is expected, without quotes.",
    array: "A list is expected.",
    object: "An object is expected.",
    record: "An object is expected.",
    number: "A number is expected.",
    int: "A whole number is expected.",
  };
  return names[issue.expected] ?? "See the documentation of the field.";
}

/** What to do about the commonest of wrong types, as a sentence after a space. */
function remedy(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code !== "invalid_type") return "";
  if (issue.expected === "string" && typeof value === "number") return " Put the number in quotes.";
  return issue.expected === "array" ? " Put what there is into square brackets." : "";
}
