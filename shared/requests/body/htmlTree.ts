// Reading HTML as browsers do, into a tree that is neither too large nor too deep for what walks over it.
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from "parse5";

export type HtmlElement = DefaultTreeAdapterTypes.Element;
export type HtmlNode = DefaultTreeAdapterTypes.ChildNode;
type Parent = DefaultTreeAdapterTypes.ParentNode;

/** Many more than a letter of 30,000 characters needs, also one from Word. */
const maxElements = 50_000;
/** Deeper than forwarded mails with tables in tables. */
const maxDepth = 256;

/** A document's nodes, or that it has more elements, or more of them inside each other, than any letter. */
export type HtmlTree = { readonly ok: true; readonly nodes: readonly HtmlNode[] } | { readonly ok: false };

/** Reads a whole document or a part of one. Never throws. */
export function parseHtml(html: string): HtmlTree {
  let elements = 0;
  // While reading, since a few unclosed tags can stand for any number of elements: each paragraph opens them again.
  const count = () => {
    if (++elements > maxElements) throw tooLarge;
  };
  try {
    const document = parse(html, {
      scriptingEnabled: false,
      treeAdapter: {
        ...defaultTreeAdapter,
        createElement(...args) {
          count();
          return defaultTreeAdapter.createElement(...args);
        },
        createCommentNode(data) {
          count();
          return defaultTreeAdapter.createCommentNode(data);
        },
      },
    });
    return isTooDeep(document) ? { ok: false } : { ok: true, nodes: document.childNodes };
  } catch (error) {
    if (error === tooLarge) return { ok: false };
    throw error;
  }
}

const tooLarge = new Error("More elements than allowed.");

function isTooDeep(document: Parent): boolean {
  const pending: { readonly parent: Parent; readonly depth: number }[] = [{ parent: document, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.depth > maxDepth) return true;
    for (const child of next.parent.childNodes) {
      if (isElement(child)) pending.push({ parent: child, depth: next.depth + 1 });
    }
  }
  return false;
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

/** The text of a node with all that is in it; line breaks are line ends. */
export function textOf(node: HtmlNode): string {
  if (isText(node)) return node.value;
  if (!isElement(node)) return "";
  return node.tagName === "br" ? "\n" : node.childNodes.map(textOf).join("");
}

/** Every element inside a node, in the order of the document. */
export function elementsIn(node: HtmlElement): HtmlElement[] {
  return node.childNodes.filter(isElement).flatMap((child) => [child, ...elementsIn(child)]);
}

const styles = new WeakMap<HtmlElement, ReadonlyMap<string, string>>();

/** An element's own style (not that of its classes): names and values in lower case. */
export function styleOf(element: HtmlElement): ReadonlyMap<string, string> {
  const known = styles.get(element);
  if (known !== undefined) return known;
  const declarations = (attribute(element, "style") ?? "").toLowerCase().split(";");
  const style = new Map(
    declarations.map((declaration) => {
      const [name = "", ...value] = declaration.split(":");
      return [name.trim(), value.join(":").trim()];
    }),
  );
  styles.set(element, style);
  return style;
}
