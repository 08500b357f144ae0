// Raised and lowered text, which Markdown does not know: m² and H₂O have signs of their own.
const raised = new Map(
  [..."0123456789+-−=()ni"].map((sign, index) => [sign, [..."⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ"][index] ?? sign]),
);
const lowered = new Map([..."0123456789+-−=()"].map((sign, index) => [sign, [..."₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎"][index] ?? sign]));

/** `2` as `²`. What has no such signs stays as it is, numbers in brackets: `1,2` beside a word would be read with it. */
export function superscript(text: string): string {
  return inSigns(text, raised);
}

/** `2` as `₂`, in the same way. */
export function subscript(text: string): string {
  return inSigns(text, lowered);
}

function inSigns(text: string, signs: ReadonlyMap<string, string>): string {
  const found = [...text.trim()].map((sign) => signs.get(sign));
  if (found.every((sign) => sign !== undefined)) return found.join("");
  return /\p{N}/u.test(text) && !/\{/.test(text) ? `(${text.trim()})` : text;
}
