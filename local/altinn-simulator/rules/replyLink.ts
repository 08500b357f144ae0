// Reply options must be well-formed https addresses (1035).

/** True when the server takes the address: absolute, https, at most 255 characters, nothing in it that would need escaping. */
export function isReplyLink(address: string): boolean {
  if (address.length > 255 || !/^https:\/\/[^/?#]/iu.test(address)) return false;
  if (/[\s\p{Cc}"<>\\^`{|}[\]]/u.test(address) || /%(?![\dA-F]{2})/iu.test(address)) return false;
  if ((address.match(/#/gu) ?? []).length > 1) return false;
  return URL.canParse(address);
}
