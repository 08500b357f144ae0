// Elements in running text: breaks, pictures, links, code, raised and lowered text.
import { code, isDot, type Place } from "./htmlElements.ts";
import { attribute, findInside, type HtmlElement, isText, textOf } from "./htmlTree.ts";
import { type Inline, keepLines, type Marks, withGaps } from "./inline.ts";
import { countSeen, maxMarkdown } from "./length.ts";
import { readTarget, saysNumber } from "./links.ts";
import type { Losses } from "./losses.ts";
import type { Reading } from "./reading.ts";
import { asSigns } from "./symbolFonts.ts";

/** A text where it stands. @param isLineStart whether nothing stands before it */
export function textPieces(text: string, place: Place, isLineStart: boolean, losses: Losses): Inline[] {
  if (place.isUnseen) return [];
  losses.characters += countSeen(text);
  // What is too long takes no more time.
  if (losses.characters > maxMarkdown) return [];
  const value = place.font === undefined ? text : readSigns(text, place.font, losses);
  return place.keepsLines ? keepLines(value, place.marks, isLineStart) : withGaps(value, place.marks, false);
}

function readSigns(text: string, font: string, losses: Losses): string {
  const signs = asSigns(text, font).map((sign) => {
    if (sign?.trim() !== "") losses.signs++;
    if (sign === undefined) losses.unknownSigns.push(losses.signs);
    return sign;
  });
  return signs.join("");
}

/** What an element says by itself; undefined for one that says no more than what is in it. */
export function piecesOf(
  element: HtmlElement,
  { marks, isUnseen, font }: Place,
  reading: Reading,
): Inline[] | undefined {
  const name = element.tagName;
  if (name === "br") return [{ kind: "break", marks }];
  if (name === "img" || name === "svg") return picture(element, marks, reading);
  // As many spaces as Word would leave to its next tab.
  if (reading.styleOf(element).has("mso-tab-count")) return [{ kind: "gap", marks }];
  if (!code.has(name) || isUnseen || font !== undefined || !element.childNodes.every(isText)) return undefined;
  return [{ kind: "code", value: textOf(element), marks }];
}

/** A picture's words; none for one that only decorates, or counts readers. */
function picture(element: HtmlElement, marks: Marks, { styleOf, losses }: Reading): Inline[] {
  if (attribute(element, "aria-hidden") === "true" || isDot(element, styleOf(element))) return [];
  const title = findInside(element, ({ tagName }) => tagName === "title");
  const label = attribute(element, "aria-label") ?? (title === undefined ? undefined : textOf(title));
  const words = element.tagName === "img" ? attribute(element, "alt") : label;
  if (words === undefined) losses.pictures++;
  return words === undefined ? [] : [{ kind: "text", value: words, marks }];
}

/** The place inside an `<a>`, a link if it leads anywhere, and what must be said behind it because the link is lost. */
export function linkedPlace(
  element: HtmlElement,
  place: Place,
  { styleOf, losses }: Reading,
): { readonly inside: Place; readonly after: Inline[] } {
  const plain = { inside: place, after: [] };
  const href = attribute(element, "href");
  if (href === undefined) return plain;
  losses.links++;
  const target = readTarget(href, losses.base);
  if (target.kind === "relative") losses.relativeLinks.push(losses.links);
  if (target.kind === "notAllowed") losses.notAllowedLinks.push(losses.links);
  if (target.kind === "number") {
    const text = textOf(element);
    const isSaid = target.number === "" || text.trim() === "" || saysNumber(text, target.number);
    return isSaid
      ? plain
      : { inside: place, after: [{ kind: "text", value: ` (${target.number})`, marks: place.marks }] };
  }
  if (target.kind !== "url") return plain;
  // With nothing in it but a picture that says nothing, there would be nothing to follow.
  const isPicture = (child: HtmlElement) => child.tagName === "img";
  // One without alt counts already.
  const speaks = (child: HtmlElement) =>
    isPicture(child) && (attribute(child, "alt")?.trim() !== "" || isDot(child, styleOf(child)));
  const isSilent = findInside(element, isPicture) !== undefined && findInside(element, speaks) === undefined;
  if (isSilent && textOf(element).trim() === "") losses.pictures++;
  return { inside: { ...place, marks: { ...place.marks, link: { url: target.url } } }, after: [] };
}
