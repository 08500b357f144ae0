// From HTML to the letter's tree, as Altinn's second step reads it. What surprises here is what that library does:
// text that stands loose in a block becomes a paragraph, a block inside running text loses its block.
import { findInside, type HtmlElement, type HtmlNode, isElement, isText, parseHtml } from "../body/htmlTree.ts";
import { attribute, elementsIn, textOf } from "./htmlNodes.ts";
import type { Block, Cell, Inline, Item, Letter, Mark } from "./letterTree.ts";

/** Where what is read goes: into running text, or into blocks, where running text opens a paragraph (`run`). */
type Place = { readonly inlines: Inline[] } | { readonly blocks: Block[]; run: Inline[] | undefined };

/** What elements make of the running text in them. */
const marks = new Map<string, Mark>([
  ["strong", "strong"],
  ["b", "strong"],
  ["em", "emphasis"],
  ["i", "emphasis"],
  ["cite", "emphasis"],
  ["s", "struck"],
  ["del", "struck"],
  ["strike", "struck"],
  ["sup", "raised"],
  ["sub", "lowered"],
]);

/** Schemes that a link may have; the text of any other link stays without its address. */
const keptSchemes: ReadonlySet<string> = new Set(["http", "https", "mailto"]);

/** More elements than any letter has, also where footnotes stand in footnotes and are read once for each. The rest is left out. */
const mostElements = 50_000;

/** Reads a whole document of HTML; undefined where it has more elements, or deeper ones, than any letter. Never throws. */
export function readLetter(html: string): Letter | undefined {
  const reader = new Reader();
  const place: Place = { blocks: [], run: undefined };
  const tree = parseHtml(html.trimEnd());
  if (!tree.ok) return undefined;
  const root = tree.nodes.filter(isElement).find(({ tagName }) => tagName === "html");
  const body = root?.childNodes.filter(isElement).find(({ tagName }) => tagName === "body");
  if (body !== undefined) reader.readAll(body.childNodes, place);
  closeRun(place);
  return { blocks: place.blocks, footnotes: reader.footnotes };
}

class Reader {
  readonly footnotes: { id: string; blocks: Block[] }[] = [];
  #elements = 0;

  readAll(nodes: readonly HtmlNode[], place: Place): void {
    for (const node of nodes) {
      if (isText(node)) readText(node.value, place);
      else if (isElement(node) && ++this.#elements <= mostElements) this.#readElement(node, place);
    }
  }

  #inlines(element: HtmlElement): Inline[] {
    const inlines: Inline[] = [];
    this.readAll(element.childNodes, { inlines });
    return inlines;
  }

  #blocks(element: HtmlElement): Block[] {
    const place: Place = { blocks: [], run: undefined };
    this.readAll(element.childNodes, place);
    closeRun(place);
    return place.blocks;
  }

  #readElement(element: HtmlElement, place: Place): void {
    const block = this.#blockOf(element);
    const inline = block === undefined ? this.#inlineOf(element) : undefined;
    if (block !== undefined) addBlock(place, block);
    else if (inline !== undefined) addInline(place, inline);
    else if (element.tagName === "a") this.#readLink(element, place);
    else if (element.tagName === "img") readImage(element, place);
    else if (element.tagName === "span") this.#readSpan(element, place);
    else if (element.tagName === "div" || element.tagName === "section") this.#readDivision(element, place);
    else if (element.tagName !== "script" && element.tagName !== "style") this.readAll(element.childNodes, place);
  }

  #blockOf(element: HtmlElement): Block | undefined {
    switch (element.tagName) {
      case "p":
        return { kind: "paragraph", children: this.#inlines(element) };
      case "h1":
      case "h2":
      case "h3":
      case "h4":
      case "h5":
      case "h6":
        return { kind: "heading", level: Number(element.tagName.slice(1)), children: this.#inlines(element) };
      case "hr":
        return { kind: "rule" };
      case "blockquote":
        return { kind: "quote", blocks: this.#blocks(element) };
      case "ul":
      case "ol":
        return this.#list(element);
      case "pre":
        return codeBlock(element);
      case "table":
        return this.#table(element);
      case "dl":
        return this.#definitions(element);
      default:
        return undefined;
    }
  }

  #inlineOf(element: HtmlElement): Inline | undefined {
    const mark = marks.get(element.tagName);
    if (mark !== undefined) return { kind: mark, children: this.#inlines(element) };
    if (element.tagName === "br") return { kind: "break" };
    return element.tagName === "code" ? { kind: "code", text: textOf(element) } : undefined;
  }

  #readSpan(element: HtmlElement, place: Place): void {
    if (attribute(element, "class").includes("math")) {
      addInline(place, {
        kind: "formula",
        text: textOf(element)
          .trim()
          .replace(/^\\\(|\\\)$/g, "")
          .trim(),
      });
    } else this.readAll(element.childNodes, place);
  }

  #readDivision(element: HtmlElement, place: Place): void {
    const names = attribute(element, "class");
    if (names.includes("footnotes")) {
      for (const point of elementsIn(element)) {
        if (++this.#elements > mostElements) return;
        if (point.tagName !== "li" || attribute(point, "id") === "") continue;
        this.footnotes.push({ id: keyOf(attribute(point, "id")), blocks: this.#blocks(point) });
      }
      return;
    }
    // One with a class or an id is a block of its own. Any other says nothing: texts on both its sides run together.
    if (names !== "" || attribute(element, "id") !== "") {
      addBlock(place, { kind: "group", blocks: this.#blocks(element) });
    } else this.readAll(element.childNodes, place);
  }

  #readLink(element: HtmlElement, place: Place): void {
    const address = attribute(element, "href");
    const names = attribute(element, "class");
    const isBackReference =
      names.includes("footnote-back") || /^#fnref/i.test(address) || /^↩\uFE0E?$/.test(textOf(element).trim());
    if (isBackReference) return;
    if (names.includes("footnote-ref") || /^#fn/i.test(address)) {
      addInline(place, { kind: "footnoteMark", text: keyOf(address) });
      return;
    }
    if (!keptSchemes.has(schemeOf(address))) {
      this.readAll(element.childNodes, place);
      return;
    }
    addInline(place, { kind: "link", address, title: attribute(element, "title"), children: this.#inlines(element) });
  }

  #list(element: HtmlElement): Block {
    const points = element.childNodes.filter(isElement).filter(({ tagName }) => tagName === "li");
    const start = /^-?\d+$/.test(attribute(element, "start")) ? Number(attribute(element, "start")) : 1;
    return {
      kind: "list",
      ordered: element.tagName === "ol",
      start,
      tight: !points.some((point) => point.childNodes.some((child) => isElement(child) && child.tagName === "p")),
      items: points.map((point) => this.#item(point)),
    };
  }

  #item(element: HtmlElement): Item {
    const first = element.childNodes.find(isElement);
    const isBox = first?.tagName === "input" && attribute(first, "type").toLowerCase() === "checkbox";
    const checked = isBox ? first.attrs.some(({ name }) => name === "checked") : undefined;
    return { checked, blocks: this.#blocks(element) };
  }

  #table(element: HtmlElement): Block {
    return {
      kind: "table",
      rows: rowsOf(element).flatMap((row) => {
        const cells = row.childNodes.filter(isElement).filter(({ tagName }) => tagName === "td" || tagName === "th");
        if (cells.length === 0) return [];
        const inHead = row.parentNode !== null && "tagName" in row.parentNode && row.parentNode.tagName === "thead";
        const head = inHead || cells.every(({ tagName }) => tagName === "th");
        return [{ head, cells: cells.map((cell): Cell => ({ align: alignOf(cell), blocks: this.#blocks(cell) })) }];
      }),
    };
  }

  #definitions(element: HtmlElement): Block {
    return {
      kind: "definitions",
      entries: element.childNodes.filter(isElement).flatMap((entry): ({ term: Inline[] } | { blocks: Block[] })[] => {
        if (entry.tagName === "dt") return [{ term: this.#inlines(entry) }];
        return entry.tagName === "dd" ? [{ blocks: this.#blocks(entry) }] : [];
      }),
    };
  }
}

function addBlock(place: Place, block: Block): void {
  if ("inlines" in place) {
    place.inlines.push(...inlinesOf(block));
    return;
  }
  closeRun(place);
  place.blocks.push(block);
}

function addInline(place: Place, inline: Inline): void {
  if ("inlines" in place) place.inlines.push(inline);
  else if (place.run === undefined) {
    place.run = [inline];
    place.blocks.push({ kind: "paragraph", children: place.run });
  } else place.run.push(inline);
}

function closeRun(place: Extract<Place, { blocks: Block[] }>): void {
  const last = place.run?.at(-1);
  if (last?.kind === "text") last.text = last.text.replace(/(?<![ \t\r\n])[ \t\r\n]+$/, "");
  place.run = undefined;
}

function readText(text: string, place: Place): void {
  const isLoose = "blocks" in place && place.run === undefined;
  if (isLoose && text.trim() === "") return;
  addInline(place, { kind: "text", text });
}

/** A block inside running text gives its running text, and loses the rest. */
function inlinesOf(block: Block): Inline[] {
  if ("children" in block) return [...block.children];
  if ("blocks" in block) return block.blocks.flatMap(inlinesOf);
  return block.kind === "list" ? block.items.flatMap((item) => item.blocks.flatMap(inlinesOf)) : [];
}

function readImage(element: HtmlElement, place: Place): void {
  const address = attribute(element, "src");
  if (address.startsWith("data:") || keptSchemes.has(schemeOf(address))) {
    addInline(place, { kind: "image", address, alt: attribute(element, "alt") });
  }
}

/** A table's own rows: those of a table in one of its cells belong to that. */
function rowsOf(table: HtmlElement): HtmlElement[] {
  return table.childNodes.filter(isElement).flatMap((part) => {
    if (part.tagName === "tr") return [part];
    return ["thead", "tbody", "tfoot"].includes(part.tagName) ? part.childNodes.filter(isElement) : [];
  });
}

function codeBlock(element: HtmlElement): Block {
  const code = findInside(element, ({ tagName }) => tagName === "code") ?? element;
  const names = attribute(code, "class")
    .split(" ")
    .filter((name) => name !== "");
  const named = names.find((name) => /^lang(uage)?-/i.test(name))?.replace(/^lang(uage)?-/i, "");
  const bare = names.length === 1 && /^[^`"'<>]+$/.test(names[0] ?? "") ? names[0] : undefined;
  return { kind: "codeBlock", language: named ?? bare ?? "", text: textOf(code) };
}

function alignOf(cell: HtmlElement): Cell["align"] {
  const said = attribute(cell, "align") || (/text-align[: ]*(\w+)/i.exec(attribute(cell, "style"))?.[1] ?? "");
  const align = said.toLowerCase();
  return align === "left" || align === "center" || align === "right" ? align : "";
}

function schemeOf(address: string): string {
  return /^([\p{L}\p{Nd}+.-]+):/u.exec(address)?.[1]?.toLowerCase() ?? "";
}

function keyOf(id: string): string {
  return /\d+/.exec(id)?.[0] ?? id.replace(/^#/, "");
}
