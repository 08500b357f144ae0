// Writing Markdown that says the same to every reader: CommonMark, and the extensions that Altinn reads it with.
import type { BlockContent, Link, Parents, Text } from "mdast";
import { defaultHandlers, type Info, type Options, type State, toMarkdown, type Unsafe } from "mdast-util-to-markdown";

/**
 * Blocks as CommonMark without any HTML in it.
 *
 * Altinn shows a body after reading it with many extensions (ALTINN.md 3.5 names those that a title must not use). What
 * would be markup to them alone is escaped as well: a backslash before a sign of punctuation is the sign to all.
 */
export function writeMarkdown(blocks: readonly BlockContent[]): string {
  return toMarkdown({ type: "root", children: [...blocks] }, options).trimEnd();
}

const inText: Pick<Unsafe, "inConstruct" | "notInConstruct"> = {
  inConstruct: "phrasing",
  notInConstruct: ["autolink", "destinationLiteral", "destinationRaw"],
};

/** `{{recipientName}}`, which Altinn fills in, must stand as it is. */
const placeholder = "\\{\\w+\\}\\}";

const extensions: readonly Unsafe[] = [
  // An address of mail may begin with any sign: <&@a>.
  { character: "<", ...inText },
  // Struck out and subscript, superscript, formulas, cells of tables.
  ...["~", "^", "$", "|"].map((character): Unsafe => ({ character, ...inText })),
  // Marked, inserted, cited and contained text: two of the same sign.
  ...["=", "+", '"', ":"].flatMap((character): Unsafe[] => [
    { character, before: character === "+" ? "\\+" : character, ...inText },
    { character, after: character === "+" ? "\\+" : character, ...inText },
  ]),
  // Attributes.
  { character: "{", before: `(?<!\\{(?=${placeholder}))`, after: `(?!${placeholder})`, ...inText },
  // Definitions, and the lines that make tables of what stands above them.
  { character: ":", atBreak: true, after: "[ \\t\\r\\n-]" },
  { character: "+", atBreak: true, after: "[-=]" },
  { character: "-", atBreak: true, after: ":" },
  // Lists that count in letters or roman numerals.
  ...[".", ")"].map(
    (character): Unsafe => ({
      character,
      atBreak: true,
      before: "(?:[A-Za-z]|[ivxlcdm]+|[IVXLCDM]+)",
      after: "(?:[ \\t\\r\\n]|$)",
    }),
  ),
];

const options: Options = {
  bullet: "-",
  rule: "*",
  resourceLink: true,
  handlers: { link: Object.assign(writeLink, { peek: peekLink }), text: writeText },
  unsafe: [...extensions],
};

// The library leaves `_` within a word alone, and takes emoji for letters.
function writeText(node: Text, parent: Parents | undefined, state: State, info: Info): string {
  return defaultHandlers
    .text(node, parent, state, info)
    .replace(/(?<=[\ud800-\udfff])_+|(?<![\\_])_+(?=[\ud800-\udfff])/g, (run) => "\\_".repeat(run.length));
}

function writeLink(node: Link, parent: Parents | undefined, state: State, info: Info): string {
  const written = autolink(node);
  if (written !== undefined) return written;
  const value = defaultHandlers.link({ ...node, url: escapeUrl(node.url) }, parent, state, info);
  // Altinn looks for each address in what it has made of the text, and adds those that it does not find.
  const destination = value.lastIndexOf("](");
  return value.slice(0, destination) + value.slice(destination).replaceAll("\\&", "&");
}

function peekLink(node: Link): string {
  return autolink(node) === undefined ? "[" : "<";
}

/** `<https://a.no>`, where a link's text is its address. */
function autolink({ url, children }: Link): string | undefined {
  const [text, ...more] = children;
  if (text?.type !== "text" || text.value !== url || more.length > 0) return undefined;
  return /^[a-z][a-z0-9+.-]{1,31}:[^\s<>\p{Cc}]*$/iu.test(url) ? `<${url}>` : undefined;
}

/** Percent signs for what would end an address in Markdown, or make something else of it. */
function escapeUrl(url: string): string {
  return url
    .replace(/[\s\p{Cc}\p{Cf}"<>()\\^`|]/gu, (sign) =>
      sign === "(" ? "%28" : sign === ")" ? "%29" : encodeURIComponent(sign),
    )
    .replace(/&(?=#?[A-Za-z0-9]+;)/g, "&amp;");
}
