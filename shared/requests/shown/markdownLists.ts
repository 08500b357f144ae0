// Lists as Altinn's parser reads them: those of CommonMark, and points with a letter or a roman number (i, v and x).
// The rule is that of CommonMark, line by line; the ordered lists' marks are what differs.
import type { StateBlock } from "markdown-it";
import { indentOf, startOf } from "./markdownLines.ts";

/** What a line begins with, if that makes it a point of a list. */
interface Mark {
  /** Points of one list have the same: `-`, `+`, `*`, or the sort of number and the sign after it. */
  readonly sort: string;
  /** 0 for a bullet. */
  readonly number: number;
  /** Where the mark ends. */
  readonly end: number;
}

/** Where a list ended at a point of another sort, and its sort: whether the letter there is a roman number hangs on it. */
const ended = new WeakMap<StateBlock, { readonly line: number; readonly level: number; readonly sort: string }>();

/** The block rule. Registered in place of markdown-it's own, which knows numbers alone. */
export function list(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if (indentOf(state, startLine) >= 4) return false;
  // A point of the list around, under which this one would stand too far to the right.
  const isOutside = indentOf(state, startLine) < 0;
  if (state.listIndent >= 0 && (state.sCount[startLine] ?? 0) - state.listIndent >= 4 && isOutside) return false;
  const before = ended.get(state);
  const goesOn = before?.line === startLine && before.level === state.level;
  const first = markAt(state, startLine, goesOn ? before.sort : undefined);
  if (first === undefined) return false;
  if (silent) {
    const isInParagraph = state.parentType === "paragraph" && !isOutside;
    if (isInParagraph && /^1/.test(first.sort) && first.number !== 1) return false;
    return !(isEmptyAfter(state, startLine, first) && (isInParagraph || state.parentType === "blockquote"));
  }
  // A point without text is none where a paragraph comes before it, also with blank lines between.
  const last = state.tokens.at(-1);
  if (last?.type === "paragraph_close" && last.level === state.level && isEmptyAfter(state, startLine, first))
    return false;
  const isOrdered = first.number > 0;
  const open = state.push(isOrdered ? "ordered_list_open" : "bullet_list_open", isOrdered ? "ol" : "ul", 1);
  if (first.number > 1) open.attrs = [["start", first.number]];
  const firstToken = state.tokens.length;
  const isTight = readItems(state, startLine, endLine, first);
  state.push(isOrdered ? "ordered_list_close" : "bullet_list_close", isOrdered ? "ol" : "ul", -1);
  if (isTight) hideParagraphs(state, firstToken, open.level + 2);
  return true;
}

function isEmptyAfter(state: StateBlock, line: number, mark: Mark): boolean {
  return state.skipSpaces(mark.end) >= (state.eMarks[line] ?? 0);
}

/** Reads points as long as they are of one sort. True: there is no blank line between or inside them. */
function readItems(state: StateBlock, startLine: number, endLine: number, first: Mark): boolean {
  const terminators = state.md.block.ruler.getRules("list");
  const oldParentType = state.parentType;
  state.parentType = "list";
  let isTight = true;
  let wasBlankAtEnd = false;
  let line = startLine;
  for (let mark: Mark | undefined = first; mark?.sort === first.sort; mark = markAt(state, line, first.sort)) {
    const wasTight = readItem(state, line, endLine, mark);
    if (!wasTight || wasBlankAtEnd) isTight = false;
    wasBlankAtEnd = state.line - line > 1 && state.isEmpty(state.line - 1);
    line = state.line;
    if (line >= endLine || indentOf(state, line) < 0 || indentOf(state, line) >= 4) break;
    if (terminators.some((rule) => rule(state, line, endLine, true))) break;
  }
  ended.set(state, { line, level: state.level - 1, sort: first.sort });
  state.parentType = oldParentType;
  return isTight;
}

function readItem(state: StateBlock, line: number, endLine: number, mark: Mark): boolean {
  const max = state.eMarks[line] ?? 0;
  const initial = (state.sCount[line] ?? 0) + mark.end - startOf(state, line);
  let offset = initial;
  let pos = mark.end;
  for (; pos < max; pos++) {
    const sign = state.src[pos];
    if (sign === "\t") offset += 4 - ((offset + (state.bsCount[line] ?? 0)) % 4);
    else if (sign === " ") offset++;
    else break;
  }
  const isEmpty = pos >= max;
  const spaces = isEmpty || offset - initial > 4 ? 1 : offset - initial;
  state.push("list_item_open", "li", 1);
  const old = {
    tight: state.tight,
    tShift: state.tShift[line] ?? 0,
    sCount: state.sCount[line] ?? 0,
    list: state.listIndent,
  };
  state.listIndent = state.blkIndent;
  state.blkIndent = initial + spaces;
  state.tight = true;
  state.tShift[line] = pos - (state.bMarks[line] ?? 0);
  state.sCount[line] = offset;
  state.md.block.tokenize(state, line, endLine);
  const wasTight = state.tight;
  state.blkIndent = state.listIndent;
  state.listIndent = old.list;
  state.tShift[line] = old.tShift;
  state.sCount[line] = old.sCount;
  state.tight = old.tight;
  state.push("list_item_close", "li", -1);
  return wasTight;
}

/** @param sort of the list that is going on: in one of letters `i` is the ninth, elsewhere it is the roman one */
function markAt(state: StateBlock, line: number, sort: string | undefined): Mark | undefined {
  const start = startOf(state, line);
  const rest = state.src.slice(start, Math.min(start + 40, state.eMarks[line] ?? 0));
  const bullet = /^[-+*](?=[ \t]|$)/.exec(rest)?.[0];
  if (bullet !== undefined) return { sort: bullet, number: 0, end: start + 1 };
  const [whole, number = "", sign = ""] = /^(\d{1,9}|[ivx]+|[IVX]+|[A-Za-z])([.)])(?=[ \t]|$)/.exec(rest) ?? [];
  if (whole === undefined) return undefined;
  const end = start + whole.length;
  if (/\d/.test(number)) return { sort: `1${sign}`, number: Math.max(1, Number(number)), end };
  const isRoman = /^[ivx]+$/i.test(number) && (sort === undefined || /^i/i.test(sort) || number.length > 1);
  if (isRoman) return { sort: (number < "a" ? "I" : "i") + sign, number: fromRoman(number.toLowerCase()), end };
  if (number.length > 1) return undefined;
  return { sort: (number < "a" ? "A" : "a") + sign, number: number.toLowerCase().charCodeAt(0) - 96, end };
}

function fromRoman(letters: string): number {
  const values: Readonly<Record<string, number>> = { i: 1, v: 5, x: 10 };
  return [...letters].reduce((sum, letter, index) => {
    const value = values[letter] ?? 0;
    return value < (values[letters[index + 1] ?? ""] ?? 0) ? sum - value : sum + value;
  }, 0);
}

function hideParagraphs(state: StateBlock, from: number, level: number): void {
  for (let index = from; index < state.tokens.length - 2; index++) {
    const [open, , close] = state.tokens.slice(index, index + 3);
    if (open?.type === "paragraph_open" && open.level === level && close !== undefined) {
      open.hidden = true;
      close.hidden = true;
      index += 2;
    }
  }
}
