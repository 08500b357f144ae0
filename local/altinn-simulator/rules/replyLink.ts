// Reply options must be well-formed https addresses (1035), in the sense of .NET's Uri.

const longest = 255;

/** True when the server takes the address: absolute, https, and nothing in it that would need escaping. */
export function isReplyLink(address: string): boolean {
  if (address.length > longest) return false;
  // The server's reader passes over these four around an address.
  const trimmed = address.replace(/^[ \t\r\n]+|[ \t\r\n]+$/gu, "");
  const parts = /^https:\/\/([^/?#\\]*)(.*)$/isu.exec(trimmed);
  if (parts === null || !isAuthority(parts[1] ?? "")) return false;
  const rest = parts[2] ?? "";
  const international = /[^\p{ASCII}]/u.test(trimmed);
  if (/[\p{Cc} "<>\\^`[\]]/u.test(rest) || /%(?![\dA-F]{2})/iu.test(rest)) return false;
  // In an address with other letters than ASCII's, the server lets these pass.
  return international || !(/[{|}]/u.test(rest) || (rest.match(/#/gu) ?? []).length > 1);
}

function isAuthority(authority: string): boolean {
  const place = authority.slice(authority.lastIndexOf("@") + 1);
  const parts = /^(\[[\da-f:.%]+\]|[^:[\]]+)(?::(\d*))?$/iu.exec(place);
  const host = parts?.[1] ?? "";
  if (host === "" || Number(parts?.[2] ?? "0") > 65_535) return false;
  return host.startsWith("[") || isHostName(host);
}

// Labels may be of any length and hold letters of any script; none is empty, save the one after a last dot.
function isHostName(host: string): boolean {
  return /^[\p{L}\p{M}\p{N}_-]+(?:[.。．｡][\p{L}\p{M}\p{N}_-]+)*\.?$/u.test(host);
}
