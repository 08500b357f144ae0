// Which elements the selectors of a style sheet are for, found with a bounded number of looks at the tree.
import { compile, type Options } from "css-select";
import { parse, type Selector } from "css-what";
import { attribute, childrenOf, type HtmlElement, type HtmlNode, isElement, textOf } from "./htmlTree.ts";

/** What one selector is for, and how much it counts against others. */
export interface Selected {
  /** Throws `tooManyLooks`. */
  readonly matches: (element: HtmlElement) => boolean;
  readonly specificity: number;
}

/** Reads a rule's selectors; `isWhole` is false where some of them can't be read. Never throws. */
export type ReadSelectors = (text: string) => { readonly selected: readonly Selected[]; readonly isWhole: boolean };

/** Thrown by a rule that is matched after too much work. */
export const tooManyLooks = new Error("Rules of style look at too many elements.");

/** A reader of selectors: all that it gives look at so many elements together, and no more. */
export function selectorReader(): ReadSelectors {
  const options = matchOptions();
  return (text) => {
    const selected: Selected[] = [];
    // Those say what stands before or after an element, and not what becomes of the element.
    if (/::?(?:before|after|first-l|selection|marker|placeholder|-)/i.test(text)) return { selected, isWhole: true };
    try {
      for (const one of parse(text)) {
        // Before it is compiled, which changes its order.
        const specificity = specificityOf(one);
        selected.push({ matches: compile([one], options), specificity });
      }
    } catch {
      // The libraries throw plain errors at selectors that they don't know.
      return { selected, isWhole: false };
    }
    return { selected, isWhole: true };
  };
}

function specificityOf(selector: readonly Selector[]): number {
  return selector.reduce((sum, part) => {
    if (part.type === "tag") return sum + 1;
    if (part.type === "attribute") return sum + (part.name === "id" && part.action === "equals" ? 10_000 : 100);
    return part.type === "pseudo" ? sum + 100 : sum;
  }, 0);
}

/** Some selectors (`:has`, `:nth-child`, `~`) look at all that stands beside or in an element. */
const maxLooks = 3_000_000;

type MatchOptions = Options<HtmlNode, HtmlElement>;

/** How the selectors' library finds its way about the tree, and for how long. */
function matchOptions(): MatchOptions {
  let left = maxLooks;
  const looked = (nodes: HtmlNode[]) => {
    left -= nodes.length + 1;
    if (left < 0) throw tooManyLooks;
    return nodes;
  };
  return {
    // Letters rarely name a document type, and names of classes then count in any case.
    quirksMode: true,
    adapter: {
      isTag: isElement,
      getAttributeValue: attribute,
      hasAttrib: (element, name) => attribute(element, name) !== undefined,
      getName: ({ tagName }) => tagName,
      getChildren: (node) => looked(childrenOf(node)),
      getParent: ({ parentNode }) => (parentNode !== null && "tagName" in parentNode ? parentNode : null),
      getSiblings: (node) => looked(node.parentNode === null ? [node] : node.parentNode.childNodes),
      getText: textOf,
      removeSubsets: (nodes) => nodes,
    },
  };
}
