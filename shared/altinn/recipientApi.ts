// Altinn's Correspondence API as recipients call it: an organisation's own letters.
import { NO_CORRESPONDENCE, type Read, readList, readOne } from "./answers.ts";
import { type Authorization, callAuthorized, sendAuthorized } from "./authorizedCall.ts";
import type { CorrespondenceApi } from "./correspondenceApi.ts";
import { withoutTrailingSlash } from "./environments.ts";
import { openHttp } from "./openHttp.ts";
import { type ReceivedOverview, receivedLetter } from "./receivedLetter.ts";
import type { RecipientAction } from "./recipientActions.ts";
import { type ActionOutcome, actionOutcome, type Download, downloadOutcome } from "./recipientAnswers.ts";
import { withoutResourcePrefix } from "./wire.ts";

/** The one scope of a recipient's token: with that to write in it Altinn takes its bearer for the sender. */
export const RECIPIENT_SCOPES: readonly string[] = ["altinn:correspondence.read"];

/** The calls. None rejects: what goes wrong is an outcome. */
export interface RecipientApi {
  /** The ids of letters to the organisation that have at some time had a status, newest publish time first, at most 1,000. */
  listByStatus: CorrespondenceApi["listByStatus"];
  /** The letter with what is in it. By this call it is fetched, which its sender sees. */
  overview(correspondenceId: string): Promise<Read<ReceivedOverview>>;
  /** The bytes of a file. By this call attachments are downloaded, which the sender sees. */
  download(correspondenceId: string, attachmentId: string): Promise<Download>;
  act(action: RecipientAction, correspondenceId: string): Promise<ActionOutcome>;
}

/** What the API is called with. */
export interface RecipientApiOptions extends Authorization {
  readonly platformUrl: string;
}

const READ_MS = 30_000;
const WRITE_MS = 100_000;

/** The API of one environment. Makes no call yet. */
export function createRecipientApi(options: RecipientApiOptions): RecipientApi {
  const base = `${withoutTrailingSlash(options.platformUrl)}/correspondence/api/v1/correspondence`;
  const get = (name: string, path: string) =>
    callAuthorized(options, () => ({ name: `GET ${name}`, method: "GET", url: base + path, timeoutMs: READ_MS }));
  const steps = {
    read: { method: "POST", path: "markasread" },
    confirm: { method: "POST", path: "confirm" },
    purge: { method: "DELETE", path: "purge" },
  } as const;

  return {
    async listByStatus({ resourceId, status, from, to }) {
      const filter = {
        resourceId: withoutResourcePrefix(resourceId),
        role: "Recipient",
        status,
        from: from.toISOString(),
        to: to.toISOString(),
      };
      return readList(await get("/correspondence", `?${new URLSearchParams(filter)}`));
    },

    overview: async (id) =>
      readOne(
        await get("/correspondence/{id}", `/${encodeURIComponent(id)}`),
        receivedLetter.refine(({ correspondenceId }) => correspondenceId === id.toLowerCase()),
        NO_CORRESPONDENCE,
      ),

    download: async (id, attachmentId) =>
      downloadOutcome(
        await sendAuthorized(
          options,
          () => ({
            name: "GET /correspondence/{id}/attachment/{id}/download",
            method: "GET",
            url: `${base}/${encodeURIComponent(id)}/attachment/${encodeURIComponent(attachmentId)}/download`,
            headers: { accept: "*/*" },
            timeoutMs: READ_MS,
          }),
          openHttp,
        ),
      ),

    async act(action, id) {
      const { method, path } = steps[action];
      const answer = await callAuthorized(options, () => ({
        name: `${method} /correspondence/{id}/${path}`,
        method,
        url: `${base}/${encodeURIComponent(id)}/${path}`,
        timeoutMs: WRITE_MS,
      }));
      return actionOutcome(action, answer);
    },
  };
}
