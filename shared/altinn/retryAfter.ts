// How long an answer asks to wait (RFC 9110, 10.2.3).

/**
 * The wait that a Retry-After header asks for, in milliseconds from `now` (epoch milliseconds): given in seconds or as
 * an HTTP date. A date that has passed is no wait; anything else is undefined. How long to wait at most is the caller's.
 */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER);
  const isDate = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i.test(text);
  const at = isDate ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
