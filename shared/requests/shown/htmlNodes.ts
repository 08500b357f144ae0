// Questions to a tree of HTML as Altinn's second step asks them: to it scripts are text, and what is not there is empty.
import { type HtmlElement, type HtmlNode, isElement, isText } from "../body/htmlTree.ts";

/** Every element inside one, in the order of the document, as far as somebody looks. */
export function* elementsIn(element: HtmlElement): Generator<HtmlElement> {
  const pending = element.childNodes.filter(isElement).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    for (const child of next.childNodes.toReversed()) if (isElement(child)) pending.push(child);
  }
}

/** The text of a node with all that is in it. */
export function textOf(node: HtmlNode): string {
  if (isText(node)) return node.value;
  return isElement(node) ? node.childNodes.map(textOf).join("") : "";
}

/** The value of an attribute, empty when the element lacks it. */
export function attribute(element: HtmlElement, name: string): string {
  return element.attrs.find((attr) => attr.name === name)?.value ?? "";
}
