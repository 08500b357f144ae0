// The way of one instance to the model of Altinn: the app's own client, over calls that can be refused, lost, late or denied.
import { type Answer, codedError, emptyAnswer, jsonAnswer } from "../local/altinn-simulator/answer.ts";
import { type ReceivedFile, receiveFile } from "../local/altinn-simulator/receivedFile.ts";
import { type AccessTokens, createAccessTokens } from "../shared/altinn/accessToken.ts";
import type { AltinnClient, MaskinportenSettings } from "../shared/altinn/altinnClient.ts";
import { attachmentUploaded } from "../shared/altinn/answers.ts";
import { callAuthorized } from "../shared/altinn/authorizedCall.ts";
import { CALL_TIMEOUTS, createCorrespondenceApi } from "../shared/altinn/correspondenceApi.ts";
import type { UploadFile } from "../shared/altinn/fileBody.ts";
import type { HttpTransport } from "../shared/altinn/httpCall.ts";
import { initializeOutcome } from "../shared/altinn/outcome.ts";
import { createRecipientApi, RECIPIENT_SCOPES, type RecipientApi } from "../shared/altinn/recipientApi.ts";
import type { Clock } from "../shared/clock.ts";
import { MINUTE } from "../shared/clock.ts";
import type { AltinnCall, ModelAltinn, WholeUpload } from "./altinn.ts";
import { signedGrant } from "./altinnTokens.ts";
import type { Life, Surroundings } from "./life.ts";

/** As whom an instance calls: a sender by its name, the deployment's own client, or the organisation that receives. */
export interface Caller {
  readonly sender?: string | undefined;
  readonly maskinporten: Pick<MaskinportenSettings, "scopes" | "consumerOrg" | "systemUserOrg">;
  readonly receives?: true;
}

/** The client of one instance. */
export function altinnClient(life: Life, around: Surroundings, clock: Clock, caller: Caller): AltinnClient {
  const { altinn: model } = around;
  const { http, tokens } = callsOf(life, around, clock, caller);
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

/** The client by which one instance receives letters. */
export function recipientClient(
  life: Life,
  around: Surroundings,
  clock: Clock,
  maskinporten: Caller["maskinporten"],
): RecipientApi {
  const caller: Caller = { maskinporten: { ...maskinporten, scopes: RECIPIENT_SCOPES }, receives: true };
  const { http, tokens } = callsOf(life, around, clock, caller);
  return createRecipientApi({ platformUrl: around.altinn.url, tokens, http, clock });
}

function callsOf(life: Life, around: Surroundings, clock: Clock, caller: Caller) {
  const { altinn: model } = around;
  const http: HttpTransport = (input, init = {}) => send(life, around, String(input), init, caller);
  const { scopes, consumerOrg, systemUserOrg } = caller.maskinporten;
  const tokens: AccessTokens = createAccessTokens({
    issuer: model.issuer,
    platformUrl: model.url,
    clientId: "simulated",
    scopes,
    ...(consumerOrg === undefined ? {} : { consumerOrg }),
    ...(systemUserOrg === undefined ? {} : { systemUserOrg }),
    sign: async (claims) => signedGrant(claims),
    http,
    clock,
  });
  return { http, tokens };
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
  caller: Caller,
): Promise<Response> {
  const { fates, altinn, timeline } = around;
  const call: AltinnCall = {
    method: init.method ?? "GET",
    url: new URL(address),
    headers: new Headers(init.headers),
    body: typeof init.body === "string" ? init.body : "",
  };
  const name = caller.receives ? receivingName(call, altinn) : callName(call, caller.sender);
  if (name.startsWith("POST /correspondence") || OF_ONE_LETTER.test(name)) {
    altinn.posts.set(name, (altinn.posts.get(name) ?? 0) + 1);
  }
  const other = fates.answerTo?.(name);
  if (other !== undefined) {
    const { answer, isWorkDone } = other;
    return life.wait(name, () => {
      if (typeof answer === "function") return toResponse(answer(altinn.answer(call)));
      if (isWorkDone) altinn.answer(call);
      return toResponse(answer);
    });
  }
  if (caller.sender !== undefined && name.startsWith(TOKEN_CALL) && around.isRefused(caller.sender)) {
    return life.wait(name, () => toResponse(jsonAnswer(403, { error: "forbidden" })));
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
      if (name.endsWith("/download") && fates.share(name) < 0.5) {
        return wait(() => toResponse(altinn.answer(call), { atOnce: 500, breaksOff: true }));
      }
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
      return wait(() => {
        const answer = altinn.answer(call);
        return toResponse(answer, isText(answer) ? undefined : { atOnce: 1 + Math.floor(fates.share(name) * 1_500) });
      });
  }
}

/** Calls are named without the ids that Altinn gave: these differ where something else went another way. */
function callName({ method, url, body }: AltinnCall, sender: string | undefined): string {
  const by = sender === undefined ? "" : ` as ${sender}`;
  if (sender !== undefined && url.pathname.endsWith("/token")) return `${method} ${url.pathname}${by}`;
  const path = url.pathname.replace(/^\/correspondence\/api\/v1/, "").replace(UUID, "{id}");
  const key = /"idempotentKey"[:,]"([^"]+)"/.exec(body)?.[1] ?? url.searchParams.get("idempotentKey");
  const status = url.searchParams.get("status");
  return `${method} ${path}${key ? ` of ${key}` : ""}${status ? ` ${status}` : ""}${by}`;
}

/** A recipient's calls have names of their own, with what the letter and the file are called. */
function receivingName({ method, url }: AltinnCall, model: ModelAltinn): string {
  const [, id, attachmentId] =
    /\/correspondence\/([^/]+)(?:\/attachment\/([^/]+))?/.exec(url.pathname.slice(API)) ?? [];
  if (id === undefined) return `RECEIVE ${method} ${url.pathname.replace(/^\/correspondence\/api\/v1/, "")}`;
  const of = model.nameOfIncoming(id, attachmentId);
  return `RECEIVE ${of} ${method} ${url.pathname.split("/").at(-1)?.replace(UUID, "overview")}`;
}

/** How long the beginning of every path is. */
const API = "/correspondence/api/v1".length;
const TOKEN_CALL = "POST /maskinporten/token";
const OF_ONE_LETTER = /^RECEIVE (?!GET|POST|DELETE)/;
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

/** How the bytes of a file come: so many at a time, and perhaps not all. */
interface Streaming {
  readonly atOnce: number;
  readonly breaksOff?: true;
}

function isText({ body }: Answer): boolean {
  return body === null || typeof body === "string";
}

function toResponse(answer: Answer, streaming?: Streaming): Response {
  const { status, body, contentType, headers } = answer;
  const told = { status, headers: { ...headers, ...(contentType === null ? {} : { "content-type": contentType }) } };
  if (body === null || typeof body === "string") return new Response(body, told);
  const bytes = body instanceof Uint8Array ? body : Buffer.concat([...body]);
  return new Response(ReadableStream.from(inParts(bytes, streaming ?? { atOnce: bytes.length })), told);
}

function* inParts(bytes: Uint8Array, { atOnce, breaksOff }: Streaming): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += atOnce) {
    if (breaksOff && at > 0) break;
    yield bytes.subarray(at, at + atOnce);
  }
  if (breaksOff) throw failure("ECONNRESET");
}
