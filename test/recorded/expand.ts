// Reads the recorded cases and fills in their placeholders, for every test that replays them.

import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";

const caseSchema = z.object({
  name: z.string(),
  via: z.enum(["json", "upload", "form", "attachment"]),
  request: z.unknown(),
  files: z.array(z.object({ name: z.string(), bytes: z.number().optional(), text: z.string().optional() })).optional(),
  status: z.number(),
  errorCode: z.number().optional(),
  fields: z.array(z.string()).optional(),
  statuses: z.array(z.string()).optional(),
});

/** One recorded case: how it was sent, what was sent (with placeholders), and what Altinn answered. */
export type Case = z.infer<typeof caseSchema>;

/** The states that an existing attachment of a case can have. */
export type ExistingState = "published" | "large" | "initialized" | "foreign" | "missing";

/** What the placeholders need to know: the time that `$now` counts from, and an attachment id for each state. */
export interface Expansion {
  readonly now: Date;
  readonly existing: Readonly<Record<ExistingState, string>>;
}

/** A file part of a case, with its bytes. */
export interface CaseFile {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The recorded cases of a file, in the order in which they were recorded. */
export function loadCases(file: "cases.json" | "cases-2.json" = "cases.json"): Case[] {
  return z.array(caseSchema).parse(load(file));
}

const valueSchema = z.object({
  kind: z.enum(["title", "link", "email", "mobile", "date", "file", "recipient", "body"]),
  value: z.string(),
  taken: z.boolean(),
  errorCode: z.number().optional(),
});

/** The value of one field, and whether Altinn took a letter with it. */
export type RecordedValue = z.infer<typeof valueSchema>;

/** All recorded values of single fields. */
export function loadValues(): RecordedValue[] {
  return z.array(valueSchema).parse(load("values.json"));
}

/**
 * A letter with the value in its field: the title, a reply option's link, the address or number of a custom recipient,
 * the requested publish time, an attachment's name, the recipient, or the body.
 */
export function letterWith({ kind, value }: RecordedValue): { request: object; via: "json" | "upload" } {
  const content = {
    messageTitle: kind === "title" ? value : "Tittel",
    messageBody: kind === "body" ? value : "# Brev",
    ...(kind === "file" ? { attachments: [{ fileName: value, sendersReference: "f" }] } : {}),
  };
  const contact = kind === "email" ? { emailAddress: value } : { mobileNumber: value };
  const correspondence = {
    resourceId: "cases",
    sendersReference: "ref",
    content,
    ...(kind === "link" ? { replyOptions: [{ linkURL: value }] } : {}),
    ...(kind === "date" ? { requestedPublishTime: value } : {}),
    ...(kind === "email" || kind === "mobile"
      ? { notification: { notificationTemplate: "GenericAltinnMessage", customRecipients: [contact] } }
      : {}),
  };
  const recipients = [kind === "recipient" ? value : "urn:altinn:organization:identifier-no:310000000"];
  return { request: { correspondence, recipients }, via: kind === "file" ? "upload" : "json" };
}

function load(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`./${file}`, import.meta.url), "utf8"));
}

/** The request of a case with its placeholders replaced, and the files that go with it. */
export function expandCase(recorded: Case, expansion: Expansion): { request: unknown; files: CaseFile[] } {
  const uuids = new Map<string, string>();
  const files = (recorded.files ?? []).map((file) => ({
    name: file.name,
    content: new TextEncoder().encode(file.text ?? "a".repeat(file.bytes ?? 0)),
  }));
  return { request: expandValue(recorded.request, { ...expansion, uuids }), files };
}

interface Context extends Expansion {
  readonly uuids: Map<string, string>;
}

/** Stands for `{"$omit": true}`: the field is left out. */
const omitted = Symbol("omitted");

const pairSchema = z.tuple([z.unknown(), z.number().int().nonnegative()]);
const existingSchema = z.enum(["published", "large", "initialized", "foreign", "missing"]);

type Placeholder = (argument: unknown, context: Context) => unknown;

const placeholders: Readonly<Record<string, Placeholder>> = {
  $now: (argument, context) =>
    new Date(context.now.getTime() + durationMilliseconds(z.string().parse(argument))).toISOString(),
  $uuid: (argument, context) => uuid(argument, context),
  $hex: (argument, context) => uuid(argument, context).replaceAll("-", ""),
  $upper: (argument, context) => uuid(argument, context).toUpperCase(),
  $x: (argument, context) => {
    const [text, times] = pairSchema.parse(argument);
    return textOf(text, context).repeat(times);
  },
  $cat: (argument, context) =>
    z
      .array(z.unknown())
      .parse(argument)
      .map((part) => textOf(part, context))
      .join(""),
  $orgs: (argument) => organisations(z.number().int().parse(argument)),
  $keys: (argument) =>
    Object.fromEntries(Array.from({ length: z.number().int().parse(argument) }, (_, index) => [`k${index + 1}`, "v"])),
  $list: (argument, context) => {
    const [item, times] = pairSchema.parse(argument);
    return Array.from({ length: times }, (_, index) => expandValue(counted(item, index + 1), context));
  },
  $rnd: (argument) => {
    const length = z.number().int().parse(argument);
    return randomBytes(length).toString("base64url").slice(0, length);
  },
  $existing: (argument, context) =>
    argument === "publishedUpper"
      ? context.existing.published.toUpperCase()
      : context.existing[existingSchema.parse(argument)],
  $omit: () => omitted,
};

function expandValue(value: unknown, context: Context): unknown {
  if (Array.isArray(value)) return value.map((item) => expandValue(item, context)).filter((item) => item !== omitted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined) {
    const placeholder = Object.hasOwn(placeholders, first[0]) ? placeholders[first[0]] : undefined;
    if (placeholder !== undefined) return placeholder(first[1], context);
  }
  return Object.fromEntries(
    entries
      .map(([key, item]): [string, unknown] => [expandKey(key), expandValue(item, context)])
      .filter(([, item]) => item !== omitted),
  );
}

/** `$x:k:51` is a key of 51 times `k`. */
function expandKey(key: string): string {
  const match = /^\$x:(.+):(\d+)$/u.exec(key);
  return match?.[1] === undefined ? key : match[1].repeat(Number(match[2]));
}

function textOf(value: unknown, context: Context): string {
  return z.string().parse(expandValue(value, context));
}

function uuid(argument: unknown, context: Context): string {
  const letter = z.string().parse(argument);
  const known = context.uuids.get(letter);
  if (known !== undefined) return known;
  const made = randomUUID();
  context.uuids.set(letter, made);
  return made;
}

/** Replaces `%i` in every text of a list's item by the item's number. */
function counted(item: unknown, number: number): unknown {
  if (typeof item === "string") return item.replaceAll("%i", String(number));
  if (Array.isArray(item)) return item.map((part) => counted(part, number));
  if (item === null || typeof item !== "object") return item;
  return Object.fromEntries(Object.entries(item).map(([key, part]) => [key, counted(part, number)]));
}

/** Days, hours, minutes and seconds of a signed ISO 8601 duration, such as `+P7D` or `-PT30M`. */
function durationMilliseconds(text: string): number {
  const match = /^([+-]?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/u.exec(text);
  if (match === null) throw new Error(`not a duration: ${text}`);
  const part = (index: number): number => Number(match[index] ?? 0);
  const seconds = ((part(2) * 24 + part(3)) * 60 + part(4)) * 60 + part(5);
  return Math.round(seconds * 1000) * (match[1] === "-" ? -1 : 1);
}

/** Organisations that the cases' registers don't know, or in which nobody has the role. */
const special = new Set(["310000019", "310000027"]);

function organisations(count: number): string[] {
  const found: string[] = [];
  for (let serial = 31000000; found.length < count; serial += 1) {
    const number = withControlDigit(String(serial));
    if (number !== undefined && !special.has(number)) found.push(`urn:altinn:organization:identifier-no:${number}`);
  }
  return found;
}

function withControlDigit(digits: string): string | undefined {
  const weights = [3, 2, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const control = (11 - (sum % 11)) % 11;
  return control === 10 ? undefined : `${digits}${control}`;
}
