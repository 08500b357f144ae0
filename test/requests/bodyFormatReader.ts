// What a reader of CommonMark with tables sees in a body: its text, its links, its lines, and whether there is HTML in it.
import MarkdownIt from "markdown-it";

const reader = new MarkdownIt("commonmark", { html: true }).enable("table");
type Token = ReturnType<typeof reader.parse>[number];

/** A link as it is read. */
export interface SeenLink {
  readonly href: string;
  readonly text: string;
}

/** What is seen of a body. */
export interface Seen {
  /** All text in its order; a space for each end of a line or block. */
  readonly text: string;
  readonly links: readonly SeenLink[];
  /** The lines of all paragraphs, and the rows of all tables. */
  readonly lines: readonly string[];
  /** The kinds of tokens, `html_inline` among them if there is any. */
  readonly kinds: ReadonlySet<string>;
}

/** Reads Markdown as CommonMark, with HTML allowed. */
export function readMarkdown(markdown: string): Seen {
  const tokens = reader.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const links: { href: string; text: string }[] = [];
  const seenLines: string[] = [];
  let text = "";
  let isLinkOpen = false;
  const see = (seen: string) => {
    text += seen;
    const link = links.at(-1);
    if (isLinkOpen && link !== undefined) link.text += seen;
    if (seenLines.length > 0) seenLines.push((seenLines.pop() ?? "") + seen);
  };
  for (const token of tokens) {
    if (["paragraph_open", "tr_open", "hardbreak"].includes(token.type)) seenLines.push("");
    if (token.type === "link_open") {
      isLinkOpen = true;
      links.push({ href: decode(String(token.attrGet("href"))), text: "" });
    }
    if (token.type === "link_close") isLinkOpen = false;
    see(isSeen(token) ? token.content : " ");
  }
  return { text, links, lines: seenLines, kinds: new Set(tokens.map(({ type }) => type)) };
}

function isSeen({ type }: Token): boolean {
  return ["text", "text_special", "code_inline", "code_block", "fence"].includes(type);
}

/** An address in one spelling, whatever was written with percent signs. */
export function decode(href: string): string {
  return decodeURI(new URL(href).href);
}

/** A text without white space, and without what holds signs together and is not seen. */
export function squeeze(text: string): string {
  return text.replace(/[\s\u2060]+/g, "");
}
