// Markdown so plain that it need not be read: the inbox shows it as it stands.

const bold = String.raw`(?<![\p{L}\p{N}*])\*\*[\p{L}\p{N}]+(?: [\p{L}\p{N}]+)*\*\*(?![\p{L}\p{N}*])`;
// Words and the signs of sentences, but for those in which Markdown, or what Altinn's reader has besides, sees something.
const words = String.raw`(?:[\p{L}\p{N} ,;!?%§«»–-]|\.(?!\.)|'(?!')|\/(?!\/)|: |${bold})*`;
// At the beginning of a line a number or a letter with a dot is a point of a list.
const line = new RegExp(String.raw`^(?:#{1,6} )?(?![\p{L}\p{N}]+\.)(?:[\p{L}\p{N}]|${bold})${words}$`, "u");

/** Longer bodies are read: to match takes memory for each character of a line. */
const longest = 10_000;

/**
 * Whether a body is nothing but headings and paragraphs of plain and bold text, of which there is nothing to warn
 * (`shownWarnings`). There may be nothing to warn of in others, too.
 */
export function isPlain(markdown: string): boolean {
  if (markdown.length > longest || /www\./i.test(markdown)) return false;
  const lines = markdown.replaceAll("{{recipientName}}", "name").split(/\r?\n/);
  return lines.every((text) => text === "" || line.test(text));
}
