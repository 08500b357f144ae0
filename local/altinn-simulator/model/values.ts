// Reads single values of a request from text, as the server's readers do: times, enums, identifiers.

/** The time of an ISO 8601 text in milliseconds; without a zone it counts as UTC. Undefined: not one that the server reads. */
export function parseTime(text: string): number | undefined {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{0,16}))?)?(Z|[+-]\d{2}(?::[0-5]\d)?)?)?$/u.exec(
      text,
    );
  // After a point there is a digit, or at least a zone.
  if (match === null || text.endsWith(".")) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, milliseconds);
  const offset = offsetMinutes(match[8]);
  const time = local.getTime() - offset * 60_000;
  return Math.abs(offset) > 14 * 60 || time < firstInstant || time > lastInstant ? undefined : time;
}

// What the server's clock can show, in UTC.
const firstInstant = Date.parse("0001-01-01T00:00:00Z");
const lastInstant = Date.parse("9999-12-31T23:59:59.999Z");

function daysIn(year: number, month: number): number {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const sign = zone.startsWith("-") ? -1 : 1;
  const digits = zone.slice(1).replace(":", "");
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || "0"));
}

/** The number of an enum's names (any case, their bits joined), or of its number written out. Undefined: neither. */
export function parseEnum(text: string, names: readonly string[]): number | undefined {
  if (/^[+-]?\d{1,10}$/u.test(text.trim())) return Number(text);
  const found = text.split(",").map((part) => names.findIndex((name) => isSameName(name, part.trim())));
  return found.includes(-1) ? undefined : found.reduce((bits, index) => bits | index, 0);
}

function isSameName(name: string, written: string): boolean {
  return name.toLowerCase() === written.toLowerCase();
}

/** The server's numbers have 32 bits. */
export function fitsInteger(number: number): boolean {
  return number >= -(2 ** 31) && number < 2 ** 31;
}

/** A UUID in the one form that JSON may have it in. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/iu.test(text);
}

/** A UUID in any form that a form field may have it in, in its usual form. Undefined: none. */
export function looseUuid(text: string): string | undefined {
  const bare = text.trim().replace(/^[{(](.*)[})]$/u, "$1");
  if (isUuid(bare)) return bare.toLowerCase();
  const match = /^([\da-f]{8})([\da-f]{4})([\da-f]{4})([\da-f]{4})([\da-f]{12})$/iu.exec(bare);
  return match === null ? undefined : match.slice(1).join("-").toLowerCase();
}

/** A time as Altinn writes it: UTC as an offset, trailing zeros of the fraction left out. */
export function writeTime(time: number): string {
  return `${new Date(time)
    .toISOString()
    .slice(0, -1)
    .replace(/\.?0+$/u, "")}+00:00`;
}

/** Nothing but white space, as .NET knows it: with U+0085 and without U+FEFF. */
export function isWhiteSpace(text: string): boolean {
  return /^[\p{Z}\t-\r\u0085]*$/u.test(text);
}
