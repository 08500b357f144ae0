// From HTML to blocks of Markdown: what a recipient would read, in its order.
import type { BlockContent, Heading } from "mdast";
import { joinColumns } from "./columns.ts";
import {
  blockElements,
  headings,
  isHidden,
  isStruckOut,
  isWordMarker,
  lists,
  type Place,
  placeIn,
  preformatted,
  unread,
  unsayable,
  wordNumber,
} from "./htmlElements.ts";
import { linkedPlace, piecesOf, textPieces } from "./htmlInline.ts";
import { listBlocks } from "./htmlLists.ts";
import { tableBlocks } from "./htmlTables.ts";
import { attribute, findInside, type HtmlElement, type HtmlNode, isElement, isText, textOf } from "./htmlTree.ts";
import { append, type Inline, unmarked } from "./inline.ts";
import { toParagraphs } from "./paragraphs.ts";
import { oneLine } from "./phrasing.ts";
import type { Reading } from "./reading.ts";
import { wordListGroup } from "./wordLists.ts";

/** Blocks on their way: those that are done, and the running text since. */
interface Flow {
  readonly blocks: BlockContent[];
  readonly hasTables: boolean;
  run: Inline[];
}

/** The blocks of a document. What can't be said in Markdown is noted in the losses, and the rest goes on. */
export function toBlocks(nodes: readonly HtmlNode[], reading: Reading): BlockContent[] {
  const place: Place = {
    marks: unmarked,
    keepsLines: false,
    hasTables: true,
    hasMarkers: true,
    font: undefined,
    isUnseen: false,
  };
  return blocksIn(nodes, place, reading);
}

function blocksIn(nodes: readonly HtmlNode[], place: Place, reading: Reading): BlockContent[] {
  const flow: Flow = { blocks: [], hasTables: place.hasTables, run: [] };
  visitAll(nodes, place, flow, reading);
  addBlocks(flow, []);
  return joinColumns(flow.blocks);
}

function addBlocks(flow: Flow, blocks: readonly BlockContent[]): void {
  for (const block of toParagraphs(flow.run, flow.hasTables)) flow.blocks.push(block);
  for (const block of blocks) flow.blocks.push(block);
  flow.run = [];
}

function visitAll(nodes: readonly HtmlNode[], place: Place, flow: Flow, reading: Reading): void {
  const item: Place = { ...place, hasTables: false, hasMarkers: false };
  for (let index = 0; index < nodes.length; index++) {
    const convert = (children: readonly HtmlNode[]) => blocksIn(children, item, reading);
    const group = place.hasMarkers ? wordListGroup(nodes, index, reading.styleOf, convert) : undefined;
    const node = nodes[index];
    if (group !== undefined) {
      addBlocks(flow, group.blocks);
      index = group.last;
    } else if (node !== undefined) visit(node, place, flow, reading);
  }
}

function visit(node: HtmlNode, place: Place, flow: Flow, reading: Reading): void {
  if (isText(node)) {
    append(flow.run, textPieces(node.value, place, flow.run.length === 0, reading.losses));
    return;
  }
  if (!isElement(node) || unread.has(node.tagName)) return;
  const style = reading.styleOf(node);
  if (isHidden(node, style)) return;
  if (!reading.losses.struckOut && isStruckOut(node, style)) reading.losses.struckOut = saysAnything(node);
  if (isWordMarker(style)) {
    const number = place.hasMarkers ? wordNumber(textOf(node)) : undefined;
    if (number !== undefined) flow.run.push({ kind: "text", value: `${number} `, marks: place.marks });
    return;
  }
  const inside = placeIn(node, style, place);
  const blocks = blocksOf(node, inside, reading);
  const pieces = blocks === undefined ? piecesOf(node, inside, reading) : [];
  if (blocks !== undefined) addBlocks(flow, blocks);
  else if (pieces !== undefined) append(flow.run, pieces);
  else if (node.tagName === "q") {
    flow.run.push({ kind: "text", value: "“", marks: inside.marks });
    visitAll(node.childNodes, inside, flow, reading);
    flow.run.push({ kind: "text", value: "”", marks: inside.marks });
  } else if (node.tagName === "a") {
    const link = linkedPlace(node, inside, reading);
    visitAll(node.childNodes, link.inside, flow, reading);
    append(flow.run, link.after);
  } else visitAll(node.childNodes, inside, flow, reading);
}

/** Whether text or a picture stands in an element. Each is looked at once, however many of them stand in each other. */
function saysAnything(element: HtmlElement): boolean {
  const says = speaking.get(element) ?? element.childNodes.some(isSaid);
  speaking.set(element, says);
  return says;
}

const speaking = new WeakMap<HtmlElement, boolean>();

function isSaid(node: HtmlNode): boolean {
  if (isText(node)) return node.value.trim() !== "";
  if (!isElement(node) || ["script", "style"].includes(node.tagName)) return false;
  return node.tagName === "img" || saysAnything(node);
}

/** What an element that stands by itself becomes; undefined for one that stands in running text. */
function blocksOf(element: HtmlElement, inside: Place, reading: Reading): BlockContent[] | undefined {
  const name = element.tagName;
  const convert = (nodes: readonly HtmlNode[]) => blocksIn(nodes, inside, reading);
  if (unsayable.has(name)) {
    reading.losses.elements.add(name);
    // Not for its text, but for all else that is wrong in it.
    if (name === "form") convert(element.childNodes);
    return [];
  }
  if (name === "hr") return [{ type: "thematicBreak" }];
  if (name === "table") return tableBlocks(element, reading.losses, convert);
  if (lists.has(name)) return listBlocks(element, reading.styleOf(element), convert);
  if (headings.has(name)) return convert(element.childNodes).map((block) => asHeading(block, name));
  if (name === "blockquote") {
    const children = convert(element.childNodes);
    return children.length === 0 ? [] : [{ type: "blockquote", children }];
  }
  if (preformatted.has(name) && isPlain(element, inside, reading)) {
    const value = textOf(element).trimEnd();
    return value === "" ? [] : [{ type: "code", value }];
  }
  return blockElements.has(name) ? convert(element.childNodes) : undefined;
}

/** Whether nothing in it but its text counts, and that as it stands. */
function isPlain(element: HtmlElement, { marks, font, isUnseen }: Place, { styleOf }: Reading): boolean {
  if (marks.link !== undefined || font !== undefined || isUnseen) return false;
  const counts = (child: HtmlElement) =>
    !["b", "br", "code", "font", "i", "span"].includes(child.tagName) ||
    styleOf(child).size > 0 ||
    ["face", "hidden"].some((name) => attribute(child, name) !== undefined);
  return findInside(element, counts) === undefined;
}

/** What stands in a heading is one line, whatever it is made of. */
function asHeading(block: BlockContent, name: string): BlockContent {
  if (block.type !== "paragraph") return block;
  const depths: readonly Heading["depth"][] = [1, 2, 3, 4, 5, 6];
  const depth = depths.find((candidate) => name === `h${candidate}`) ?? 6;
  return { type: "heading", depth, children: oneLine(block.children, " ") };
}
