// What a sender is told of a Markdown body that the inbox shows differently: the line, what becomes of it, and how to
// write it so that it stays. Texts hold markup and numbers of lines, and nothing of what the letter says.
import type { Token } from "markdown-it";
import { remembered } from "../remembered.ts";
import { ifReadable, tooDeep } from "./blockWork.ts";
import { type Difference, differencesOf } from "./differences.ts";
import { lostAddresses } from "./lostAddresses.ts";
import { readLetter } from "./readHtml.ts";
import { frontMatter, toHtml } from "./readMarkdown.ts";
import { githubTokens, type SeenBlock } from "./seenBlocks.ts";
import { withName } from "./shown.ts";
import { causeOf, joiner } from "./shownCauses.ts";
import { type Finding, silentLosses } from "./silentLosses.ts";
import { writeAnew } from "./writeAnew.ts";

/** A rule's name, once each, and sentences that begin with the first line that it speaks of, and name the others. */
export interface ShownWarning {
  readonly rule: string;
  readonly message: string;
}

/** So many more lines are named, and the others counted. */
const most = 20;

/**
 * What to know of a body that is Markdown, in the order of its lines; empty for most letters. Never throws.
 * At most one of each rule, so that a long body with one habit gives one warning.
 *
 * @param markdown of at most 30,000 characters
 */
export const shownWarnings: (markdown: string) => readonly ShownWarning[] = remembered((markdown) => {
  return ifReadable(() => findWarnings(withName(markdown))) ?? untold;
});

/** Of what nobody can tell, the letter goes all the same. */
const untold: readonly ShownWarning[] = [
  {
    rule: "tooDeep",
    message:
      "Has more HTML, or more lists, quotations or notes inside each other, than any letter: nobody can tell what is shown.",
  },
];

function findWarnings(stored: string): readonly ShownWarning[] | undefined {
  const tokens = githubTokens(stored);
  if (tokens.some((token) => depthOf(token) >= tooDeep)) {
    return [{ rule: "tooDeep", message: "Has lists or quotations nested so deep that Altinn can't show the letter." }];
  }
  const letter = readLetter(toHtml(stored));
  const given = letter && writeAnew(letter);
  if (given === undefined) return undefined;
  const lines = stored.split(/\r?\n/);
  const front = (frontMatter.exec(stored)?.[0] ?? "").split("\n").length - 1;
  const findings = [
    ...(front > 0
      ? [{ line: 1, rule: "frontMatter", says: `begins with "---", and nothing is shown up to line ${front}.` }]
      : []),
    ...differencesOf(stored, given)
      .filter(isFirstOfItsList)
      .map((difference) => explain(difference, lines)),
    ...explainAddresses(lostAddresses(stored, given), stored),
    ...silentLosses(tokens, lines),
  ].filter(({ line, rule }) => line > front || rule === "frontMatter");
  findings.sort((one, two) => one.line - two.line);
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  return rules.map((rule) => told(findings.filter((finding) => finding.rule === rule)));
}

/** All that one rule says, by the words of its first line. */
function told([first, ...more]: readonly Finding[]): ShownWarning {
  const { line = 1, rule = "", says = "" } = first ?? {};
  const others = [...new Set(more.map((finding) => finding.line))].filter((other) => other !== line);
  const named = others.slice(0, most).join(", ") + (others.length > most ? ` and ${others.length - most} more` : "");
  const also = others.length === 0 ? "" : ` Also ${others.length === 1 ? "line" : "lines"} ${named}.`;
  return { rule, message: `Line ${line} ${says}${also}` };
}

function depthOf({ level, children }: Token): number {
  return level + Math.max(0, ...(children ?? []).map((child) => child.level));
}

/** Of a list that is counted anew, the first point is told, and none that follows it. */
function isFirstOfItsList(difference: Difference, index: number, all: readonly Difference[]): boolean {
  const before = all[index - 1];
  const isNext = (one: SeenBlock | undefined, two: SeenBlock | undefined) =>
    one?.number !== undefined && two?.number === one.number + 1;
  return !(isNext(before?.meant, difference.meant) && isNext(before?.inbox, difference.inbox));
}

function explain({ line, meant, inbox }: Difference, lines: readonly string[]): Finding {
  const number = meant?.number;
  if (number !== undefined && inbox?.number !== undefined && number !== inbox.number) {
    // Longer ones may be somebody's.
    const named = number < 10_000 ? `the number ${number}` : "a long number";
    const says = `begins with ${named}, which the inbox shows as ${inbox.number}: it counts each list from 1. If it is no list, ${joiner} before the number.`;
    return { line, rule: "numberAtLineStart", says };
  }
  const written = (lines[line - 1] ?? "").slice(0, 2_000);
  const { rule, says } = causeOnce(written) ?? {
    rule: "shownDifferently",
    says: `comes out differently: as ${nameOf(inbox)}.`,
  };
  return { line, rule, says };
}

/** One long line of HTML can come out differently in thousands of places. */
const causeOnce = remembered(causeOf);

function nameOf(block: SeenBlock | undefined): string {
  if (block === undefined) return "nothing";
  const kind = /(quote|point|code|row|heading)/.exec(block.place)?.[1];
  return kind === undefined ? "other text" : `a ${kind}`.replace("a code", "code").replace("a row", "a row of a table");
}

/** The addresses, each on the line of its first letters. */
function explainAddresses(addresses: readonly string[], stored: string): Finding[] {
  const places = addresses.map((address) => ({ address, at: stored.indexOf(address) })).sort((a, b) => a.at - b.at);
  let line = 1;
  let counted = 0;
  return places.map(({ address, at }) => {
    for (let end = stored.indexOf("\n", counted); end >= 0 && end < at; end = stored.indexOf("\n", counted)) {
      line++;
      counted = end + 1;
    }
    return explainAddress(address, line);
  });
}

/** Altinn adds an address that it does not find in what it wrote as a loose line at the end of the letter. */
function explainAddress(address: string, line: number): Finding {
  if (/^\s*<?\s*(https?|mailto):/i.test(address)) {
    const says =
      "has a link whose address has spaces, brackets or letters outside ASCII: the inbox shows the address once more, at the end of the letter. Percent-encode them (%20, %28, %C3%B8), and write the host in punycode (xn--…).";
    return { line, rule: "addressAtEnd", says };
  }
  const says =
    "has a link that is neither http, https nor mailto: the inbox shows its text without the link, and its address at the end of the letter. Write the number or address as text.";
  return { line, rule: "linkNotKept", says };
}
