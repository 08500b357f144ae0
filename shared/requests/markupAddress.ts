// Bare addresses in a text, as Altinn's Markdown finds them: signs within one are no markup.

/** An address that begins at a place of a text. */
export type Address =
  /** It comes out as it went in. */
  | { readonly kind: "same"; readonly end: number }
  /** Something of it is lost or added. */
  | { readonly kind: "changed" }
  /** Where it ends, or whether it is one, is not modelled here. */
  | { readonly kind: "doubtful" };

const begin = /(?:https?:\/\/|ftp:\/\/|www\.|mailto:|tel:)/iy;

/**
 * The address that begins here, if one does: after a space, one of `*_~(`, or at the beginning of the text.
 *
 * @param pending signs before it that may mark something: an address ends at one of them
 */
export function addressAt(line: string, at: number, pending: readonly string[]): Address | undefined {
  if (at > 0 && !/[\s*_~(]/.test(line.charAt(at - 1))) return undefined;
  begin.lastIndex = at;
  const scheme = begin.exec(line)?.[0];
  if (scheme === undefined) return undefined;
  const written = /^[^\s<\p{Cc}]*/u.exec(line.slice(at))?.[0] ?? "";
  const isPending = pending.some((sign) => written.includes(sign));
  if (scheme !== scheme.toLowerCase() || written.includes("(") || isPending) return { kind: "doubtful" };
  if (scheme === "tel:") return /^tel:[0-9+]/.test(written) ? { kind: "changed" } : { kind: "doubtful" };
  const address = addressIn(written);
  if (/[&~^[\]]|\+\+|==|::|""|[^\p{ASCII}]/u.test(address)) return { kind: "doubtful" };
  const atSign = address.indexOf("@");
  const isMail = scheme === "mailto:";
  if (isMail && atSign <= scheme.length) return undefined;
  // Without a domain it is text like any other.
  if (!hasDomain(address.slice(isMail ? atSign + 1 : scheme.length))) return undefined;
  return isMail || /[*_]/.test(address) ? { kind: "changed" } : { kind: "same", end: at + address.length };
}

// A bracket that closes none ends it, and so does one sign at the end of a sentence.
function addressIn(written: string): string {
  const bracket = written.indexOf(")");
  return bracket < 0 ? written.replace(/[?!.,:~]$/, "") : written.slice(0, bracket);
}

// Letters, digits and hyphens with points between them. An underscore comes escaped, which makes it none.
function hasDomain(rest: string): boolean {
  const domain = /^[^/?#:]*/.exec(rest)?.[0] ?? "";
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(domain);
}
