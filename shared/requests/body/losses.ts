// What an HTML body says that Markdown can't, gathered while it is read, and said to people.

/** More columns than this make a table wider than telephones show. */
export const maxColumns = 8;
/** More rows than this make a table longer than anybody reads on a telephone. */
export const maxRows = 100;

/** A broken rule about the body as a whole. */
export interface BodyProblem {
  readonly rule: string;
  readonly message: string;
}

/** What has been met so far. Numbers of links and signs count from 1, in the order of the document. */
export interface Losses {
  /** The document's `<base>`. */
  readonly base: string | undefined;
  /** How many characters are seen, as far as they were counted: a letter has no room for more than some. */
  characters: number;
  readonly elements: Set<string>;
  /** How many pictures have no words to stand for them. */
  pictures: number;
  struckOut: boolean;
  /** A style sheet hides or strikes out what can't be said for sure. */
  readonly unreadStyle: boolean;
  /** How many signs stand in fonts of signs. */
  signs: number;
  readonly unknownSigns: number[];
  /** Tables that are shown, but not well on a telephone. */
  wideTables: number;
  longTables: number;
  links: number;
  readonly relativeLinks: number[];
  readonly notAllowedLinks: number[];
}

/** @param unreadStyle whether a style sheet hides or strikes out what can't be said for sure */
export function noLosses(base: string | undefined, unreadStyle: boolean): Losses {
  return {
    base,
    characters: 0,
    elements: new Set(),
    pictures: 0,
    struckOut: false,
    unreadStyle,
    signs: 0,
    unknownSigns: [],
    wideTables: 0,
    longTables: 0,
    links: 0,
    relativeLinks: [],
    notAllowedLinks: [],
  };
}

/** Everything that was met as problems, one for each kind. */
export function toProblems(losses: Losses): BodyProblem[] {
  const problems: BodyProblem[] = [];
  const add = (isMet: boolean, rule: string, message: string) => {
    if (isMet) problems.push({ rule, message });
  };
  const names = enumerate([...losses.elements].map((name) => `<${name}>`));
  add(
    names !== "",
    "htmlElement",
    `Contains ${names}, which a letter in Altinn can't show. Take it out; attach a file, or link to a page, instead.`,
  );
  add(
    losses.pictures > 0,
    "imageWithoutText",
    `Contains ${losses.pictures === 1 ? "an image" : `${losses.pictures} images`} without a text, and letters in Altinn ` +
      'show no images. Write in alt what the image says (alt="" if nothing, and it is no link), or attach it as a file.',
  );
  add(
    losses.struckOut,
    "struckOutText",
    "Contains text that is struck out, which Altinn would show as if it were not. Take it out.",
  );
  add(
    losses.unreadStyle,
    "styleSheet",
    "Contains a style sheet that hides or strikes out text by a rule that can't be read. Say it in the style of each element, " +
      "or leave the text out.",
  );
  add(
    losses.unknownSigns.length > 0,
    "symbolFont",
    `Contains signs in a font of signs that no other font has: ${numbered("sign", losses.unknownSigns)} of those in Symbol, ` +
      "Webdings or Wingdings. Write a sign of Unicode, or a word.",
  );
  add(
    losses.relativeLinks.length > 0,
    "relativeLink",
    `${linksHave(losses.relativeLinks)} no whole address, and so nowhere to lead from an inbox. Write it in full: https://...`,
  );
  add(
    losses.notAllowedLinks.length > 0,
    "linkTarget",
    `${linksHave(losses.notAllowedLinks)} an address that is not allowed. Use http, https, mailto, tel or sms.`,
  );
  return problems;
}

/** What is shown, but not as well as it could be. */
export function toWarnings({ wideTables, longTables }: Losses): BodyProblem[] {
  const tables = (count: number) => (count === 1 ? "a table" : `${count} tables`);
  const wide = `Contains ${tables(wideTables)} of more than ${maxColumns} columns, which telephones show only in part. Use fewer.`;
  const long = `Contains ${tables(longTables)} of more than ${maxRows} rows. A list of that length is better attached as a file.`;
  return [
    ...(wideTables > 0 ? [{ rule: "wideTable", message: wide }] : []),
    ...(longTables > 0 ? [{ rule: "longTable", message: long }] : []),
  ];
}

function linksHave(numbers: readonly number[]): string {
  return `${numbered("Link", numbers)} ${numbers.length === 1 ? "has" : "have"}`;
}

function numbered(noun: string, numbers: readonly number[]): string {
  const shown = numbers.slice(0, 10).map(String);
  const more = numbers.length - shown.length;
  return `${noun}${numbers.length === 1 ? "" : "s"} ${enumerate(more > 0 ? [...shown, `${more} more`] : shown)}`;
}

function enumerate(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
