// What the names and the styles of HTML's elements mean for a letter.
import { attribute, type HtmlElement } from "./htmlTree.ts";
import type { Marks, Shift } from "./inline.ts";
import { hidesText, isSeenAtSize, type Style, strikesOut } from "./styleMeaning.ts";
import { symbolFont } from "./symbolFonts.ts";

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
const oneLine = named("caption dd dt li summary td th");

/** What holds where a node stands. */
export interface Place {
  readonly marks: Marks;
  /** Line ends count as breaks, and spaces as columns, as in `<pre>`. */
  readonly keepsLines: boolean;
  /** Columns may become a table: not within a heading, an item or a cell. */
  readonly hasTables: boolean;
  /** The numbers that Word puts before its items belong to the text. */
  readonly hasMarkers: boolean;
  /** The font of signs that the text is in. */
  readonly font: string | undefined;
  /** Text is too small to be seen. */
  readonly isUnseen: boolean;
}

/** What an element's name and style make of the place inside it. */
export function placeIn(element: HtmlElement, style: Style, place: Place): Place {
  const name = element.tagName;
  // Headings are bold anyway.
  const isHeading = headings.has(name);
  const weight = style.get("font-weight");
  const slant = style.get("font-style");
  const space = style.get("white-space");
  const isKept = space === undefined ? place.keepsLines : /^(?:pre|break-spaces)/.test(space);
  const isSeen = isSeenAtSize(style);
  return {
    marks: {
      strong:
        !isHeading &&
        (weight === undefined ? place.marks.strong || strong.has(name) : /^(?:bold|[6-9]00)/.test(weight)),
      emphasis: slant === undefined ? place.marks.emphasis || emphasis.has(name) : /^(?:italic|oblique)/.test(slant),
      link: place.marks.link,
      shift: shiftIn(element, style, place.marks.shift),
    },
    keepsLines: preformatted.has(name) || isKept,
    hasTables: place.hasTables && !isHeading && !oneLine.has(name),
    hasMarkers: place.hasMarkers,
    font: fontIn(element, style, place.font),
    isUnseen: isSeen === undefined ? place.isUnseen : !isSeen,
  };
}

function shiftIn(element: HtmlElement, style: Style, around: Shift | undefined): Shift | undefined {
  // In a table it says where in the cell the text stands.
  const align = blockElements.has(element.tagName) ? undefined : style.get("vertical-align");
  if (align === "baseline") return undefined;
  if (align === "super" || (align === undefined && element.tagName === "sup")) return { isLowered: false };
  return align === "sub" || (align === undefined && element.tagName === "sub") ? { isLowered: true } : around;
}

function fontIn(element: HtmlElement, style: Style, around: string | undefined): string | undefined {
  const named = element.tagName === "font" ? attribute(element, "face") : undefined;
  const short = /(?:^|\s)[\d.]+[a-z%]*(?:\s*\/\s*\S+)?\s+(.+)$/.exec(style.get("font") ?? "")?.[1];
  const families = style.get("font-family") ?? short ?? named;
  return families === undefined || families === "inherit" ? around : symbolFont(families);
}

/** Whether an element is there for programs alone, such as the text that mail programs show in their lists. */
export function isHidden(element: HtmlElement, style: Style): boolean {
  if (element.tagName === "input") return attribute(element, "type")?.trim().toLowerCase() === "hidden";
  return attribute(element, "hidden") !== undefined || hidesText(style);
}

export function isStruckOut(element: HtmlElement, style: Style): boolean {
  return struckOut.has(element.tagName) || strikesOut(style);
}

/** Whether it is what Word puts before an item, or before a heading: its bullet or number. */
export function isWordMarker(style: Style): boolean {
  return style.get("mso-list") === "ignore";
}

/** The number in a marker of Word's; undefined for a bullet, which is a sign, or a letter of a font that draws it so: · o § Ø. */
export function wordNumber(marker: string): string | undefined {
  const sign = marker.replaceAll("\u00a0", " ").trim();
  return /\d/.test(sign) || /^\(?\p{L}{1,5}[.)]$/u.test(sign) ? sign : undefined;
}

/** Whether a picture is not for looking at: a spacer, or a dot that counts readers. */
export function isDot(element: HtmlElement, style: Style): boolean {
  return ["width", "height"].some((name) => {
    const size = attribute(element, name) ?? style.get(name);
    return size !== undefined && /^\s*[01](?:\.0*)?\s*(?:px)?\s*$/.test(size);
  });
}
