// Small questions to a tree of HTML as parse5 reads it.
import type { DefaultTreeAdapterTypes } from "parse5";

export type Node = DefaultTreeAdapterTypes.ChildNode;
export type Element = DefaultTreeAdapterTypes.Element;

/** Every element inside one, in the order of the document. */
export function elementsIn(element: Element): Element[] {
  return element.childNodes.filter(isElement).flatMap((child) => [child, ...elementsIn(child)]);
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
