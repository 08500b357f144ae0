// The style of each element of a document: its own, that of its classes, and all else that style sheets say of it.
import { attribute, type HtmlElement } from "./htmlTree.ts";
import { tooManyLooks } from "./selectors.ts";
import type { Style } from "./styleMeaning.ts";
import { type Declaration, readDeclarations, readSheets } from "./styleSheet.ts";

/** Gives an element's style. */
export type StyleOf = (element: HtmlElement) => Style;

/** The styles of a document. */
export interface Styles {
  readonly styleOf: StyleOf;
  /** Whether something that hides or strikes out text could not be read. */
  readonly hasUnread: boolean;
}

/** How often rules and elements may be compared: many more times than a letter from Word needs. */
const maxComparisons = 2_000_000;

const none: Style = new Map();
const unstyled = { declarations: [], hasUnread: false };

/**
 * Works out the style of each element, as browsers do: by importance, then by specificity, then by order.
 *
 * @returns nothing when there are too many rules for so many elements
 */
export function readStyles(elements: readonly HtmlElement[]): Styles | undefined {
  const sheet = readSheets(elements);
  if (sheet.rules.length * elements.length > maxComparisons) return undefined;
  const rules = sheet.rules.toSorted((a, b) => a.specificity - b.specificity);
  const styles = new Map<HtmlElement, Style>();
  let hasUnread = sheet.hasUnread;
  try {
    for (const element of elements) {
      const css = attribute(element, "style");
      const own = css === undefined ? unstyled : readDeclarations(css);
      hasUnread ||= own.hasUnread;
      const matching = rules.filter(({ matches }) => matches(element)).flatMap(({ declarations }) => declarations);
      if (matching.length + own.declarations.length > 0)
        styles.set(element, cascade([...matching, ...own.declarations]));
    }
  } catch (error) {
    if (error === tooManyLooks) return undefined;
    throw error;
  }
  return { styleOf: (element) => styles.get(element) ?? none, hasUnread };
}

function cascade(declarations: readonly Declaration[]): Style {
  const style = new Map<string, string>();
  for (const isImportant of [false, true]) {
    for (const declaration of declarations) {
      if (declaration.isImportant === isImportant) style.set(declaration.name, declaration.value);
    }
  }
  return style;
}
