// Tables drawn with + - and | as Altinn's parser reads them, of cells that span nothing.

import type { MarkdownIt, StateBlock } from "markdown-it";
import { addLooks, readWithin } from "./blockWork.ts";
import { everywhere, indentOf, lineOf, pushText } from "./markdownLines.ts";

/** Adds the rule. */
export function addGridTables(reader: MarkdownIt): void {
  reader.block.ruler.before("list", "grid_table", read, everywhere);
}

/** Up to which line there is no row, as was found on the way: to look again from each border would take for ever. */
const textUntil = new WeakMap<StateBlock, { readonly line: number; readonly endLine: number }>();

const border = /^\+(?:[ \t]*:?[-=]+:?[ \t]*\+)+[ \t]*$/;

function read(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const first = lineOf(state, startLine);
  if (indentOf(state, startLine) >= 4 || !border.test(first)) return false;
  if (silent) return true;
  const known = textUntil.get(state);
  if (known?.endLine === endLine && startLine < known.line) return readAsText(state, startLine, endLine);
  let line = startLine + 1;
  while (line < endLine && /^[+|]/.test(lineOf(state, line))) line++;
  const edges = [...first.trimEnd()].flatMap((sign, at) => (sign === "+" ? [at] : []));
  const lines = Array.from({ length: line - startLine }, (_, at) => lineOf(state, startLine + at));
  if (!lines.some((text) => text.startsWith("|"))) {
    textUntil.set(state, { line, endLine });
    return readAsText(state, startLine, endLine);
  }
  writeRows(state, lines, edges);
  state.line = line;
  return true;
}

function writeRows(state: StateBlock, lines: readonly string[], edges: readonly number[]): void {
  const rows: { cells: string[][]; head: boolean }[] = [];
  let cells: string[][] = [];
  for (const text of lines.slice(1)) {
    if (border.test(text)) {
      if (cells.length > 0) rows.push({ cells, head: false });
      cells = [];
      if (text.includes("=")) for (const row of rows) row.head = true;
      continue;
    }
    edges.slice(0, -1).forEach((edge, at) => {
      const part = text
        .slice(edge + 1, edges[at + 1])
        .replace(/^ /, "")
        .trimEnd();
      const cell = cells[at];
      if (cell === undefined) cells[at] = [part];
      else cell.push(part);
    });
  }
  if (cells.length > 0) rows.push({ cells, head: false });
  state.push("table_open", "table", 1);
  for (const row of rows) {
    const tag = row.head ? "th" : "td";
    state.push("tr_open", "tr", 1);
    for (const cell of row.cells) {
      state.push(`${tag}_open`, tag, 1);
      addLooks(state, cell.length);
      readWithin(state, cell.join("\n"), state.tokens);
      state.push(`${tag}_close`, tag, -1);
    }
    state.push("tr_close", "tr", -1);
  }
  state.push("table_close", "table", -1);
}

/** A border without a row is text. The line after it is taken along, and if it is not blank it stands there twice. */
function readAsText(state: StateBlock, startLine: number, endLine: number): boolean {
  const terminators = state.md.block.ruler.getRules("paragraph");
  let line = startLine + 1;
  const next = line < endLine ? lineOf(state, line) : "";
  if (next.trim() === "") line++;
  const rest: string[] = [];
  for (; line < endLine && !state.isEmpty(line); line++) {
    if (rest.length > 0 && terminators.some((rule) => rule(state, line, endLine, true))) break;
    rest.push(lineOf(state, line));
  }
  state.push("paragraph_open", "p", 1);
  pushText(state, `${lineOf(state, startLine)}\n${next}${rest.join("\n")}`);
  state.push("paragraph_close", "p", -1);
  state.line = line;
  return true;
}
