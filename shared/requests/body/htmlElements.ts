// What the names and the own style of HTML's elements mean for a letter.
import { attribute, type HtmlElement, styleOf } from "./htmlTree.ts";
import type { Marks } from "./inline.ts";

const named = (names: string): ReadonlySet<string> => new Set(names.split(" "));

/** These begin and end a paragraph. */
export const blockElements = named(
  "address article aside body center dd details dialog div dl dt fieldset figcaption figure footer form header hgroup html " +
    "legend li listing main nav p plaintext pre section summary tbody td tfoot th thead tr xmp",
);
export const headings = named("h1 h2 h3 h4 h5 h6");
export const lists = named("dir menu ol ul");
export const preformatted = named("listing plaintext pre xmp");
export const code = named("code kbd samp tt");
/** Nobody reads these. */
export const unread = named(
  "base basefont bgsound col colgroup datalist head link meta noembed noframes param script source style template title track",
);
/** These say or do what no Markdown can. */
export const unsayable = named(
  "applet area audio button canvas embed form frame frameset iframe input math meter object portal progress select " +
    "textarea video",
);

const strong = named("b strong");
const emphasis = named("cite dfn em i var");
const struckOut = named("del s strike");

/** What holds where a node stands. */
export interface Place {
  readonly marks: Marks;
  /** Line ends count as breaks, as in `<pre>`. */
  readonly keepsLines: boolean;
}

/** What an element's name and own style make of the place inside it. */
export function placeIn(element: HtmlElement, place: Place): Place {
  const name = element.tagName;
  // Headings are bold anyway.
  if (headings.has(name)) return { ...place, marks: { ...place.marks, strong: false } };
  const style = styleOf(element);
  const weight = style.get("font-weight");
  const slant = style.get("font-style");
  const space = style.get("white-space");
  const marks: Marks = {
    strong: weight === undefined ? place.marks.strong || strong.has(name) : /^(?:bold|[6-9]00)/.test(weight),
    emphasis: slant === undefined ? place.marks.emphasis || emphasis.has(name) : /^(?:italic|oblique)/.test(slant),
    link: place.marks.link,
  };
  const isKept = space === undefined ? place.keepsLines : /^(?:pre|break-spaces)/.test(space);
  return { marks, keepsLines: preformatted.has(name) || isKept };
}

/** Whether an element is there for programs alone, such as the text that mail programs show in their lists. */
export function isHidden(element: HtmlElement): boolean {
  if (element.tagName === "input") return attribute(element, "type")?.trim().toLowerCase() === "hidden";
  if (attribute(element, "hidden") !== undefined) return true;
  const style = styleOf(element);
  return style.get("display") === "none" || style.get("visibility") === "hidden";
}

export function isStruckOut(element: HtmlElement): boolean {
  if (struckOut.has(element.tagName)) return true;
  const style = styleOf(element);
  return ["text-decoration", "text-decoration-line"].some((name) => style.get(name)?.includes("line-through"));
}

/** Whether a picture is not for looking at: a spacer, or a dot that counts readers. */
export function isDot(element: HtmlElement): boolean {
  const style = styleOf(element);
  return ["width", "height"].some((name) => {
    const size = attribute(element, name) ?? style.get(name);
    return size !== undefined && /^\s*[01](?:\.0*)?\s*(?:px)?\s*$/.test(size);
  });
}
