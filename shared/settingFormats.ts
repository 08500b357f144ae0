// The forms that app settings come in. Problems say what a setting must be, and never what it is.
import { z } from "zod";
import { isCallable, withoutTrailingSlash } from "./altinn/environments.ts";
import { withoutResourcePrefix } from "./altinn/wire.ts";

/** A text that must be there. */
export const required = z.string({ error: "is missing." });

/** A text that must have a form. */
export function form(pattern: RegExp, problem: string) {
  return required.regex(pattern, { error: problem });
}

/** Nine digits. */
export const organisationNumber = form(/^\d{9}$/, "must be an organisation number of nine digits.");

/** A number within limits, fractions allowed. */
export function numberBetween(least: number, most: number) {
  return form(/^\d{1,9}(?:\.\d{1,6})?$/, `must be a number from ${least} to ${most}.`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be a number from ${least} to ${most}.` });
}

/** An address to call: https, or http to this very machine. Kept as it is written. */
export const address = required
  .refine(isCallable, { error: "must be an https address (http only to this machine)." })
  .refine((text) => !/[?#]/.test(text), { error: "must be an address without ? and #." });

/** The same, without slashes at its end. */
export const baseAddress = address.transform(withoutTrailingSlash);

/** A list, parted by commas, semicolons or white space; each entry once. */
export function listOf<T>(entry: z.ZodType<T, string>, problem: string) {
  return required.transform((text, context) => {
    const entries: T[] = [];
    for (const part of text.split(/[\s,;]+/)) {
      if (part === "") continue;
      const parsed = entry.safeParse(part);
      if (parsed.success) entries.push(parsed.data);
      else context.addIssue({ code: "custom", message: problem });
    }
    return [...new Set(entries)];
  });
}

/** A resource's id in Altinn's resource registry, with or without its prefix. */
export const resourceId = z
  .string()
  .transform(withoutResourcePrefix)
  .pipe(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,234}$/));

/** The name of an Azure Storage queue. */
export const queueName = z.string().regex(/^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/);

/** An OAuth scope. */
export const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/);

/** NCRONTAB, as Azure Functions has it: six fields, seconds first. */
export const schedule = form(
  /^(?:[\d*,/A-Za-z-]+\s+){5}[\d*,/A-Za-z-]+$/,
  "must be an NCRONTAB expression of six fields, seconds first.",
).refine(hasFieldsInRange, { error: "must be an NCRONTAB expression whose numbers are within their fields." });

/** Second, minute, hour, day, month, day of the week. */
const FIELD_RANGES = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

function hasFieldsInRange(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  return FIELD_RANGES.every(([least, most], index) => {
    const parts = (fields[index] ?? "").split(",").map((part) => part.split("/"));
    return parts.every(([range = "", step]) => {
      const numbers = range.split("-").filter((bound) => /^\d+$/.test(bound));
      return numbers.every((bound) => Number(bound) >= least && Number(bound) <= most) && step !== "0";
    });
  });
}

/** A connection string of a storage account, or of the emulator. */
export const connectionString = required.refine(isConnectionString, {
  error: "must be a storage connection string with AccountName and AccountKey, or UseDevelopmentStorage=true.",
});

function isConnectionString(text: string): boolean {
  const keys = new Map<string, string>();
  for (const part of text.split(";")) {
    const at = part.indexOf("=");
    if (at > 0) keys.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  const has = (key: string) => (keys.get(key) ?? "") !== "";
  if (keys.get("usedevelopmentstorage")?.toLowerCase() === "true") return true;
  if (has("accountname") && has("accountkey")) return true;
  return has("sharedaccesssignature") && has("blobendpoint") && has("queueendpoint");
}
