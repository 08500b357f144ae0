// Which known field name is meant by one that is not known.
import { distance } from "fastest-levenshtein";

/** Longer names are nobody's slip; and the time that a comparison takes grows with their length. */
const LONGEST = 60;

/** A known name that a written one is near to. */
export interface Meant {
  readonly name: string;
  /** It can hardly be anything else: a slip of a letter or a few, or other separators, or most of the name. */
  readonly isSure: boolean;
}

/**
 * The name that was meant: one that differs in a few letters, that is written otherwise (`due_date_time`), or of which
 * whole words are left out (`dueDate`). Of one word alone (`title` for `messageTitle`) it is a guess.
 *
 * @param known the names that come into question
 */
export function meantName(written: string, known: readonly string[]): Meant | undefined {
  if (written.length > LONGEST) return undefined;
  const plain = plainName(written);
  const candidates = known.map(readKnown);
  let nearest: { readonly name: string; readonly slips: number } | undefined;
  for (const { name, plain: right } of candidates) {
    const slips = slipsBetween(plain, right);
    if (slips !== undefined && (nearest === undefined || slips < nearest.slips)) nearest = { name, slips };
  }
  if (nearest !== undefined) return { name: nearest.name, isSure: true };
  const words = wordsOf(written);
  const longer = candidates.filter((candidate) => beginsOrEndsWith(candidate.words, words));
  const [only] = longer;
  return only !== undefined && longer.length === 1 ? { name: only.name, isSure: words.length > 1 } : undefined;
}

interface KnownName {
  readonly name: string;
  readonly plain: string;
  readonly words: readonly string[];
}

/** There are few known names, and a message can hold very many that are not. */
const readNames = new Map<string, KnownName>();

function readKnown(name: string): KnownName {
  const known = readNames.get(name) ?? { name, plain: plainName(name), words: wordsOf(name) };
  readNames.set(name, known);
  return known;
}

/** A name without what languages write differently: case, underscores, hyphens and spaces. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[_\-\s]/g, "");
}

/** How many letters are wrong, missing or too many; undefined for more than the length of the name allows. */
function slipsBetween(written: string, known: string): number | undefined {
  const most = known.length < 4 ? 0 : known.length < 8 ? 1 : known.length < 14 ? 2 : 3;
  if (Math.abs(written.length - known.length) > most) return undefined;
  const slips = distance(written, known);
  if (slips <= most) return slips;
  // Two letters that have changed places are one slip.
  return slips === 2 && most > 0 && sorted(written) === sorted(known) ? 1 : undefined;
}

function sorted(letters: string): string {
  return [...letters].sort().join("");
}

function wordsOf(name: string): readonly string[] {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
  return parted.split(/[_\-\s]+/).filter((word) => word !== "");
}

function beginsOrEndsWith(words: readonly string[], some: readonly string[]): boolean {
  if (some.length === 0 || some.length >= words.length) return false;
  const isAt = (start: number) => some.every((word, index) => words[start + index] === word);
  return isAt(0) || isAt(words.length - some.length);
}
