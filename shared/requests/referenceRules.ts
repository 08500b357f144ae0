// The rules between fields that are about external references: dialogs and transmissions.
import { enumNumber, isDefined, referenceTypes, transmissionTypes } from "./enumeration.ts";
import { isGuid } from "./guid.ts";
import { field, items, text } from "./json.ts";
import type { Finding, Path } from "./problem.ts";

/** All broken rules on `externalReferences` and on what must not stand beside a dialog. */
export function referenceRules(request: unknown): Finding[] {
  const letter = field(request, "correspondence");
  const listPath: Path = ["correspondence", "externalReferences"];
  const references = items(field(letter, "externalReferences")).map((reference, index) => ({
    type: enumNumber(field(reference, "referenceType"), referenceTypes),
    value: text(field(reference, "referenceValue")),
    path: [...listPath, index],
  }));
  const ofType = (type: number) => references.filter((reference) => reference.type === type);
  const dialogs = ofType(referenceTypes.DialogportenDialogId);
  const types = ofType(referenceTypes.DialogportenTransmissionType);
  const findings: Finding[] = [];
  for (const { path } of ofType(referenceTypes.DialogportenTransmissionId)) {
    const message = "Altinn makes the transmission: its id can't be given.";
    findings.push({ path: [...path, "referenceType"], rule: "transmissionId", message });
  }
  for (const { path, value } of types) {
    const number = enumNumber(value, transmissionTypes);
    if (value !== undefined && (number === undefined || !isDefined(number, transmissionTypes))) {
      const message = `Must be one of ${Object.keys(transmissionTypes).join(", ")}.`;
      findings.push({ path: [...path, "referenceValue"], rule: "transmissionType", message });
    }
  }
  const [firstType, secondType] = types;
  if (secondType !== undefined) {
    findings.push({
      path: secondType.path,
      rule: "oneTransmissionType",
      message: "Only one transmission type is allowed.",
    });
  }
  if (firstType !== undefined && dialogs.length === 0) {
    const message = "A transmission type needs a reference of type DialogportenDialogId beside it.";
    findings.push({ path: firstType.path, rule: "dialogRequired", message });
  }
  for (const { path, value } of dialogs.slice(0, 1)) {
    if (value !== undefined && !isGuid(value)) {
      const message = "Must be the dialog's id, a UUID.";
      findings.push({ path: [...path, "referenceValue"], rule: "dialogId", message });
    }
  }
  return dialogs.length > 0 ? [...findings, ...transmissionRules(request, letter)] : findings;
}

function transmissionRules(request: unknown, letter: unknown): Finding[] {
  const findings: Finding[] = [];
  if (items(field(request, "recipients")).length > 1) {
    const message = "A letter in a dialog can have one recipient only.";
    findings.push({ path: ["recipients"], rule: "dialogOneRecipient", message });
  }
  if (items(field(letter, "replyOptions")).length > 0) {
    const message = "A letter in a dialog can't have reply options.";
    findings.push({ path: ["correspondence", "replyOptions"], rule: "dialogWithoutActions", message });
  }
  if (field(letter, "isConfirmationNeeded") === true) {
    const message = "A letter in a dialog can't ask for confirmation.";
    findings.push({ path: ["correspondence", "isConfirmationNeeded"], rule: "dialogWithoutActions", message });
  }
  return findings;
}
