// Links of reply options (1035): what .NET's Uri.IsWellFormedUriString calls well formed, with https.

/** Whether Altinn takes a link. When in doubt: yes, and Altinn decides. */
export function isReplyLink(link: string): boolean {
  const parts = /^https:\/\/([^/?#]*)([^#]*)(?:#(.*))?$/is.exec(withoutSpaceAtEnd(link));
  // Characters of two UTF-16 units are never taken.
  if (parts === null || /[\u{10000}-\u{10FFFF}]/u.test(link)) return false;
  const [, authority = "", pathAndQuery = "", written = ""] = parts;
  // Of a fragment that ends in an escaped space .NET takes more than this knows.
  const fragment = written.endsWith("%20") ? "" : written;
  if (!isAuthority(authority) || !isEscaped(pathAndQuery) || !isEscaped(fragment)) return false;
  if (!isInternational(pathAndQuery) && /[{|}]/.test(pathAndQuery)) return false;
  if (!isInternational(fragment) && /[{|}#]/.test(fragment)) return false;
  if (hasLetters(pathAndQuery) && /%20/.test(pathAndQuery)) return false;
  return pathAndQuery.split(/(?=\?)/, 2).every(hasOnlyEscapedLetters);
}

function withoutSpaceAtEnd(link: string): string {
  let end = link.length;
  while (end > 0 && " \t\r\n".includes(link.charAt(end - 1))) end--;
  return link.slice(0, end);
}

function isAuthority(authority: string): boolean {
  const [host = "", user = "", ...more] = authority.split("@").reverse();
  if (more.length > 0 || !isEscaped(user) || (/[{|}]/.test(user) && !isInternational(user))) return false;
  const parts = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]*))?$/.exec(host);
  const name = parts?.[1] ?? "";
  if (name === "" || Number(parts?.[2] ?? "0") > 65535) return false;
  if (name.startsWith("[")) return /^\[[0-9a-f:.]+(?:%.*)?\]$/i.test(name);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020!"$%&'()*+,;<=>\\^`{|}~\u007f-\u009f\uffff]/.test(name)) return false;
  return !/^\.|\.\./.test(name.replace(/[\u3002\uff0e\uff61]/g, "."));
}

// Characters that must be escaped, and escapes that are none.
function isEscaped(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return !/[ <>"\\^`[\]\u0000-\u001f\u007f]/.test(text) && !/%(?![0-9a-f]{2})/i.test(text);
}

// Letters beyond ASCII, as they are or escaped, loosen some rules.
function isInternational(text: string): boolean {
  return /[^\p{ASCII}]|%[89a-f]/iu.test(text);
}

function hasLetters(text: string): boolean {
  return /\p{L}/u.test(text.replace(/\p{ASCII}/gu, ""));
}

// Beside letters beyond ASCII, .NET unescapes what is escaped; what it would escape again, or could not read, is wrong.
function hasOnlyEscapedLetters(part: string): boolean {
  if (!hasLetters(part)) return true;
  return (part.match(/(?:%[0-9a-f]{2})+/gi) ?? []).every((escapes) => {
    try {
      return !/[^\P{ASCII}a-z0-9._~-]/iu.test(decodeURIComponent(escapes));
    } catch {
      return false;
    }
  });
}
