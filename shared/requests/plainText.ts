// Plain text (1002, 1039): what Altinn surely refuses in a title or a sender's name.
import { field, text } from "./json.ts";
import type { Finding, Path } from "./problem.ts";

/** The most characters (UTF-16 units) that a title or a sender's name may have. */
export const maxPlainText = 255;

/** The texts that have to be plain and are not. What is too long is refused anyway, and not worth the search. */
export async function plainTextRules(request: unknown): Promise<Finding[]> {
  const letter = field(request, "correspondence");
  const texts: readonly (readonly [Path, unknown])[] = [
    [["correspondence", "messageSender"], field(letter, "messageSender")],
    [["correspondence", "content", "messageTitle"], field(field(letter, "content"), "messageTitle")],
  ];
  const message = "Must be plain text: Altinn refuses HTML, entities and most Markdown here.";
  const findings: Finding[] = [];
  for (const [path, value] of texts) {
    const written = text(value);
    if (written === undefined || written.length > maxPlainText || isPlainInAnyReading(written)) continue;
    const { readsOtherwise } = await import("./readsOtherwise.ts");
    if (readsOtherwise(written)) findings.push({ path, rule: "plainText", message });
  }
  return findings;
}

/** Letters, digits, and signs where nobody takes them for markup. */
const inert = /^\p{L}(?:[\p{L}\p{N},()]| (?! )|[-./](?=[\p{L}\p{N} ])|[:–](?= )|[.?!](?=$))*$/u;

/** True if nothing in a text can be markup, so that it need not be read: most titles. What it does not know it says no to. */
export function isPlainInAnyReading(text: string): boolean {
  return inert.test(text);
}
