// Takes personal data out of texts that come from Altinn, before they are kept, told or logged.

const MASK = "***";

/** What may stand between the digits of a number: white space of any kind, full stops, hyphens, slashes. */
const gap = "[\\s.\\-\\u2010-\\u2015/]?";

const rules: readonly (readonly [RegExp, string])[] = [
  // Everything after a list of recipients is announced: it ends the text.
  [/\b(recipients?):.*$/gisu, `$1: ${MASK}`],
  // Quoted texts are what the sender wrote. A quote that is never closed hides the rest.
  [/"[^"]*(?:"|$)/gu, `"${MASK}"`],
  [/(?<![\p{L}\p{N}])'[^']*(?:'(?![\p{L}\p{N}])|$)/gu, `'${MASK}'`],
  [/[«“„‘`][^»”’`]*(?:[»”’`]|$)/gu, `"${MASK}"`],
  // URNs of people and organisations. Only those of resources say nothing about anyone.
  [/\burn:(?!altinn:resource:)[^\s,;]+/giu, `urn:${MASK}`],
  // Looked for from the beginning of a word only: from each of its letters, a long word would take minutes.
  [/(?<![^\s@<>(),;:])[^\s@<>(),;:]+@[^\s@<>(),;:]+/gu, MASK],
  // Identity numbers, organisation numbers, telephone numbers: eight digits and more, however they are set.
  [new RegExp(`\\+?\\p{Nd}(?:${gap}\\p{Nd}){7,}`, "gu"), MASK],
];

/** A text with everything masked that can be an identity number, an address, a telephone number or a quotation. */
export function maskText(text: string): string {
  let masked = text;
  for (const [pattern, replacement] of rules) masked = masked.replace(pattern, replacement);
  return masked;
}

/** A recipient in canonical URN form: of what kind, and not who. */
export function maskRecipient(recipient: string): string {
  const [kind = ""] = /^urn:altinn:[a-z-]+:[a-z-]+:/.exec(recipient) ?? [];
  return `${kind}${MASK}`;
}
