// From HTML to blocks of Markdown: what a recipient would read, in its order.
import type { BlockContent, Heading, PhrasingContent } from "mdast";
import {
  blockElements,
  headings,
  isHidden,
  isStruckOut,
  lists,
  type Place,
  placeIn,
  preformatted,
  unread,
  unsayable,
} from "./htmlElements.ts";
import { linkedPlace, piecesOf } from "./htmlInline.ts";
import { listBlocks } from "./htmlLists.ts";
import { tableBlocks } from "./htmlTables.ts";
import { elementsIn, type HtmlElement, type HtmlNode, isElement, isText, textOf } from "./htmlTree.ts";
import { type Inline, keepLines, toParagraphs, unmarked } from "./inline.ts";
import type { Losses } from "./losses.ts";
import { joinTexts } from "./phrasing.ts";
import { wordListGroup } from "./wordLists.ts";

/** Blocks on their way: those that are done, and the running text since. */
interface Flow {
  readonly blocks: BlockContent[];
  run: Inline[];
}

/** The blocks of a document. What can't be said in Markdown is noted in `losses`, and the rest goes on. */
export function toBlocks(nodes: readonly HtmlNode[], losses: Losses): BlockContent[] {
  return blocksIn(nodes, { marks: unmarked, keepsLines: false }, losses);
}

function blocksIn(nodes: readonly HtmlNode[], place: Place, losses: Losses): BlockContent[] {
  const flow: Flow = { blocks: [], run: [] };
  visitAll(nodes, place, flow, losses);
  addBlocks(flow, []);
  return flow.blocks;
}

function addBlocks(flow: Flow, blocks: readonly BlockContent[]): void {
  flow.blocks.push(...toParagraphs(flow.run), ...blocks);
  flow.run = [];
}

function visitAll(nodes: readonly HtmlNode[], place: Place, flow: Flow, losses: Losses): void {
  for (let index = 0; index < nodes.length; index++) {
    const group = wordListGroup(nodes, index, (children) => blocksIn(children, place, losses));
    const node = nodes[index];
    if (group !== undefined) {
      addBlocks(flow, [group.list]);
      index = group.last;
    } else if (node !== undefined) visit(node, place, flow, losses);
  }
}

function visit(node: HtmlNode, place: Place, flow: Flow, losses: Losses): void {
  if (isText(node)) {
    if (place.keepsLines) flow.run.push(...keepLines(node.value, place.marks, flow.run.length === 0));
    else flow.run.push({ kind: "text", value: node.value, marks: place.marks });
    return;
  }
  if (!isElement(node) || unread.has(node.tagName) || isHidden(node)) return;
  if (isStruckOut(node)) losses.struckOut = true;
  const inside = placeIn(node, place);
  const blocks = blocksOf(node, inside, losses);
  const pieces = blocks === undefined ? piecesOf(node, inside.marks, losses) : [];
  if (blocks !== undefined) addBlocks(flow, blocks);
  else if (pieces !== undefined) flow.run.push(...pieces);
  else if (node.tagName === "q") {
    flow.run.push({ kind: "text", value: "“", marks: inside.marks });
    visitAll(node.childNodes, inside, flow, losses);
    flow.run.push({ kind: "text", value: "”", marks: inside.marks });
  } else visitAll(node.childNodes, node.tagName === "a" ? linkedPlace(node, inside, losses) : inside, flow, losses);
}

/** What an element that stands by itself becomes; undefined for one that stands in running text. */
function blocksOf(element: HtmlElement, inside: Place, losses: Losses): BlockContent[] | undefined {
  const name = element.tagName;
  const convert = (nodes: readonly HtmlNode[]) => blocksIn(nodes, inside, losses);
  if (unsayable.has(name)) {
    losses.elements.add(name);
    // Not for its text, but for all else that is wrong in it.
    if (name === "form") convert(element.childNodes);
    return [];
  }
  if (name === "hr") return [{ type: "thematicBreak" }];
  if (name === "table") return tableBlocks(element, convert);
  if (lists.has(name)) return listBlocks(element, convert);
  if (headings.has(name)) return convert(element.childNodes).map((block) => asHeading(block, name));
  if (name === "blockquote") {
    const children = convert(element.childNodes);
    return children.length === 0 ? [] : [{ type: "blockquote", children }];
  }
  if (preformatted.has(name) && inside.marks.link === undefined && isOnlyText(element)) {
    const value = textOf(element).replace(/\n+$/, "");
    return value.trim() === "" ? [] : [{ type: "code", value }];
  }
  return blockElements.has(name) ? convert(element.childNodes) : undefined;
}

/** Whether nothing in it but its text counts. */
function isOnlyText(element: HtmlElement): boolean {
  return elementsIn(element).every(({ tagName }) => ["b", "br", "code", "font", "i", "span"].includes(tagName));
}

/** What stands in a heading is one line, whatever it is made of. */
function asHeading(block: BlockContent, name: string): BlockContent {
  if (block.type !== "paragraph") return block;
  const depths: readonly Heading["depth"][] = [1, 2, 3, 4, 5, 6];
  const depth = depths.find((candidate) => name === `h${candidate}`) ?? 6;
  return { type: "heading", depth, children: oneLine(block.children) };
}

function oneLine(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const spaced = nodes.map((node): PhrasingContent => {
    if (node.type === "break") return { type: "text", value: " " };
    return "children" in node ? { ...node, children: oneLine(node.children) } : node;
  });
  return joinTexts(spaced);
}
