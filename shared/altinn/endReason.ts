// Why a dispatch ended without a letter: machine-readable, so that a producer's system can decide what to do instead.

/** Every reason that an announcement or a dead letter can give. */
export const END_REASONS = [
  /** The request breaks a rule, ours or Altinn's. */
  "invalidRequest",
  /** The request id was used before, for other content. */
  "requestIdReused",
  /** The idempotent key that the request gives was used before, for a letter that is not this one. */
  "idempotentKeyTaken",
  /** The resource does not exist, is of a kind that cannot be sent on, or its settings forbid this letter. */
  "resourceNotAllowed",
  /** Altinn knows no such recipient. */
  "recipientNotFound",
  /** The recipient has reserved against digital post: use paper. */
  "recipientReserved",
  /** Nobody at the recipient has the role that the resource asks for. */
  "recipientLacksRole",
  /** The dialog that the letter refers to does not exist, or the letter does not fit it. */
  "dialogNotFound",
  /** There is no such notification template. */
  "templateNotFound",
  /** A text is refused: title, sender, summary, language, or a text of a notification. */
  "contentRefused",
  /** An attachment is not there: its blob is gone, or Altinn has no such file, or not any more. */
  "attachmentMissing",
  /** The blob that a claim check names is not there. */
  "requestBlobMissing",
  /** An attachment's name, type, size or place is refused. */
  "attachmentRefused",
  /** The bytes of an attachment are not those that its checksum promises. */
  "checksumMismatch",
  /** Altinn's virus scan refused an attachment. */
  "scanFailed",
  /** Altinn refused us, not the letter, until it was given up. */
  "notAuthorised",
  /** Altinn failed for this letter each time, until it was given up. */
  "altinnKeepsFailing",
  /** Its message was lost before it could be sent, and nothing of it was kept: drop it again. */
  "requestLost",
  /** It could not be sent in time. */
  "expired",
  /** The producer took it back before it was published. */
  "cancelled",
] as const;

/** Why no letter exists, in one word for programs; see {@link END_REASONS}. */
export type EndReason = (typeof END_REASONS)[number];
