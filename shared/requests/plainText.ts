// Plain text (1002, 1039): what Altinn surely refuses in a title or a sender's name; the doubtful goes to Altinn.

/** Whether Altinn surely refuses a text as not plain. Titles that are refused here would be refused there. */
export function isSurelyNotPlain(text: string): boolean {
  // Altinn drops these before it looks.
  const seen = text.replaceAll("`", "").replaceAll("\\", "");
  return seen.includes("\0") || hasMarkup(seen) || hasEntity(seen) || isHeading(seen);
}

// A letter, or a slash and a letter, after < begins a tag for every HTML reader; ! and ? begin a comment.
function hasMarkup(text: string): boolean {
  return /<(?:[a-z!?]|\/[a-z])/i.test(text);
}

// Of the thousands of named entities the common ones; all numeric ones.
function hasEntity(text: string): boolean {
  return /&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]+|#x[0-9a-f]+);/i.test(text);
}

function isHeading(text: string): boolean {
  return /^\s{0,3}#{1,6}[ \t]+\S/.test(text);
}
