// Enumerations as Altinn reads them: by name in any case, or by number, in a string or not.

/** Names of one enumeration and the numbers they stand for. */
export type Enumeration = Readonly<Record<string, number>>;

/** Altinn's NotificationChannel. */
export const notificationChannels = { Email: 0, Sms: 1, EmailPreferred: 2, SmsPreferred: 3, EmailAndSms: 4 } as const;
export const notificationTemplates = { CustomMessage: 0, GenericAltinnMessage: 1 } as const;
export const emailContentTypes = { Plain: 0, Html: 1 } as const;
export const dataLocationTypes = {
  NewCorrespondenceAttachment: 0,
  ExistingCorrespondenceAttachment: 1,
  ExistingExternalStorage: 2,
} as const;
export const referenceTypes = {
  Generic: 0,
  AltinnAppInstance: 1,
  AltinnBrokerFileTransfer: 2,
  DialogportenDialogId: 3,
  DialogportenProcessId: 4,
  DialogportenTransmissionId: 5,
  DialogportenTransmissionType: 6,
} as const;
/** With those newer than the documentation: known so that a request that uses them is not refused here. */
export const knownReferenceTypes = {
  ...referenceTypes,
  DialogportenDialogStatus: 7,
  DialogportenDialogExtendedStatus: 8,
} as const;
export const transmissionTypes = {
  Information: 1,
  Acceptance: 2,
  Rejection: 3,
  Request: 4,
  Alert: 5,
  Decision: 6,
  Submission: 7,
  Correction: 8,
} as const;

/**
 * The number that a written value stands for, known to the enumeration or not; undefined when it can't be read as one.
 * A string may hold a name, a number, or a list of them joined by commas (.NET joins their bits).
 */
export function enumNumber(value: unknown, enumeration: Enumeration): number | undefined {
  if (typeof value === "number") return isInt32(value) ? value : undefined;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = wholeNumber(value.trim());
  if (number !== undefined) return number;
  let bits = 0;
  for (const part of value.split(",")) {
    const name = part.trim().toLowerCase();
    const known = Object.entries(enumeration).find(([candidate]) => candidate.toLowerCase() === name);
    if (known === undefined) return undefined;
    bits |= known[1];
  }
  return bits;
}

/** Whether a number has a name in the enumeration. */
export function isDefined(number: number, enumeration: Enumeration): boolean {
  return Object.values(enumeration).includes(number);
}

function wholeNumber(text: string): number | undefined {
  if (!/^[+-]?[0-9]{1,10}$/.test(text)) return undefined;
  return isInt32(Number(text)) ? Number(text) : undefined;
}

/** Whether a number fits .NET's int, which every number of the contract is. */
export function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -2147483648 && value <= 2147483647;
}
