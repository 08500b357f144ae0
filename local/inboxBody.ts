// A letter's body as the inbox renders what it is given: with the inbox's own libraries, tags and attributes (its public
// source of August 2026).
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";
import { shown } from "../shared/requests/shown/shown.ts";

const tagNames =
  "p em strong ul ol li a code pre blockquote hr h1 h2 h3 h4 h5 h6 br span table thead tbody tr td th".split(" ");

const inbox = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype)
  .use(rehypeSanitize, { ...defaultSchema, tagNames, attributes: { a: ["href"] } })
  .use(rehypeStringify);

/** The HTML that the inbox makes of the Markdown that Altinn hands out: nothing but those tags, and addresses of links. */
export function inboxHtml(given: string): string {
  return String(inbox.processSync(given));
}

/** The HTML that the recipient of that name sees for the Markdown that the sender wrote. */
export function shownTo(name: string, markdown: string): string {
  return inboxHtml(shown(markdown).replaceAll("{{recipientName}}", () => name));
}
