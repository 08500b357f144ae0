// Telephone numbers of people who are to be notified, judged as Altinn's notifications do. Loaded when there is one: the
// plans of all countries' numbers are long.
import { parsePhoneNumberFromString } from "libphonenumber-js/max";

/**
 * Whether a text is an international telephone number for Altinn (3012): it begins with `+` or `00` and is a number
 * in use in its country's plan; spaces, hyphens, letters on keys and an extension may stand in it.
 */
export function isMobileNumber(text: string): boolean {
  const digits = digitsOf(text.startsWith("00") ? `+${text.slice(2)}` : text);
  return digits !== undefined && (parsePhoneNumberFromString(`+${digits}`)?.isValid() ?? false);
}

// Google's libphonenumber, as the .NET port reads a number that need not be clean. The library used here reads less.
const signs =
  "\\-x\u2010-\u2015\u2212\u30FC\uFF0D-\uFF0F \u00A0\u00AD\u200B\u2060\u3000()\uFF08\uFF09\uFF3B\uFF3D.[\\]/~\u2053\u223C\uFF5E*";
const viable = new RegExp(`^[+\uFF0B]*(?:[${signs}]*\\p{Nd}){3,}[${signs}A-Za-z\\p{Nd}]*$`, "u");
const separators = "[ \u00A0\\t,]*";
const between = "[:.\uFF0E]?[ \u00A0\\t,\\-]*";
const extension = new RegExp(
  `(?:;ext=\\p{Nd}{1,20}|${separators}(?:e?xt(?:ensi[o\u00F3])?n?|\u0434\u043E\u0431|anexo)${between}\\p{Nd}{1,20}#?|` +
    `${separators}(?:[x\uFF58#\uFF03~\uFF5E]|int)${between}\\p{Nd}{1,9}#?|[\\- ]+\\p{Nd}{1,6}#|` +
    `[ \u00A0\\t]*(?:,,|;)${between}\\p{Nd}{1,15}#?|[ \u00A0\\t]*,+${between}\\p{Nd}{1,9}#?)$`,
  "iu",
);
const keys = "22233344455566677778889999";
const longestNumber = 250;

/** The digits of a number that begins with a plus sign, with its country's; undefined when it is none. */
function digitsOf(text: string): string | undefined {
  if (!text.startsWith("+") || text.length > longestNumber) return undefined;
  const whole = text.replace(/[\\/] *x.*$/s, "").replace(/[^\p{N}\p{L}#]+$/u, "");
  const body = whole.replace(extension, "");
  const number = viable.test(body) ? body : whole;
  if (!viable.test(number)) return undefined;
  const letters = number.match(/[A-Za-z]/g)?.length ?? 0;
  return Array.from(number, (character) => digitOf(character, letters >= 3)).join("");
}

function digitOf(character: string, lettersCount: boolean): string {
  if (/\p{Nd}/u.test(character)) return asciiDigit(character);
  if (!lettersCount || !/[A-Za-z]/.test(character)) return "";
  return keys.charAt(character.toLowerCase().charCodeAt(0) - "a".charCodeAt(0));
}

/** Digits of every script stand in runs of ten, from zero. */
function asciiDigit(digit: string): string {
  let zero = digit.codePointAt(0) ?? 0;
  const code = zero;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(code - zero);
}
