// What an HTML body says that Markdown can't, gathered while it is read, and said to people.

/** A broken rule about the body as a whole. */
export interface BodyProblem {
  readonly rule: string;
  readonly message: string;
}

/** What has been met so far. Numbers of links count from 1, in the order of the document. */
export interface Losses {
  /** The document's `<base>`. */
  readonly base: string | undefined;
  readonly elements: Set<string>;
  /** How many pictures have no words to stand for them. */
  pictures: number;
  struckOut: boolean;
  links: number;
  readonly relativeLinks: number[];
  readonly notAllowedLinks: number[];
}

export function noLosses(base: string | undefined): Losses {
  return { base, elements: new Set(), pictures: 0, struckOut: false, links: 0, relativeLinks: [], notAllowedLinks: [] };
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
    losses.relativeLinks.length > 0,
    "relativeLink",
    `${linksHave(losses.relativeLinks)} no whole address, and so nowhere to lead from an inbox. Write it in full: https://...`,
  );
  add(
    losses.notAllowedLinks.length > 0,
    "linkTarget",
    `${linksHave(losses.notAllowedLinks)} an address that is not allowed. Use http, https, mailto or tel.`,
  );
  return problems;
}

function linksHave(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 10).map(String);
  const more = numbers.length - shown.length;
  const which = enumerate(more > 0 ? [...shown, `${more} more`] : shown);
  return numbers.length === 1 ? `Link ${which} has` : `Links ${which} have`;
}

function enumerate(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
