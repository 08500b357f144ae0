// From pieces that each carry their marks to marks that hold the pieces, as Markdown writes them.
import type { PhrasingContent } from "mdast";
import { type Inline, invisible, type Marks } from "./inline.ts";
import { joinTexts } from "./phrasing.ts";

/**
 * Pieces ready to be nested: neighbours of one kind are one, links begin and end with what is seen, and white space at the
 * edges of what is bold or in italics is a piece of its own.
 */
export function settle(pieces: readonly Inline[]): Inline[] {
  const joined: Inline[] = [];
  for (const piece of linkRuns(pieces).flatMap(trimLink)) {
    const last = joined.at(-1);
    const isSame = last?.kind === piece.kind && sameMarks(piece.marks, last.marks);
    if (!isSame || !("value" in piece) || !("value" in last)) joined.push(piece);
    else joined[joined.length - 1] = { ...last, value: last.value + piece.value };
  }
  return joined.flatMap(apart);
}

function linkRuns(pieces: readonly Inline[]): Inline[][] {
  const runs: Inline[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run !== undefined && run[0]?.marks.link === piece.marks.link) run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}

function trimLink(run: readonly Inline[]): readonly Inline[] {
  if (run[0]?.marks.link === undefined) return run;
  const texts = run.map(asText);
  const isSeen = (piece: Inline) => piece.kind === "text" && !invisible.test(piece.value);
  const [first, last] = [texts.findIndex(isSeen), texts.findLastIndex(isSeen)];
  return texts.flatMap((piece, index): Inline[] => {
    const unlinked: Marks = { ...piece.marks, link: undefined };
    if (first < 0 || index < first || index > last) return [{ ...piece, marks: unlinked }];
    if (piece.kind !== "text") return [piece];
    const start = index === first ? looseUntil(piece.value) : 0;
    const end = index === last ? looseFrom(piece.value) : piece.value.length;
    return parts(piece, start, end, unlinked);
  });
}

// Code cannot be escaped, and `]:` in it would end a link.
function asText(piece: Inline): Inline {
  return piece.kind === "code" ? { ...piece, kind: "text" } : piece;
}

function apart(piece: Inline): Inline[] {
  if (piece.kind !== "text" || !(piece.marks.strong || piece.marks.emphasis)) return [piece];
  const start = looseUntil(piece.value);
  return parts(piece, start, Math.max(start, looseFrom(piece.value)), piece.marks);
}

function parts(piece: Extract<Inline, { value: string }>, start: number, end: number, edges: Marks): Inline[] {
  const [before, after] = [piece.value.slice(0, start), piece.value.slice(end)];
  return [
    { ...piece, value: before, marks: edges },
    { ...piece, value: piece.value.slice(start, end) },
    { ...piece, value: after, marks: edges },
  ].filter(({ value }) => value !== "");
}

function looseUntil(value: string): number {
  let end = 0;
  while (end < value.length && /\s/.test(value.charAt(end))) end++;
  return end;
}

function looseFrom(value: string): number {
  let start = value.length;
  while (start > 0 && /\s/.test(value.charAt(start - 1))) start--;
  return start;
}

function sameMarks(a: Marks, b: Marks): boolean {
  return a.strong === b.strong && a.emphasis === b.emphasis && a.link === b.link;
}

type Weight = "strong" | "emphasis";

/** Something that a mark holds whole: a link, or a piece of text. */
interface Unit {
  readonly marks: Pick<Marks, Weight>;
  /** A break or white space, with which no mark begins or ends: `** a**` is no bold. */
  readonly isLoose: boolean;
  readonly build: (held: readonly Weight[]) => PhrasingContent;
}

/** Pieces as Markdown's running text: links whole, bold and italics around as much as each of them covers. */
export function nestMarks(pieces: readonly Inline[]): PhrasingContent[] {
  const units = linkRuns(pieces).flatMap((run): Unit[] => {
    const url = run[0]?.marks.link?.url;
    const inside = run.map(unitOf);
    if (url === undefined) return inside;
    const marks = {
      strong: inside.every((unit) => unit.marks.strong),
      emphasis: inside.every((u) => u.marks.emphasis),
    };
    return [{ marks, isLoose: false, build: (held) => ({ type: "link", url, children: nest(inside, held) }) }];
  });
  return nest(units, []);
}

function unitOf(piece: Inline): Unit {
  const node: PhrasingContent =
    "value" in piece ? { type: piece.kind === "code" ? "inlineCode" : "text", value: piece.value } : { type: "break" };
  const isLoose =
    !("value" in piece) || (piece.kind === "text" && (invisible.test(piece.value) || looseFrom(piece.value) === 0));
  return { marks: piece.marks, isLoose, build: () => node };
}

/** Puts bold and italics around as much as each of them covers, the longer one outside. */
function nest(units: readonly Unit[], held: readonly Weight[]): PhrasingContent[] {
  const nodes: PhrasingContent[] = [];
  let index = 0;
  while (index < units.length) {
    const strong = reach(units, index, "strong", held);
    const emphasis = reach(units, index, "emphasis", held);
    const end = Math.max(strong, emphasis);
    if (end === index) {
      const unit = units[index];
      if (unit !== undefined) nodes.push(unit.build(held));
      index++;
      continue;
    }
    const type: Weight = strong >= emphasis ? "strong" : "emphasis";
    nodes.push({ type, children: nest(units.slice(index, end), [...held, type]) });
    index = end;
  }
  return joinTexts(nodes);
}

/** Where a mark ends that begins at `index`; `index` itself when it does not begin there, or holds already. */
function reach(units: readonly Unit[], index: number, mark: Weight, held: readonly Weight[]): number {
  if (held.includes(mark) || units[index]?.isLoose) return index;
  let end = index;
  while (units[end]?.marks[mark]) end++;
  while (end > index && units[end - 1]?.isLoose) end--;
  return end;
}
