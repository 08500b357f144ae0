// From the letter's tree to the Markdown that the inbox is given, as Altinn's second step writes it: next to nothing is
// escaped, so a sign that was protected in what the sender wrote is a sign again for whoever reads this.
import { giveUp, ifReadable } from "./blockWork.ts";
import type { Block, Cell, Inline, Item, Letter, Row } from "./letterTree.ts";

/**
 * So much is written for one letter, in characters: what stands in quotations and lists is written once for each of them,
 * and a letter of 30,000 characters stands in few.
 */
const mostWritten = 3_000_000;

/** The Markdown of a letter; undefined for one whose blocks stand in each other as those of no letter do. */
export function writeAnew(letter: Letter): string | undefined {
  const out = new Output();
  return ifReadable(() => {
    writeBlocks(letter.blocks, out);
    for (const footnote of letter.footnotes) {
      out.add("\n\n", `[^${footnote.id}]: `, oneLine(capture(out, () => writeItemBlocks(footnote.blocks, true, out))));
    }
    return out.text().replace(/^[\r\n]+|(?<![\r\n])[\r\n]+$/g, "");
  });
}

/** What has been written. Its end decides whether a space comes to stand at the beginning of a line. */
class Output {
  #parts: string[] = [];
  #room = mostWritten;
  /** Table cells keep line ends; link texts escape brackets alone; one emphasis inside the same counts once. */
  readonly inside = { cell: 0, link: 0, strong: 0, emphasis: 0, struck: 0, raised: 0 };

  add(...texts: readonly string[]): void {
    for (const text of texts) {
      this.#room -= text.length;
      if (this.#room < 0) giveUp();
      if (text !== "") this.#parts.push(text);
    }
  }

  get length(): number {
    return this.#parts.length;
  }

  endsInSpace(): boolean {
    return /(^|[ \n])$/.test(this.#parts.at(-1)?.slice(-1) ?? "");
  }

  /** Takes back what was written after there were so many parts. */
  cut(length: number): string {
    return this.#parts.splice(length).join("");
  }

  trimEnd(): void {
    for (let last = this.#parts.pop(); last !== undefined; last = this.#parts.pop()) {
      const trimmed = last.replace(/(?<![ \n])[ \n]+$/, "");
      if (trimmed === "") continue;
      this.#parts.push(trimmed);
      return;
    }
  }

  text(): string {
    return this.#parts.join("");
  }
}

function capture(out: Output, write: () => void): string {
  const before = out.length;
  write();
  return out.cut(before);
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
      const lines = capture(out, () => writeBlocks(block.blocks, out)).split("\n");
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
      const longest = Math.max(0, ...(block.text.match(/`+/g) ?? []).map((ticks) => ticks.length));
      const fence = "`".repeat(Math.max(3, longest + 1));
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
        } else out.add("    - ", oneLine(capture(out, () => writeItemBlocks(entry.blocks, true, out))));
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
  const text = capture(out, () => writeInlines(children, out)).replace(/\s+/g, (spaces) =>
    spaces.includes("\n") ? " " : spaces,
  );
  out.add(text.replace(/#+$/, (signs) => "\\#".repeat(signs.length)));
  out.trimEnd();
}

function writeItem(item: Item, mark: string, tight: boolean, out: Output): void {
  const box = item.checked === undefined ? "" : item.checked ? "[x] " : "[ ] ";
  const indent = " ".repeat(mark.length);
  const lines = capture(out, () => writeItemBlocks(item.blocks, tight, out)).split("\n");
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
  const text = capture(out, () => {
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

function writeInlines(inlines: readonly Inline[], out: Output): void {
  let previous: Inline | undefined;
  for (const inline of inlines) {
    const isSame = previous?.kind === inline.kind && (inline.kind === "strong" || inline.kind === "emphasis");
    if (isSame) out.add(" ");
    writeInline(inline, out);
    previous = inline;
  }
}

function writeInline(inline: Inline, out: Output): void {
  switch (inline.kind) {
    case "text":
      writeText(inline.text, out);
      return;
    case "strong":
      wrap(inline.kind, "**", inline.children, out);
      return;
    case "emphasis":
      wrap(inline.kind, "*", inline.children, out);
      return;
    case "struck":
      wrap(inline.kind, "~~", inline.children, out);
      return;
    case "raised":
      wrap(inline.kind, "^", inline.children, out);
      return;
    case "lowered":
      out.add("<sub>");
      writeInlines(inline.children, out);
      out.add("</sub>");
      return;
    case "break":
      out.add("  \n");
      return;
    case "formula":
      out.add(`\\(${inline.text}\\)`);
      return;
    case "footnoteMark":
      out.add(`[^${inline.text}]`);
      return;
    case "code":
      writeCode(inline.text, out);
      return;
    case "image":
      out.add(`![${inline.alt.replace(/[\\[\]]/g, "\\$&")}](${inline.address.replace(/[()]/g, "\\$&")})`);
      return;
    case "link": {
      out.inside.link++;
      const text = capture(out, () => writeInlines(inline.children, out)).trim();
      out.inside.link--;
      const address = inline.address.replaceAll(" ", "%20").replaceAll("(", "%28").replaceAll(")", "%29");
      const title = inline.title === "" ? "" : ` "${inline.title.replaceAll('"', '\\"')}"`;
      out.add(`[${text}](${address}${title})`);
      return;
    }
  }
}

function wrap(
  kind: "strong" | "emphasis" | "struck" | "raised",
  sign: string,
  children: readonly Inline[],
  out: Output,
): void {
  if (out.inside[kind] > 0) {
    writeInlines(children, out);
    return;
  }
  out.inside[kind]++;
  const text = capture(out, () => {
    for (const child of children) writeInline(child, out);
  });
  out.inside[kind]--;
  const core = text.replace(/^[ \t\r\n]+|(?<![ \t\r\n])[ \t\r\n]+$/g, "");
  if (core === "") {
    out.add(text);
    return;
  }
  const outside = (spaces: string) => (spaces === "" || spaces.includes("\n") ? "" : " ");
  const start = text.indexOf(core);
  out.add(outside(text.slice(0, start)), sign, core, sign, outside(text.slice(start + core.length)));
}

function writeText(text: string, out: Output): void {
  const collapsed = out.inside.cell > 0 ? text.replace(/[^\S\n]+/g, " ") : text.replace(/\s+/g, " ");
  const written = collapsed.startsWith(" ") && out.endsInSpace() ? collapsed.slice(1) : collapsed;
  if (out.inside.link > 0) {
    out.add(written.replace(/[[\]]/g, "\\$&"));
    return;
  }
  // Between two backticks of one text nothing is escaped.
  out.add(
    written
      .split("`")
      .map((part, index) => (index % 2 === 1 ? part : escapeText(part)))
      .join("`"),
  );
}

function escapeText(text: string): string {
  return text.replace(/[*_]/g, "\\$&").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function writeCode(text: string, out: Output): void {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const pad = text.trim() !== "" && /^[` ]|[` ]$/.test(text) ? " " : "";
  out.add(fence, pad, text, pad, fence);
}

function oneLine(text: string): string {
  return text.replaceAll("\n", " ").trim();
}
