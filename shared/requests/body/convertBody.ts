// A body as its producer has it, as the Markdown that Altinn takes.
import type { BlockContent } from "mdast";
import { isBlank } from "../json.ts";
import { toBlocks } from "./htmlBlocks.ts";
import { attribute, type HtmlElement, parseHtml } from "./htmlTree.ts";
import { keepLines, unmarked } from "./inline.ts";
import { countSeen, maxMarkdown } from "./length.ts";
import { type BodyProblem, noLosses, toProblems, toWarnings } from "./losses.ts";
import { writeMarkdown } from "./markdown.ts";
import { toParagraphs } from "./paragraphs.ts";
import { readStyles } from "./styles.ts";

/** The formats besides Markdown that a body may have. */
export type ConvertedFormat = "html" | "text";

/** The body as Markdown without HTML, with what is to be known of it, or everything that is wrong with it. */
export type ConvertedBody =
  | { readonly ok: true; readonly markdown: string; readonly warnings: readonly BodyProblem[] }
  | { readonly ok: false; readonly problems: readonly BodyProblem[] };

/**
 * Turns a body into Markdown that says the same in Altinn's inbox; what it can't say is a problem. Never throws, and takes no
 * more steps than the body has characters, times a constant.
 *
 * @param body of at most 1,000,000 characters
 */
export function convertBody(body: string, format: ConvertedFormat): ConvertedBody {
  const read = format === "html" ? readHtml(body) : readText(body);
  if (!read.ok) return read;
  const markdown = writeMarkdown(read.blocks, maxMarkdown);
  if (markdown === undefined) return tooLong;
  return isBlank(markdown)
    ? refused("required", "Is empty, and required: nothing in it is left to read once it is Markdown.")
    : { ok: true, markdown, warnings: read.warnings };
}

type Read =
  | { readonly ok: true; readonly blocks: BlockContent[]; readonly warnings: readonly BodyProblem[] }
  | Extract<ConvertedBody, { ok: false }>;

function readText(text: string): Read {
  if (countSeen(text) > maxMarkdown) return tooLong;
  const blocks = toParagraphs(keepLines(text.replace(/^\uFEFF/, ""), unmarked, true), true);
  return { ok: true, blocks, warnings: [] };
}

function readHtml(html: string): Read {
  const tree = parseHtml(html);
  const styles = tree.ok ? readStyles(tree.elements) : undefined;
  if (!tree.ok || styles === undefined) {
    return refused(
      "tooComplex",
      "Has too many elements or rules of style, or too many inside each other. Simplify the HTML; are tags left open?",
    );
  }
  const losses = noLosses(baseOf(tree.elements), styles.hasUnread);
  const blocks = toBlocks(tree.nodes, { styleOf: styles.styleOf, losses });
  const problems = toProblems(losses);
  if (problems.length === 0 && losses.characters > maxMarkdown) return tooLong;
  return problems.length > 0 ? { ok: false, problems } : { ok: true, blocks, warnings: toWarnings(losses) };
}

function refused(rule: string, message: string): Extract<ConvertedBody, { ok: false }> {
  return { ok: false, problems: [{ rule, message }] };
}

const tooLong = refused(
  "maxLength",
  `Is too long: at most ${maxMarkdown} characters (UTF-16 units) are allowed once it is Markdown.`,
);

function baseOf(elements: readonly HtmlElement[]): string | undefined {
  const base = elements.find(({ tagName, attrs }) => tagName === "base" && attrs.some(({ name }) => name === "href"));
  return base === undefined ? undefined : attribute(base, "href");
}
