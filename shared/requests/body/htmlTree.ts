// Reading HTML as browsers do, into a tree that is neither too large nor too deep for what walks over it.
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from "parse5";

export type HtmlElement = DefaultTreeAdapterTypes.Element;
export type HtmlNode = DefaultTreeAdapterTypes.ChildNode;

/** Many more than a letter of 30,000 characters needs, also one from Word. */
const maxElements = 50_000;
/** Deeper than forwarded mails with tables in tables. */
const maxDepth = 256;

/** A document's nodes and all its elements in their order, or that it has more of them, or deeper ones, than any letter. */
export type HtmlTree =
  | { readonly ok: true; readonly nodes: readonly HtmlNode[]; readonly elements: readonly HtmlElement[] }
  | { readonly ok: false };

/** Reads a whole document or a part of one. Never throws. */
export function parseHtml(html: string): HtmlTree {
  let created = 0;
  let open = 0;
  // While reading: a few unclosed tags can stand for any number of elements, since each paragraph opens them again, and
  // the parser looks through all that is open at most tags.
  const limit = (isWithin: boolean) => {
    if (!isWithin) throw tooLarge;
  };
  try {
    const { childNodes } = parse(html, {
      scriptingEnabled: false,
      treeAdapter: {
        ...defaultTreeAdapter,
        createElement(...args) {
          limit(++created <= maxElements);
          return defaultTreeAdapter.createElement(...args);
        },
        createCommentNode(data) {
          limit(++created <= maxElements);
          return defaultTreeAdapter.createCommentNode(data);
        },
        onItemPush: () => limit(++open <= maxDepth),
        onItemPop: () => void open--,
      },
    });
    return { ok: true, nodes: childNodes, elements: allElements(childNodes) };
  } catch (error) {
    if (error === tooLarge) return { ok: false };
    throw error;
  }
}

const tooLarge = new Error("More elements than allowed.");

// What was open is not always where it ends up: bold that is closed across blocks goes deeper.
function allElements(nodes: readonly HtmlNode[], elements: HtmlElement[] = [], depth = 0): HtmlElement[] {
  if (depth > maxDepth) throw tooLarge;
  for (const node of nodes) {
    if (!isElement(node)) continue;
    elements.push(node);
    allElements(node.childNodes, elements, depth + 1);
  }
  return elements;
}

export function isElement(node: HtmlNode): node is HtmlElement {
  return "tagName" in node;
}

export function isText(node: HtmlNode): node is DefaultTreeAdapterTypes.TextNode {
  return node.nodeName === "#text";
}

/** The value of an attribute, undefined when the element lacks it. */
export function attribute(element: HtmlElement, name: string): string | undefined {
  return element.attrs.find((attr) => attr.name === name)?.value;
}

/** The nodes in a node; none in a text. */
export function childrenOf(node: HtmlNode): HtmlNode[] {
  return isElement(node) ? node.childNodes : [];
}

/** The text of a node with all that is read in it; line breaks are line ends. */
export function textOf(node: HtmlNode): string {
  if (isText(node)) return node.value;
  if (!isElement(node)) return "";
  if (node.tagName === "br") return "\n";
  const isRead = (child: HtmlNode) => !isElement(child) || !["script", "style"].includes(child.tagName);
  return node.childNodes.filter(isRead).map(textOf).join("");
}

/** The first element inside a node that is looked for, in the order of the document. Looks no further than to it. */
export function findInside(node: HtmlElement, isLookedFor: (element: HtmlElement) => boolean): HtmlElement | undefined {
  for (const child of node.childNodes) {
    if (!isElement(child)) continue;
    const found = isLookedFor(child) ? child : findInside(child, isLookedFor);
    if (found !== undefined) return found;
  }
  return undefined;
}
