// E-mail addresses and telephone numbers of custom recipients (3011, 3012).

import { parsePhoneNumberFromString } from "libphonenumber-js/max";

const letters = "A-Za-z0-9æøåÆØÅ";
const atom = `[${letters}!#$%&'*+\\-=?^_\`{|}~]+`;
const label = `[${letters}](?:[${letters}\\-]{0,61}[${letters}])?`;
// The server's `$` also matches before a line feed at the end.
const emailAddressForm = new RegExp(
  `^(?:"[^"]+"|${atom}(?:\\.${atom})*)@(?:(?:${label}\\.){1,9}[A-Za-z]{2,14}|(?:\\d{1,3}\\.){3}\\d{1,3})\\n?$`,
  "u",
);

/** True when the server takes the address. */
export function isEmailAddress(address: string): boolean {
  return emailAddressForm.test(address) && !address.includes(";");
}

/** True when the server takes the number: with `+` or `00`, and in use in its country's plan. */
export function isMobileNumber(number: string): boolean {
  const dialled = dialledDigits(number.startsWith("00") ? `+${number.slice(2)}` : number);
  if (dialled === undefined) return false;
  const parsed = parsePhoneNumberFromString(`+${dialled}`);
  if (parsed === undefined || !parsed.isValid()) return false;
  // The metadata that Altinn uses does not know Norway's numbers of twelve digits.
  return !(parsed.countryCallingCode === "47" && parsed.nationalNumber.length > 8);
}

// The server's library: spaces and signs between digits are passed over; after three digits letters may follow, which
// are the digits on their keys when there are three of them or more; an extension at the end does not count.
const passedOver = /[-x‐-―−ー－-／ \u00a0\u00ad\u200b\u2060\u3000()（）［］.[\]/~⁓∼～*]/u;
const extensions: readonly RegExp[] = [
  /;ext=\p{Nd}{1,20}$/iu,
  /[ \u00a0\t,]*(?:e?xt(?:ensi[oó])?n?|доб|anexo)[:.．]?[ \u00a0\t,-]*\p{Nd}{1,20}#?$/iu,
  /[ \u00a0\t,]*(?:[xｘ#＃~～]|int)[:.．]?[ \u00a0\t,-]*\p{Nd}{1,9}#?$/iu,
  /[- ]+\p{Nd}{1,6}#$/u,
  /[ \u00a0\t]*(?:,,|;)[:.．]?[ \u00a0\t,-]*\p{Nd}{1,15}#?$/u,
  /[ \u00a0\t]*,+[:.．]?[ \u00a0\t,-]*\p{Nd}{1,9}#?$/u,
];

function dialledDigits(text: string): string | undefined {
  if (!text.startsWith("+") || text.length > 250) return undefined;
  const [first = ""] = text.split(/[\\/] *x/u);
  const whole = first.replace(/[^\p{N}\p{L}#]+$/u, "");
  const without = extensions
    .map((extension) => whole.replace(extension, ""))
    .find((shorter) => shorter !== whole && readDigits(shorter) !== undefined);
  return readDigits(without ?? whole);
}

function readDigits(text: string): string | undefined {
  const characters = Array.from(text.replace(/^[+＋]+/u, ""));
  const spelled = characters.filter((character) => /[A-Za-z]/u.test(character)).length >= 3;
  let digits = 0;
  let dialled = "";
  for (const character of characters) {
    const digit = digitValue(character);
    if (digit !== undefined) {
      digits += 1;
      dialled += digit;
    } else if (/[A-Za-z]/u.test(character) && (digits >= 3 || character === "x")) {
      dialled += spelled ? keyOf(character) : "";
    } else if (!passedOver.test(character)) return undefined;
  }
  return digits >= 3 ? dialled : undefined;
}

function digitValue(character: string): string | undefined {
  if (!/\p{Nd}/u.test(character)) return undefined;
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}

function keyOf(letter: string): string {
  const keys = ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"];
  return String(2 + keys.findIndex((key) => key.includes(letter.toLowerCase())));
}
