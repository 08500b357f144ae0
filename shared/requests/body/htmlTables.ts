// Tables: those of data as tables with pipes, and those that only place things as their content.
import type { BlockContent, Paragraph, PhrasingContent, Table } from "mdast";
import { tableRow, withHead } from "./columns.ts";
import { attribute, type HtmlElement, type HtmlNode, isElement } from "./htmlTree.ts";
import { type Losses, maxColumns, maxRows } from "./losses.ts";
import { oneLine } from "./phrasing.ts";

/** More columns, or rows, than any cell spans; what goes beyond is a mistake, or meant to cost time. */
const maxSpan = 50;
/** More cells than there is room for in a letter. */
const maxCells = 10_000;

interface Cell {
  readonly isHeader: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly blocks: readonly BlockContent[];
}

interface Row {
  readonly isHead: boolean;
  readonly cells: readonly Cell[];
}

/**
 * A table of data, whose cells hold one paragraph at most, is a table; its first row may be the head.
 * Any other table was made to place things, and is its cells in their order.
 */
export function tableBlocks(
  table: HtmlElement,
  losses: Losses,
  convert: (nodes: readonly HtmlNode[]) => BlockContent[],
): BlockContent[] {
  const rows: Row[] = [];
  const blocks: BlockContent[] = [];
  const readRow = (row: HtmlElement, isHead: boolean) => {
    const cells = row.childNodes.filter(isElement).map((cell) => readCell(cell, convert));
    if (cells.some((cell) => cell.blocks.length > 0)) rows.push({ isHead, cells });
  };
  for (const part of table.childNodes.filter(isElement)) {
    if (part.tagName === "tr") readRow(part, false);
    else if (["thead", "tbody", "tfoot"].includes(part.tagName)) {
      for (const row of part.childNodes.filter(isElement)) readRow(row, part.tagName === "thead");
    } else blocks.push(...convert([part]));
  }
  const isForData =
    attribute(table, "role") !== "presentation" && rows.length > 1 && rows.some((row) => row.cells.length > 1);
  if (!isForData || rows.some((row) => row.cells.some((cell) => !isSimple(cell)))) {
    return [...blocks, ...rows.flatMap((row) => row.cells.flatMap((cell) => cell.blocks))];
  }
  const data = toTable(rows);
  // It would be too long anyway.
  if (data === undefined) return [...blocks, ...rows.flatMap((row) => row.cells.flatMap((cell) => cell.blocks))];
  if ((data.children[0]?.children.length ?? 0) > maxColumns) losses.wideTables++;
  if (data.children.length > maxRows + 1) losses.longTables++;
  return [...blocks, data];
}

function readCell(cell: HtmlElement, convert: (nodes: readonly HtmlNode[]) => BlockContent[]): Cell {
  return {
    isHeader: cell.tagName === "th",
    columns: spanOf(cell, "colspan"),
    rows: spanOf(cell, "rowspan"),
    blocks: convert([cell]),
  };
}

function spanOf(cell: HtmlElement, name: "colspan" | "rowspan"): number {
  const span = Number.parseInt(attribute(cell, name) ?? "1", 10);
  return Number.isNaN(span) ? 1 : Math.min(Math.max(span, 1), maxSpan);
}

function isSimple({ blocks: [first, ...more] }: Cell): boolean {
  return (first === undefined || first.type === "paragraph") && more.length === 0;
}

function toTable(rows: readonly Row[]): Table | undefined {
  const [head, ...data] = rows;
  const hasHead = head !== undefined && isHeadOf(head, data);
  const cells = toGrid(rows, hasHead);
  if (cells === undefined) return undefined;
  const grid = withoutEmptyColumns(cells);
  const [first, ...others] = grid.map(tableRow);
  if (!hasHead || first === undefined || data.length === 0) return withHead(grid.map(tableRow));
  return { type: "table", children: [first, ...others] };
}

/** Whether a row is the head of the others: it is made of headings, or alone in bold, as Word writes it. */
function isHeadOf(head: Row, data: readonly Row[]): boolean {
  const isBold = ({ cells }: Row) => cells.length > 1 && cells.every((cell) => isAllBold(phrasingOf(cell)));
  const isHeading = head.cells.every((cell) => cell.isHeader || cell.blocks.length === 0);
  return head.isHead || isHeading || (isBold(head) && !data.every(isBold));
}

function isAllBold([first, ...more]: readonly PhrasingContent[]): boolean {
  return first?.type === "strong" && more.length === 0;
}

type Grid = readonly (readonly (readonly PhrasingContent[])[])[];

/** Each row with a cell for each column: what spans several stands in the first of them. Nothing when there are too many. */
function toGrid(rows: readonly Row[], hasHead: boolean): Grid | undefined {
  const spanned = rows.reduce(
    (sum, row) => sum + row.cells.reduce((all, cell) => all + cell.columns * cell.rows, 0),
    0,
  );
  if (spanned > maxCells) return undefined;
  // For how many more rows each column is taken from above.
  const taken: number[] = [];
  const grid = rows.map(({ cells }, index) => {
    const written: (readonly PhrasingContent[])[] = [];
    const skipTaken = () => {
      for (; (taken[written.length] ?? 0) > 0; written.push([]))
        taken[written.length] = (taken[written.length] ?? 0) - 1;
    };
    for (const cell of cells) {
      skipTaken();
      const isInHead = hasHead && index === 0;
      const plain = isInHead || cell.isHeader ? withoutStrong(phrasingOf(cell)) : phrasingOf(cell);
      const isHeading = cell.isHeader && plain.length > 0 && !isInHead;
      for (let column = 0; column < cell.columns; column++) {
        taken[written.length] = cell.rows - 1;
        if (column > 0) written.push([]);
        else written.push(isHeading ? [{ type: "strong", children: plain }] : plain);
      }
    }
    skipTaken();
    return written;
  });
  const width = grid.reduce((most, cells) => Math.max(most, cells.length), 0);
  if (width * grid.length > maxCells) return undefined;
  return grid.map((cells) => [...cells, ...Array.from({ length: width - cells.length }, () => [])]);
}

/** Those only keep others apart. */
function withoutEmptyColumns(grid: Grid): Grid {
  const used = new Set(grid.flatMap((cells) => cells.flatMap((cell, column) => (cell.length > 0 ? [column] : []))));
  return grid.map((cells) => cells.filter((_, column) => used.has(column)));
}

/** What is bold anyway. */
function withoutStrong(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  return nodes.flatMap((node): PhrasingContent[] => {
    if (node.type === "strong") return withoutStrong(node.children);
    return "children" in node ? [{ ...node, children: withoutStrong(node.children) }] : [node];
  });
}

/** A cell has one line. */
function phrasingOf({ blocks }: Cell): PhrasingContent[] {
  return blocks
    .filter((block): block is Paragraph => block.type === "paragraph")
    .flatMap(({ children }) => oneLine(children, ", "));
}
