// Running text on its way from a body to Markdown: pieces with their marks, gathered into lines and paragraphs.
import type { BlockContent, Paragraph } from "mdast";
import { columnTable, isMarker, splitColumns } from "./columns.ts";
import { withAddresses } from "./links.ts";
import { joiner } from "./markdownText.ts";
import { nestMarks, settle } from "./phrasing.ts";
import { raise, type Shift } from "./raised.ts";

/** The target of a link. One object for each link, so that two links side by side stay two. */
export interface LinkTarget {
  readonly url: string;
}

/** What a piece of text is marked as. */
export interface Marks {
  readonly strong: boolean;
  readonly emphasis: boolean;
  readonly link: LinkTarget | undefined;
  readonly shift: Shift | undefined;
}

/** A piece of running text. White space in it is the producer's, not yet collapsed. A gap is what keeps columns apart. */
export type Inline =
  | { readonly kind: "text" | "code"; readonly value: string; readonly marks: Marks }
  | { readonly kind: "break" | "gap"; readonly marks: Marks };

/** Text without any mark. */
export const unmarked: Marks = { strong: false, emphasis: false, link: undefined, shift: undefined };

const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
/** What nobody sees: white space of every kind, and characters without width. */
export const invisible = /^[\s\u00ad\u200b-\u200d\u2060\ufeff]*$/;

/**
 * Text whose lines are kept: a break for each line end, and spaces at the start of a line as such. Markdown drops those, or
 * takes them for code, unless each follows a joiner.
 *
 * @param isLineStart whether nothing stands before the text on its first line
 */
export function keepLines(value: string, marks: Marks, isLineStart: boolean): Inline[] {
  return value.split(lineEnds).flatMap((line, index): Inline[] => {
    const [spaces] = /^[ \t\u00a0]*/.exec(line) ?? [""];
    const width = spaces.replaceAll("\t", "    ").length;
    const isIndented = width > 1 && (index > 0 || isLineStart);
    const indent = isIndented ? `${joiner} `.repeat(width) + joiner : "";
    const text = withGaps(isIndented ? line.slice(spaces.length) : line, marks, true, indent);
    return index === 0 ? text : [{ kind: "break", marks: unmarked }, ...text];
  });
}

/**
 * Text with its columns apart.
 *
 * @param isKept whether every space is seen, and not only those that do not break
 * @param indent what stands before it on its line
 */
export function withGaps(value: string, marks: Marks, isKept: boolean, indent = ""): Inline[] {
  return splitColumns(value, isKept).flatMap((column, index): Inline[] => {
    if (index === 0) return [{ kind: "text", value: indent + column, marks }];
    return [
      { kind: "gap", marks: unmarked },
      { kind: "text", value: column, marks },
    ];
  });
}

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

/** Adds pieces to a run, which may be more than one call can have arguments. */
export function append(run: Inline[], pieces: readonly Inline[]): void {
  for (const piece of pieces) run.push(piece);
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
