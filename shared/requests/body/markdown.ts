// Writing Markdown: blocks as lines, each behind what it stands in.
import type { BlockContent, List, Table } from "mdast";
import { longestRun, protectCode, writeInline } from "./markdownInline.ts";
import { joiner } from "./markdownText.ts";

/** Lines on their way, and how many more characters may be written. */
interface Output {
  readonly lines: string[];
  room: number;
}

/** What stands before the lines of a block: `- ` before the first of an item, spaces before the others. */
interface Margin {
  first: string;
  readonly rest: string;
}

/**
 * Blocks as Markdown that says the same to a reader of CommonMark with GitHub's tables and in Altinn's inbox. Costs no more
 * than the blocks and `most` do, however deep they stand in each other.
 *
 * @param most characters (UTF-16 units)
 * @returns nothing when it would be longer
 */
export function writeMarkdown(blocks: readonly BlockContent[], most: number): string | undefined {
  // The first line has no line end before it.
  const output: Output = { lines: [], room: most + 1 };
  writeBlocks(blocks, { first: "", rest: "" }, output);
  return output.room < 0 ? undefined : output.lines.join("\n");
}

function writeBlocks(
  blocks: readonly BlockContent[],
  margin: Margin,
  output: Output,
  { isItem = false, isSpread = true } = {},
): void {
  let neighbours = 0;
  for (const [index, block] of blocks.entries()) {
    const before = blocks[index - 1];
    // A list right behind another of its kind would be one with it, but for another sign.
    const isNeighbour = block.type === "list" && before?.type === "list" && before.ordered === block.ordered;
    neighbours = isNeighbour ? neighbours + 1 : 0;
    // Within an item Altinn takes that sign away again, and the numbers would go on.
    const isHeldApart = isNeighbour && isItem && block.ordered === true;
    if (before !== undefined && (isSpread || isHeldApart || block.type !== "list")) writeLine("", margin, output);
    if (isHeldApart) for (const line of [joiner, ""]) writeLine(line, margin, output);
    writeBlock(block, margin, output, neighbours % 2 === 1);
  }
}

function writeBlock(block: BlockContent, margin: Margin, output: Output, isOther: boolean): void {
  if (output.room < 0) return;
  if (block.type === "paragraph") {
    for (const line of writeInline(block.children, "paragraph").split("\n")) writeLine(line, margin, output);
  } else if (block.type === "heading") {
    writeLine(`${"#".repeat(block.depth)} ${writeInline(block.children, "heading")}`, margin, output);
  } else if (block.type === "thematicBreak") writeLine("***", margin, output);
  else if (block.type === "blockquote") {
    const inside: Margin = { first: `${takeFirst(margin)}> `, rest: `${margin.rest}> ` };
    writeBlocks(block.children.filter(isBlock), inside, output);
  } else if (block.type === "code") {
    const fence = "`".repeat(Math.max(3, longestRun(block.value) + 1));
    for (const line of [fence, ...protectCode(block.value).split("\n"), fence]) writeLine(line, margin, output);
  } else if (block.type === "list") writeList(block, margin, output, isOther);
  else if (block.type === "table") writeTable(block, margin, output);
}

function writeList(list: List, margin: Margin, output: Output, isOther: boolean): void {
  for (const [index, item] of list.children.entries()) {
    if (index > 0 && list.spread) writeLine("", margin, output);
    const bullet = isOther ? "* " : "- ";
    const sign = list.ordered ? `${(list.start ?? 1) + index}${isOther ? ")" : "."} ` : bullet;
    const inside: Margin = { first: takeFirst(margin) + sign, rest: margin.rest + " ".repeat(sign.length) };
    writeBlocks(item.children.filter(isBlock), inside, output, { isItem: true, isSpread: item.spread ?? false });
  }
}

function writeTable(table: Table, margin: Margin, output: Output): void {
  for (const [index, row] of table.children.entries()) {
    const cells = row.children.map((cell) => writeInline(cell.children, "cell"));
    writeLine(`| ${cells.join(" | ")} |`, margin, output);
    if (index === 0) writeLine(`|${" --- |".repeat(cells.length)}`, margin, output);
  }
}

function writeLine(line: string, margin: Margin, output: Output): void {
  if (output.room < 0) return;
  const before = takeFirst(margin);
  const written = line === "" ? before.trimEnd() : before + line;
  output.room -= written.length + 1;
  output.lines.push(written);
}

function takeFirst(margin: Margin): string {
  const { first } = margin;
  margin.first = margin.rest;
  return first;
}

function isBlock(node: BlockContent | { readonly type: "definition" | "footnoteDefinition" }): node is BlockContent {
  return node.type !== "definition" && node.type !== "footnoteDefinition";
}
