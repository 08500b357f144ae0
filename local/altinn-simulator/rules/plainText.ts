// Whether Altinn takes a title or a sender's name for plain text: what Markdown and HTML would make of it must be the text itself.

import MarkdownIt from "markdown-it";

// Emphasis is not here, since `*` and `_` don't get this far. Lists and quotes come out as they went in.
const markdown = new MarkdownIt("default", { html: false, linkify: false, typographer: false }).disable([
  "emphasis",
  "list",
  "blockquote",
  "code",
  "fence",
  "backticks",
  "escape",
  "autolink",
]);

// What the server's further Markdown extensions take away: marks around words, mathematics, attributes, and lines of their own.
const taken: readonly RegExp[] = [
  /<[A-Za-z!/?]/u,
  /~(?![\s~])(?:[^~]*[^\s~])?~/u,
  /\^(?![\s^])(?:[^^]*[^\s^])?\^/u,
  /\+\+(?!\s)[^+]*[^\s+]\+\+/u,
  /==(?!\s)[^=]*[^\s=]==/u,
  /""(?!\s)[^"]*[^\s"]""/u,
  /::(?!\s)[^:]*[^\s:]::/u,
  /(?<![\p{L}\p{N}$])\${1,2}(?![\s$])[^$]*(?<=[^\s$])\${1,2}(?![\p{L}\p{N}])/u,
  /\{\s*(?:[#.][\w:-]+|[\w:-]+=(?:"[^"]*"|'[^']*'|[^\s}"'{]+))(?:\s+[^{}]*)?\}/u,
  /^\s*\{\s*\}\s*$/u,
  /^ {0,3}(?:~{3,}|:{3,}|\${2}\s*$|\^{2})/mu,
  /^ {0,3}\[\^[^\]]+\]:/mu,
  // A bare address becomes a link, and an escaped character in it shows.
  /(?:https?:\/\/|ftp:\/\/|mailto:|tel:|www\.)[^\s<]*[_*]/iu,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is exactly what the server replaces
  /\u0000/u,
];

/** True when Altinn takes the text for plain text (1002, 1039). Backticks, backslashes and white space don't count. */
export function isPlainText(text: string): boolean {
  const given = text.replaceAll(/[`\\]/gu, "");
  if (taken.some((pattern) => pattern.test(given))) return false;
  // The server's conversion from HTML escapes these two: to Markdown they are letters like any other.
  const escaped = given.replaceAll("*", "\ue000").replaceAll("_", "\ue001");
  return withoutSpace(plainTextOf(escaped)) === withoutSpace(escaped);
}

function plainTextOf(text: string): string {
  return markdown
    .parse(text, {})
    .map((token) => {
      if (token.type === "inline") return (token.children ?? []).map((child) => child.content).join(" ");
      return token.type === "html_block" ? token.content : "";
    })
    .join(" ");
}

function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/gu, "");
}
