// Altinn looks for links in what was stored, and adds each address at the end that it does not find in what it wrote.

/**
 * Those addresses, each once.
 *
 * @param stored the Markdown that the sender wrote
 * @param written what Altinn's two steps made of it
 */
export function lostAddresses(stored: string, written: string): string[] {
  const all = new Set([...htmlAddresses(stored), ...markdownAddresses(stored)]);
  return [...all].filter((address) => address.trim() !== "" && !written.includes(address));
}

/** What stands in quotes after `href=` in each `<a`, to the end of the line at most. */
function htmlAddresses(stored: string): string[] {
  return [...stored.matchAll(/<a\b[^>]*/gi)].flatMap(({ 0: tag, index }) => {
    const [before, quote] = /^[\s\S]*?href\s*=\s*("|')/i.exec(tag) ?? [];
    if (before === undefined || quote === undefined) return [];
    const start = index + before.length;
    const end = stored.indexOf(quote, start);
    const address = end < 0 ? "\n" : stored.slice(start, end);
    return address.includes("\n") ? [] : [address];
  });
}

/** What stands in round brackets after square ones, up to the first that closes. */
function markdownAddresses(stored: string): string[] {
  const addresses: string[] = [];
  let from = 0;
  for (let at = stored.indexOf("]"); at >= 0; at = stored.indexOf("]", from)) {
    const open = stored.indexOf("[", from);
    const isLink = open >= 0 && open < at - 1 && stored[at + 1] === "(";
    from = at + 1;
    const end = isLink ? stored.indexOf(")", at + 2) : -1;
    if (isLink && end < 0) return addresses;
    if (end <= at + 2) continue;
    addresses.push(stored.slice(at + 2, end));
    from = end + 1;
  }
  return addresses;
}
