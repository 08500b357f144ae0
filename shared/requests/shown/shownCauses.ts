// Why a line of a Markdown body comes out differently in the inbox, and how to write it instead.

/** How a sign at the start of a line is kept. */
export const joiner = "write U+2060 (word joiner; it is not seen)";

/** Why a line comes out differently: its signs, and what a sender is told (a sentence without its line). */
interface Cause {
  readonly rule: string;
  readonly signs: RegExp;
  readonly says: string;
}

/** A note, which has its own place in the letter: found whether or not its text comes out differently. */
export const footnote: Cause = {
  rule: "footnote",
  signs: /^ {0,3}\[\^[^\]\s]+\]:/,
  says: 'is a footnote: its mark is shown as a bare number in the text, and the note at the end under the English heading "Footnotes". Write (1), and the notes as a list.',
};

/** The first one whose signs stand on the line. */
const causes: readonly Cause[] = [
  footnote,
  {
    rule: "letterAtLineStart",
    signs: /^[\s>]*([A-Za-z]|[ivx]{2,}|[IVX]{2,})[.)](\s|$)/,
    says: `begins with a letter and a point or bracket: the inbox makes it a point of a list, with a number for the letter. If it is no list, ${joiner} before the letter.`,
  },
  {
    rule: "numberAtLineStart",
    signs: /^[\s>]*(\d|&#)[^\s]*(\\?[.)])(\s|$)/,
    says: `begins with a number and a point or bracket: the inbox makes it a point of a list, and the protection (backslash, reference) is lost. If it is no list, ${joiner} before the number.`,
  },
  {
    rule: "signAtLineStart",
    signs: /^[\s>]*(\\[-+*#>=~`|:^]|&#?\w+;)/,
    says: `begins with a sign whose protection (backslash, reference) is lost: the inbox reads the sign as markup. Instead, ${joiner} before the sign.`,
  },
  {
    rule: "container",
    signs: /^[\s>]*:{3,}/,
    says: `begins with ":::", and is not shown. Instead, ${joiner} before it, or leave the line out.`,
  },
  { rule: "footer", signs: /^[\s>]*\^\^/, says: `begins with "^^", which is not shown. Instead, ${joiner} before it.` },
  {
    rule: "definition",
    signs: /^[\s>]*[:~](\s{3,}|\t)/,
    says: `begins with a colon and spaces: the inbox makes a list of it and the line before. Write it in one line.`,
  },
  {
    rule: "abbreviation",
    signs: /^[\s>]*\*\[[^\]]+\]:/,
    says: `explains an abbreviation ("*[…]:"), and is not shown. Write it as a sentence.`,
  },
  {
    rule: "gridTable",
    signs: /^[\s>]*\+[-=:+ ]+\+\s*$/,
    says: `is the border of a table: the inbox makes a table or one line of it. Write the table with pipes (| A | B |, below it | --- | --- |).`,
  },
  {
    rule: "cellBreak",
    signs: /\|.*<br\b|<br\b.*\|/i,
    says: `breaks the line in a cell of a table: the inbox drops <br>, and the words run together. Write a comma, or another row.`,
  },
  {
    rule: "struckOut",
    signs: /~~|<(s|del|strike)\b/i,
    says: `has text struck out, which the inbox shows like any other. Say in words that it no longer counts.`,
  },
  {
    rule: "taskBox",
    signs: /\[[ xX]\]/,
    says: `has a task box ("[ ]", "[x]"), which the inbox does not show. Write ☐ or ☒.`,
  },
  { rule: "image", signs: /!\[/, says: `has an image, which the inbox does not show. Attach it.` },
  {
    rule: "braces",
    signs: /\{[^{}]*\}/,
    says: `has text in braces, which is not shown; in a heading, neither is what follows. Write "\\{" and "\\}".`,
  },
  {
    rule: "dollars",
    signs: /\$[^$]+\$/,
    says: `has text between dollar signs: the inbox shows round brackets for the signs. Write "\\$" for "$".`,
  },
  {
    rule: "doubledSigns",
    signs: /\+\+|==|""|::/,
    says: `has text between doubled signs (++, ==, "" or ::), which are not shown. Write a backslash before each sign.`,
  },
  { rule: "tilde", signs: /~/, says: `has text between tildes, which are not shown. Write it otherwise.` },
  {
    rule: "raised",
    signs: /<su[pb]\b/i,
    says: `raises or lowers text, which the inbox shows as "^2^". Write it otherwise (m², CO₂).`,
  },
  { rule: "squareBrackets", signs: /\[/, says: `has square brackets that are not shown. Write "\\[" for "[".` },
];

/** Undefined: none of the known ones. */
export function causeOf(line: string): { readonly rule: string; readonly says: string } | undefined {
  return causes.find(({ signs }) => signs.test(line));
}
