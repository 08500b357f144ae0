// A lease: a claim that holds for minutes, and is renewed for as long as its work lasts, which can be hours.
import { setInterval } from "node:timers/promises";

/**
 * Does `work`, and meanwhile renews its lease again and again. A renewal that fails is made up for by the next; when the
 * process dies, none comes, and the lease runs out.
 *
 * @param everyMs from one renewal to the next, in milliseconds of real time
 */
export async function whileRenewed<T>(
  everyMs: number,
  renew: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const renewing = renewEvery(everyMs, renew, ended.signal);
  try {
    return await work();
  } finally {
    ended.abort();
    await renewing;
  }
}

async function renewEvery(everyMs: number, renew: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    for await (const _tick of setInterval(everyMs, undefined, { signal })) await renew().catch(() => undefined);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
