// Raised and lowered text, which Markdown does not know: m² and H₂O have signs of their own.
import type { Inline, Shift } from "./inline.ts";

const raised = new Map(
  [..."0123456789+-−=()ni"].map((sign, index) => [sign, [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ"][index] ?? sign]),
);
const lowered = new Map([..."0123456789+-−=()"].map((sign, index) => [sign, [..."₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"][index] ?? sign]));

/**
 * `2` as `²`, whatever else the text is marked as. What has no such signs stays as it is, numbers in brackets: `1,2` beside a
 * word or another number would be read with it.
 */
export function raise(pieces: readonly Inline[]): Inline[] {
  const done: Inline[] = [];
  for (let index = 0; index < pieces.length; ) {
    const shift = shiftOf(pieces[index]);
    let end = index + 1;
    while (end < pieces.length && shiftOf(pieces[end]) === shift) end++;
    const run = pieces.slice(index, end);
    for (const piece of shift === undefined ? run : shifted(run, shift)) done.push(piece);
    index = end;
  }
  return done;
}

function shiftOf(piece: Inline | undefined): Shift | undefined {
  return piece?.kind === "text" ? piece.marks.shift : undefined;
}

function shifted(run: readonly Inline[], { isLowered }: Shift): Inline[] {
  const signs = isLowered ? lowered : raised;
  const texts = run.flatMap((piece) => (piece.kind === "text" ? [piece] : []));
  const text = texts
    .map(({ value }) => value)
    .join("")
    .trim();
  if ([...text].every((sign) => signs.has(sign))) {
    return texts.map((piece) => ({ ...piece, value: [...piece.value].map((sign) => signs.get(sign) ?? "").join("") }));
  }
  const hasNumber = /\p{N}/u.test(text) && !text.includes("{");
  return texts.map((piece, index) => {
    const value = index === 0 ? `(${piece.value.trimStart()}` : piece.value;
    return hasNumber ? { ...piece, value: index === texts.length - 1 ? `${value.trimEnd()})` : value } : piece;
  });
}
