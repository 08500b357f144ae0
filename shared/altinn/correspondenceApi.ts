// Altinn's Correspondence API, as the rest of the app sees it.
import type { Readable } from "node:stream";
import type { CallFailure } from "./httpCall.ts";
import type { InitializeOutcome } from "./outcome.ts";
import type { CorrespondenceStatus } from "./statuses.ts";
import type { AttachmentOverview, Details, Overview } from "./wire.ts";

/** A file to send. It is opened when its turn comes, and again if the call has to be repeated. */
export interface UploadFile {
  /** Exactly as in the attachment's metadata. */
  readonly fileName: string;
  /** The stream must bring exactly this many. */
  readonly sizeBytes: number;
  open(): Promise<Readable>;
}

/** What reading one thing comes to. */
export type Read<T> =
  | { readonly kind: "found"; readonly value: T }
  /** Altinn's own 404: it never was, or is purged. */
  | { readonly kind: "gone" }
  /** It is there, but not ours to read. */
  | { readonly kind: "refused"; readonly status: number; readonly errorCode?: number }
  | CallFailure;

/** What a look-up by idempotent key comes to. */
export type KeyLookUp =
  | { readonly kind: "found"; readonly correspondenceId: string }
  | { readonly kind: "none" }
  | CallFailure;

/** What a purge of a correspondence comes to. */
export type PurgeOutcome =
  | { readonly kind: "purged" }
  /** 1014, or 404 with 1001: purged before, or never there. */
  | { readonly kind: "gone" }
  /** 1013: it is published. */
  | { readonly kind: "published" }
  | { readonly kind: "refused"; readonly status: number; readonly errorCode?: number }
  | CallFailure;

/** What making room for an attachment comes to. */
export type AttachmentInitialized =
  | { readonly kind: "initialized"; readonly attachmentId: string }
  | { readonly kind: "refused"; readonly status: number; readonly errorCode?: number; readonly detail: string }
  | CallFailure;

/** What an upload of an attachment's bytes comes to. */
export type AttachmentUploaded =
  | { readonly kind: "uploaded"; readonly value: AttachmentOverview }
  /** 2005: it has its bytes already. */
  | { readonly kind: "uploadedBefore" }
  /** 404 with 2001. */
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly status: number; readonly errorCode?: number; readonly detail: string }
  | CallFailure;

/** What a purge of an attachment comes to. */
export type AttachmentPurged =
  | { readonly kind: "purged" }
  /** 2006, or 404 with 2001. */
  | { readonly kind: "gone" }
  /** 2007: a correspondence uses it. */
  | { readonly kind: "inUse" }
  | { readonly kind: "refused"; readonly status: number; readonly errorCode?: number }
  | CallFailure;

/** The calls. None rejects: what goes wrong is an outcome. */
export interface CorrespondenceApi {
  /** `POST /correspondence`: one letter, without new files. */
  initialize(body: object): Promise<InitializeOutcome>;
  /** `POST /correspondence/upload`: one letter with its files, streamed. The fields are the flattened request. */
  initializeAndUpload(
    fields: readonly (readonly [string, string])[],
    files: readonly UploadFile[],
  ): Promise<InitializeOutcome>;
  /** The correspondence with an idempotent key, whoever made it. */
  findByIdempotentKey(resourceId: string, key: string): Promise<KeyLookUp>;
  overview(correspondenceId: string): Promise<Read<Overview>>;
  /** Heavy for Altinn: for when something changed. */
  details(correspondenceId: string): Promise<Read<Details>>;
  /** The ids that have at some time had a status, newest publish time first, at most 1,000. Times compare strictly. */
  listByStatus(filter: {
    readonly resourceId: string;
    readonly status: CorrespondenceStatus;
    readonly from: Date;
    readonly to: Date;
  }): Promise<{ readonly kind: "listed"; readonly ids: string[] } | CallFailure>;
  attachment(attachmentId: string): Promise<Read<AttachmentOverview>>;
  purge(correspondenceId: string): Promise<PurgeOutcome>;
  initializeAttachment(body: object): Promise<AttachmentInitialized>;
  uploadAttachment(attachmentId: string, file: UploadFile): Promise<AttachmentUploaded>;
  purgeAttachment(attachmentId: string): Promise<AttachmentPurged>;
}
