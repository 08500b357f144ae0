// Links of a body: where they may lead, and addresses that stand in the text without being links.
import type { Inline } from "./inline.ts";
import { protectUrl } from "./markdownText.ts";

/** What a link's target amounts to. */
export type Target =
  | { readonly kind: "url"; readonly url: string }
  /** A number to call or write to, which Altinn makes no link of; empty when there is none. */
  | { readonly kind: "number"; readonly number: string }
  /** A place in the document itself: there are none in an inbox. */
  | { readonly kind: "fragment" }
  | { readonly kind: "relative" }
  | { readonly kind: "notAllowed" };

const schemes = new Set(["http:", "https:", "mailto:"]);

/** Reads the target of a link as browsers do. @param base the document's `<base>`, if it has one */
export function readTarget(href: string, base?: string): Target {
  // Browsers drop line ends and tabs, wherever they stand.
  const written = href.replace(/[\t\n\r]/g, "").trim();
  if (written.startsWith("#")) return { kind: "fragment" };
  const isAbsolute = URL.canParse(written);
  if (!isAbsolute && /^[a-z][a-z0-9+.-]*:/i.test(written)) return { kind: "notAllowed" };
  if (!isAbsolute && (written === "" || base === undefined || !URL.canParse(written, base)))
    return { kind: "relative" };
  const url = isAbsolute ? new URL(written) : new URL(written, base);
  if (url.protocol === "tel:" || url.protocol === "sms:") return { kind: "number", number: numberOf(url.pathname) };
  if (!schemes.has(url.protocol)) return { kind: "notAllowed" };
  // As it was written, unless only a browser would understand it (`https:a.no`, `https:\\a.no`).
  const isPlain = isAbsolute && (!url.protocol.startsWith("http") || /^https?:\/\/[^\\]*$/i.test(written));
  // Letters outside of ASCII are others in a host than behind it.
  return { kind: "url", url: protectUrl(isPlain && /^[\x20-\x7e]*$/.test(written) ? written : url.href) };
}

function numberOf(path: string): string {
  try {
    return decodeURIComponent(path)
      .split(/[;,]/, 1)
      .join("")
      .replace(/[^\d+*# ().-]/g, "")
      .trim();
  } catch {
    // Percent signs that stand for nothing.
    return path.replace(/[^\d+*#]/g, "");
  }
}

/** Whether a text says a number, in whatever groups, with or without what stands before it for other countries. */
export function saysNumber(text: string, number: string): boolean {
  const digits = text.replace(/\D/g, "");
  return (
    digits.length > 2 && (digits.includes(number.replace(/\D/g, "")) || number.replace(/\D/g, "").endsWith(digits))
  );
}

// An address ends before what ends a sentence or closes a bracket or quotation.
const address = /(?<![\p{L}\p{N}_])(?:https?:\/\/|www\.|mailto:)[^\s<>"“”«»]+/giu;
const ending = "?!.,:;*_~'’)]}";

/**
 * Makes links of the addresses that stand in the text. Altinn's readers do so anyway, but would take the escapes that
 * Markdown needs for signs of the address.
 */
export function withAddresses(pieces: readonly Inline[]): Inline[] {
  return pieces.flatMap((piece): Inline[] => {
    if (piece.kind !== "text" || piece.marks.link !== undefined) return [piece];
    const parts: Inline[] = [];
    let start = 0;
    for (const match of piece.value.matchAll(address)) {
      const found = trimAddress(match[0]);
      const target = readTarget(/^www\./i.test(found) ? `http://${found}` : found);
      if (target.kind !== "url" || /^(?:https?:\/\/|www\.|mailto:)$/i.test(found)) continue;
      parts.push({ ...piece, value: piece.value.slice(start, match.index) });
      parts.push({ ...piece, value: found, marks: { ...piece.marks, link: { url: target.url } } });
      start = match.index + found.length;
    }
    parts.push({ ...piece, value: piece.value.slice(start) });
    return parts.filter((part) => part.kind !== "text" || part.value !== "");
  });
}

function trimAddress(found: string): string {
  let end = found.length;
  let open = found.split("(").length - found.split(")").length;
  for (; end > 0 && ending.includes(found.charAt(end - 1)); end--) {
    // A placeholder of Altinn's ends in two braces.
    if (found.startsWith("}}", end - 2)) break;
    if (found.charAt(end - 1) !== ")") continue;
    if (open >= 0) break;
    open++;
  }
  return found.slice(0, end);
}
