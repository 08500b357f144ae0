// Columns of plain text, made by tabs or runs of spaces: Markdown has one space for each of those.
import type { BlockContent, PhrasingContent, Table, TableRow } from "mdast";

/** Tables made of such columns: neighbours are one. */
const fromText = new WeakSet<BlockContent>();

/**
 * Text in its columns. Two spaces are a mistake in typing more often than a column, but not between two numbers.
 *
 * @param isKept whether every space is seen, and not only those that do not break
 */
export function splitColumns(text: string, isKept: boolean): string[] {
  const runs = [...text.matchAll(isKept ? /[ \t\u00a0]+/g : /[ \t\n\r\f\u00a0]+/g)].map(({ 0: run, index }) => {
    const end = index + run.length;
    const width = isKept ? run.replaceAll("\t", "   ").length : run.replace(/[ \t\n\r\f]+/g, " ").length;
    const isBetweenNumbers = /\d/.test(text.charAt(index - 1)) && /\d/.test(text.charAt(end));
    return { index, end, width, isGap: width > (isBetweenNumbers ? 1 : 2) };
  });
  const columns: string[] = [];
  let start = 0;
  // Where there are columns at all, two spaces are enough.
  const hasGap = runs.some(({ isGap }) => isGap);
  for (const { index, end, width } of runs) {
    if (!hasGap || width < 2) continue;
    columns.push(text.slice(start, index));
    start = end;
  }
  return [...columns, text.slice(start)];
}

/** Whether a column is the bullet or number of an item, and what follows it no column but its text. */
export function isMarker(text: string): boolean {
  return /^(?:[-–—*•·○●▪■□☐☑☒✓✗→➔§o]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)])$/u.test(text.trim());
}

/** Rows as a table. No row of text is surely its head, so that one is empty. */
export function columnTable(rows: readonly (readonly PhrasingContent[])[][]): Table {
  const children = rows.map((cells): TableRow => tableRow(cells));
  const table = withHead(children);
  fromText.add(table);
  return table;
}

/** A row of a table. */
export function tableRow(cells: readonly (readonly PhrasingContent[])[]): TableRow {
  return { type: "tableRow", children: cells.map((children) => ({ type: "tableCell", children: [...children] })) };
}

/** A table with an empty head over its rows, as wide as the widest of them. */
export function withHead(rows: readonly TableRow[]): Table {
  const width = rows.reduce((most, { children }) => Math.max(most, children.length), 0);
  const filled = rows.map(({ children }) =>
    tableRow([...children.map((cell) => cell.children), ...empty(width - children.length)]),
  );
  return { type: "table", children: [tableRow(empty(width)), ...filled] };
}

function empty(count: number): PhrasingContent[][] {
  return Array.from({ length: count }, () => []);
}

/** The blocks with columns that follow each other, as Word has a paragraph for each row, as one table. */
export function joinColumns(blocks: readonly BlockContent[]): BlockContent[] {
  const joined: BlockContent[] = [];
  let rows: TableRow[] = [];
  const end = () => {
    if (rows.length === 0) return;
    const table = withHead(rows);
    fromText.add(table);
    joined.push(table);
    rows = [];
  };
  for (const block of blocks) {
    if (block.type === "table" && fromText.has(block)) {
      for (const row of block.children.slice(1)) rows.push(row);
    } else {
      end();
      joined.push(block);
    }
  }
  end();
  return joined;
}
