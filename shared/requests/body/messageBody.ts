// A request's body: which format it is in, how long it may be, and the Markdown that is sent instead of it.
import { field, isBlank, isObject, text } from "../json.ts";
import type { Finding } from "../problem.ts";
import { maxMarkdown } from "./length.ts";
import type { BodyProblem } from "./losses.ts";

/** The formats that `bodyFormat` may name. Altinn takes Markdown; the others are converted to it. */
export const bodyFormats = ["markdown", "html", "text"] as const;
export type BodyFormat = (typeof bodyFormats)[number];

/** The most characters (UTF-16 units) that a body may have as it is written; HTML is much longer than what it says. */
export const maxWritten = 1_000_000;

/** The format that a value of `bodyFormat` names, in any case; undefined for another value. */
export function readBodyFormat(value: unknown): BodyFormat | undefined {
  const name = text(value)?.toLowerCase();
  return bodyFormats.find((format) => format === name);
}

/** A request whose body is in Markdown, and what is wrong with the body besides what the schema says. */
export interface ReadBody {
  /** With the body converted, where it was in another format and could be; else as it was. */
  readonly request: unknown;
  readonly findings: readonly Finding[];
  /** What is shown otherwise than it could be. */
  readonly warnings: readonly Finding[];
}

/**
 * Reads the body of a request with canonical names. What the schema says of the field by itself (that it is missing, blank,
 * longer than `maxWritten`, not storable) is not said again.
 */
export async function readBody(request: unknown): Promise<ReadBody> {
  const content = field(field(request, "correspondence"), "content");
  const body = text(field(content, "messageBody"));
  const written = field(content, "bodyFormat");
  const format = written === undefined ? "markdown" : readBodyFormat(written);
  if (body === undefined || format === undefined) return { request, findings: [], warnings: [] };
  if (format === "markdown") {
    const message = `Is too long. At most ${maxMarkdown} characters (UTF-16 units) are allowed.`;
    return {
      request,
      findings: body.length > maxMarkdown ? [finding({ rule: "maxLength", message })] : [],
      warnings: [],
    };
  }
  if (isBlank(body) || body.length > maxWritten) return { request, findings: [], warnings: [] };
  // Reading HTML and style sheets takes much code, which most letters do without.
  const { convertOnce } = await import("./convertOnce.ts");
  const converted = convertOnce[format](body);
  if (!converted.ok) return { request, findings: converted.problems.map(finding), warnings: [] };
  return { request: withBody(request, converted.markdown), findings: [], warnings: converted.warnings.map(finding) };
}

function withBody(request: unknown, markdown: string): unknown {
  const letter = field(request, "correspondence");
  const content = field(letter, "content");
  if (!isObject(request) || !isObject(letter) || !isObject(content)) return request;
  const inMarkdown = { ...content, bodyFormat: "markdown", messageBody: markdown };
  return { ...request, correspondence: { ...letter, content: inMarkdown } };
}

function finding({ rule, message }: BodyProblem): Finding {
  return { path: ["correspondence", "content", "messageBody"], rule, message };
}
