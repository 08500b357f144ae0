// Lists of definitions as Altinn's parser reads them: lines of terms, and below them what begins with a colon.

import type { MarkdownIt, StateBlock } from "markdown-it";
import { addLooks, readWithin } from "./blockWork.ts";
import { indentOf, pushText } from "./markdownLines.ts";

/** Adds the rule. */
export function addDefinitions(reader: MarkdownIt): void {
  reader.block.ruler.before("paragraph", "definitions", read);
}

/** A definition's first line: the sign and the rest at least four columns further to the right. */
const mark = /^ {0,3}[:~](?: {3,}|\t)[ \t]*(?=\S)/;

function read(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const termEnd = endOfTerms(state, startLine, endLine);
  if (silent || termEnd === undefined) return false;
  state.push("dl_open", "dl", 1);
  let line = termEnd.definition;
  readTerms(state, startLine, termEnd.terms);
  while (line < endLine && mark.test(lineWithin(state, line))) line = readDefinition(state, line, endLine);
  state.push("dl_close", "dl", -1);
  state.line = line;
  return true;
}

/** The terms' lines are those of a paragraph; one blank line may follow. */
function endOfTerms(
  state: StateBlock,
  startLine: number,
  endLine: number,
): { terms: number; definition: number } | undefined {
  const terminators = state.md.block.ruler.getRules("paragraph");
  for (let line = startLine + 1; line < endLine; line++) {
    if (mark.test(lineWithin(state, line))) return { terms: line, definition: line };
    if (state.isEmpty(line)) {
      return mark.test(lineWithin(state, line + 1)) ? { terms: line, definition: line + 1 } : undefined;
    }
    if (terminators.some((rule) => rule(state, line, endLine, true))) return undefined;
  }
  return undefined;
}

function readTerms(state: StateBlock, startLine: number, endLine: number): void {
  for (let line = startLine; line < endLine; line++) {
    state.push("dt_open", "dt", 1);
    pushText(state, lineWithin(state, line));
    state.push("dt_close", "dt", -1);
  }
}

/** A definition goes on until a blank line, and after that as long as it is indented. Returns the line after it. */
function readDefinition(state: StateBlock, startLine: number, endLine: number): number {
  const lines = [lineWithin(state, startLine).replace(mark, "")];
  let line = startLine + 1;
  for (; line < endLine; line++) {
    if (mark.test(lineWithin(state, line))) break;
    const isIndented = indentOf(state, line) >= 4;
    if (!state.isEmpty(line) && !isIndented && state.isEmpty(line - 1)) break;
    lines.push(state.getLines(line, line + 1, state.blkIndent + 4, false));
  }
  state.push("dd_open", "dd", 1);
  addLooks(state, lines.length);
  readWithin(state, lines.join("\n").trimEnd(), state.tokens);
  state.push("dd_close", "dd", -1);
  return line;
}

/** A line, of which nothing is left where the block has ended before it. */
function lineWithin(state: StateBlock, line: number): string {
  return line < state.lineMax && indentOf(state, line) >= 0
    ? state.getLines(line, line + 1, state.blkIndent, false)
    : "";
}
