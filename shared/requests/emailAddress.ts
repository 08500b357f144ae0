// E-mail addresses of people who are to be notified, judged as Altinn's notifications do.

const letter = "a-zA-Z0-9æøåÆØÅ";
const atom = `[${letter}!#$%&'*+\\-=?^_\`{|}~]+`;
const label = `[${letter}](?:[${letter}-]{0,61}[${letter}])?`;
const address = new RegExp(
  `^(?:"[^"]+"|${atom}(?:\\.${atom})*)@(?:(?:${label}\\.){1,9}[a-zA-Z]{2,14}|\\d{1,3}(?:\\.\\d{1,3}){3})\\n?$`,
);

/** Many times what mail goes to, in characters: to match more takes memory for each point. */
const longestAddress = 10_000;

/**
 * Whether a text is an e-mail address for Altinn (3011): Norwegian letters too, a top domain of 2 to 14 letters, and
 * nowhere a semicolon.
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= longestAddress && address.test(text) && !text.includes(";");
}
