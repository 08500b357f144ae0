// Tables, which CommonMark lacks: rows of data become items of a list, and tables that only place things their content.
import type { BlockContent, ListItem, Paragraph, PhrasingContent } from "mdast";
import { attribute, type HtmlElement, type HtmlNode, isElement } from "./htmlTree.ts";
import { joinTexts } from "./phrasing.ts";

interface Cell {
  readonly isHeader: boolean;
  readonly isSpanning: boolean;
  readonly blocks: readonly BlockContent[];
}

interface Row {
  readonly isHead: boolean;
  readonly cells: readonly Cell[];
}

/**
 * A table as text. Where every cell holds one paragraph at most, each row is an item of a list: `a | b`, with the headings
 * of the columns before the cells if there are any: `Name: a | Amount: b`. Any other table was made to place things, and
 * is its cells in their order.
 */
export function tableBlocks(
  table: HtmlElement,
  convert: (nodes: readonly HtmlNode[]) => BlockContent[],
): BlockContent[] {
  const rows: Row[] = [];
  const blocks: BlockContent[] = [];
  const readRow = (row: HtmlElement, isHead: boolean) => {
    const cells = row.childNodes.filter(isElement).map(
      (cell): Cell => ({
        isHeader: cell.tagName === "th",
        isSpanning: ["colspan", "rowspan"].some((name) => (attribute(cell, name) ?? "1").trim() !== "1"),
        blocks: convert([cell]),
      }),
    );
    if (cells.some((cell) => cell.blocks.length > 0)) rows.push({ isHead, cells });
  };
  for (const part of table.childNodes.filter(isElement)) {
    if (part.tagName === "tr") readRow(part, false);
    else if (["thead", "tbody", "tfoot"].includes(part.tagName)) {
      for (const row of part.childNodes.filter(isElement)) readRow(row, part.tagName === "thead");
    } else blocks.push(...convert([part]));
  }
  const isData =
    attribute(table, "role") !== "presentation" && rows.length > 1 && rows.some((row) => row.cells.length > 1);
  if (!isData || rows.some((row) => row.cells.some((cell) => !isSimple(cell)))) {
    return [...blocks, ...rows.flatMap((row) => row.cells.flatMap((cell) => cell.blocks))];
  }
  return [...blocks, { type: "list", ordered: false, spread: false, children: toItems(rows) }];
}

function isSimple({ blocks: [first, ...more] }: Cell): boolean {
  return (first === undefined || first.type === "paragraph") && more.length === 0;
}

function toItems(rows: readonly Row[]): ListItem[] {
  const [head, ...data] = rows;
  const isLabelled =
    head !== undefined &&
    (head.isHead || head.cells.every((cell) => cell.isHeader || cell.blocks.length === 0)) &&
    rows.every((row) => row.cells.length === head.cells.length && !row.cells.some((cell) => cell.isSpanning));
  const shown = isLabelled ? data : rows;
  return shown.map(({ cells }): ListItem => {
    const labels = isLabelled ? head.cells.map(phrasingOf) : [];
    const written = cells.map((cell, index) => labelled(labels[index] ?? [], phrasingOf(cell)));
    const filled = isLabelled ? written.filter((cell) => cell.length > 0) : written;
    const children = filled.flatMap((cell, index): PhrasingContent[] =>
      index === 0 ? cell : [{ type: "text", value: " | " }, ...cell],
    );
    return { type: "listItem", spread: false, children: [{ type: "paragraph", children: joinTexts(children) }] };
  });
}

function labelled(label: readonly PhrasingContent[], content: readonly PhrasingContent[]): PhrasingContent[] {
  if (label.length === 0 || content.length === 0) return [...content];
  const last = label.at(-1);
  const isColonThere = last?.type === "text" && last.value.trimEnd().endsWith(":");
  return [...label, { type: "text", value: isColonThere ? " " : ": " }, ...content];
}

function phrasingOf({ blocks }: Cell): PhrasingContent[] {
  return blocks.filter((block): block is Paragraph => block.type === "paragraph").flatMap(({ children }) => children);
}
