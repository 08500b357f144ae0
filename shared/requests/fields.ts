// Building blocks of the request's schema: texts, enumerations, times and ids with the checks that all of them share.
import * as z from "zod";
import { atMost } from "../limits/lengths.ts";
import { ticksOf } from "./dateTime.ts";
import { type Enumeration, enumNumber, isDefined } from "./enumeration.ts";
import { guidForm } from "./guid.ts";
import { hasLoneSurrogate, isBlank } from "./json.ts";

/** Adds a broken rule to what zod collects. */
export function broken(
  context: z.core.$RefinementCtx,
  rule: string,
  message: string,
  path: (string | number)[] = [],
): void {
  context.addIssue({ code: "custom", message, params: { rule }, path });
}

/** What a text field allows. `max` counts UTF-16 units, as Altinn does. */
export interface TextOptions {
  readonly max?: number;
  /** White space alone counts as nothing. */
  readonly required?: boolean;
  readonly describe: string;
}

/** A text that Altinn can read and store. */
export function textField(options: TextOptions) {
  const { max = Number.MAX_SAFE_INTEGER, required = false } = options;
  const base = max === Number.MAX_SAFE_INTEGER ? z.string() : z.string().check(atMost(max));
  return base
    .superRefine((value, context) => {
      if (required && isBlank(value)) broken(context, "required", "Is empty, and required.");
      checkLength(value, max, context);
      checkStorable(value, context);
    })
    .describe(options.describe);
}

// Altinn counts UTF-16 units; zod, as JSON Schema does, characters.
function checkLength(value: string, max: number, context: z.core.$RefinementCtx): void {
  if (value.length <= max) return;
  broken(context, "maxLength", `Is too long. At most ${max} characters (UTF-16 units) are allowed.`);
}

/** Refuses lone surrogates, which Altinn's reader refuses, and NUL, which its database can't store (500 for ever). */
export function checkStorable(value: string, context: z.core.$RefinementCtx, path: (string | number)[] = []): void {
  checkReadable(value, context, path);
  if (value.includes("\0")) {
    broken(context, "noNul", "Contains a NUL character, which Altinn can't store. Remove it.", path);
  }
}

/** What an enumeration allows. */
export interface EnumOptions {
  /** More names than those that are documented. */
  readonly known?: Enumeration;
  /** Altinn does not look whether a number has a name (in JSON; in a form it does: `formRules`). */
  readonly anyNumber?: boolean;
}

/** An enumeration, by name in any case or by number. */
export function enumField(documented: Enumeration, description: string, options: EnumOptions = {}) {
  const { known = documented, anyNumber = false } = options;
  const names = Object.keys(documented).join(", ");
  return z
    .union([z.string(), z.number()])
    .superRefine((value, context) => {
      const number = enumNumber(value, known);
      if (number === undefined || !(anyNumber || isDefined(number, known))) {
        broken(context, "enum", `Must be one of ${names}.`);
      }
    })
    .meta({ description, examples: Object.keys(documented) });
}

function checkReadable(value: string, context: z.core.$RefinementCtx, path: (string | number)[] = []): void {
  if (!hasLoneSurrogate(value)) return;
  broken(context, "wellFormedText", "Contains half a character (a lone surrogate). Send the whole character.", path);
}

/** A point in time in the form that Altinn reads. */
export function timeField(description: string) {
  return z
    .string()
    .superRefine((value, context) => {
      if (ticksOf(value) === undefined) {
        broken(context, "dateTime", "Is not a time that Altinn can read. Write it like 2030-12-01T08:00:00+01:00.");
      }
    })
    .describe(description);
}

/** A UUID with hyphens and nothing around it. */
export function guidField(description: string) {
  return z
    .string()
    .superRefine((value, context) => {
      if (!guidForm.test(value)) broken(context, "uuid", "Must be a UUID with hyphens and without braces.");
    })
    .describe(description);
}
