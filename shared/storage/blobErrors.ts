// What an error of the blob library means.
import type { RestError } from "@azure/storage-blob";

/** There is no such blob. A container that is not there is a fault of the set-up, and not meant. */
export function isNoBlob(error: unknown): boolean {
  return isRestError(error) && error.statusCode === 404 && codeOf(error) !== "ContainerNotFound";
}

/** The blob has no such byte as was asked for: it is empty. */
export function isEmptyBlob(error: unknown): boolean {
  return isRestError(error) && error.statusCode === 416;
}

/** There is no such version of the blob (any more). */
export function isGone(error: unknown): boolean {
  return isNoBlob(error) || (isRestError(error) && error.statusCode === 412);
}

/** Creating what exists answers 409 BlobAlreadyExists; `If-Match` on another version, or on nothing, answers 412. */
export function isLostRace(error: unknown): boolean {
  if (!isRestError(error)) return false;
  return error.statusCode === 412 || (error.statusCode === 409 && error.code === "BlobAlreadyExists");
}

/** Azure's own code: of an answer without a body, as to HEAD, only the header tells it. */
function codeOf(error: RestError): unknown {
  const { code, details } = error;
  if (code !== undefined) return code;
  return typeof details === "object" && details !== null && "errorCode" in details ? details.errorCode : undefined;
}

function isRestError(error: unknown): error is RestError {
  return error instanceof Error && error.name === "RestError" && "statusCode" in error;
}
