// Running text on its way from a body to Markdown: pieces with their marks, gathered into lines and paragraphs.
import type { Paragraph } from "mdast";
import { withAddresses } from "./links.ts";
import { nestMarks, settle } from "./phrasing.ts";

/** The target of a link. One object for each link, so that two links side by side stay two. */
export interface LinkTarget {
  readonly url: string;
}

/** What a piece of text is marked as. */
export interface Marks {
  readonly strong: boolean;
  readonly emphasis: boolean;
  readonly link: LinkTarget | undefined;
}

/** A piece of running text. White space in it is the producer's, not yet collapsed. */
export type Inline =
  | { readonly kind: "text" | "code"; readonly value: string; readonly marks: Marks }
  | { readonly kind: "break"; readonly marks: Marks };

/** Text without any mark. */
export const unmarked: Marks = { strong: false, emphasis: false, link: undefined };

const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;
/** What nobody sees: white space of every kind, and characters without width. */
export const invisible = /^[\s\u00ad\u200b-\u200d\u2060\ufeff]*$/;

/**
 * Text whose lines are kept: a break for each line end, and spaces at the start of a line as no-break spaces, since
 * Markdown drops others (and takes four of them for code).
 *
 * @param isLineStart whether nothing stands before the text on its first line
 */
export function keepLines(value: string, marks: Marks, isLineStart: boolean): Inline[] {
  return value.split(lineEnds).flatMap((line, index): Inline[] => {
    const indented = line.replace(/^[ \t]+/, (spaces) =>
      index === 0 && !isLineStart ? " " : "\u00a0".repeat(spaces.replaceAll("\t", "    ").length),
    );
    const text: Inline = { kind: "text", value: indented, marks };
    return index === 0 ? [text] : [{ kind: "break", marks: unmarked }, text];
  });
}

/** A run of pieces as paragraphs: white space collapsed as HTML does, blank lines (also a run of breaks) between them. */
export function toParagraphs(run: readonly Inline[]): Paragraph[] {
  const paragraphs: Inline[][] = [];
  let isNew = true;
  for (const line of toLines(run)) {
    const current = paragraphs.at(-1);
    if (line.length === 0) isNew = true;
    else if (isNew || current === undefined) {
      paragraphs.push([...line]);
      isNew = false;
    } else current.push(breakBetween(current.at(-1), line[0]), ...line);
  }
  return paragraphs.map((pieces) => ({ type: "paragraph", children: nestMarks(withAddresses(settle(pieces))) }));
}

/** Each line trimmed; one of which nothing is seen is empty. */
function toLines(run: readonly Inline[]): Inline[][] {
  const lines: Inline[][] = [];
  let line: Inline[] = [];
  for (const piece of run) {
    if (piece.kind !== "break") line.push(piece);
    else {
      lines.push(line);
      line = [];
    }
  }
  return [...lines, line].map((pieces) => trimLine(collapse(pieces)));
}

function collapse(pieces: readonly Inline[]): Inline[] {
  const collapsed: Inline[] = [];
  let isAfterSpace = true;
  for (const piece of pieces) {
    if (piece.kind === "break") continue;
    const value = piece.value.replace(/[ \t\n\f\r]+/g, " ");
    const isBlankCode = piece.kind === "code" && invisible.test(value);
    const kept: string = isAfterSpace && value.startsWith(" ") ? value.slice(1) : value;
    if (kept === "") continue;
    isAfterSpace = kept.endsWith(" ");
    collapsed.push({ ...piece, value: kept, kind: isBlankCode ? "text" : piece.kind });
  }
  return collapsed;
}

function trimLine(pieces: readonly Inline[]): Inline[] {
  const isSeen = (piece: Inline) => piece.kind === "code" || (piece.kind === "text" && !invisible.test(piece.value));
  const end = pieces.findLastIndex(isSeen) + 1;
  return pieces.slice(0, end).map((piece, index) => {
    const isLast = index === end - 1 && piece.kind !== "break";
    return isLast ? { ...piece, value: piece.value.trimEnd() } : piece;
  });
}

// A break within a link, or within bold text, does not interrupt it.
function breakBetween(before: Inline | undefined, after: Inline | undefined): Inline {
  const [a, b] = [before?.marks ?? unmarked, after?.marks ?? unmarked];
  const marks: Marks = {
    strong: a.strong && b.strong,
    emphasis: a.emphasis && b.emphasis,
    link: a.link === b.link ? a.link : undefined,
  };
  return { kind: "break", marks };
}
