// Small questions to a tree of HTML as parse5 reads it.
import type { DefaultTreeAdapterTypes } from "parse5";

export type Node = DefaultTreeAdapterTypes.ChildNode;
export type Element = DefaultTreeAdapterTypes.Element;

/** Every element inside one, in the order of the document, as far as somebody looks. */
export function* elementsIn(element: Element): Generator<Element> {
  const pending = element.childNodes.filter(isElement).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    for (const child of next.childNodes.toReversed()) if (isElement(child)) pending.push(child);
  }
}

/** The text of a node with all that is in it. */
export function textOf(node: Node): string {
  if (isText(node)) return node.value;
  return isElement(node) ? node.childNodes.map(textOf).join("") : "";
}

/** The value of an attribute, empty when the element lacks it. */
export function attribute(element: Element, name: string): string {
  return element.attrs.find((attr) => attr.name === name)?.value ?? "";
}

/** A node with a name, attributes and nodes in it. */
export function isElement(node: Node): node is Element {
  return "tagName" in node;
}

/** A piece of text. */
export function isText(node: Node): node is DefaultTreeAdapterTypes.TextNode {
  return node.nodeName === "#text";
}
