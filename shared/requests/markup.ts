// Reading one line of text as Altinn's Markdown (Markdig with its advanced extensions): whether it holds any markup.
import { addressAt } from "./markupAddress.ts";

// Each construct of which something is lost when the text is written out again. Where Markdig's reading depends on what
// is not modelled here, the answer is no: who asks wants to be sure.
const lineConstructs: readonly RegExp[] = [
  /^#{1,6}(?: |$)/, // heading
  /^(?:~~~|:::|\^\^)/, // fenced code, container, figure or footer
  /^\$\$$/, // formula
  /^- ?- ?-[- ]*$/, // rule
  /^\[\^[^[\]]+\]:/, // footnote
  /^\[(?!\s*\])[^[\]^][^[\]]*\]: ?[^\s()<][^\s()]*$/, // definition of a link
];

// {#id .class name name=value}: names begin with a letter or a colon, a class of one character is none.
const attributes =
  /(?<!\{)\{(?: |[#.](?:[^\s}]{2,})?(?=[ }])|[a-z:][a-z0-9:.-]*(?:(?= *\})|(?= +[.#a-z:])| *= *(?:"[^"]*"|'[^']*'|[^\s}"'][^\s}]*)))*\}/iy;

const linkTarget =
  /\( *(?:[^\s()<\p{Cc}][^\s()\p{Cc}]*(?:\([^\s()\p{Cc}]*\)[^\s()\p{Cc}]*)*)?(?: +(?:"[^"]*"|'[^']*'))? *\)/uy;

/** Signs that mark what stands between two runs of them: at least so many, and whether within a word too. */
const delimiterSigns: Readonly<Record<string, { readonly least: 1 | 2; readonly withinWord: boolean }>> = {
  "~": { least: 1, withinWord: true }, // struck out, subscript
  "^": { least: 1, withinWord: true }, // superscript
  "+": { least: 2, withinWord: true }, // inserted
  "=": { least: 2, withinWord: true }, // marked
  ":": { least: 2, withinWord: true }, // container
  '"': { least: 2, withinWord: false }, // quotation
};

/** A run of one such sign, and whether it can begin and end what it marks. */
interface Delimiter {
  readonly sign: string;
  readonly count: number;
  readonly opens: boolean;
  readonly closes: boolean;
}

/**
 * Whether Altinn surely sees markup in a text.
 *
 * @param line on one line, white space folded, without back-quotes and backslashes. `*` and `_` count as escaped, and
 *   `<` and `&` as harmless: HTML is another matter (`changesAsHtml`)
 */
export function hasMarkup(line: string): boolean {
  return lineConstructs.some((construct) => construct.test(line)) || hasInlineMarkup(line);
}

function hasInlineMarkup(line: string): boolean {
  const delimiters: Delimiter[] = [];
  let openBrackets = 0;
  let mayBeOpen = false;
  for (let at = 0; at < line.length; at++) {
    const sign = line.charAt(at);
    if (sign === "{" && matchesAt(attributes, line, at)) return true;
    if (sign === "$" && isFormula(line, at)) return true;
    if (sign === "[") openBrackets++;
    if (sign === "]" && openBrackets > 0) {
      if (matchesAt(linkTarget, line, at + 1)) return true;
      openBrackets--;
      // Of two pairs without a space between them the first stays open for what looks for addresses.
      mayBeOpen ||= line.charAt(at + 1) === "[";
    }
    const address = openBrackets === 0 ? addressAt(line, at, signsOf(delimiters)) : undefined;
    // Which signs belong to it is doubtful, and with them all that follows.
    if (address?.kind === "doubtful" || (address && mayBeOpen)) break;
    if (address?.kind === "changed") return true;
    if (address) at = address.end - 1;
    else if (Object.hasOwn(delimiterSigns, sign)) at = takeDelimiter(line, at, delimiters) - 1;
  }
  return hasPair(delimiters);
}

function signsOf(delimiters: readonly Delimiter[]): string[] {
  return delimiters.map(({ sign }) => sign);
}

function matchesAt(expression: RegExp, text: string, at: number): boolean {
  expression.lastIndex = at;
  return expression.test(text);
}

/** Adds the run that begins here, if it can mark anything, and gives where it ends. */
function takeDelimiter(line: string, at: number, delimiters: Delimiter[]): number {
  const sign = line.charAt(at);
  const rules = delimiterSigns[sign];
  let end = at;
  while (line.charAt(end) === sign) end++;
  if (rules && end - at >= rules.least) {
    const { opens, closes } = sides(before(line, at), after(line, end), rules.withinWord);
    if (opens || closes) delimiters.push({ sign, count: end - at, opens, closes });
  }
  return end;
}

/** Whether two runs belong together, as CommonMark tells it for emphasis. */
function hasPair(delimiters: readonly Delimiter[]): boolean {
  return delimiters.some((closing, index) => {
    if (!closing.closes) return false;
    return delimiters.slice(0, index).some((opening) => {
      if (opening.sign !== closing.sign || !opening.opens) return false;
      const isBothWays = closing.opens || opening.closes;
      const sum = opening.count + closing.count;
      const isOdd = isBothWays && opening.count !== closing.count && sum % 3 === 0 && closing.count % 3 !== 0;
      return !isOdd;
    });
  });
}

// $x$ and $$x$$: a formula, unless a digit follows, as in amounts. The first dollars that could end it decide.
function isFormula(line: string, at: number): boolean {
  if (line.charAt(at - 1) === "$") return false;
  const opening = line.charAt(at + 1) === "$" ? 2 : 1;
  const start = at + opening;
  // Here Markdig looks at UTF-16 units: half a character is neither a space nor a sign.
  if (!sides(line.charAt(at - 1), line.charAt(start), false).opens) return false;
  for (let end = line.indexOf("$", start); end >= 0; ) {
    let next = end;
    while (line.charAt(next) === "$") next++;
    if (next - end >= opening) {
      const following = line.charAt(next);
      return sides(line.charAt(end - 1), following, false).closes && !/^[0-9]$/.test(following);
    }
    end = line.indexOf("$", next);
  }
  return false;
}

/** Whether a run between these characters (empty at the text's ends) can begin and end what it marks. */
function sides(previous: string, following: string, withinWord: boolean): { opens: boolean; closes: boolean } {
  const [isAfterSpace, isBeforeSpace] = [isSpace(previous), isSpace(following)];
  const [isAfterSign, isBeforeSign] = [isSign(previous), isSign(following)];
  const canOpen = !isBeforeSpace && (!isBeforeSign || isException(following) || isAfterSpace || isAfterSign);
  const canClose = !isAfterSpace && (!isAfterSign || isException(previous) || isBeforeSpace || isBeforeSign);
  if (withinWord) return { opens: canOpen, closes: canClose };
  return { opens: canOpen && (!canClose || isAfterSign), closes: canClose && (!canOpen || isBeforeSign) };
}

function isSpace(character: string): boolean {
  return character === "" || /^[\s\0]$/u.test(character);
}

function isSign(character: string): boolean {
  return /^[\p{P}\p{S}]$/u.test(character);
}

/** Plus, hyphen, minus and daggers are signs that count as letters where they stand on the inside. */
function isException(character: string): boolean {
  return character !== "" && "+-\u2212\u2020\u2021".includes(character);
}

function before(line: string, at: number): string {
  return Array.from(line.slice(Math.max(at - 2, 0), at)).at(-1) ?? "";
}

function after(line: string, at: number): string {
  return Array.from(line.slice(at, at + 2)).at(0) ?? "";
}
