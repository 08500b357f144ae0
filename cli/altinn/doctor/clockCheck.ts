// This machine's clock against Maskinporten's and Altinn's: a grant must be issued within 10 s of Maskinporten's time.
import { type Finding, failed, ok, skipped, warning } from "./finding.ts";

/** Milliseconds; Maskinporten, "JWT grant". */
const ALLOWED = 10_000;
/** From here on it gets close: an HTTP date has whole seconds, and calls take time. */
const CLOSE = 4_000;
const TIMEOUT_MS = 15_000;

/** Asks each address for the time. */
export async function checkClock(addresses: readonly string[]): Promise<Finding> {
  const skews = (await Promise.all(addresses.map(skewOf))).filter((skew) => skew !== undefined);
  return clockFinding(skews);
}

/** How far our clock is ahead of that of whoever answers, in milliseconds; undefined if nobody does, or tells no time. */
async function skewOf(address: string): Promise<number | undefined> {
  const before = Date.now();
  try {
    const response = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    const theirs = Date.parse(response.headers.get("date") ?? "");
    // Told to the second, so half of one more; on the way for half of the time.
    return Number.isNaN(theirs) ? undefined : (before + Date.now()) / 2 - (theirs + 500);
  } catch {
    return undefined;
  }
}

/** What skews in milliseconds amount to. Pure. */
export function clockFinding(skews: readonly number[]): Finding {
  if (skews.length === 0) return skipped("clock", "nobody told the time");
  const worst = skews.reduce((most, skew) => (Math.abs(skew) > Math.abs(most) ? skew : most));
  const what = `this machine's clock is ${(Math.abs(worst) / 1000).toFixed(1)} s ${worst > 0 ? "ahead" : "behind"}`;
  const mend = "Set the clock (NTP). In Azure the platform does.";
  if (Math.abs(worst) > ALLOWED) return failed("clock", `${what}: Maskinporten refuses more than 10 s`, mend);
  return Math.abs(worst) > CLOSE ? warning("clock", what, mend) : ok("clock", what);
}
