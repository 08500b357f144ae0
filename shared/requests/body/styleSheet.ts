// What a document's style sheets say, as far as it decides what a reader sees; `styles.ts` asks it for each element.
import type { Declaration as CssDeclaration, CssNode } from "css-tree";
import parseCss from "css-tree/parser";
import { attribute, type HtmlElement, textOf } from "./htmlTree.ts";
import { type ReadSelectors, type Selected, selectorReader } from "./selectors.ts";
import { hidesText, strikesOut } from "./styleMeaning.ts";

/** One property of a rule, or of a style attribute; name and value in lower case. */
export interface Declaration {
  readonly name: string;
  readonly value: string;
  readonly isImportant: boolean;
}

/** A rule for one selector. */
export interface Rule extends Selected {
  readonly declarations: readonly Declaration[];
}

/** The rules of all sheets, in the order in which they stand. */
export interface Sheet {
  readonly rules: Rule[];
  /** Whether something that hides or strikes out text could not be read. */
  hasUnread: boolean;
}

/** The properties that anybody asks for; a rule without one of them is none. */
const asked =
  /^(?:display|visibility|opacity|max-height|height|max-width|width|overflow|font|font-family|font-size|font-style|font-weight|text-decoration|text-decoration-line|vertical-align|white-space|list-style|list-style-type|mso-hide|mso-list|mso-tab-count)$/;

/** Deeper than sheets put their rules into each other. */
const maxDepth = 8;

/**
 * Reads sheets: the rules that hold on every screen, whatever its size. Never throws; but matching a rule throws
 * `tooManyLooks` when all of them together have looked at more elements than there is time for.
 */
export function readSheets(elements: readonly HtmlElement[]): Sheet {
  const sheet: Sheet = { rules: [], hasUnread: false };
  const read = selectorReader();
  for (const element of elements) {
    if (element.tagName === "style" && isForScreens(attribute(element, "media") ?? "")) {
      const css = textOf(element);
      const tree = parse(css, "stylesheet");
      if (tree === undefined) noteUnread(css, sheet);
      else readRules(tree, read, sheet, 0);
    }
  }
  return sheet;
}

/** The declarations of a style attribute, and whether one that hides or strikes out could not be read. Never throws. */
export function readDeclarations(css: string): {
  readonly declarations: readonly Declaration[];
  readonly hasUnread: boolean;
} {
  const tree = parse(css, "declarationList");
  const { declarations, unread } = tree === undefined ? { declarations: [], unread: css } : declarationsOf(tree);
  return { declarations, hasUnread: hiding.test(unread) || declarations.some(isOpen) };
}

// What stands in each other without end overflows the stack of its parser.
function parse(css: string, context: "stylesheet" | "declarationList"): CssNode | undefined {
  const options = { context, parseValue: false, parseRulePrelude: false, parseAtrulePrelude: false };
  try {
    return parseCss(css, options);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function readRules(node: CssNode, read: ReadSelectors, sheet: Sheet, depth: number): void {
  if (node.type !== "StyleSheet" && node.type !== "Block") return;
  for (const child of node.children) {
    if (child.type === "Rule") {
      const { declarations, unread } = declarationsOf(child.block);
      noteUnread(unread, sheet);
      const known = declarations.filter(({ name }) => asked.test(name));
      if (known.length > 0) addRules(rawText(child.prelude), known, read, sheet);
    } else if (child.type === "Atrule" && child.block !== null && child.name.toLowerCase() === "media") {
      const media = child.prelude === null ? "" : rawText(child.prelude);
      if (!isForScreens(media)) continue;
      if (depth < maxDepth) readRules(child.block, read, sheet, depth + 1);
      else sheet.hasUnread = true;
    } else if (child.type === "Raw") noteUnread(child.value, sheet);
  }
}

/** Whether it holds on a screen of any size: what holds on some may be seen on others. */
function isForScreens(media: string): boolean {
  return media.split(",").some((query) => /^\s*(?:(?:only\s+)?(?:all|screen))?\s*$/i.test(query));
}

function declarationsOf(node: CssNode): { declarations: Declaration[]; unread: string } {
  const declarations: Declaration[] = [];
  const unread: string[] = [];
  if (node.type === "DeclarationList" || node.type === "Block") {
    for (const child of node.children) {
      if (child.type === "Declaration") declarations.push(declarationOf(child));
      else if (child.type === "Raw") unread.push(child.value);
      else if (child.type === "Rule" || child.type === "Atrule") sheetText(child, unread);
    }
  }
  return { declarations, unread: unread.join(";") };
}

/** What stands in rules within rules, as text. */
function sheetText(node: CssNode, texts: string[]): void {
  if ((node.type !== "Rule" && node.type !== "Atrule") || node.block === null) return;
  const { declarations, unread } = declarationsOf(node.block);
  texts.push(...declarations.map(({ name, value }) => `${name}:${value}`), unread);
}

function declarationOf({ property, value, important }: CssDeclaration): Declaration {
  return { name: property.toLowerCase(), value: rawText(value).toLowerCase(), isImportant: important !== false };
}

function rawText(node: CssNode): string {
  return node.type === "Raw" ? node.value.trim() : "";
}

function addRules(selectors: string, declarations: readonly Declaration[], read: ReadSelectors, sheet: Sheet): void {
  const { selected, isWhole } = read(selectors);
  for (const one of selected) sheet.rules.push({ ...one, declarations });
  const style = new Map(declarations.map(({ name, value }) => [name, value]));
  if (declarations.some(isOpen) || (!isWhole && (hidesText(style) || strikesOut(style)))) sheet.hasUnread = true;
}

/** Whether a value that may hide or strike out stands elsewhere. */
function isOpen({ name, value }: Declaration): boolean {
  return /^(?:display|visibility|text-decoration)/.test(name) && value.includes("var(");
}

const hiding =
  /display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|line-through|(?:opacity|font-size|max-height)\s*:\s*0|mso-hide/i;

function noteUnread(css: string, sheet: Sheet): void {
  if (hiding.test(css)) sheet.hasUnread = true;
}
