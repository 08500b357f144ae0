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

// A sign that marks what stands between two of it, each next to what is marked (CommonMark's flanking, for emphasis).
function paired(sign: string): RegExp {
  const open = `(?:(?<![^\\s\\p{P}\\p{S}])${sign}(?!\\s)|${sign}(?![\\s\\p{P}\\p{S}]))`;
  const close = `(?:(?<!\\s)${sign}(?![^\\s\\p{P}\\p{S}])|(?<![\\s\\p{P}\\p{S}])${sign})`;
  return new RegExp(`${open}(?<!$).*${close}`, "u");
}

// What the server's further Markdown extensions take away: marks around words, mathematics, attributes, and lines of their own.
const taken: readonly RegExp[] = [
  /<[A-Za-z!/?]/u,
  /&(?:#\d|#x[\da-f]|(?:amp|lt|gt|quot|copy|reg|nbsp|sect|para|[aou]uml|[AO]slash|oslash|[Aa]ring|[Aa][Ee]lig|times|deg)(?![;]))/iu,
  paired("~"),
  paired("\\^"),
  /\+\+(?!\s)[^+]*[^\s+]\+\+/u,
  /==(?!\s)[^=]*[^\s=]==/u,
  /""(?!\s)[^"]*[^\s"]""/u,
  /::(?!\s)[^:]*[^\s:]::/u,
  /(?<![\p{L}\p{N}$])\${1,2}(?![\s$])[^$]*(?<=[^\s$])\${1,2}(?![\p{L}\p{N}])/u,
  /(?<!\{)\{\s*(?:(?:[#.][^\s}]{2,}|[A-Za-z:][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s}"'][^\s}]*))?)(?:\s+|(?=\})))*\}/u,
  /^ {0,3}(?:~{3,}|:{3,}|\${2}\s*$|\^{2})/u,
  /^ {0,3}\[\^[^\]]+\]:/u,
  // A bare address becomes a link: an escaped character in it shows, and its scheme does not where it has no slashes.
  /(?:https?:\/\/|ftp:\/\/|www\.)[a-z\d-]+(?:\.[a-z\d-]+)+[/?#:][^\s<]*[_*]/iu,
  /(?<![^\s*_~(])(?:mailto:[^\s@]+@[a-z\d-]+\.[a-z\d]|tel:[\d+])/u,
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is exactly what the server replaces
  /\u0000/u,
];

/** True when Altinn takes the text for plain text (1002, 1039). Backticks, backslashes and white space don't count. */
export function isPlainText(text: string): boolean {
  const given = text
    .replaceAll(/[`\\]/gu, "")
    .replaceAll(/[ \t\r\n\v\f]+/gu, " ")
    .trim();
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
