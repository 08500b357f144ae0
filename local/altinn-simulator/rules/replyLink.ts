// Reply options must be well-formed https addresses (1035), in the sense of .NET's Uri.

const longest = 255;

/** True when the server takes the address: absolute, https, and nothing in it that would need escaping. */
export function isReplyLink(address: string): boolean {
  if (address.length > longest || /[\u{10000}-\u{10FFFF}]/u.test(address)) return false;
  // The server's reader passes over these four behind an address.
  const trimmed = address.replace(/[ \t\r\n]+$/gu, "");
  const parts = /^https:\/\/([^/?#\\]*)([^#]*)(.*)$/isu.exec(trimmed);
  if (parts === null || !isAuthority(parts[1] ?? "")) return false;
  const [resource, fragment] = [parts[2] ?? "", parts[3] ?? ""];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f "<>\\^`[\]]|%(?![\dA-F]{2})/iu.test(resource + fragment)) return false;
  // In a part with other letters than ASCII's, the server lets these pass.
  if (!foreign.test(resource) && /[{|}]/u.test(resource)) return false;
  if (!foreign.test(fragment) && /[{|}]|#.*#/u.test(fragment)) return false;
  if (!/[^\p{ASCII}]/u.test(resource)) return true;
  const [path = "", ...query] = resource.split("?");
  return !resource.includes("%20") && staysEscaped(path) && staysEscaped(query.join("?"));
}

const foreign = /[^\p{ASCII}]|%[89A-F]/iu;

/** Beside such letters the server unescapes: what is escaped must be letters like them. */
function staysEscaped(resource: string): boolean {
  if (!/[^\p{ASCII}]/u.test(resource)) return true;
  try {
    return [...resource.matchAll(/(?:%[\da-f]{2})+/giu)].every(([run]) =>
      /^[^\p{ASCII}]+$/u.test(decodeURIComponent(run)),
    );
  } catch {
    return false;
  }
}

function isAuthority(authority: string): boolean {
  const [place = "", user = "", ...more] = authority.split("@").reverse();
  if (more.length > 0 || /[\p{Cc} "<>\\^`[\]{|}]/u.test(user)) return false;
  const parts = /^(\[[\da-f:.%]+\]|[^:[\]]+)(?::(\d*))?$/iu.exec(place);
  const host = parts?.[1] ?? "";
  if (host === "" || Number(parts?.[2] ?? "0") > 65_535) return false;
  return host.startsWith("[") || isHostName(host);
}

// Labels may be of any length and hold letters of any script; none is empty, save the one after a last dot.
function isHostName(host: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{Cf}_-]+(?:[.。．｡][\p{L}\p{M}\p{N}\p{Cf}_-]+)*\.?$/u.test(host);
}
