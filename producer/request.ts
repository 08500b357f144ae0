// The request as producers write it, with what each field means: what an editor shows while somebody writes one.

/** A name that Altinn knows today, or one that is newer than this package. */
export type NameOf<Known extends string> = Known | (string & {});

/** One letter, to one recipient or to many. Fields that are not listed here go to Altinn as they are. */
export interface ProducerRequest {
  /**
   * Your own id for this send, 1 to 256 characters: the same id is the same letter, however often it is sent. Give one:
   * a case number and what the letter is, say. Without it the content is the id, and a letter that is worded anew, or
   * gets a new due time, is another letter.
   */
  readonly id?: string | undefined;
  readonly correspondence: ProducerLetter;
  /**
   * 1 to 10,000, each only once, and each gets a letter of its own. An organisation:
   * `urn:altinn:organization:identifier-no:<9 digits>` or `0192:<9 digits>`. A person:
   * `urn:altinn:person:identifier-no:<11 digits>` or the digits alone, `urn:altinn:person:idporten-email:<e-mail>`, or
   * `urn:altinn:person:legacy-selfidentified:<user name>`.
   */
  readonly recipients: readonly string[];
  /** Ids of attachments that Altinn has already, published. */
  readonly existingAttachments?: readonly string[] | undefined;
  /** Altinn's key against sending twice: a UUID, with one recipient only. Derived when left out, which is best. */
  readonly idempotentKey?: string | null | undefined;
  /** The queue for this letter's announcements, out of those in the app's setting STATUS_QUEUES. */
  readonly statusQueue?: string | null | undefined;
  /**
   * The trace that the letter belongs to (W3C Trace Context), if you trace: announcements repeat it, and the app's log
   * lines and its calls to Altinn carry it. No part of what the letter says: sent again in another trace, it is the same.
   */
  readonly traceparent?: string | undefined;
  /** What your tracing systems add to it: announcements repeat it. */
  readonly tracestate?: string | undefined;
}

/** The letter, in the shape of Altinn's initialize call. */
export interface ProducerLetter {
  /** The resource that it is sent on, with or without the prefix `urn:altinn:resource:`. */
  readonly resourceId: string;
  /** Deprecated: Altinn takes the sender from the resource. */
  readonly sender?: string | null | undefined;
  /** Your own reference; announcements carry it. At most 4096 characters, and no more than 2,600 random ones. */
  readonly sendersReference: string;
  /** The sender's name as shown, if not the owner's: plain text, at most 255 characters. */
  readonly messageSender?: string | null | undefined;
  readonly content: ProducerContent;
  /** When the recipient shall see it (`2030-12-01T08:00:00+01:00`); at once when left out. */
  readonly requestedPublishTime?: string | Date | null | undefined;
  /** By when to read or confirm it: in the future, and not before `requestedPublishTime`. */
  readonly dueDateTime?: string | Date | null | undefined;
  /** References to other things; at most 10. */
  readonly externalReferences?: readonly ProducerReference[] | null | undefined;
  /** Own properties: at most 10, keys of at most 50 and values of at most 300 characters. */
  readonly propertyList?: Readonly<Record<string, string>> | undefined;
  /** Ways for the recipient to answer. */
  readonly replyOptions?: readonly ProducerReplyOption[] | null | undefined;
  /** The notification that tells the recipient about the letter. */
  readonly notification?: ProducerNotification | null | undefined;
  /** Send to persons who have reserved against digital post, too. */
  readonly ignoreReservation?: boolean | null | undefined;
  /** The recipient shall confirm. Needs `dueDateTime`. */
  readonly isConfirmationNeeded?: boolean | undefined;
  /** Must agree with the resource. */
  readonly isConfidential?: boolean | undefined;
  /** The recipient may forward it; attachments of 10 MB in all. */
  readonly allowForwarding?: boolean | undefined;
}

/** What the recipient reads. */
export interface ProducerContent {
  /** `nb` (the default), `nn` or `en`. */
  readonly language?: NameOf<"nb" | "nn" | "en"> | null | undefined;
  /** Plain text, 1 to 255 characters. */
  readonly messageTitle: string;
  /** At most 255 characters. */
  readonly messageSummary?: string | null | undefined;
  /** The letter itself, 1 to 30,000 characters. Altinn fills in `{{recipientName}}`. */
  readonly messageBody: string;
  /** What `messageBody` is written in: `markdown` (the default), or what else the app takes. */
  readonly bodyFormat?: NameOf<"markdown" | "html" | "text"> | undefined;
  /** New files, in the order in which they are shown. */
  readonly attachments?: readonly ProducerAttachment[] | undefined;
}

/** A new file that goes with the letter. */
export interface ProducerAttachment {
  /**
   * Where the bytes are in the container `correspondence-attachments`: a path. Leave it out and give the content to
   * `send`, which puts it there.
   */
  readonly blob?: string | undefined;
  /** The file's name, at most 255 characters, with an ending that Altinn allows. */
  readonly fileName: string;
  /** Read by Altinn, and without effect. */
  readonly id?: string | null | undefined;
  /** The name that the recipient sees. */
  readonly displayName?: string | null | undefined;
  /** Your own reference for the file. */
  readonly sendersReference: string;
  /** Whether you have encrypted the file. */
  readonly isEncrypted?: boolean | undefined;
  /** MD5 of the file: 32 hexadecimal digits in lower case. `send` compares; the blob carries it in any case. */
  readonly checksum?: string | null | undefined;
  /** `NewCorrespondenceAttachment`, which is the default. */
  readonly dataLocationType?: NameOf<"NewCorrespondenceAttachment"> | number | undefined;
  /** After how many days Altinn deletes the file: at least 14 in production, 1 in test. */
  readonly expirationInDays?: number | string | null | undefined;
}

/** A reference to something else that belongs to the letter. */
export interface ProducerReference {
  readonly referenceType:
    | NameOf<
        | "Generic"
        | "AltinnAppInstance"
        | "AltinnBrokerFileTransfer"
        | "DialogportenDialogId"
        | "DialogportenProcessId"
        | "DialogportenTransmissionType"
      >
    | number;
  /** The reference itself: an id, or a name for the types that take one. */
  readonly referenceValue: string;
}

/** A way for the recipient to answer. */
export interface ProducerReplyOption {
  /** Where; https only. */
  readonly linkURL: string;
  readonly linkText?: string | null | undefined;
}

type Channel = NameOf<"Email" | "Sms" | "EmailPreferred" | "SmsPreferred" | "EmailAndSms"> | number;
type ContentType = NameOf<"Plain" | "Html"> | number;

/**
 * A notification. With own texts the channel decides which are required: `Email` subject and body, `Sms` the SMS,
 * every other channel all three; for the reminder likewise. No links in any of them.
 */
export interface ProducerNotification {
  /** `CustomMessage` (own texts, the default) or `GenericAltinnMessage` (Altinn's). */
  readonly notificationTemplate?: NameOf<"CustomMessage" | "GenericAltinnMessage"> | number | null | undefined;
  /** `Email` when left out. */
  readonly notificationChannel?: Channel | undefined;
  /** At most 512 characters. */
  readonly emailSubject?: string | null | undefined;
  /** At most 10,000 characters. */
  readonly emailBody?: string | null | undefined;
  /** `Plain` (the default) or `Html`. */
  readonly emailContentType?: ContentType | undefined;
  /** At most 2144 characters. */
  readonly smsBody?: string | null | undefined;
  /** Notify again after seven days if the letter has not been opened. */
  readonly sendReminder?: boolean | undefined;
  /** As `notificationChannel` when left out. */
  readonly reminderNotificationChannel?: Channel | null | undefined;
  readonly reminderEmailSubject?: string | null | undefined;
  readonly reminderEmailBody?: string | null | undefined;
  readonly reminderEmailContentType?: ContentType | null | undefined;
  readonly reminderSmsBody?: string | null | undefined;
  /** Your own reference for the notification. */
  readonly sendersReference?: string | null | undefined;
  /** Deprecated: use `customRecipients`. */
  readonly customRecipient?: ProducerContact | null | undefined;
  /** Others to notify; for one recipient only. */
  readonly customRecipients?: readonly ProducerContact[] | null | undefined;
  /** Deprecated: use `customRecipients`. */
  readonly customNotificationRecipients?: readonly ProducerOverriddenRecipient[] | null | undefined;
  /** Notify `customRecipients` only. */
  readonly overrideRegisteredContactInformation?: boolean | undefined;
}

/** Somebody else to notify: exactly one of the four fields. */
export interface ProducerContact {
  readonly emailAddress?: string | null | undefined;
  /** In international form: `+47...`. */
  readonly mobileNumber?: string | null | undefined;
  /** Nine digits. */
  readonly organizationNumber?: string | null | undefined;
  /** Eleven digits. */
  readonly nationalIdentityNumber?: string | null | undefined;
  /** Read by Altinn, and without effect. */
  readonly isReserved?: boolean | null | undefined;
}

/** Deprecated: others to notify in a recipient's place. */
export interface ProducerOverriddenRecipient {
  readonly recipientToOverride: string;
  readonly recipients: readonly ProducerContact[];
}
