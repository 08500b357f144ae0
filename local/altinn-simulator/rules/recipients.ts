// Who a letter can go to: the forms of a recipient, and the registers that the simulator stands in for.

const organisation = "urn:altinn:organization:identifier-no:";
const person = "urn:altinn:person:identifier-no:";
const email = "urn:altinn:person:idporten-email:";
const legacyUser = "urn:altinn:person:legacy-selfidentified:";

// The server's `$` also matches before a line feed at the end, and its `\d` any decimal digit.
const organisationForm = /^(?:0192:|urn:altinn:organization:identifier-no:)\p{Nd}{9}\n?$/u;
const personForm = /^(?:urn:altinn:person:identifier-no:)?\p{Nd}{11}\n?$/u;
const emailForm = /^urn:altinn:person:idporten-email:[^\n]+\n?$/u;
const legacyForm = /^urn:altinn:person:legacy-selfidentified:[^:\n]+\n?$/u;

/** What is wrong with a list of recipients in form. `throws`: the server itself fails on it. */
export function recipientProblem(recipients: readonly (string | null)[]): string | undefined {
  if (recipients.length === 0) return "Recipients can not be empty";
  if (recipients.length > 500) return "Recipients can contain at most 500 recipients";
  for (const recipient of recipients) {
    if (recipient === null) return "throws";
    if (personForm.test(recipient)) {
      if (!isIdentityNumber(lastPart(recipient))) return "The given Recipient national identity number is not valid";
    } else if (emailForm.test(recipient)) {
      if (!isEmail(recipient.slice(email.length))) return "The given Recipient email address is not valid";
    } else if (!organisationForm.test(recipient) && !legacyForm.test(recipient)) {
      return "A recipient must be an organization, a person, an e-mail address or a legacy user, in one of their forms";
    }
  }
  return undefined;
}

/** A recipient in the form that Altinn stores and answers with. */
export function canonicalRecipient(recipient: string): string {
  if (recipient.startsWith("0192:")) return `${organisation}${recipient.slice("0192:".length)}`;
  if (/^\d{11}$/u.test(recipient)) return `${person}${recipient}`;
  return recipient.startsWith(email) || recipient.startsWith(legacyUser) ? invariantLower(recipient) : recipient;
}

/** .NET's invariant lower case: by single characters, and the dotted capital I has none. */
function invariantLower(text: string): string {
  return text.replaceAll(/[^\u0130]/gu, (character) => character.toLowerCase());
}

/** How a recipient, in canonical form, stands in the registers. */
export interface Registered {
  readonly exists: boolean;
  /** Reserved against digital post. */
  readonly reserved: boolean;
  /** The contact register fails on this one. */
  readonly contactFails: boolean;
  /** Nobody in the organisation has the role that confidential letters ask for. */
  readonly nobodyInRole: boolean;
  readonly isLegacyUser: boolean;
  /** The path that events name the recipient by, such as `/organisation/310000000`. */
  readonly alternative: string | undefined;
}

/** Looks a recipient up. The identifiers with a meaning of their own are fixed; all else exists when its digits are right. */
export function lookUp(recipient: string): Registered {
  const id = lastPart(recipient);
  const isOrganisation = recipient.startsWith(organisation);
  const isPerson = recipient.startsWith(person);
  const unknown = id === "310000019" || id === "01014900191" || id.endsWith("\n");
  return {
    exists: !unknown && (!isOrganisation || isOrganisationNumber(id)),
    reserved: isPerson && id === "02014900120",
    contactFails: isPerson && id === "03014900089",
    nobodyInRole: isOrganisation && id === "310000027",
    isLegacyUser: recipient.startsWith(legacyUser),
    alternative: isOrganisation ? `/organisation/${id}` : isPerson ? `/person/${id}` : undefined,
  };
}

/** The name by which the registers know a recipient: made up, and the same each time. */
export function registeredName(recipient: string): string {
  const id = lastPart(recipient);
  if (recipient.startsWith(organisation)) return `Eksempelbedrift ${id}`;
  return recipient.startsWith(person) ? `Eksempelperson ${id}` : id;
}

function lastPart(recipient: string): string {
  return recipient.slice(recipient.lastIndexOf(":") + 1);
}

function isEmail(address: string): boolean {
  const at = address.indexOf("@");
  return at > 0 && at === address.lastIndexOf("@") && at < address.length - 1 && !address.includes(":");
}

function controlDigit(digits: string, weights: readonly number[]): number | undefined {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? undefined : digit;
}

function isOrganisationNumber(number: string): boolean {
  return /^\d{9}$/u.test(number) && controlDigit(number, [3, 2, 7, 6, 5, 4, 3, 2]) === Number(number[8]);
}

function isIdentityNumber(text: string): boolean {
  const number = text.replace(/\n$/u, "");
  return (
    /^\d{11}$/u.test(number) &&
    controlDigit(number, [3, 7, 6, 1, 8, 9, 4, 5, 2]) === Number(number[9]) &&
    controlDigit(number, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) === Number(number[10])
  );
}
