// Lists as Word and Outlook write them: paragraphs in a row, each with its bullet or number as text.
import type { List } from "mdast";
import { type Convert, type Item, toList } from "./htmlLists.ts";
import { elementsIn, type HtmlElement, type HtmlNode, isElement, isText, styleOf, textOf } from "./htmlTree.ts";

/**
 * A list of Word's that begins at `start`: the paragraphs in a row that say in their style which level they are on.
 * Undefined when there is none.
 */
export function wordListGroup(
  nodes: readonly HtmlNode[],
  start: number,
  convert: Convert,
): { readonly list: List; readonly last: number } | undefined {
  const found: Found[] = [];
  let first: WordLevel | undefined;
  let last = start;
  for (let index = start; index < nodes.length; index++) {
    const node = nodes[index];
    const place = node === undefined ? undefined : wordLevel(node);
    if (place === undefined) {
      // Word puts line ends and comments between.
      if (found.length > 0 && node !== undefined && !isElement(node) && (!isText(node) || node.value.trim() === ""))
        continue;
      break;
    }
    first ??= place;
    if (place.level <= first.level && place.list !== first.list) break;
    if (node !== undefined && isElement(node)) found.push({ level: place.level, item: wordItem(node, convert) });
    last = index;
  }
  const list = nested(found.filter(({ item }) => item.children.length > 0));
  return list === undefined ? undefined : { list, last };
}

interface WordLevel {
  readonly list: string;
  readonly level: number;
}

function wordLevel(node: HtmlNode): WordLevel | undefined {
  if (!isElement(node) || node.tagName !== "p") return undefined;
  const [, list, level] = /^(l\d+) level(\d)/.exec(styleOf(node).get("mso-list") ?? "") ?? [];
  return list === undefined ? undefined : { list, level: Number(level) };
}

const isMarker = (element: HtmlElement) => styleOf(element).get("mso-list") === "ignore";

function wordItem(paragraph: HtmlElement, convert: Convert): Item {
  const marker = elementsIn(paragraph).find(isMarker);
  const sign = marker === undefined ? "" : textOf(marker).replaceAll("\u00a0", " ").trim();
  // Bullets are signs and letters of fonts that draw them as such: · o § Ø ü.
  const isNumber = /\d/.test(sign) || /^\(?\p{L}{1,5}[.)]$/u.test(sign);
  return { marker: isNumber ? sign : undefined, children: convert(withoutMarker(paragraph)) };
}

function withoutMarker(element: HtmlElement): HtmlNode[] {
  return element.childNodes.flatMap((node): HtmlNode[] => {
    if (!isElement(node)) return [node];
    if (isMarker(node)) return [];
    return elementsIn(node).some(isMarker) ? [{ ...node, childNodes: withoutMarker(node) }] : [node];
  });
}

interface Found {
  readonly level: number;
  readonly item: Item;
}

function nested(found: readonly Found[]): List | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const items: Item[] = [];
  for (let index = 0; index < found.length; ) {
    const next = found[index];
    if (next === undefined) break;
    const deeper = found.findIndex((other, at) => at > index && other.level <= first.level);
    const end = deeper < 0 ? found.length : deeper;
    const below = nested(found.slice(index + 1, end));
    items.push({ ...next.item, children: below === undefined ? next.item.children : [...next.item.children, below] });
    index = end;
  }
  return toList(items);
}
