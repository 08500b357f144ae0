// The producer kit: what `import ... from "altinn-correspondence-sender"` gives. Loading it does nothing else.

export type { Problem } from "../shared/requests/problem.ts";
export type { StorageClients } from "../shared/storage/clients.ts";
export {
  type Announcement,
  type AnnouncementData,
  type AnnouncementType,
  announcementTypes,
} from "./announcement.ts";
export type { AttachmentContent } from "./attachmentContent.ts";
export type { Cancellation, CancelOutcome } from "./cancellation.ts";
export { createProducer, type Producer, type ProducerOptions, type SendOptions } from "./producer.ts";
export type { AnnouncementHandler, Disposal, ReadOptions, Unhandled } from "./readAnnouncements.ts";
export type {
  NameOf,
  ProducerAttachment,
  ProducerContact,
  ProducerContent,
  ProducerLetter,
  ProducerNotification,
  ProducerReference,
  ProducerReplyOption,
  ProducerRequest,
} from "./request.ts";
export type { CheckOutcome, SendOutcome } from "./sendLetter.ts";
export type { ProducerStorage, TokenCredential } from "./storage.ts";
export { StorageFailure } from "./storageFailure.ts";
