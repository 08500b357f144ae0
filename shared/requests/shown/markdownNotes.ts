// Footnotes and abbreviations as Altinn's parser reads them, and headings that can be linked to by their text.

import type { MarkdownIt, StateBlock, StateCore, StateInline, Token } from "markdown-it";
import { addLooks, readWithin } from "./blockWork.ts";
import { everywhere, indentOf, lineOf } from "./markdownLines.ts";

/** Footnotes of the document that is being read, by label, in the order of their first mark. */
interface Footnotes {
  readonly tokens: Map<string, Token[]>;
  readonly marked: string[];
}

const footnotesOf = new WeakMap<object, Footnotes>();

function footnotes(env: object): Footnotes {
  const found = footnotesOf.get(env) ?? { tokens: new Map(), marked: [] };
  footnotesOf.set(env, found);
  return found;
}

/** Adds the rules. */
export function addNotes(reader: MarkdownIt): void {
  reader.block.ruler.before("reference", "footnote", readFootnote, everywhere);
  reader.block.ruler.before("list", "abbreviation", readAbbreviation, everywhere);
  reader.inline.ruler.before("link", "footnote_mark", readMark);
  reader.core.ruler.after("block", "heading_links", linkHeadings);
  reader.core.ruler.after("inline", "footnotes", addFootnotes);
}

/** `*[short]: long` says nothing to a reader, and is gone. A bracket with a backslash before it is one of the text. */
function readAbbreviation(state: StateBlock, line: number, _endLine: number, silent: boolean): boolean {
  if (indentOf(state, line) >= 4 || !/^\*\[(?:\\.|[^\\[\]])+\]:/.test(lineOf(state, line))) return false;
  if (!silent) state.line = line + 1;
  return true;
}

/** `[^label]: text`, and what stands indented below; only outside of lists and quotations. */
function readFootnote(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const isOutside = silent && indentOf(state, startLine) < 0;
  if ((state.level > 0 && !isOutside) || (state.sCount[startLine] ?? 0) >= 4) return false;
  const [mark, label] = /^\[(\^[^\]\s]+)\]:/.exec(lineOf(state, startLine)) ?? [];
  if (mark === undefined || label === undefined) return false;
  if (silent) return true;
  const lines = [lineOf(state, startLine).slice(mark.length).trimStart()];
  let line = startLine + 1;
  for (; line < endLine; line++) {
    const isNext = /^\[\^[^\]\s]+\]:/.test(lineOf(state, line));
    const isBlankBefore = state.isEmpty(line - 1);
    if (!state.isEmpty(line) && (state.sCount[line] ?? 0) === 0 && (isBlankBefore || isNext)) break;
    lines.push(state.getLines(line, line + 1, 4, false));
  }
  const tokens: Token[] = [];
  addLooks(state, lines.length);
  readWithin(state, lines.join("\n"), tokens);
  const { tokens: all } = footnotes(state.env);
  if (!all.has(label)) all.set(label, tokens);
  state.line = line;
  return true;
}

function readMark(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith("[^", state.pos)) return false;
  const end = state.src.indexOf("]", state.pos);
  const label = end < 0 || end > state.posMax ? undefined : state.src.slice(state.pos + 1, end);
  const { tokens, marked } = footnotes(state.env);
  if (label === undefined || !tokens.has(label)) return false;
  if (!silent) {
    if (!marked.includes(label)) marked.push(label);
    const number = marked.indexOf(label) + 1;
    state.push("html_inline", "", 0).content = `<a href="#fn:${number}" class="footnote-ref"><sup>${number}</sup></a>`;
  }
  state.pos = end + 1;
  return true;
}

/** Footnotes that have a mark come last, in the order of the marks. One may have marks of others in it. */
function addFootnotes(state: StateCore): void {
  const { tokens, marked } = footnotes(state.env);
  for (let index = 0; index < marked.length; index++) {
    state.tokens.push(html(state, `<div class="footnotes"><ol><li id="fn:${index + 1}">`));
    for (const token of tokens.get(marked[index] ?? "") ?? []) {
      if (token.type === "inline") state.md.inline.parse(token.content, state.md, state.env, token.children ?? []);
      state.tokens.push(token);
    }
    state.tokens.push(html(state, "</li></ol></div>"));
  }
}

function html(state: StateCore, content: string): Token {
  const token = new state.Token("html_block", "", 0);
  token.content = content;
  return token;
}

/** `[text of a heading]` links to it, unless something else is defined under that name. */
function linkHeadings(state: StateCore): void {
  const references = state.env.references ?? {};
  state.env.references = references;
  state.tokens.forEach((token, index) => {
    if (token.type !== "inline" || state.tokens[index - 1]?.type !== "heading_open") return;
    const label = state.md.utils.normalizeReference(token.content);
    if (label !== "") references[label] ??= { title: "", href: "#heading" };
  });
}
