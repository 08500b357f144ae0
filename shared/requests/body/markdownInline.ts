// Running text as Markdown: bold, italics, links, code and breaks around what `markdownText` makes of the text.
import type { PhrasingContent } from "mdast";
import { joiner, protectText, protectUrl, type TextPlace } from "./markdownText.ts";
import { textIn } from "./phrasing.ts";

/** Written text, or the place where bold or italics begin or end. */
type Part = { readonly text: string } | { readonly delimiter: string; readonly opens: boolean };

/** What it is the text of. A heading and a cell are one line, at whose start no sign means anything. */
type Kind = "paragraph" | "heading" | "cell";

/** Where running text stands, whatever its line. */
type Place = Omit<TextPlace, "isLineStart">;

/** A backslash at the end of a line breaks it. */
const lineEnd = "\\\n";

/** Running text as Markdown; its lines end in a backslash and a line end, as the breaks in it do. */
export function writeInline(nodes: readonly PhrasingContent[], kind: Kind): string {
  const parts: Part[] = [];
  const place: Place = { isInCell: kind === "cell", isInLink: false, pairs: pairsIn(nodes, kind) };
  addParts(nodes, parts, place, kind === "paragraph");
  const written = join(parts);
  // Number signs at its end would be the heading's own.
  return kind === "heading" && written.endsWith("#") ? written + joiner : written;
}

function addParts(nodes: readonly PhrasingContent[], parts: Part[], place: Place, hasLines: boolean): void {
  for (const [index, node] of nodes.entries()) {
    const last = parts.at(-1);
    const isLineStart = hasLines && (last === undefined || ("text" in last && last.text.endsWith("\n")));
    if (node.type === "text") {
      const written = protectText(node.value, { ...place, isLineStart });
      // Before a link it would make a picture of it.
      const isBang = node.value.endsWith("!") && nodes[index + 1]?.type === "link";
      parts.push({ text: isBang ? written + joiner : written });
    } else if (node.type === "strong" || node.type === "emphasis") {
      const delimiter = node.type === "strong" ? "**" : "*";
      parts.push({ delimiter, opens: true });
      addParts(node.children, parts, place, hasLines);
      parts.push({ delimiter, opens: false });
    } else if (node.type === "link") addLink(node, parts, place, hasLines);
    else if (node.type === "inlineCode") {
      // Not even code keeps a cell together.
      const isSplit = place.isInCell && node.value.includes("|");
      parts.push({ text: isSplit ? protectText(node.value, { ...place, isLineStart }) : writeCode(node.value) });
    } else if (node.type === "break") parts.push({ text: lineEnd });
  }
}

function addLink(
  { url, children }: Extract<PhrasingContent, { type: "link" }>,
  parts: Part[],
  around: Place,
  hasLines: boolean,
): void {
  const address = protectUrl(url);
  const place = { ...around, isInLink: true };
  const text = children.map(textIn).join("");
  if (text === address && children.length === 1 && protectText(text, { ...place, isLineStart: false }) === text) {
    parts.push({ text: `<${address}>` });
    return;
  }
  // In an item it would be a box to tick.
  parts.push({ text: /^x$/i.test(text) ? `[${joiner}` : "[" });
  addParts(children, parts, place, hasLines);
  parts.push({ text: `](${address})` });
}

function writeCode(value: string): string {
  const fence = "`".repeat(longestRun(value) + 1);
  const padding = ["`", " "].some((sign) => value.startsWith(sign) || value.endsWith(sign)) ? " " : "";
  return fence + padding + protectCode(value) + padding + fence;
}

/** Code is no text to any reader, but Altinn takes `](` for an address even there, and adds it at the letter's end. */
export function protectCode(value: string): string {
  return value.replaceAll("](", `]${joiner}(`);
}

/** The length of the longest run of backticks. */
export function longestRun(value: string): number {
  return (value.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0);
}

/**
 * The parts side by side. Markdown takes a delimiter for one by the signs on both sides of it: between a letter and a sign of
 * punctuation it would stay as it is (`**Merk!**Du`), as would two of them that meet. A joiner keeps them apart.
 */
function join(parts: readonly Part[]): string {
  const written: string[] = [];
  // The sign before a delimiter; a line's start counts as white space.
  let before = "\n";
  for (let index = 0; index < parts.length; ) {
    const part = parts[index];
    if (part === undefined) break;
    if ("text" in part) {
      written.push(part.text);
      before = part.text.at(-1) ?? before;
      index++;
      continue;
    }
    let run = "";
    let next: Part | undefined = part;
    for (; next !== undefined && !("text" in next) && next.opens === part.opens; next = parts[++index]) {
      run += next.delimiter;
    }
    if (part.opens) written.push(run + (isSpace(before) || isLetter(firstOf(next)) ? "" : joiner));
    else {
      const isAtEdge = isLetter(before) || isSpace(firstOf(next));
      written.push((isAtEdge ? "" : joiner) + run + (next === undefined || "text" in next ? "" : joiner));
    }
    before = joiner;
  }
  return written.join("");
}

/** The first sign of what follows a delimiter: that of a break is a line end, and nothing counts as one. */
function firstOf(part: Part | undefined): string {
  if (part === undefined) return "\n";
  if (!("text" in part)) return joiner;
  return part.text === lineEnd ? "\n" : part.text.charAt(0);
}

function isSpace(sign: string): boolean {
  return /^\s$/.test(sign);
}

function isLetter(sign: string): boolean {
  return /^[\p{L}\p{N}]$/u.test(sign);
}

function pairsIn(nodes: readonly PhrasingContent[], kind: Kind): TextPlace["pairs"] {
  const text = nodes.map(textIn).join("");
  const [backticks, tildes] = ["`", "~"].map((sign) => text.split(sign).length - 1);
  // From a single one on, Altinn escapes nothing; and in a table one could pair up with that of the next cell.
  const isLone = backticks === 1 && kind !== "cell" && !/[*_<>]/.test(text) && !hasCode(nodes);
  return { backtick: !isLone, tilde: tildes !== 1 || kind === "cell" };
}

function hasCode(nodes: readonly PhrasingContent[]): boolean {
  return nodes.some((node) => node.type === "inlineCode" || ("children" in node && hasCode(node.children)));
}
