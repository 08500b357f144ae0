// From a run of pieces to paragraphs: its lines, their columns, and the marks of each as Markdown nests them.
import type { BlockContent, Paragraph } from "mdast";
import { columnTable, isMarker } from "./columns.ts";
import { append, type Inline, invisible, type Marks, unmarked } from "./inline.ts";
import { withAddresses } from "./links.ts";
import { nestMarks, settle } from "./marks.ts";
import { raise } from "./raised.ts";

/**
 * A run of pieces as paragraphs: white space collapsed as HTML does, blank lines (also a run of breaks) between them. Lines
 * in columns become tables where those may stand, and elsewhere a line for each column.
 */
export function toParagraphs(run: readonly Inline[], hasTables: boolean): BlockContent[] {
  const blocks: BlockContent[] = [];
  let lines: Inline[] = [];
  let rows: Inline[][][] = [];
  const end = () => {
    if (lines.length > 0) blocks.push({ type: "paragraph", children: toPhrasing(lines) });
    if (rows.length > 0) blocks.push(columnTable(rows.map((cells) => cells.map(toPhrasing))));
    [lines, rows] = [[], []];
  };
  for (const cells of toLines(raise(run), hasTables)) {
    const [line = []] = cells;
    if (cells.length > 1) {
      if (lines.length > 0) end();
      rows.push(cells);
    } else {
      if (line.length === 0 || rows.length > 0) end();
      if (line.length > 0 && lines.length > 0) lines.push(breakBetween(lines.at(-1), line[0]));
      append(lines, line);
    }
  }
  end();
  return blocks;
}

function toPhrasing(pieces: readonly Inline[]): Paragraph["children"] {
  return nestMarks(withAddresses(settle(pieces)));
}

/** Each line in its columns, which are trimmed; one of which nothing is seen has none. */
function toLines(run: readonly Inline[], hasColumns: boolean): Inline[][][] {
  const lines = splitAt(run, (piece) => piece.kind === "break" || (piece.kind === "gap" && !hasColumns));
  return lines.map((line) => {
    const columns = splitAt(line, ({ kind }) => kind === "gap").map((pieces) => trimLine(collapse(pieces)));
    const [first = [], second, ...more] = columns.filter((pieces) => pieces.length > 0);
    if (second === undefined) return [first];
    if (!isMarker(plainText(first))) return [first, second, ...more];
    return [[...first, { kind: "text", value: " ", marks: unmarked }, ...second], ...more];
  });
}

function splitAt(pieces: readonly Inline[], isEnd: (piece: Inline) => boolean): Inline[][] {
  const parts: Inline[][] = [];
  let part: Inline[] = [];
  for (const piece of pieces) {
    if (!isEnd(piece)) part.push(piece);
    else {
      parts.push(part);
      part = [];
    }
  }
  return [...parts, part];
}

function plainText(pieces: readonly Inline[]): string {
  return pieces.map((piece) => ("value" in piece ? piece.value : "")).join("");
}

function collapse(pieces: readonly Inline[]): Inline[] {
  const collapsed: Inline[] = [];
  let isAfterSpace = true;
  for (const piece of pieces) {
    if (!("value" in piece)) continue;
    const value = piece.value.replace(/[ \t\n\f\r]+/g, " ");
    const isBlankCode = piece.kind === "code" && invisible.test(value);
    const kept: string = isAfterSpace && value.startsWith(" ") ? value.slice(1) : value;
    if (kept === "") continue;
    isAfterSpace = kept.endsWith(" ");
    collapsed.push({ ...piece, value: kept, kind: isBlankCode ? "text" : piece.kind });
  }
  return collapsed;
}

// Also of white space that does not break: Altinn makes it common.
function trimLine(pieces: readonly Inline[]): Inline[] {
  const isSeen = (piece: Inline) => piece.kind === "code" || (piece.kind === "text" && !invisible.test(piece.value));
  const seen = pieces.slice(Math.max(pieces.findIndex(isSeen), 0), pieces.findLastIndex(isSeen) + 1);
  return seen.map((piece, index) => {
    if (piece.kind !== "text") return piece;
    const value = index === 0 ? piece.value.trimStart() : piece.value;
    return { ...piece, value: index === seen.length - 1 ? value.trimEnd() : value };
  });
}

// A break within a link, or within bold text, does not interrupt it.
function breakBetween(before: Inline | undefined, after: Inline | undefined): Inline {
  const [a, b] = [before?.marks ?? unmarked, after?.marks ?? unmarked];
  const marks: Marks = {
    strong: a.strong && b.strong,
    emphasis: a.emphasis && b.emphasis,
    link: a.link === b.link ? a.link : undefined,
    shift: undefined,
  };
  return { kind: "break", marks };
}
