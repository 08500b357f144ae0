// Recipients: the forms that Altinn knows, and one canonical form for each.

const organization = "urn:altinn:organization:identifier-no:";
const person = "urn:altinn:person:identifier-no:";
const email = "urn:altinn:person:idporten-email:";
const legacyUser = "urn:altinn:person:legacy-selfidentified:";

const organizationForm = /^(?:0192|urn:altinn:organization:identifier-no):([0-9]{9})$/;
const personForm = /^(?:urn:altinn:person:identifier-no:)?([0-9]{11})$/;

/** What is wrong with a recipient, or undefined when Altinn's own check lets it pass. */
export type RecipientFault = "format" | "controlDigits" | "email";

/**
 * Judges one recipient as Altinn's validation does: organisations by form only (a wrong control digit is found out
 * when the organisation is looked up), persons by both mod-11 control digits.
 */
export function recipientFault(recipient: string): RecipientFault | undefined {
  if (organizationForm.test(recipient)) return undefined;
  const number = personForm.exec(recipient)?.[1];
  if (number !== undefined) return hasPersonControlDigits(number) ? undefined : "controlDigits";
  if (recipient.startsWith(email)) return isAddress(recipient.slice(email.length)) ? undefined : "email";
  if (recipient.startsWith(legacyUser) && isUserName(recipient.slice(legacyUser.length))) return undefined;
  return "format";
}

// Only what surely isn't an address: Altinn leaves the rest to ID-porten's register. Its expression ends at a line feed.
function isAddress(address: string): boolean {
  // By looking for signs: an expression that tries again at each of 16 million characters runs out of stack.
  const at = address.indexOf("@");
  const isWhole = at > 0 && at < address.length - 1;
  if (!isWhole || address.includes("@", at + 1) || address.includes(":")) return false;
  const lineFeed = address.indexOf("\n");
  return lineFeed < 0 || lineFeed === address.length - 1;
}

function isUserName(name: string): boolean {
  return name !== "" && !name.includes(":");
}

/** What to write instead of a recipient without form, as a sentence after a space; empty where nobody can tell. */
export function recipientHint(recipient: string): string {
  if (/^\d{3} ?\d{3} ?\d{3}$/.test(recipient.trim())) {
    return " Nine digits by themselves are not read as an organisation: write 0192: before them, without spaces.";
  }
  return /^\d{6} ?\d{4,5}$/.test(recipient.trim()) ? " A person's number has eleven digits, without spaces." : "";
}

const firstWeights = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const secondWeights = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/** Whether the two last of eleven digits are the mod-11 control digits of the others (D numbers and test numbers alike). */
function hasPersonControlDigits(number: string): boolean {
  const digits = [...number].map(Number);
  return controlDigit(digits, firstWeights) === digits[9] && controlDigit(digits, secondWeights) === digits[10];
}

/** The mod-11 control digit for the leading digits, or 10 where none exists. */
export function controlDigit(digits: readonly number[], weights: readonly number[]): number {
  const sum = weights.reduce((total, weight, index) => total + weight * (digits[index] ?? 0), 0);
  return (11 - (sum % 11)) % 11;
}

/**
 * The one form under which a recipient counts: URN, and lower case for an e-mail address and for a user name. Altinn
 * refuses a request that names the same recipient twice, in whatever forms (1006). What has no known form stays as it is.
 */
export function canonicalRecipient(recipient: string): string {
  return recipient.startsWith(email) || recipient.startsWith(legacyUser) ? lowerCase(recipient) : withUrn(recipient);
}

/** As {@link canonicalRecipient} was until 2026-11-28: requests that were begun by it go on by it. */
export function formerCanonicalRecipient(recipient: string): string {
  return recipient.startsWith(email) ? recipient.toLowerCase() : withUrn(recipient);
}

function withUrn(recipient: string): string {
  const organizationNumber = organizationForm.exec(recipient)?.[1];
  if (organizationNumber !== undefined) return organization + organizationNumber;
  const personNumber = personForm.exec(recipient)?.[1];
  return personNumber === undefined ? recipient : person + personNumber;
}

/**
 * Lower case as .NET's invariant culture has it: each character by itself, so that a sigma at a word's end is like any
 * other, and \u0130 (the capital I with a dot), which would become two characters, left as it is.
 */
function lowerCase(text: string): string {
  // Parted by single signs: an expression for what is between them overflows its stack on millions of characters.
  const parts = text.split(/([\u0130\u03a3])/);
  return parts.map((part) => (part === "\u0130" ? part : part.toLowerCase())).join("");
}

/** Whether a recipient is a user name of the old kind, which Altinn knows less about. */
export function isLegacyUser(recipient: string): boolean {
  return recipient.startsWith(legacyUser);
}
