// Altinn's Correspondence API, as the rest of the app sees it.
import type { z } from "zod";
import type { Clock } from "../clock.ts";
import type { AccessTokens } from "./accessToken.ts";
import {
  type AttachmentInitialized,
  type AttachmentPurged,
  type AttachmentUploaded,
  attachmentInitialized,
  attachmentPurged,
  attachmentUploaded,
  NO_ATTACHMENT,
  NO_CORRESPONDENCE,
  type PurgeOutcome,
  purgeOutcome,
  type Read,
  readList,
  readOne,
} from "./answers.ts";
import { callAuthorized } from "./authorizedCall.ts";
import { withoutTrailingSlash } from "./environments.ts";
import { fileBody, type UploadFile } from "./fileBody.ts";
import type { CallFailure, HttpTransport } from "./httpCall.ts";
import { type InitializeOutcome, initializeOutcome } from "./outcome.ts";
import type { CorrespondenceStatus } from "./statuses.ts";
import {
  type AttachmentOverview,
  attachmentOverview,
  type Details,
  details,
  type Overview,
  overview,
  withoutResourcePrefix,
} from "./wire.ts";

/** What a look-up by idempotent key comes to. */
export type KeyLookUp =
  | { readonly kind: "found"; readonly correspondenceId: string }
  | { readonly kind: "none" }
  /** More than one, which no key can have: the answer is to another question. */
  | { readonly kind: "several" }
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

/** How long calls may take, in milliseconds. */
export interface CallTimeouts {
  readonly readMs: number;
  readonly writeMs: number;
  /** Added for each byte that is uploaded. */
  readonly perByteMs: number;
  /** The most that a letter with its files gets: what can still be under way must be known when an invocation has died. */
  readonly longestLetterMs: number;
}

/** An upload gets a second more for each half megabyte; a letter with its files may take two tries in ten minutes. */
export const CALL_TIMEOUTS: CallTimeouts = {
  readMs: 30_000,
  writeMs: 100_000,
  perByteMs: 1_000 / 500_000,
  longestLetterMs: 270_000,
};

/** What the API is called with. */
export interface CorrespondenceApiOptions {
  readonly platformUrl: string;
  readonly subscriptionKey?: string;
  readonly tokens: AccessTokens;
  readonly http: HttpTransport;
  readonly clock: Pick<Clock, "now">;
  readonly timeouts?: CallTimeouts;
}

/** The API of one environment. Makes no call yet. */
export function createCorrespondenceApi(options: CorrespondenceApiOptions): CorrespondenceApi {
  const { platformUrl, timeouts = CALL_TIMEOUTS } = options;
  const base = `${withoutTrailingSlash(platformUrl)}/correspondence/api/v1`;
  const { readMs, writeMs } = timeouts;
  const uploadMs = (bytes: number) => writeMs + bytes * timeouts.perByteMs;

  const get = (name: string, path: string) =>
    callAuthorized(options, () => ({ name: `GET ${name}`, method: "GET", url: base + path, timeoutMs: readMs }));
  const remove = (name: string, path: string) =>
    callAuthorized(options, () => ({ name: `DELETE ${name}`, method: "DELETE", url: base + path, timeoutMs: writeMs }));
  const post = (path: string, body: object) => {
    const json = JSON.stringify(body);
    const headers = { "content-type": "application/json" };
    return callAuthorized(options, () => ({
      name: `POST ${path}`,
      method: "POST",
      url: base + path,
      headers,
      body: json,
      timeoutMs: writeMs,
    }));
  };
  const list = async (filter: Readonly<Record<string, string>>) => {
    const answer = await get(
      "/correspondence",
      `/correspondence?${new URLSearchParams({ ...filter, role: "Sender" })}`,
    );
    return readList(answer);
  };

  return {
    initialize: async (body) => initializeOutcome(await post("/correspondence", body)),

    async initializeAndUpload(fields, files) {
      const bytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
      // Most letters have no file.
      const { multipartBody } = await import("./multipart.ts");
      const answer = await callAuthorized(options, () => {
        const { contentType, length, stream } = multipartBody(fields, files);
        return {
          name: "POST /correspondence/upload",
          method: "POST",
          url: `${base}/correspondence/upload`,
          headers: { "content-type": contentType, "content-length": String(length) },
          body: stream,
          timeoutMs: Math.min(uploadMs(bytes), timeouts.longestLetterMs),
        };
      });
      return initializeOutcome(answer);
    },

    async findByIdempotentKey(resourceId, key) {
      const listed = await list({ resourceId: withoutResourcePrefix(resourceId), idempotentKey: key });
      if (listed.kind === "failed") return listed;
      const [correspondenceId, ...others] = listed.ids;
      if (correspondenceId === undefined) return { kind: "none" };
      return others.length > 0 ? { kind: "several" } : { kind: "found", correspondenceId };
    },

    overview: async (id) =>
      readOne(
        await get("/correspondence/{id}", `/correspondence/${encodeURIComponent(id)}`),
        about(id, overview, "correspondenceId"),
        NO_CORRESPONDENCE,
      ),

    details: async (id) =>
      readOne(
        await get("/correspondence/{id}/details", `/correspondence/${encodeURIComponent(id)}/details`),
        about(id, details, "correspondenceId"),
        NO_CORRESPONDENCE,
      ),

    listByStatus: ({ resourceId, status, from, to }) =>
      list({
        resourceId: withoutResourcePrefix(resourceId),
        status,
        from: from.toISOString(),
        to: to.toISOString(),
      }),

    attachment: async (id) =>
      readOne(
        await get("/attachment/{id}", `/attachment/${encodeURIComponent(id)}`),
        about(id, attachmentOverview, "attachmentId"),
        NO_ATTACHMENT,
      ),

    purge: async (id) =>
      purgeOutcome(await remove("/correspondence/{id}/purge", `/correspondence/${encodeURIComponent(id)}/purge`)),

    initializeAttachment: async (body) => attachmentInitialized(await post("/attachment", body)),

    uploadAttachment: async (id, file) =>
      attachmentUploaded(
        await callAuthorized(options, () => ({
          name: "POST /attachment/{id}/upload",
          method: "POST",
          url: `${base}/attachment/${encodeURIComponent(id)}/upload`,
          headers: { "content-type": "application/octet-stream", "content-length": String(file.sizeBytes) },
          body: fileBody(file),
          timeoutMs: uploadMs(file.sizeBytes),
        })),
      ),

    purgeAttachment: async (id) =>
      attachmentPurged(await remove("/attachment/{id}", `/attachment/${encodeURIComponent(id)}`)),
  };
}

/** The model of one thing, which has to be the one that was asked for. */
function about<K extends string, T extends Readonly<Record<K, string>>>(
  id: string,
  model: z.ZodType<T>,
  name: K,
): z.ZodType<T> {
  return model.refine((read) => read[name] === id.toLowerCase());
}
