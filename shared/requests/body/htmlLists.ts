// Lists of HTML as lists of Markdown, whose numbers are kept as they were.
import type { BlockContent, List, ListItem } from "mdast";
import { type HtmlElement, type HtmlNode, isElement } from "./htmlTree.ts";
import { numbering } from "./numbering.ts";
import { joinTexts } from "./phrasing.ts";
import type { Style } from "./styleMeaning.ts";

/** Makes blocks of what is in an element. */
export type Convert = (nodes: readonly HtmlNode[]) => BlockContent[];

/** An item with what stands before it: nothing for a bullet, else a number (`3.`, `b)`). */
export interface Item {
  readonly marker: string | undefined;
  readonly children: BlockContent[];
}

/**
 * `<ul>`, `<ol>` and their like. What stands in a list but in no item (often a list within it) belongs to the item before,
 * or goes before the list.
 */
export function listBlocks(element: HtmlElement, style: Style, convert: Convert): BlockContent[] {
  const counter = numbering(element, style);
  const before: BlockContent[] = [];
  const items: Item[] = [];
  let loose: HtmlNode[] = [];
  const endLoose = () => {
    for (const block of convert(loose)) (items.at(-1)?.children ?? before).push(block);
    loose = [];
  };
  for (const node of element.childNodes) {
    if (!isElement(node) || node.tagName !== "li") loose.push(node);
    else {
      endLoose();
      items.push({ marker: counter(node), children: convert([node]) });
    }
  }
  endLoose();
  const list = toList(items.filter(({ children }) => children.length > 0));
  return list === undefined ? before : [...before, list];
}

/** Markdown counts upwards in digits; items that count otherwise say their number themselves. */
export function toList(items: readonly Item[]): List | undefined {
  const [first] = items;
  if (first === undefined) return undefined;
  const start = /^\d{1,9}\.$/.test(first.marker ?? "") ? Number.parseInt(first.marker ?? "", 10) : undefined;
  const isCounted = start !== undefined && items.every(({ marker }, index) => marker === `${start + index}.`);
  const children = items.map((item): ListItem => {
    const blocks = isCounted ? item.children : withMarker(item);
    return { type: "listItem", spread: isSpread(blocks), children: blocks };
  });
  const spread = children.some((item) => item.spread);
  return { type: "list", ordered: isCounted, ...(isCounted ? { start } : {}), spread, children };
}

function withMarker({ marker, children }: Item): BlockContent[] {
  const [first, ...rest] = children;
  if (marker === undefined) return children;
  if (first?.type !== "paragraph")
    return [{ type: "paragraph", children: [{ type: "text", value: marker }] }, ...children];
  return [{ ...first, children: joinTexts([{ type: "text", value: `${marker} ` }, ...first.children]) }, ...rest];
}

function isSpread(blocks: readonly BlockContent[]): boolean {
  // Numbers other than 1 begin a list only behind a blank line.
  return blocks.some((block, index) => index > 0 && !(block.type === "list" && (block.start ?? 1) === 1));
}
