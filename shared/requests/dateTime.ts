// Points in time as Altinn's JSON reader takes them: the extended profile of ISO 8601, and nothing else.

const form =
  /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{0,16}))?)?(?:(Z)|([+-])(\d{2})(?::(\d{2}))?)?)?$/;

/** Ticks of 100 ns, in which Altinn counts: so many make a millisecond. */
const ticksInMs = 10_000n;

/**
 * The instant in ticks of 100 ns since 1970, or undefined when Altinn would not read it. Without a zone it counts as
 * UTC, which is the zone of Altinn's servers. Digits of the second's fraction after the seventh do not count.
 */
export function ticksOf(text: string): bigint | undefined {
  const parts = form.exec(text);
  // A fraction may have no digits, but then something must follow the point.
  if (parts === null || text.endsWith(".")) return undefined;
  const part = (index: number): number => Number(parts[index] ?? "0");
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [offsetHours, offsetMinutes] = [part(10), part(11)];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetHours * 60 + offsetMinutes;
  if (offsetMinutes > 59 || offset > 14 * 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const instant = date.getTime() - (parts[9] === "-" ? -offset : offset) * 60_000;
  if (instant < earliest || instant > latest) return undefined;
  return BigInt(instant) * ticksInMs + BigInt((parts[7] ?? "").slice(0, 7).padEnd(7, "0"));
}

/** The same in milliseconds since 1970, fractions of one left out. */
export function instantOf(text: string): number | undefined {
  const ticks = ticksOf(text);
  return ticks === undefined ? undefined : Number(ticks / ticksInMs);
}

/** A time in milliseconds since 1970 in ticks. */
export function ticksAt(milliseconds: number): bigint {
  return BigInt(milliseconds) * ticksInMs;
}

/** A day in ticks. */
export const ticksInDay = ticksAt(86_400_000);

const earliest = Date.parse("0001-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");
/** The last tick that Altinn's clock knows: what lies beyond makes it fail for ever. */
export const lastTick = ticksAt(latest + 1) - 1n;

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}
