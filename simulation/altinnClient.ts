// The way of one instance to the model of Altinn: the app's own client, over calls that can be refused, lost, late or denied.
import { type Answer, codedError, emptyAnswer } from "../local/altinn-simulator/answer.ts";
import { type ReceivedFile, receiveFile } from "../local/altinn-simulator/receivedFile.ts";
import { type AccessTokens, createAccessTokens } from "../shared/altinn/accessToken.ts";
import type { AltinnClient } from "../shared/altinn/altinnClient.ts";
import { attachmentUploaded } from "../shared/altinn/answers.ts";
import { callAuthorized } from "../shared/altinn/authorizedCall.ts";
import { CALL_TIMEOUTS, createCorrespondenceApi } from "../shared/altinn/correspondenceApi.ts";
import type { UploadFile } from "../shared/altinn/fileBody.ts";
import { initializeOutcome } from "../shared/altinn/outcome.ts";
import type { Clock } from "../shared/clock.ts";
import { MINUTE } from "../shared/clock.ts";
import type { AltinnCall, WholeUpload } from "./altinn.ts";
import type { Life, Surroundings } from "./life.ts";

/** The client of one instance: of a sender by its name, or the deployment's own. */
export function altinnClient(life: Life, around: Surroundings, clock: Clock, sender?: string): AltinnClient {
  const { altinn: model } = around;
  const http = (input: string | URL | Request, init: RequestInit = {}) =>
    send(life, around, String(input), init, sender);
  const tokens: AccessTokens = createAccessTokens({
    issuer: model.issuer,
    platformUrl: model.url,
    clientId: "simulated",
    scopes: ["altinn:serviceowner"],
    sign: async () => "grant",
    http,
    clock,
  });
  const authorization = { tokens, http, clock };
  const api = createCorrespondenceApi({ platformUrl: model.url, ...authorization });
  // What streams is handed over whole: the bytes on the wire are not what is tried here.
  const upload = (name: string, path: string, body: object) =>
    callAuthorized(authorization, () => ({
      name,
      method: "POST",
      url: `${model.url}/correspondence/api/v1${path}`,
      body: JSON.stringify(body),
      timeoutMs: CALL_TIMEOUTS.writeMs,
    }));
  return {
    tokens,
    altinn: {
      ...api,
      async initializeAndUpload(fields, files) {
        const name = "POST /correspondence/upload";
        const received: ReceivedFile[] = [];
        for (const file of files) {
          const bytes = await bytesOf(file, around);
          if (bytes === undefined) return initializeOutcome(cut(name));
          received.push(bytes);
        }
        const whole: WholeUpload = { fields, files: received };
        return initializeOutcome(await upload(name, "/correspondence/upload", whole));
      },
      async uploadAttachment(id, file) {
        const name = "POST /attachment/{id}/upload";
        const received = await bytesOf(file, around);
        if (received === undefined) return attachmentUploaded(cut(name));
        return attachmentUploaded(await upload(name, `/attachment/${encodeURIComponent(id)}/upload`, received));
      },
    },
  };
}

/** What becomes of an upload whose file fails on the way. */
function cut(call: string) {
  return { kind: "failed", call, cause: "connection" } as const;
}

/** A file as it arrives; nothing where it cannot be read, or is not of the size that was announced. One that says it is larger counts as if it were. */
async function bytesOf(file: UploadFile, { sizes }: Surroundings): Promise<ReceivedFile | undefined> {
  try {
    const received = await receiveFile(file.fileName, await file.open());
    const isLarger = [...sizes.values()].includes(file.sizeBytes);
    return isLarger || received.size === file.sizeBytes ? received : undefined;
  } catch {
    return undefined;
  }
}

/** A call over a network that does with it what its fate is. Throws as `fetch` does. */
async function send(
  life: Life,
  around: Surroundings,
  address: string,
  init: RequestInit,
  sender: string | undefined,
): Promise<Response> {
  const { fates, altinn, timeline } = around;
  const call: AltinnCall = {
    method: init.method ?? "GET",
    url: new URL(address),
    headers: new Headers(init.headers),
    body: typeof init.body === "string" ? init.body : "",
  };
  const name = callName(call, sender);
  if (name.startsWith("POST /correspondence")) altinn.posts.set(name, (altinn.posts.get(name) ?? 0) + 1);
  const other = fates.answerTo?.(name);
  if (other !== undefined) {
    const { answer, isWorkDone } = other;
    return life.wait(name, () => {
      if (typeof answer === "function") return toResponse(answer(altinn.answer(call)));
      if (isWorkDone) altinn.answer(call);
      return toResponse(answer);
    });
  }
  const drawn = fates.ofCall("altinn", name);
  const fate = drawn ?? (around.isAltinnDown() ? "refused" : undefined);
  const wait = <T>(work: () => T, delayMs?: number) => life.wait(name, work, fate, delayMs);
  switch (fate) {
    case "gateway":
      return wait(() => toResponse(gatewayPage(fates.share(name))));
    case "rejects":
      return wait(() => toResponse(name.startsWith("POST /correspondence") ? codedError(REJECTION) : refusal(0)));
    case "refused":
      return wait(() => toResponse(refusal(fates.share(name))));
    case "late":
      timeline.after(CALL_TIMEOUTS.readMs + fates.share(name) * 8 * MINUTE, () => {
        around.note(life.number, name, "does its work now");
        altinn.answer(call);
      });
      await wait(() => undefined, CALL_TIMEOUTS.readMs);
      throw failure("ETIMEDOUT");
    case "lost":
      await wait(() => void altinn.answer(call));
      throw failure(fates.share(name) < 0.5 ? "ECONNRESET" : "ETIMEDOUT");
    case "denied":
      return wait(() => {
        const answer = altinn.answer(call);
        const isNewLetter = name.startsWith("POST /correspondence") && answer.status === 200;
        const isTaken = isNewLetter && fates.share(name) < 0.5;
        return toResponse(isTaken ? codedError(1034) : emptyAnswer(502));
      });
    case "revoked":
      altinn.revokeTokens();
      return wait(() => toResponse(altinn.answer(call)));
    default:
      return wait(() => toResponse(altinn.answer(call)));
  }
}

/** Calls are named without the ids that Altinn gave: these differ where something else went another way. */
function callName({ method, url, body }: AltinnCall, sender: string | undefined): string {
  if (sender !== undefined && url.pathname.endsWith("/token")) return `${method} ${url.pathname} as ${sender}`;
  const path = url.pathname.replace(/^\/correspondence\/api\/v1/, "").replace(UUID, "{id}");
  const key = /"idempotentKey"[:,]"([^"]+)"/.exec(body)?.[1] ?? url.searchParams.get("idempotentKey");
  const status = url.searchParams.get("status");
  return `${method} ${path}${key ? ` of ${key}` : ""}${status ? ` ${status}` : ""}`;
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** The register of resources does not know what it knew before. */
export const REJECTION = 1036;

function refusal(share: number): Answer {
  const status = [503, 500, 502, 429][Math.floor(share * 4)] ?? 503;
  const headers = status === 429 ? { "retry-after": String(1 + Math.floor(((share * 4) % 1) * 600)) } : {};
  return { ...emptyAnswer(status), headers };
}

/** A page of what stands before Altinn: it says nothing of the letter. */
function gatewayPage(share: number): Answer {
  const status = [404, 403, 401, 502, 503, 200][Math.floor(share * 6)] ?? 502;
  return { status, body: "<html><body>Gateway</body></html>", contentType: "text/html" };
}

function failure(code: string): TypeError {
  return Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error(code), { code }) });
}

function toResponse({ status, body, contentType, headers }: Answer): Response {
  const text = typeof body === "string" ? body : null;
  return new Response(text, {
    status,
    headers: { ...headers, ...(contentType === null ? {} : { "content-type": contentType }) },
  });
}
