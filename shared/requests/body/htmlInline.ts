// Elements in running text: breaks, pictures, links, code, raised and lowered text.
import { code, isDot, type Place } from "./htmlElements.ts";
import { attribute, elementsIn, type HtmlElement, isText, textOf } from "./htmlTree.ts";
import type { Inline, Marks } from "./inline.ts";
import { readTarget } from "./links.ts";
import type { Losses } from "./losses.ts";
import { subscript, superscript } from "./raised.ts";

/** What an element says by itself; undefined for one that says no more than what is in it. */
export function piecesOf(element: HtmlElement, marks: Marks, losses: Losses): Inline[] | undefined {
  const name = element.tagName;
  if (name === "br") return [{ kind: "break", marks }];
  if (name === "img" || name === "svg") return picture(element, marks, losses);
  if (!element.childNodes.every(isText)) return undefined;
  const text = textOf(element);
  if (code.has(name)) return [{ kind: "code", value: text, marks }];
  if (name === "sup") return [{ kind: "text", value: superscript(text), marks }];
  return name === "sub" ? [{ kind: "text", value: subscript(text), marks }] : undefined;
}

/** A picture's words; none for one that only decorates, or counts readers. */
function picture(element: HtmlElement, marks: Marks, losses: Losses): Inline[] {
  if (attribute(element, "aria-hidden") === "true" || isDot(element)) return [];
  const title = elementsIn(element).find((child) => child.tagName === "title");
  const label = attribute(element, "aria-label") ?? (title === undefined ? undefined : textOf(title));
  const words = element.tagName === "img" ? attribute(element, "alt") : label;
  if (words === undefined) losses.pictures++;
  return words === undefined ? [] : [{ kind: "text", value: words, marks }];
}

/** The place inside an `<a>`: a link, if it leads anywhere. */
export function linkedPlace(element: HtmlElement, place: Place, losses: Losses): Place {
  const href = attribute(element, "href");
  if (href === undefined) return place;
  losses.links++;
  const target = readTarget(href, losses.base);
  if (target.kind === "relative") losses.relativeLinks.push(losses.links);
  if (target.kind === "notAllowed") losses.notAllowedLinks.push(losses.links);
  if (target.kind !== "url") return place;
  // With nothing in it but a picture that says nothing, there would be nothing to follow.
  if (isPictureOnly(element)) losses.pictures++;
  return { ...place, marks: { ...place.marks, link: { url: target.url } } };
}

function isPictureOnly(link: HtmlElement): boolean {
  const pictures = elementsIn(link).filter((child) => child.tagName === "img");
  // One without alt counts already.
  const areSilent = pictures.every((child) => attribute(child, "alt")?.trim() === "" && !isDot(child));
  return pictures.length > 0 && areSilent && textOf(link).trim() === "";
}
