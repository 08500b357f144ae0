// The forms that app settings come in. Problems say what a setting must be, and never what it is.
import { BlobServiceClient } from "@azure/storage-blob";
import { QueueServiceClient } from "@azure/storage-queue";
import * as z from "zod";
import { isCallable, withoutTrailingSlash } from "../altinn/environments.ts";
import { type AddressRange, readAddressRange } from "../altinn/eventSource.ts";
import { readKeyVaultKey } from "../altinn/keyVaultKey.ts";
import { withoutResourcePrefix } from "../altinn/wire.ts";
import { readNcrontab } from "./ncrontab.ts";

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

/** `true` or `false`. */
export const trueOrFalse = z
  .enum(["true", "false"], { error: "must be true or false." })
  .transform((text) => text === "true");

/** When something is done with a letter that was received. */
export const whenDone = z.enum(["onRequest", "onStored"], { error: "must be onRequest or onStored." });

/** A whole number within limits, or `never`, which becomes `undefined`. */
export function daysOrNever(least: number, most: number) {
  const problem = `must be a number from ${least} to ${most}, or never.`;
  return required
    .transform((text) => (text === "never" ? undefined : Number(/^\d{1,9}$/.test(text) ? text : Number.NaN)))
    .refine((days) => days === undefined || (days >= least && days <= most), { error: problem });
}

/** An address to call: https, or http to this very machine. Kept as it is written. */
export const address = required
  .refine(isCallable, { error: "must be an https address (http only to this machine)." })
  .refine((text) => !/[?#]/.test(text), { error: "must be an address without ? and #." });

/** The same, without slashes at its end. */
export const baseAddress = address.transform(withoutTrailingSlash);

/** The same, with a slash at its end, as Maskinporten writes its issuer: it goes letter for letter into each grant. */
export const issuer = address.transform((text) => (text.endsWith("/") ? text : `${text}/`));

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

const range = z.string().transform((text, context): AddressRange => {
  const read = readAddressRange(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom" });
  return z.NEVER;
});

const ADDRESSES = "must be a list of IP addresses or CIDR ranges, parted by commas, or any.";

/** Addresses and ranges of them, or `any`. */
export const addressRanges = z.union(
  [z.literal("any"), listOf(range, ADDRESSES).refine((all) => all.length > 0, { error: ADDRESSES })],
  { error: ADDRESSES },
);

/** The identifier of a version of a key in Azure Key Vault. */
export const keyVaultKey = required.transform((text, context) => {
  const read = readKeyVaultKey(text);
  if (read !== undefined) return read;
  const message = "must be a key's identifier with its version: https://<vault>.vault.azure.net/keys/<name>/<version>.";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** A resource's id in Altinn's resource registry, with or without its prefix. */
export const resourceId = z
  .string()
  .transform(withoutResourcePrefix)
  .pipe(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,234}$/));

/** The name of an Azure Storage queue. */
export const queueName = z.string().regex(/^(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*$/);

/** How an announcement's JSON stands in its message: as itself, or in base64, which Azure Functions' triggers expect. */
export const queueEncoding = z.enum(["raw", "base64"], { error: "must be raw or base64." });
export type QueueEncoding = z.output<typeof queueEncoding>;

/** A queue for announcements, with its encoding where that is its own: `name` or `name:base64`. */
export interface StatusQueue {
  readonly name: string;
  readonly encoding?: QueueEncoding | undefined;
}

/** Such queues, each named once. */
export const statusQueues = listOf(
  z
    .string()
    .transform((text): readonly string[] => text.split(":"))
    .pipe(z.union([z.tuple([queueName]), z.tuple([queueName, queueEncoding])]))
    .transform(([name, encoding]): StatusQueue => ({ name, encoding })),
  "must be a list of queue names (3 to 63 of a-z, 0-9 and -), parted by commas, each with :raw or :base64 behind it or not.",
).refine(
  (queues) => queues.every(({ name, encoding }) => queues.find((first) => first.name === name)?.encoding === encoding),
  { error: "must not name a queue with two encodings." },
);

/** An OAuth scope. */
export const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/);

/** NCRONTAB, as Azure Functions has it: six fields, seconds first. */
export const schedule = required.transform((text, context) => {
  const read = readNcrontab(text);
  if (read.ok) return text;
  const message = `must be an NCRONTAB expression of six fields, seconds first: ${read.problem}.`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** A connection string of a storage account, or of the emulator, whose endpoints may be called. */
export const connectionString = required.transform((text, context) => {
  const endpoints = endpointsOf(text);
  if (endpoints === undefined) context.addIssue({ code: "custom", message: NO_CONNECTION_STRING });
  else if (!endpoints.every(isCallable)) context.addIssue({ code: "custom", message: OPEN_ENDPOINTS });
  return text;
});

const NO_CONNECTION_STRING =
  "must be a storage connection string with AccountName and AccountKey, or UseDevelopmentStorage=true.";
const OPEN_ENDPOINTS = "must name https endpoints (http only to this machine).";

/** The addresses that a connection string stands for, as the storage library reads it; undefined if it does not. */
function endpointsOf(text: string): string[] | undefined {
  // With the emulator's string the library would send everything through this address.
  const proxy = /(?:^|;)\s*DevelopmentStorageProxyUri=([^;]*)/i.exec(text)?.[1];
  try {
    const blobs = BlobServiceClient.fromConnectionString(text);
    const queues = QueueServiceClient.fromConnectionString(text);
    return [blobs.url, queues.url, ...(proxy === undefined ? [] : [proxy])];
  } catch {
    return undefined;
  }
}
