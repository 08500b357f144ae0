// Reads .NET's TimeSpan texts, which host.json and timer schedules use.

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const PATTERN = /^(?:(\d+)\.)?(\d+):(\d+)(?::(\d+)(?:\.(\d{1,7}))?)?$/;

/**
 * Milliseconds of a TimeSpan text, or undefined when it is none: `hh:mm`, `hh:mm:ss`, `hh:mm:ss.fff`, `d.hh:mm:ss`, and
 * whole days (`"2"` is two days). As in .NET, a first part above 23 of three counts days: `"24:00:00"` is 24 days.
 */
export function parseTimeSpan(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d{1,8}$/.test(trimmed)) return Number(trimmed) * DAY;
  const match = PATTERN.exec(trimmed);
  if (match === null) return undefined;
  const [, days = "0", first = "", second = "", third, fraction = ""] = match;
  const milliseconds = fraction === "" ? 0 : Number(`0.${fraction}`) * 1000;
  const a = Number(first);
  const b = Number(second);
  const c = Number(third ?? "0");
  if (match[1] === undefined && third !== undefined && fraction === "" && a > 23) {
    return b > 23 || c > 59 ? undefined : a * DAY + b * HOUR + c * MINUTE;
  }
  if (a > 23 || b > 59 || c > 59) return undefined;
  return Number(days) * DAY + a * HOUR + b * MINUTE + c * 1000 + milliseconds;
}
