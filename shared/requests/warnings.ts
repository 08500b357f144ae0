// What Altinn takes and the sender may not mean: told, and never refused.
import { CONTAINERS } from "../storage/names.ts";
import { maxMarkdown } from "./body/length.ts";
import { instantOf } from "./dateTime.ts";
import { field, items, text } from "./json.ts";
import type { Finding, Path } from "./problem.ts";
import { isPlain } from "./shown/plain.ts";
import { traceWarnings } from "./trace.ts";

const contentPath: Path = ["correspondence", "content"];

/** Every warning about a request with canonical names and its body as it was written, but for its unknown fields. */
export async function findWarnings(request: unknown): Promise<Finding[]> {
  return [
    ...noIdWarning(request),
    ...timeWarnings(request),
    ...(await bodyWarnings(request)),
    ...blobWarnings(request),
    ...traceWarnings(request),
  ];
}

function noIdWarning(request: unknown): Finding[] {
  if (field(request, "id") !== undefined) return [];
  const message =
    "There is none, so the content counts as the id: a second letter that says the same is not sent, however much " +
    "later it comes. Give each letter an id of its own.";
  return [{ path: ["id"], rule: "noId", message }];
}

function timeWarnings(request: unknown): Finding[] {
  const letter = field(request, "correspondence");
  return ["requestedPublishTime", "dueDateTime"].flatMap((name) => {
    const written = text(field(letter, name)) ?? "";
    const instant = instantOf(written);
    if (instant === undefined || /(?:Z|[+-]\d{2}(?::\d{2})?)$/.test(written.slice("2030-12-01".length))) return [];
    return [timeWarning(["correspondence", name], written, instant)];
  });
}

function timeWarning(path: Path, written: string, instant: number): Finding {
  const utc = `${new Date(instant).toISOString().slice(0, 16)}Z`;
  const taken = `Altinn takes it for ${utc}, which is ${norwegianTime(instant)} in Norway.`;
  if (!written.includes("T")) {
    return { path, rule: "dateAlone", message: `Is a date without a time. ${taken} Write the time and its zone.` };
  }
  const meant = `${written}${norwegianOffset(instant)}`;
  return { path, rule: "timeWithoutZone", message: `Has no zone. ${taken} Write ${meant} if Norwegian time is meant.` };
}

/** `2030-12-01 09:00`, with summer time in summer. Made when it is needed: it reads the tables of all time zones. */
function norwegianTime(instant: number): string {
  const format = { timeZone: "Europe/Oslo", dateStyle: "short", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat("sv-SE", format).format(instant);
}

/** `+01:00`, or `+02:00` in summer. */
function norwegianOffset(instant: number): string {
  const format = { timeZone: "Europe/Oslo", timeZoneName: "longOffset" } as const;
  const zone =
    new Intl.DateTimeFormat("en-GB", format).formatToParts(instant).find(({ type }) => type === "timeZoneName")
      ?.value ?? "";
  return /[+-]\d{2}:\d{2}$/.exec(zone)?.[0] ?? "Z";
}

/** Elements that letters are made of; what else stands between angle brackets need not be HTML. */
const htmlElement =
  /<\/?(?:p|br|div|span|b|i|u|em|strong|a|ul|ol|li|h[1-6]|table|tr|td|th|hr|html|body)(?:\s[^<>]*)?\/?>/i;

async function bodyWarnings(request: unknown): Promise<Finding[]> {
  const content = field(field(request, "correspondence"), "content");
  const format = field(content, "bodyFormat");
  const body = text(field(content, "messageBody")) ?? "";
  const path: Path = [...contentPath, "messageBody"];
  if (format !== undefined && format !== "markdown") return [];
  if (format !== undefined || !htmlElement.test(body)) {
    if (body.length > maxMarkdown || isPlain(body)) return [];
    const { shownWarnings } = await import("./shown/shownWarnings.ts");
    return shownWarnings(body).map((warning) => ({ path, ...warning }));
  }
  const message =
    'Holds HTML, and is sent as Markdown. Write "bodyFormat": "html" beside it to have it converted, or "markdown" if ' +
    "it is meant as it stands.";
  return [{ path, rule: "htmlBody", message }];
}

function blobWarnings(request: unknown): Finding[] {
  const attachments = items(field(field(field(request, "correspondence"), "content"), "attachments"));
  const message = `Begins with the container's name. Leave ${CONTAINERS.attachments}/ out, if no folder in the container is called so.`;
  return attachments.flatMap((attachment, index) =>
    text(field(attachment, "blob"))?.startsWith(`${CONTAINERS.attachments}/`)
      ? [{ path: [...contentPath, "attachments", index, "blob"], rule: "containerInBlob", message }]
      : [],
  );
}
