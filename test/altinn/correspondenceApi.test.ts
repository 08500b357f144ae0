import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { AccessTokens } from "../../shared/altinn/accessToken.ts";
import {
  CALL_TIMEOUTS,
  type CorrespondenceApi,
  createCorrespondenceApi,
} from "../../shared/altinn/correspondenceApi.ts";
import type { UploadFile } from "../../shared/altinn/fileBody.ts";
import { answerJson, type SeenRequest, settableClock, startPeer } from "./peer.ts";

const id = "01a1fbfd-f566-7e1a-a723-876e8fe16fde";
const other = "01a1fbfd-f566-7e1a-a723-876e8fe16fdf";
const base = "/correspondence/api/v1";

/** Tokens t1, t2...: a dropped one gives way to the next. */
function countedTokens() {
  let number = 1;
  const tokens: AccessTokens = {
    get: async () => ({ ok: true, token: `t${number}` }),
    drop(token) {
      if (token === `t${number}`) number++;
    },
  };
  return tokens;
}

async function setUp(handler: (request: SeenRequest, response: ServerResponse) => void) {
  const peer = await startPeer(handler);
  const api = createCorrespondenceApi({
    platformUrl: `${peer.url}/`,
    subscriptionKey: "key-1",
    tokens: countedTokens(),
    http: fetch,
    clock: settableClock(),
    timeouts: CALL_TIMEOUTS,
  });
  return { api, peer, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

const always = (status: number, body: unknown) => (_request: SeenRequest, response: ServerResponse) => {
  if (body === undefined) response.writeHead(status).end();
  else if (typeof body === "string" && body.startsWith("<")) response.writeHead(status).end(body);
  else answerJson(response, status, body);
};

const problem = (status: number, errorCode: number) => ({
  status,
  detail: "Refused.",
  errorCode,
  code: `CORR-0${errorCode}`,
});
const created = { correspondences: [{ correspondenceId: id, status: "ReadyForPublish" }], attachmentIds: [] };

const file: UploadFile = { fileName: "a.pdf", sizeBytes: 3, open: async () => Readable.from([Buffer.from("abc")]) };

describe("every call", () => {
  it("carries the token and the subscription key", async () => {
    await using world = await setUp(always(200, created));
    expect(await world.api.initialize({ recipients: ["æ"] })).toMatchObject({ kind: "sent", correspondenceId: id });
    expect(world.peer.seen[0]).toMatchObject({
      method: "POST",
      path: `${base}/correspondence`,
      headers: { authorization: "Bearer t1", "ocp-apim-subscription-key": "key-1", "content-type": "application/json" },
    });
    expect(world.peer.seen[0]?.body.toString()).toBe('{"recipients":["æ"]}');
  });

  it("is made once more with a fresh token, files and all, when the token is refused", async () => {
    await using world = await setUp((request, response) => {
      if (request.headers.authorization === "Bearer t1") response.writeHead(401).end();
      else answerJson(response, 200, created);
    });
    expect(await world.api.initializeAndUpload([["a", "b"]], [file])).toMatchObject({ kind: "sent" });
    expect(world.peer.seen.map(({ body }) => body.toString().includes("abc"))).toEqual([true, true]);
    expect(await world.api.findByIdempotentKey("r", id)).toMatchObject({ cause: "unreadable" });
    expect(world.peer.seen[2]?.headers.authorization).toBe("Bearer t2");
  });

  it("is not made a third time", async () => {
    await using world = await setUp(always(401, undefined));
    expect(await world.api.initialize({})).toEqual({ kind: "ourSetUp", status: 401, definite: true });
    expect(world.peer.seen).toHaveLength(2);
  });

  it("is made once only when Altinn refuses us with a code", async () => {
    await using world = await setUp(always(401, problem(401, 4001)));
    expect(await world.api.initialize({})).toEqual({ kind: "ourSetUp", status: 401, errorCode: 4001, definite: true });
    expect(world.peer.seen).toHaveLength(1);
  });

  it("is not made without a token", async () => {
    await using world = await setUp(always(200, {}));
    const failure = { kind: "failed", call: "POST token", cause: "token", status: 400, isSetUp: true } as const;
    const tokens: AccessTokens = { get: async () => ({ ok: false, failure }), drop() {} };
    const api = createCorrespondenceApi({ platformUrl: world.peer.url, tokens, http: fetch, clock: settableClock() });
    expect(await api.initialize({})).toEqual({ kind: "ourSetUp", status: 400, definite: true });
    expect(await api.overview(id)).toEqual(failure);
    expect(world.peer.seen).toEqual([]);
  });
});

describe("what is asked, and what is made of the answer", () => {
  const attachment = { attachmentId: id, status: "UploadProcessing", correspondenceIds: [id] };
  const day = new Date("2026-12-01T00:00:00Z");
  const byStatus = { resourceId: "urn:altinn:resource:r-1", status: "Read", from: day, to: day } as const;
  const page = "<html>not found</html>";
  it.each<[string, (api: CorrespondenceApi) => Promise<unknown>, number, unknown, object, string?]>([
    [
      "the look-up by key",
      (api) => api.findByIdempotentKey("urn:altinn:resource:r-1", "k"),
      200,
      { ids: [id] },
      { kind: "found", correspondenceId: id },
      "GET /correspondence?resourceId=r-1&idempotentKey=k&role=Sender",
    ],
    ["a look-up that is empty", (api) => api.findByIdempotentKey("r", "k"), 200, { ids: [] }, { kind: "none" }],
    [
      "a look-up with several",
      (api) => api.findByIdempotentKey("r", "k"),
      200,
      { ids: [id, other] },
      { kind: "several" },
    ],
    ["a look-up that is not one", (api) => api.findByIdempotentKey("r", "k"), 200, page, { cause: "unreadable" }],
    ["a look-up at a gateway", (api) => api.findByIdempotentKey("r", "k"), 404, page, { cause: "status", status: 404 }],
    [
      "the list by status",
      (api) => api.listByStatus(byStatus),
      200,
      { ids: [id.toUpperCase()] },
      { kind: "listed", ids: [id] },
      "GET /correspondence?resourceId=r-1&status=Read&from=2026-12-01T00%3A00%3A00.000Z&to=2026-12-01T00%3A00%3A00.000Z&role=Sender",
    ],
    ["a list that is refused", (api) => api.listByStatus(byStatus), 400, problem(400, 1027), { errorCode: 1027 }],
    [
      "an overview",
      (api) => api.overview(id),
      200,
      { correspondenceId: id },
      { kind: "found", value: { correspondenceId: id, isConfirmationNeeded: false } },
      `GET /correspondence/${id}`,
    ],
    ["an overview that is gone", (api) => api.overview(id), 404, problem(404, 1001), { kind: "gone" }],
    ["an overview at a gateway", (api) => api.overview(id), 404, page, { kind: "failed", status: 404 }],
    [
      "an overview that is not ours",
      (api) => api.overview(id),
      401,
      problem(401, 4001),
      { kind: "refused", errorCode: 4001 },
    ],
    [
      "an overview at a gateway that refuses",
      (api) => api.overview(id),
      403,
      undefined,
      { cause: "status", status: 403 },
    ],
    [
      "an overview without rights",
      (api) => api.overview(id),
      403,
      problem(403, 4001),
      { kind: "refused", status: 403 },
    ],
    ["an overview of another", (api) => api.overview(other), 200, { correspondenceId: id }, { cause: "unreadable" }],
    ["an overview of a token refused", (api) => api.overview(id), 401, undefined, { kind: "failed", status: 401 }],
    ["an overview that is none", (api) => api.overview(id), 200, {}, { kind: "failed", cause: "unreadable" }],
    ["an overview when Altinn is down", (api) => api.overview(id), 503, page, { kind: "failed", status: 503 }],
    [
      "details",
      (api) => api.details(id),
      200,
      { correspondenceId: id },
      { kind: "found" },
      `GET /correspondence/${id}/details`,
    ],
    ["details that are none", (api) => api.details(id), 200, [], { cause: "unreadable" }],
    [
      "an attachment",
      (api) => api.attachment(id),
      200,
      attachment,
      { kind: "found", value: { attachmentId: id, status: "UploadProcessing", correspondenceIds: [id] } },
      `GET /attachment/${id}`,
    ],
    ["an attachment that is gone", (api) => api.attachment(id), 404, problem(404, 2001), { kind: "gone" }],
    ["a purge", (api) => api.purge(id), 200, id, { kind: "purged" }, `DELETE /correspondence/${id}/purge`],
    ["a purge too late", (api) => api.purge(id), 400, problem(400, 1013), { kind: "published" }],
    ["a purge again", (api) => api.purge(id), 400, problem(400, 1014), { kind: "gone" }],
    [
      "a purge of a transmission",
      (api) => api.purge(id),
      400,
      problem(400, 1043),
      { kind: "refused", errorCode: 1043 },
    ],
    ["a purge at a gateway", (api) => api.purge(id), 404, page, { kind: "failed", status: 404 }],
    [
      "room for an attachment",
      (api) => api.initializeAttachment({}),
      200,
      id,
      { kind: "initialized", attachmentId: id },
      "POST /attachment",
    ],
    [
      "room that is refused",
      (api) => api.initializeAttachment({}),
      400,
      problem(400, 2013),
      { kind: "refused", detail: "Refused." },
    ],
    [
      "an upload",
      (api) => api.uploadAttachment(id, file),
      200,
      attachment,
      { kind: "uploaded" },
      `POST /attachment/${id}/upload`,
    ],
    ["an upload again", (api) => api.uploadAttachment(id, file), 400, problem(400, 2005), { kind: "uploadedBefore" }],
    [
      "an upload of other bytes",
      (api) => api.uploadAttachment(id, file),
      400,
      problem(400, 2008),
      { kind: "refused", errorCode: 2008 },
    ],
    [
      "an upload that failed inside",
      (api) => api.uploadAttachment(id, file),
      502,
      problem(502, 2002),
      { kind: "failed", errorCode: 2002 },
    ],
    [
      "a purge of an attachment",
      (api) => api.purgeAttachment(id),
      204,
      undefined,
      { kind: "purged" },
      `DELETE /attachment/${id}`,
    ],
    ["a purge of one in use", (api) => api.purgeAttachment(id), 400, problem(400, 2007), { kind: "inUse" }],
    ["a purge of one purged", (api) => api.purgeAttachment(id), 400, problem(400, 2006), { kind: "gone" }],
  ])("%s", async (_name, ask, status, body, expected, asked) => {
    await using world = await setUp(always(status, body));
    expect(await ask(world.api)).toMatchObject(expected);
    if (asked === undefined) return;
    const [method, path = ""] = asked.split(" ");
    expect(world.peer.seen[0]).toMatchObject({ method, path: base + path });
  });

  it("the bytes of an attachment go as they are", async () => {
    await using world = await setUp(always(200, attachment));
    await world.api.uploadAttachment(id, file);
    const [seen] = world.peer.seen;
    expect(seen?.headers).toMatchObject({ "content-length": "3", "content-type": "application/octet-stream" });
    expect(seen?.body.toString()).toBe("abc");
  });
});

describe("the recorded answers", () => {
  const line = z.object({
    name: z.string(),
    request: z.object({ method: z.string(), path: z.string() }),
    answer: z.object({ status: z.number(), body: z.unknown() }),
  });
  const lines = z
    .array(line)
    .parse(JSON.parse(readFileSync(new URL("../recorded/answers.json", import.meta.url), "utf8")));
  const read = lines.filter(({ request, answer }) => request.method === "GET" && answer.status === 200);
  const subject = z.object({ correspondenceId: z.string().optional(), attachmentId: z.string().optional() });
  const idIn = (body: unknown) => {
    const { correspondenceId, attachmentId = "" } = subject.parse(body);
    return correspondenceId ?? attachmentId;
  };

  it.each(read.map(({ name, request, answer }) => [name, request.path, answer.body] as const))(
    "%s",
    async (_name, path, body) => {
      await using world = await setUp(always(200, body));
      const { api } = world;
      const day = new Date(0);
      const asked = path.includes("?")
        ? api.listByStatus({ resourceId: "r", status: "Read", from: day, to: day })
        : path.startsWith("/attachment")
          ? api.attachment(idIn(body))
          : path.endsWith("/details")
            ? api.details(idIn(body))
            : api.overview(idIn(body));
      const answer = await asked;
      expect(["found", "listed"]).toContain(answer.kind);
      expect(JSON.stringify(answer)).not.toContain("unknownStatus");
    },
  );

  it("of a letter that was read and purged tell its history", async () => {
    const body = read.find(({ answer }) => JSON.stringify(answer.body).includes('"status":"PurgedByRecipient"'))?.answer
      .body;
    await using world = await setUp(always(200, body));
    const answer = await world.api.details(id);
    expect(answer).toMatchObject({
      kind: "found",
      value: {
        correspondenceId: id,
        resourceId: "my-resource",
        status: "PurgedByRecipient",
        published: Date.parse("2026-11-21T02:44:47.943Z"),
        statusHistory: [
          { status: "Initialized" },
          { status: "ReadyForPublish" },
          { status: "Published", statusChanged: Date.parse("2026-11-21T02:44:47.943Z") },
          { status: "Fetched" },
          { status: "Read" },
          { status: "Confirmed" },
        ],
      },
    });
  });

  it("of a letter with notifications tell their orders and states", async () => {
    const of = (name: string) => read.find((entry) => entry.name === name)?.answer.body;
    const told = of("overview with notification");
    await using overview = await setUp(always(200, told));
    const notificationOrderIds = ["ef74aad9-70fc-4e60-ae43-225d5321f1cb"];
    expect(await overview.api.overview(idIn(told))).toMatchObject({ value: { notificationOrderIds } });
    const toldMore = of("details with notification");
    await using details = await setUp(always(200, toldMore));
    expect(await details.api.details(idIn(toldMore))).toMatchObject({
      value: {
        notifications: [
          {
            isReminder: false,
            channel: "EmailAndSms",
            orderStatus: "Order_Completed",
            sendStatuses: ["Email_Delivered"],
          },
          { isReminder: true },
        ],
      },
    });
  });
});

it("what is odd in an overview is left out, and what is new is kept by name", async () => {
  const odd = {
    correspondenceId: id.toUpperCase(),
    status: "Teleported",
    created: "yesterday",
    read: "2026-11-21T10:00:00.1234567",
    recipient: 7,
    isConfirmationNeeded: "yes",
    notifications: [{ notificationOrderId: id }, 7, null],
    content: { attachments: [{ id: 1, status: "failed", fileName: "a.pdf" }, "x"] },
  };
  await using world = await setUp(always(200, odd));
  const answer = await world.api.overview(id);
  expect(answer).toEqual({
    kind: "found",
    value: {
      correspondenceId: id,
      unknownStatus: "Teleported",
      read: Date.parse("2026-11-21T10:00:00.123Z"),
      isConfirmationNeeded: false,
      notificationOrderIds: [id],
      attachments: [{ status: "Failed", fileName: "a.pdf" }],
    },
  });
});
