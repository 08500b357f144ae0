// Addresses and numbers of people who are to be notified, judged as Altinn's notifications do.
import { parsePhoneNumberFromString } from "libphonenumber-js/max";

const letter = "a-zA-Z0-9æøåÆØÅ";
const atom = `[${letter}!#$%&'*+\\-=?^_\`{|}~]+`;
const label = `[${letter}](?:[${letter}-]{0,61}[${letter}])?`;
const address = new RegExp(
  `^(?:"[^"]+"|${atom}(?:\\.${atom})*)@(?:(?:${label}\\.){1,9}[a-zA-Z]{2,14}|\\d{1,3}(?:\\.\\d{1,3}){3})\\n?$`,
);

/** Whether a text is an e-mail address for Altinn (3011): Norwegian letters too, a top domain of 2 to 14 letters. */
export function isEmailAddress(text: string): boolean {
  return address.test(text);
}

/**
 * Whether a text is an international telephone number for Altinn (3012): it begins with `+` or `00` and is a number
 * in use in its country's plan; spaces and hyphens may stand in it.
 */
export function isMobileNumber(text: string): boolean {
  const international = text.startsWith("00") ? `+${text.slice(2)}` : text;
  if (!international.startsWith("+")) return false;
  return parsePhoneNumberFromString(international)?.isValid() ?? false;
}
