// A title or a sender's name read as Altinn reads it, to find what it surely refuses; the doubtful goes to Altinn. Loaded
// when there is one that has to be read.
import { parseHtml } from "./body/htmlTree.ts";
import { changesAsHtml } from "./htmlText.ts";
import { remembered } from "./remembered.ts";
import { ifReadable } from "./shown/blockWork.ts";
import { textOf } from "./shown/htmlNodes.ts";
import { lineToHtml } from "./shown/readMarkdown.ts";

/**
 * Whether Altinn surely refuses a text as not plain: read as HTML, and then as Markdown, it would say something else.
 * Titles that are refused here would be refused there.
 */
export const readsOtherwise = remembered((text: string): boolean => {
  // Altinn drops these before it looks.
  const seen = text.replaceAll("`", "").replaceAll("\\", "");
  if (seen.includes("\0") || changesAsHtml(seen)) return true;
  const line = seen.replace(/[ \t\n\v\f\r]+/g, " ").trim();
  const clear = upToDoubtful(line);
  const read = ifReadable(() => wordsOf(clear));
  return read !== undefined && read !== withoutSpace(clear);
});

const bareAddress = /(?<![^\s*_~(])(https?:\/\/|ftp:\/\/|www\.|mailto:|tel:)\S*/gi;

/** In an address these may mark something, or end it, or not. */
const doubtfulSigns = /[&<~^[\]({}$]|[?!.,:)]{2}|\)(?=.)|\+\+|==|::|""|[^\p{ASCII}]/u;

/**
 * A text up to the first bare address of which it is doubtful where it ends, or whether it is one (within a bracket it is
 * none); a letter stands for that and the rest.
 */
function upToDoubtful(line: string): string {
  for (const { 0: address, 1: scheme = "", index } of line.matchAll(bareAddress)) {
    const before = line.slice(0, index);
    if (before.endsWith("](")) continue;
    if (scheme !== scheme.toLowerCase() || doubtfulSigns.test(address) || isOpen(before)) return `${before}x`;
  }
  return line;
}

function isOpen(text: string): boolean {
  let open = 0;
  for (const sign of text) open = Math.max(0, open + Number(sign === "[") - Number(sign === "]"));
  return open > 0;
}

/** What is left of a text that is Markdown. Altinn's reader of HTML, which comes first, escapes these signs. */
function wordsOf(line: string): string {
  const escaped = line.replace(/[*_]/g, "\\$&").replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const tree = parseHtml(lineToHtml(escaped));
  return withoutSpace(tree.ok ? tree.nodes.map(textOf).join("") : line);
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}
