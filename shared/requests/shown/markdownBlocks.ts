// Blocks that Altinn's parser knows besides those of CommonMark. Of most, the signs are gone when the letter is shown.
import type { MarkdownIt, StateBlock, StateCore } from "markdown-it";
import { addLooks } from "./blockWork.ts";
import { addDefinitions } from "./markdownDefinitions.ts";
import { addGridTables } from "./markdownGridTables.ts";
import { endOfAttributes } from "./markdownInlines.ts";
import { everywhere, indentOf, lineOf, pushText } from "./markdownLines.ts";

/** Adds the rules. */
export function addBlocks(reader: MarkdownIt): void {
  reader.block.ruler.before("fence", "container", container, everywhere);
  reader.block.ruler.before("container", "figure", figure, everywhere);
  reader.block.ruler.after("figure", "footer", footer, everywhere);
  reader.block.ruler.before("figure", "formula_block", formula, everywhere);
  addGridTables(reader);
  addDefinitions(reader);
  reader.core.ruler.after("block", "heading_attributes", dropHeadingAttributes);
  reader.core.ruler.after("block", "alerts", showAlerts);
}

/** A line without its indent, undefined where it is indented as code is. */
function lineAt(state: StateBlock, line: number): string | undefined {
  return indentOf(state, line) >= 4 ? undefined : lineOf(state, line);
}

/** The line that ends a block whose first line begins with a run of `sign`; `endLine` if it is never closed. */
function closingLine(state: StateBlock, startLine: number, endLine: number, closing: RegExp): number {
  for (let line = startLine + 1; line < endLine; line++) {
    addLooks(state, 1);
    if (!state.isEmpty(line) && indentOf(state, line) < 0) return line;
    if (closing.test(lineAt(state, line) ?? "")) return line;
  }
  return endLine;
}

/** Reads the lines between two as blocks inside an element. The line after them is dropped if it closes the element. */
function readInside(
  state: StateBlock,
  startLine: number,
  closeLine: number,
  endLine: number,
  tags: [string, string],
): void {
  state.push("html_block", "", 0).content = tags[0];
  const old = { parent: state.parentType, max: state.lineMax };
  state.parentType = "blockquote";
  state.lineMax = closeLine;
  state.level++;
  state.md.block.tokenize(state, startLine + 1, closeLine);
  state.level--;
  state.parentType = old.parent;
  state.lineMax = old.max;
  state.push("html_block", "", 0).content = tags[1];
  state.line = Math.min(closeLine + 1, endLine);
}

/** `::: name` up to `:::`, or to the end. */
function container(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const [, signs, info = ""] = /^(:{3,})[ \t]*([^`]*)$/.exec(lineAt(state, startLine) ?? "") ?? [];
  if (signs === undefined) return false;
  if (silent) return true;
  const closeLine = closingLine(state, startLine, endLine, new RegExp(`^:{${signs.length},}\\s*$`));
  const name = state.md.utils.escapeHtml(info.trim());
  readInside(state, startLine, closeLine, endLine, [name === "" ? "<div>" : `<div class="${name}">`, "</div>"]);
  return true;
}

/** `^^^ caption` up to `^^^ caption`, or to the end. */
function figure(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const [, signs, first = ""] = /^(\^{3,})[ \t]*(.*)$/.exec(lineAt(state, startLine) ?? "") ?? [];
  if (signs === undefined) return false;
  if (silent) return true;
  const closing = new RegExp(`^\\^{${signs.length},}[ \\t]*(.*)$`);
  const closeLine = closingLine(state, startLine, endLine, closing);
  const last = closeLine < endLine ? (closing.exec(lineAt(state, closeLine) ?? "")?.[1] ?? "") : "";
  const caption = (text: string) => (text === "" ? "" : `<figcaption>${state.md.renderInline(text)}</figcaption>`);
  readInside(state, startLine, closeLine, endLine, [`<figure>${caption(first)}`, `${caption(last)}</figure>`]);
  return true;
}

/** `^^ text`: a footer, whose text goes on as a paragraph's does. */
function footer(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if (!/^\^\^/.test(lineAt(state, startLine) ?? "")) return false;
  if (silent) return true;
  const terminators = state.md.block.ruler.getRules("paragraph");
  let line = startLine + 1;
  for (; line < endLine && !state.isEmpty(line); line++) {
    if (terminators.some((rule) => rule !== footer && rule(state, line, endLine, true))) break;
  }
  const text = state.getLines(startLine, line, state.blkIndent, false).replace(/^\s*\^\^[ \t]?/gm, "");
  state.push("html_block", "", 0).content = "<footer>";
  pushText(state, text);
  state.push("html_block", "", 0).content = "</footer>";
  state.line = line;
  return true;
}

/** `$$` alone on a line, up to the next such line. */
function formula(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if (!/^\$\$\s*$/.test(lineAt(state, startLine) ?? "")) return false;
  if (silent) return true;
  const closeLine = closingLine(state, startLine, endLine, /^\$\$\s*$/);
  const text = state.md.utils.escapeHtml(state.getLines(startLine + 1, closeLine, state.blkIndent, false));
  state.push("html_block", "", 0).content = `<div class="math">\n\\[\n${text}\\]</div>`;
  state.line = Math.min(closeLine + 1, endLine);
  return true;
}

/** Of a heading, all is gone that follows the first attributes in braces. */
function dropHeadingAttributes(state: StateCore): void {
  state.tokens.forEach((token, index) => {
    const open = state.tokens[index - 1];
    if (token.type !== "inline" || open?.type !== "heading_open" || !open.markup.startsWith("#")) return;
    const start = token.content.indexOf("{");
    if (start >= 0 && endOfAttributes(token.content, start) !== undefined)
      token.content = token.content.slice(0, start).trimEnd();
  });
}

/** `> [!NOTE]` becomes a box with the kind's name above its text. */
function showAlerts(state: StateCore): void {
  state.tokens.forEach((token, index) => {
    const quote = state.tokens[index - 2];
    const [line, kind = ""] = /^\[!([A-Za-z]+)\][ \t]*(?:\n|$)/.exec(token.content) ?? [];
    if (token.type !== "inline" || quote?.type !== "blockquote_open" || line === undefined) return;
    const close = state.tokens.find(
      (other, at) => at > index && other.type === "blockquote_close" && other.level === quote.level,
    );
    quote.tag = "div";
    quote.attrs = [["class", "markdown-alert"]];
    if (close !== undefined) close.tag = "div";
    token.content = token.content.slice(line.length);
    const title = new state.Token("html_block", "", 0);
    title.content = `<p>${kind.slice(0, 1).toUpperCase()}${kind.slice(1).toLowerCase()}</p>`;
    state.tokens.splice(index - 1, 0, title);
  });
}
