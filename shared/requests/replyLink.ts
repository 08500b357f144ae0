// Links of reply options (1035): what .NET's Uri.IsWellFormedUriString calls well formed, with https.

/** Whether Altinn takes a link. When in doubt: yes, and Altinn decides. */
export function isReplyLink(link: string): boolean {
  const trimmed = link.trim();
  const parts = /^https:\/\/([^/?#]*)([^#]*)(?:#(.*))?$/is.exec(trimmed);
  if (parts === null) return false;
  const [, authority = "", pathAndQuery = "", fragment = ""] = parts;
  const isInternational = /[^\p{ASCII}]/u.test(trimmed);
  if (!isAuthority(authority) || (fragment.includes("#") && !isInternational)) return false;
  return isEscaped(pathAndQuery, isInternational) && isEscaped(fragment, isInternational);
}

function isAuthority(authority: string): boolean {
  const afterUser = authority.slice(authority.lastIndexOf("@") + 1);
  const parts = /^(\[[^\]]*\]|[^:[\]]*)(?::([0-9]*))?$/.exec(afterUser);
  const host = parts?.[1] ?? "";
  if (host === "" || Number(parts?.[2] ?? "0") > 65535) return false;
  if (host.startsWith("[")) return /^\[[0-9a-f:.%]+\]$/i.test(host);
  const surelyWrong = /[\s!"$%&'()*+,;<=>\\^`{|}~]/.test(host);
  return !surelyWrong && !host.startsWith(".") && !host.includes("..");
}

// Characters that must be escaped, and escapes that are none. In a link with letters beyond ASCII .NET lets braces
// and bars pass.
function isEscaped(text: string, isInternational: boolean): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[ <>"\\^`[\]\u0000-\u001f\u007f-\u009f]/.test(text) || /%(?![0-9a-f]{2})/i.test(text)) return false;
  return isInternational || !/[{|}]/.test(text);
}
