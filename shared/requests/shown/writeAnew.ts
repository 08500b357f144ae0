// From the letter's tree to the Markdown that the inbox is given, as Altinn's second step writes it: next to nothing is
// escaped, so a sign that was protected in what the sender wrote is a sign again for whoever reads this.
import { ifReadable } from "./blockWork.ts";
import type { Block, Cell, Inline, Item, Letter, Row } from "./letterTree.ts";
import { Output } from "./output.ts";
import { fenceAround, writeInlines } from "./writeInlines.ts";

/** The Markdown of a letter; undefined for one whose blocks stand in each other as those of no letter do. */
export function writeAnew(letter: Letter): string | undefined {
  const out = new Output();
  return ifReadable(() => {
    writeBlocks(letter.blocks, out);
    for (const footnote of letter.footnotes) {
      out.add("\n\n", `[^${footnote.id}]: `, oneLine(out.capture(() => writeItemBlocks(footnote.blocks, true, out))));
    }
    return out.text().replace(/^[\r\n]+|(?<![\r\n])[\r\n]+$/g, "");
  });
}

function writeBlocks(blocks: readonly Block[], out: Output): void {
  let previous: Block | undefined;
  let run = 0;
  for (const block of blocks) {
    if (previous !== undefined) out.add("\n\n");
    const isNextList = previous?.kind === "list" && block.kind === "list" && previous.ordered === block.ordered;
    run = isNextList ? run + 1 : 0;
    writeBlock(block, out, run);
    previous = block;
  }
}

/** The blocks of a list's point. A paragraph after the first block stands apart also in a list that is tight. */
function writeItemBlocks(blocks: readonly Block[], tight: boolean, out: Output): void {
  blocks.forEach((block, index) => {
    if (index > 0) out.add(!tight || block.kind === "paragraph" ? "\n\n" : "\n");
    writeBlock(block, out, 0);
  });
}

/** @param run how many lists of its kind stand directly before this one: their marks take turns */
function writeBlock(block: Block, out: Output, run: number): void {
  switch (block.kind) {
    case "paragraph":
      writeInlines(block.children, out);
      out.trimEnd();
      return;
    case "heading":
      writeHeading(block.level, block.children, out);
      return;
    case "rule":
      out.add("***");
      return;
    case "group":
      writeBlocks(block.blocks, out);
      return;
    case "quote": {
      const lines = out.capture(() => writeBlocks(block.blocks, out)).split("\n");
      out.add(lines.map((line) => (line === "" ? ">" : `> ${line}`)).join("\n"));
      return;
    }
    case "list":
      block.items.forEach((item, index) => {
        if (index > 0) out.add(block.tight ? "\n" : "\n\n");
        const bullet = ["-", "*", "+"][run % 3] ?? "-";
        const mark = block.ordered ? `${block.start + index}${run % 2 === 1 ? ")" : "."}` : bullet;
        writeItem(item, `${mark} `, block.tight, out);
      });
      return;
    case "codeBlock": {
      const fence = fenceAround(block.text, 3);
      out.add(fence, block.language, "\n", block.text, block.text.endsWith("\n") ? "" : "\n", fence);
      return;
    }
    case "table":
      writeTable(block.rows, out);
      return;
    case "definitions":
      block.entries.forEach((entry, index) => {
        if (index > 0) out.add("\n");
        if ("term" in entry) {
          out.add("- ");
          writeInlines(entry.term, out);
          out.trimEnd();
        } else out.add("    - ", oneLine(out.capture(() => writeItemBlocks(entry.blocks, true, out))));
      });
      return;
  }
}

function writeHeading(level: number, children: readonly Inline[], out: Output): void {
  if (out.inside.cell > 0) {
    writeInlines(children, out);
    return;
  }
  out.add("#".repeat(level), " ");
  const text = out
    .capture(() => writeInlines(children, out))
    .replace(/\s+/g, (spaces) => (spaces.includes("\n") ? " " : spaces));
  out.add(text.replace(/#+$/, (signs) => "\\#".repeat(signs.length)));
  out.trimEnd();
}

function writeItem(item: Item, mark: string, tight: boolean, out: Output): void {
  const box = item.checked === undefined ? "" : item.checked ? "[x] " : "[ ] ";
  const indent = " ".repeat(mark.length);
  const lines = out.capture(() => writeItemBlocks(item.blocks, tight, out)).split("\n");
  out.add(mark, box, lines.map((line, index) => (index === 0 || line === "" ? line : indent + line)).join("\n"));
}

function writeTable(rows: readonly Row[], out: Output): void {
  const head = rows.find((row) => row.head) ?? rows[0];
  if (head === undefined) return;
  const columns = Math.max(...rows.map((row) => row.cells.length));
  const line = (cells: readonly string[]) =>
    `|${Array.from({ length: columns }, (_, at) => ` ${cells[at] ?? ""} |`).join("")}`;
  const written = (row: Row) => line(row.cells.map((cell) => cellText(cell, out)));
  const marks = { "": "---", left: ":---", center: ":---:", right: "---:" };
  const rule = line(Array.from({ length: columns }, (_, at) => marks[head.cells[at]?.align ?? ""]));
  out.add([written(head), rule, ...rows.filter((row) => row !== head).map(written)].join("\n"));
}

function cellText(cell: Cell, out: Output): string {
  out.inside.cell++;
  const text = out.capture(() => {
    cell.blocks.forEach((block, index) => {
      if (index > 0) out.add("\n\n");
      writeBlock(block, out, 0);
    });
  });
  out.inside.cell--;
  const lines = text
    .replace(/[ \n]+/g, (spaces) => (spaces.includes("\n") ? spaces.replaceAll(" ", "") : spaces))
    .replace(/^[\n ]+|(?<![\n ])[\n ]+$/g, "");
  return lines.replaceAll("\n", "<br>").replaceAll("|", "\\|");
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ").trim();
}
