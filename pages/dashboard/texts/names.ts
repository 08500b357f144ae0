// The names of several senders in one sentence.

/** So many are named. */
const MOST = 5;

/** The names, and how many more there are. */
export function names(senders: readonly string[]): string {
  const more = senders.length - MOST;
  return senders.slice(0, MOST).join(", ") + (more > 0 ? ` (+${more})` : "");
}
