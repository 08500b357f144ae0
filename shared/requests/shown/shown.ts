// What a recipient's inbox is given for a body: Altinn does not hand out what it stores, it reads it and writes it anew.
// A model of that, made from what Altinn's own code gave for the bodies in test/recorded/bodies.json.
import { ifReadable } from "./blockWork.ts";
import { lostAddresses } from "./lostAddresses.ts";
import { readLetter } from "./readHtml.ts";
import { toHtml } from "./readMarkdown.ts";
import { writeAnew } from "./writeAnew.ts";

/** Stands for `{{recipientName}}`, which Altinn fills in before it reads anything: a sign like a letter. */
const name = "\uE000";

/** A body in which the recipient's name has been filled in, as far as its parsers can tell. */
export function withName(markdown: string): string {
  return markdown.replaceAll("{{recipientName}}", name);
}

/**
 * The Markdown that the inbox is given, and renders, for the Markdown that is stored. What holds more HTML, or more blocks
 * in each other, than any letter comes back as it is: nobody can tell. Never throws.
 *
 * @param markdown of at most 30,000 characters
 */
export function shown(markdown: string): string {
  const stored = withName(markdown);
  const html = ifReadable(() => toHtml(stored));
  const letter = html === undefined ? undefined : readLetter(html);
  const written = letter && writeAnew(letter);
  if (written === undefined) return markdown;
  return [written, ...lostAddresses(stored, written)].join("\n").replaceAll(name, "{{recipientName}}");
}
