// Running text on its way from a body to Markdown: pieces that each carry their marks.
import { splitColumns } from "./columns.ts";
import { joiner } from "./markdownText.ts";

/** Text above or below its line. One object for each element, so that two side by side stay two. */
export interface Shift {
  readonly isLowered: boolean;
}

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

/** Adds pieces to a run, which may be more than one call can have arguments. */
export function append(run: Inline[], pieces: readonly Inline[]): void {
  for (const piece of pieces) run.push(piece);
}
