// The numbers that stand before the items of an `<ol>`.
import { attribute, type HtmlElement, isElement } from "./htmlTree.ts";
import type { Style } from "./styleMeaning.ts";

/**
 * Counts the items of a list as browsers do: from `start`, or on from an item's `value`, in digits, letters or roman
 * numerals. Gives the next item's number (`3.`, `b.`), or nothing in a list with bullets.
 */
export function numbering(list: HtmlElement, style: Style): (item: HtmlElement) => string | undefined {
  if (list.tagName !== "ol") return () => undefined;
  const whole = (value: string | undefined) =>
    /^\s*[+-]?\d{1,9}/.test(value ?? "") ? Number.parseInt(value ?? "", 10) : undefined;
  const isReversed = attribute(list, "reversed") !== undefined;
  const count = list.childNodes.filter((node) => isElement(node) && node.tagName === "li").length;
  let next = whole(attribute(list, "start")) ?? (isReversed ? count : 1);
  const type = attribute(list, "type") ?? listType(style.get("list-style-type") ?? style.get("list-style"));
  return (item) => {
    const number = whole(attribute(item, "value")) ?? next;
    next = isReversed ? number - 1 : number + 1;
    return `${inType(number, type)}.`;
  };
}

function listType(style: string | undefined): string {
  const name = style?.split(" ").find((part) => /-(?:alpha|latin|roman)$/.test(part)) ?? "";
  const types: Readonly<Record<string, string>> = {
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
  };
  return types[name] ?? "1";
}

function inType(number: number, type: string): string {
  if (type === "a" || type === "A") {
    const letters = inLetters(number);
    return type === "a" ? letters : letters.toUpperCase();
  }
  if (type !== "i" && type !== "I") return String(number);
  return type === "i" ? inRoman(number) : inRoman(number).toUpperCase();
}

function inLetters(number: number): string {
  if (number < 1) return String(number);
  const letter = String.fromCharCode(97 + ((number - 1) % 26));
  return number > 26 ? inLetters(Math.floor((number - 1) / 26)) + letter : letter;
}

function inRoman(number: number): string {
  if (number < 1 || number > 3999) return String(number);
  const signs = "m1000 cm900 d500 cd400 c100 xc90 l50 xl40 x10 ix9 v5 iv4 i1".split(" ");
  let rest = number;
  return signs
    .map((sign) => {
      const value = Number(/\d+/.exec(sign)?.[0]);
      const times = Math.floor(rest / value);
      rest -= times * value;
      return sign.replace(/\d+/, "").repeat(times);
    })
    .join("");
}
