// Letters that become a transmission in a dialog of Dialogporten (1045 to 1054).

import type { LetterRequest, ReferenceRequest } from "../model/requests.ts";
import { isUuid, looseUuid } from "../model/values.ts";

const dialogId = 3;
const transmissionType = 6;

/** The dialog that a letter is to be put in; undefined for a letter of its own. */
export function dialogReference(letter: LetterRequest): ReferenceRequest | undefined {
  return references(letter).find(({ referenceType }) => referenceType === dialogId);
}

function references(letter: LetterRequest): ReferenceRequest[] {
  return (letter.externalReferences ?? []).filter((reference) => reference !== null);
}

/** The error number of references that Altinn refuses. Dialogs with a meaning of their own are told by their first digits. */
export function transmissionError(letter: LetterRequest, recipients: number): number | undefined {
  const dialog = dialogReference(letter);
  const types = references(letter).filter(({ referenceType }) => referenceType === transmissionType);
  if (types.length > 1) return 1052;
  if (types.length > 0 && dialog === undefined) return 1053;
  const id = dialog?.referenceValue ?? "";
  if (dialog === undefined || id === "") return undefined;
  if (!isUuid(id) && looseUuid(id) === undefined) return 1048;
  if (recipients > 1) return 1045;
  if ((letter.replyOptions ?? []).length > 0 || letter.isConfirmationNeeded === true) return 1051;
  if (id.startsWith("404")) return 1054;
  if (id.startsWith("1050")) return 1050;
  return id.startsWith("1046") ? 1046 : undefined;
}
