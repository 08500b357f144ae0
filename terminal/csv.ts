// CSV for spreadsheets (RFC 4180).
import { shown } from "./foreign.ts";

/** The lines as CSV; the first is the head. What a spreadsheet would take for a formula begins with an apostrophe. */
export function csvOf(lines: readonly (readonly string[])[]): string {
  return lines.map((line) => line.map((cell) => quoted(inert(shown(cell)))).join(",")).join("\n");
}

function quoted(cell: string): string {
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** What a spreadsheet would take for a formula is text: ids and references are whatever their producer wrote. */
function inert(cell: string): string {
  return /^[=+\-@]/.test(cell) ? `'${cell}` : cell;
}
