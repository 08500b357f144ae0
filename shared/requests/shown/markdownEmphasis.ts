// Emphasis as Altinn's parser reads it: besides * and _ there are ~ ~~ ^ ++ == "" and ::, by the same rules.
import type { Delimiter, MarkdownIt, StateInline } from "markdown-it";

/** What one sign, and what two of it make. */
const tags: Readonly<Record<string, { readonly one?: string; readonly two?: string }>> = {
  "*": { one: "em", two: "strong" },
  _: { one: "em", two: "strong" },
  "~": { one: "sub", two: "del" },
  "^": { one: "sup" },
  "+": { two: "ins" },
  "=": { two: "mark" },
  '"': { two: "cite" },
  ":": { two: "span" },
};

/** Puts all of them in place of CommonMark's two. */
export function addEmphasis(reader: MarkdownIt): void {
  reader.inline.ruler.at("emphasis", readSigns);
  reader.inline.ruler2.at("emphasis", (state) => {
    pair(state, state.delimiters);
    for (const meta of state.tokens_meta) pair(state, meta?.delimiters ?? []);
    return true;
  });
}

function readSigns(state: StateInline, silent: boolean): boolean {
  const sign = state.src[state.pos] ?? "";
  const made = tags[sign];
  if (silent || made === undefined) return false;
  const length = /^(.)\1*/su.exec(state.src.slice(state.pos, state.posMax))?.[0].length ?? 0;
  const { open, close } = sides(state, state.pos, state.pos + length, sign !== "_" && sign !== '"');
  const width = made.one === undefined ? 2 : 1;
  for (let left = length; left > 0; left -= width) {
    const token = state.push("text", "", 0);
    token.content = sign.repeat(Math.min(width, left));
    if (left < width || !(open || close)) continue;
    const marker = sign.charCodeAt(0);
    state.delimiters.push({ marker, length, token: state.tokens.length - 1, end: -1, open, close });
  }
  state.pos += length;
  return true;
}

function pair(state: StateInline, delimiters: readonly Delimiter[]): void {
  for (let index = delimiters.length - 1; index >= 0; index--) {
    const start = delimiters[index];
    const end = delimiters[start?.end ?? -1];
    if (start === undefined || end === undefined) continue;
    const made = tags[String.fromCharCode(start.marker)];
    if (made === undefined) continue;
    const outer = delimiters[index - 1];
    const outerEnd = delimiters[start.end + 1];
    const isDouble =
      made.one !== undefined &&
      made.two !== undefined &&
      outer !== undefined &&
      outerEnd !== undefined &&
      outer.end === start.end + 1 &&
      outer.marker === start.marker &&
      outer.token === start.token - 1 &&
      outerEnd.token === end.token + 1;
    const tag = made.one === undefined || isDouble ? made.two : made.one;
    if (tag === undefined) continue;
    set(state, start.token, tag, 1);
    set(state, end.token, tag, -1);
    if (!isDouble) continue;
    for (const { token } of [outer, outerEnd]) {
      const single = state.tokens[token];
      if (single !== undefined) single.content = "";
    }
    index--;
  }
}

function set(state: StateInline, index: number, tag: string, nesting: 1 | -1): void {
  const token = state.tokens[index];
  if (token === undefined) return;
  token.type = nesting === 1 ? `${tag}_open` : `${tag}_close`;
  token.tag = tag;
  token.nesting = nesting;
  token.content = "";
}

/** Whether a run of signs opens and closes, by what stands on both its sides. CommonMark's rule, with Markdig's exceptions. */
function sides(
  state: StateInline,
  start: number,
  end: number,
  isWithinWord: boolean,
): { open: boolean; close: boolean } {
  const before = Array.from(state.src.slice(Math.max(start - 2, 0), start)).at(-1) ?? "";
  const after = end < state.posMax ? (Array.from(state.src.slice(end, end + 2))[0] ?? "") : "";
  const [isAfterSpace, isBeforeSpace] = [isSpace(before), isSpace(after)];
  const [isAfterSign, isBeforeSign] = [isSign(before), isSign(after)];
  const opens = !isBeforeSpace && (!isBeforeSign || isException(after) || isAfterSpace || isAfterSign);
  const closes = !isAfterSpace && (!isAfterSign || isException(before) || isBeforeSpace || isBeforeSign);
  if (isWithinWord) return { open: opens, close: closes };
  return { open: opens && (!closes || isAfterSign), close: closes && (!opens || isBeforeSign) };
}

function isSpace(sign: string): boolean {
  return sign === "" || /^[\s\0]$/u.test(sign);
}

function isSign(sign: string): boolean {
  return /^[\p{P}\p{S}]$/u.test(sign);
}

/** Plus, hyphen, minus and daggers are signs that count as letters where they stand on the inside. */
function isException(sign: string): boolean {
  return sign !== "" && "+-\u2212\u2020\u2021".includes(sign);
}
