// Made-up HTML with what a reader sees of it: the text and the links are known from the tree, and not from a parser.
import fc from "fast-check";
import { decode, type SeenLink, squeeze } from "./bodyFormatReader.ts";

/** A piece of a document. */
type Tree =
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "element"; readonly name: string; readonly children: readonly Tree[] }
  | { readonly kind: "link"; readonly href: string; readonly children: readonly Tree[] }
  | { readonly kind: "markup"; readonly html: string };

const signs = [
  ...`abcæøÅ 019.,:;!?-+*_~^=#<>&"'\`\\/|$%@()[]{}  \n\t`,
  ...["\u00a0", "😀", "”", "&amp;", "<b>", "<!--", "1.", "- ", "::", "{{recipientName}}", "](", "---", "```"],
];

/** Text with every sign that Markdown or HTML knows. */
export const anyText = fc.array(fc.constantFrom(...signs), { maxLength: 12 }).map((parts) => parts.join(""));

const number = "tel:+4722334455";

const href = fc.oneof(
  fc.constant(number),
  fc
    .tuple(
      fc.constantFrom("https://a.no/", "HTTP://a.no/b?c=d&e=f", "mailto:a@b.no?subject=", " https://æ.no/ø "),
      fc.array(fc.constantFrom(...`ab ()<>"'&;=?#[]{}\\|^\`*_~øé`), { maxLength: 6 }),
    )
    .map(([start, rest]) => start + rest.join("")),
);

const inlineNames = ["b", "i", "strong", "em", "span", "u", "code", "font", "small"];
const blockNames = ["p", "div", "h1", "h3", "blockquote", "section", "pre", "dl", "center", "details"];

const { tree } = fc.letrec<{ tree: Tree; children: Tree[] }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "small" },
    anyText.map((value): Tree => ({ kind: "text", value })),
    fc
      .constantFrom("<br>", "<hr>", "<!-- <b>nei -->", "<style>p { x: y }</style>")
      .map((html): Tree => ({ kind: "markup", html })),
    fc
      .tuple(fc.constantFrom(...inlineNames, ...blockNames), tie("children"))
      .map(([name, children]): Tree => ({ kind: "element", name, children })),
    fc.tuple(href, tie("children")).map(([target, children]): Tree => ({ kind: "link", href: target, children })),
    fc.tuple(fc.constantFrom("ul", "ol"), fc.array(tie("children"), { minLength: 1, maxLength: 3 })).map(
      ([name, items]): Tree => ({
        kind: "element",
        name,
        // Each with some text, since one without any is left out, and those after it then say their numbers.
        children: items.map((item) => ({
          kind: "element",
          name: "li",
          children: [{ kind: "text", value: "x" }, ...item],
        })),
      }),
    ),
  ),
  children: fc.array(tie("tree"), { maxLength: 4 }),
}));

/** A document, and what is to be seen of it. */
export interface Document {
  readonly html: string;
  readonly text: string;
  readonly links: readonly SeenLink[];
}

/** Documents of every shape that a letter can be said in. */
export const anyDocument = fc.array(tree, { maxLength: 5 }).map((trees): Document => {
  return {
    html: trees.map((one) => write(one, false)).join(""),
    text: trees.map((one) => textOf(one, false)).join(""),
    links: trees.flatMap(linksOf),
  };
});

function write(one: Tree, isInLink: boolean): string {
  if (one.kind === "markup") return one.html;
  if (one.kind === "text") return escapeHtml(one.value);
  // A link within a link would end it.
  if (one.kind === "link" && !isInLink) {
    return `<a href="${escapeHtml(one.href)}">${one.children.map((child) => write(child, true)).join("")}</a>`;
  }
  const inside = one.children.map((child) => write(child, isInLink)).join("");
  return one.kind === "element" ? `<${one.name}>${inside}</${one.name}>` : inside;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function textOf(one: Tree, isInLink: boolean): string {
  if (one.kind === "text") return one.value;
  if (one.kind === "markup") return "";
  const text = one.children.map((child) => textOf(child, isInLink || one.kind === "link")).join("");
  // No inbox makes a link of a number: it stands behind the text.
  const isCall = one.kind === "link" && !isInLink && one.href === number && text.trim() !== "";
  return isCall ? `${text} (${number.slice("tel:".length)})` : text;
}

function linksOf(one: Tree): SeenLink[] {
  if (one.kind === "link") return one.href === number ? [] : [{ href: one.href, text: textOf(one, false) }];
  return one.kind === "element" ? one.children.flatMap(linksOf) : [];
}

/** Links in one spelling. One over several paragraphs is several in Markdown: neighbours to one address count as one. */
export function sameLinks(links: readonly SeenLink[]): SeenLink[] {
  const same: SeenLink[] = [];
  for (const link of links) {
    const [target, text] = [decode(link.href), squeeze(link.text)];
    const last = same.at(-1);
    if (text === "") continue;
    if (last?.href === target) same[same.length - 1] = { href: target, text: last.text + text };
    else same.push({ href: target, text });
  }
  return same;
}
