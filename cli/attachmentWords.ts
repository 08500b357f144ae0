// What went wrong with an attachment, in words, and what to do about it.
import type { CallFailure } from "../shared/altinn/httpCall.ts";
import { maskText } from "../shared/altinn/mask.ts";
import type { AttachmentStatus } from "../shared/altinn/statuses.ts";
import type { AttachmentOverview } from "../shared/altinn/wire.ts";

/** A call that brought nothing. */
export function explainFailure({ call, cause, status }: CallFailure): string {
  const answer = status === undefined ? "" : ` (${call} answered ${status})`;
  const isRefusal = status !== undefined && status >= 300 && status < 500 && ![408, 425, 429].includes(status);
  if (cause === "token" && isRefusal) {
    return `There is no access token${answer}. Check MASKINPORTEN_CLIENT_ID, MASKINPORTEN_JWK, MASKINPORTEN_SCOPES and ALTINN_SUBSCRIPTION_KEY.`;
  }
  if (cause === "token") return `There is no access token${answer || ` (${call})`}. Try again later.`;
  if (isRefusal) {
    return `Altinn refuses us${answer}. Check ALTINN_SUBSCRIPTION_KEY, MASKINPORTEN_SCOPES and ALTINN_PLATFORM_URL.`;
  }
  if (cause === "notConnected") return `Altinn can't be reached (${call}). Check the network and ALTINN_PLATFORM_URL.`;
  if (cause === "timeout") return `Altinn did not answer in time (${call}). Try again later.`;
  if (cause === "connection") return `The connection broke (${call}). Try again.`;
  if (cause === "unreadable") return `Altinn's answer can't be understood${answer}. Try again later.`;
  return `Altinn fails${answer}. Try again later.`;
}

/** What Altinn itself says no to. */
export function explainRefusal(
  what: string,
  refusal: { readonly status: number; readonly errorCode?: number; readonly detail?: string },
): string {
  const { status, errorCode, detail } = refusal;
  const code = errorCode === undefined ? `${status}` : `${status}, errorCode ${errorCode}`;
  const advice = ADVICE.get(errorCode ?? status);
  return [`Altinn refuses ${what} (${code})`, detail, advice].filter((part) => part !== undefined).join(". ");
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [403, "The client needs access to the resource, and the scope altinn:correspondence.write."],
  [1036, "Check --resource."],
  [2008, "The file was changed while it was uploaded: upload it again."],
  [4001, "The client's organisation must own the resource, or have the access delegated."],
]);

const MEANINGS: Readonly<Record<AttachmentStatus, string>> = {
  Initialized: "It has no bytes yet. Purge it, and upload the file again.",
  UploadProcessing: "Altinn is scanning it. Ask again in a minute.",
  Published: "It is ready: name its id in existingAttachments.",
  Purged: "It is purged. Upload the file again for a new one.",
  Failed:
    "Altinn refused it: most often a virus was found. Scan the file yourself, and upload one that is clean; one that is " +
    "encrypted or protected by a password can be refused, too.",
  Expired: "Its time is over. Upload the file again for a new one.",
};

/** What an attachment's status means, and what to do next. */
export function explainStatus({ status, unknownStatus, statusText }: AttachmentOverview): string {
  if (status === undefined) return `Altinn says ${unknownStatus ?? "nothing"} of it, which this app does not know.`;
  const told = statusText === undefined || statusText === status ? "" : ` Altinn says: ${maskText(statusText)}.`;
  return `${MEANINGS[status]}${status === "Failed" ? told : ""}`;
}
