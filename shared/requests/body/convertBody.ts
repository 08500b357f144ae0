// A body as its producer has it, as the Markdown that Altinn takes.
import type { BlockContent, Nodes } from "mdast";
import { isBlank } from "../json.ts";
import { toBlocks } from "./htmlBlocks.ts";
import { attribute, elementsIn, type HtmlNode, isElement, parseHtml } from "./htmlTree.ts";
import { keepLines, toParagraphs, unmarked } from "./inline.ts";
import { type BodyProblem, noLosses, toProblems } from "./losses.ts";
import { writeMarkdown } from "./markdown.ts";

/** The formats besides Markdown that a body may have. */
export type ConvertedFormat = "html" | "text";

/** The most characters (UTF-16 units) that Altinn takes. */
export const maxMarkdown = 30_000;

/** The body as CommonMark without HTML, or everything that is wrong with it. */
export type ConvertedBody =
  | { readonly ok: true; readonly markdown: string }
  | { readonly ok: false; readonly problems: readonly BodyProblem[] };

/**
 * Turns a body into Markdown that says the same; what it can't say is a problem. Never throws.
 *
 * @param body of at most 1,000,000 characters
 */
export function convertBody(body: string, format: ConvertedFormat): ConvertedBody {
  const read = format === "html" ? readHtml(body) : readText(body);
  if (!read.ok) return read;
  // Before it is written: what is far too long would take far too long.
  const tooLong: ConvertedBody = refused(
    "maxLength",
    `Is too long: at most ${maxMarkdown} characters (UTF-16 units) are allowed once it is Markdown.`,
  );
  if (leastLength(read.blocks) > maxMarkdown) return tooLong;
  const markdown = writeMarkdown(read.blocks);
  if (markdown.length > maxMarkdown) return tooLong;
  return isBlank(markdown)
    ? refused("required", "Is empty, and required: nothing in it is left to read once it is Markdown.")
    : { ok: true, markdown };
}

type Read = { readonly ok: true; readonly blocks: BlockContent[] } | Extract<ConvertedBody, { ok: false }>;

function readText(text: string): Read {
  return { ok: true, blocks: toParagraphs(keepLines(text.replace(/^\uFEFF/, ""), unmarked, true)) };
}

function readHtml(html: string): Read {
  const tree = parseHtml(html);
  if (!tree.ok) {
    return refused(
      "tooComplex",
      "Has too many elements, or too many inside each other. Simplify the HTML; are tags left open?",
    );
  }
  const losses = noLosses(baseOf(tree.nodes));
  const blocks = toBlocks(tree.nodes, losses);
  const problems = toProblems(losses);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, blocks };
}

function refused(rule: string, message: string): Extract<ConvertedBody, { ok: false }> {
  return { ok: false, problems: [{ rule, message }] };
}

function baseOf(nodes: readonly HtmlNode[]): string | undefined {
  const all = nodes.filter(isElement).flatMap(elementsIn);
  const base = all.find((element) => element.tagName === "base" && attribute(element, "href") !== undefined);
  return base === undefined ? undefined : attribute(base, "href");
}

/** No more characters than the Markdown of these nodes surely has. Each line begins with a sign for what it is in. */
function leastLength(nodes: readonly Nodes[], depth = 0): number {
  return nodes.reduce((sum, node) => {
    if ("children" in node) {
      const isContainer = node.type === "blockquote" || node.type === "listItem";
      return sum + leastLength(node.children, isContainer ? depth + 1 : depth);
    }
    return sum + ("value" in node ? node.value.length : 1 + depth);
  }, 0);
}
