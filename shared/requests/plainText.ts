// Plain text (1002, 1039): what Altinn surely refuses in a title or a sender's name; the doubtful goes to Altinn.
import { changesAsHtml } from "./htmlText.ts";
import { hasMarkup } from "./markup.ts";

/** Whether Altinn surely refuses a text as not plain. Titles that are refused here would be refused there. */
export function isSurelyNotPlain(text: string): boolean {
  // Altinn drops these before it looks.
  const seen = text.replaceAll("`", "").replaceAll("\\", "");
  if (seen.includes("\0") || changesAsHtml(seen)) return true;
  return hasMarkup(seen.replace(/[ \t\n\v\f\r]+/g, " ").trim());
}
