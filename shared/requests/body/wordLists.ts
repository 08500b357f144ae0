// Lists as Word and Outlook write them: paragraphs in a row, each with its bullet or number as text.
import type { BlockContent, List } from "mdast";
import { isWordMarker, wordNumber } from "./htmlElements.ts";
import { type Convert, type Item, toList } from "./htmlLists.ts";
import { findInside, type HtmlElement, type HtmlNode, isElement, isText, textOf } from "./htmlTree.ts";
import type { StyleOf } from "./styles.ts";

/**
 * A list of Word's that begins at `start`: the paragraphs in a row that say in their style which level they are on.
 * Undefined when there is none.
 *
 * @param convert makes blocks of such a paragraph, without its bullet or number
 */
export function wordListGroup(
  nodes: readonly HtmlNode[],
  start: number,
  styleOf: StyleOf,
  convert: Convert,
): { readonly blocks: readonly BlockContent[]; readonly last: number } | undefined {
  const found: Found[] = [];
  let first: WordLevel | undefined;
  let last = start;
  for (let index = start; index < nodes.length; index++) {
    const node = nodes[index];
    const place = node === undefined ? undefined : wordLevel(node, styleOf);
    if (place === undefined) {
      // Word puts line ends and comments between.
      const isBetween = node !== undefined && !isElement(node) && (!isText(node) || node.value.trim() === "");
      if (first !== undefined && isBetween) continue;
      break;
    }
    first ??= place;
    if (place.level <= first.level && place.list !== first.list) break;
    const children = convert([place.paragraph]);
    if (children.length > 0) found.push({ level: place.level, item: { marker: markerOf(place, styleOf), children } });
    last = index;
  }
  if (first === undefined) return undefined;
  const list = listFrom(found, { index: 0 }, 0);
  return { blocks: list === undefined ? [] : [list], last };
}

interface WordLevel {
  readonly paragraph: HtmlElement;
  readonly list: string;
  readonly level: number;
}

function wordLevel(node: HtmlNode, styleOf: StyleOf): WordLevel | undefined {
  if (!isElement(node) || node.tagName !== "p") return undefined;
  const [, list, level] = /^(l\d+) level([1-9])/.exec(styleOf(node).get("mso-list") ?? "") ?? [];
  return list === undefined ? undefined : { paragraph: node, list, level: Number(level) };
}

function markerOf({ paragraph }: WordLevel, styleOf: StyleOf): string | undefined {
  const marker = findInside(paragraph, (element) => isWordMarker(styleOf(element)));
  return marker === undefined ? undefined : wordNumber(textOf(marker));
}

interface Found {
  readonly level: number;
  readonly item: Item;
}

/** The items from a place on that are deeper than a level; those deeper than the first of them are below the one before. */
function listFrom(found: readonly Found[], place: { index: number }, above: number): List | undefined {
  const first = found[place.index];
  if (first === undefined) return undefined;
  const items: Item[] = [];
  for (let next = found[place.index]; next !== undefined && next.level > above; next = found[place.index]) {
    const children: BlockContent[] = [...next.item.children];
    place.index++;
    const below = (found[place.index]?.level ?? 0) > first.level ? listFrom(found, place, first.level) : undefined;
    items.push({ ...next.item, children: below === undefined ? children : [...children, below] });
  }
  return toList(items);
}
