// Plain text (1002, 1039): what Altinn surely refuses in a title or a sender's name; the doubtful goes to Altinn.
import { changesAsHtml } from "./htmlText.ts";

const word = "[\\p{L}\\p{N}]";
// Words that hold nothing of what could be markup of another kind.
const words = `${word}+(?:[ ,.:-]{1,2}${word}+)*`;
const before = "(?:^|[ (])";
const after = "(?:$|[ .,:;!?)])";

// Altinn reads the text as Markdown with many extensions, as one line, and after escaping * and _ (so that these mean
// nothing). Each expression is a construct of which something is certainly lost when it is read.
const lineConstructs: readonly RegExp[] = [
  /^#{1,6}(?: |$)/, // heading
  /^(?:~~~|:::|\^\^)/, // fenced code, container, figure
  /^\$\$$/, // formula
  /^- ?- ?-[- ]*$/, // rule
  /^\[\^[\p{L}\p{N}]+\]: ?\S/u, // footnote
  /^\[[\p{L}\p{N} ]*[\p{L}\p{N}][\p{L}\p{N} ]*\]: ?[\p{L}\p{N}./:-]+$/u, // definition of a link
  /^\{(?: ?|\.[a-z]{2,})\}$/i, // attributes
];

const inlineConstructs: readonly RegExp[] = [
  new RegExp(`\\[(?:${words})?\\]\\([\\p{L}\\p{N}:/.?=&#%-]*\\)`, "u"), // link or image
  new RegExp(`${before}~~${words}~~${after}`, "u"), // struck out
  new RegExp(`${before}\\+\\+${words}\\+\\+${after}`, "u"), // inserted
  new RegExp(`${before}==${words}==${after}`, "u"), // marked
  new RegExp(`${before}${word}*\\^${words}\\^${after}`, "u"), // superscript
  new RegExp(`${before}${word}*~${words}~${after}`, "u"), // subscript
  new RegExp(`${before}\\$${words}\\$${after}`, "u"), // formula
  // an address with an escaped sign in it
  /(?<=^(?:[\p{L}\p{N} .,:-]* )?)(?:https?:\/\/|ftp:\/\/|www\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+\/[a-z0-9/.-]*[a-z0-9/][_*][a-z0-9](?:[_*a-z0-9/.-]*[a-z0-9/])?(?:$| )/iu,
];

// In an address most signs mean nothing, wherever Altinn lets it end.
const address = /:\/\/|www\.|mailto:|tel:/i;

/** Whether Altinn surely refuses a text as not plain. Titles that are refused here would be refused there. */
export function isSurelyNotPlain(text: string): boolean {
  // Altinn drops these before it looks.
  const seen = text.replaceAll("`", "").replaceAll("\\", "");
  if (seen.includes("\0") || changesAsHtml(seen)) return true;
  const line = seen.replace(/[\s\u0085]+/g, " ").trim();
  return (
    lineConstructs.some((construct) => construct.test(line)) ||
    inlineConstructs.some((construct) => {
      const found = construct.exec(line);
      return found !== null && !address.test(line.slice(0, found.index));
    })
  );
}
