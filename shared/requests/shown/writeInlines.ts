// The running text of a letter as Altinn's second step writes it.
import { longestRun } from "../body/markdownInline.ts";
import type { Inline } from "./letterTree.ts";
import type { Output } from "./output.ts";

/** Running text; bold beside bold, and italics beside italics, stay two. */
export function writeInlines(inlines: readonly Inline[], out: Output): void {
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
    case "emphasis":
    case "struck":
    case "raised":
      writeMarked(inline.kind, inline.children, out);
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
      const text = out.capture(() => writeInlines(inline.children, out)).trim();
      out.inside.link--;
      const address = inline.address.replaceAll(" ", "%20").replaceAll("(", "%28").replaceAll(")", "%29");
      const title = inline.title === "" ? "" : ` "${inline.title.replaceAll('"', '\\"')}"`;
      out.add(`[${text}](${address}${title})`);
      return;
    }
  }
}

const signs = { strong: "**", emphasis: "*", struck: "~~", raised: "^" };

function writeMarked(kind: keyof typeof signs, children: readonly Inline[], out: Output): void {
  if (out.inside[kind] > 0) {
    writeInlines(children, out);
    return;
  }
  out.inside[kind]++;
  const text = out.capture(() => {
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
  out.add(outside(text.slice(0, start)), signs[kind], core, signs[kind], outside(text.slice(start + core.length)));
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
  const fence = fenceAround(text, 1);
  const pad = text.trim() !== "" && /^[` ]|[` ]$/.test(text) ? " " : "";
  out.add(fence, pad, text, pad, fence);
}

/** Backticks that no text in them ends: one more than it has in a row. */
export function fenceAround(text: string, least: number): string {
  return "`".repeat(Math.max(least, longestRun(text) + 1));
}
