// How long a body may be once it is Markdown, and how long it will be at least.

/** The most characters (UTF-16 units) that Altinn takes. */
export const maxMarkdown = 30_000;

/** The characters of a text that are no white space: its Markdown has no fewer. */
export function countSeen(text: string): number {
  return text.length - (text.match(/\s+/g) ?? []).reduce((sum, { length }) => sum + length, 0);
}
