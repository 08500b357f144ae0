import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { END_REASONS } from "../../shared/altinn/endReason.ts";
import { reasonOfErrorCode } from "../../shared/altinn/errorReasons.ts";
import type { Answer, CallFailure } from "../../shared/altinn/httpCall.ts";
import { initializeOutcome } from "../../shared/altinn/outcome.ts";

const id = "01a1fbfd-f566-7e1a-a723-876e8fe16fde";

function answer(status: number, body?: unknown, retryAfterMs?: number): Answer {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const waits = retryAfterMs === undefined ? {} : { retryAfterMs };
  const json = typeof body === "string" ? undefined : body;
  return { kind: "answered", call: "POST /correspondence", status, headers: new Headers(), text, json, ...waits };
}

function problem(status: number, errorCode: number, detail = "Refused."): Answer {
  return answer(status, { status, title: "x", detail, code: `CORR-0${errorCode}`, errorCode });
}

function failure(fields: Omit<CallFailure, "kind" | "call">): CallFailure {
  return { kind: "failed", call: "POST /correspondence", ...fields };
}

const model = (status: number, errors: object = {}) => answer(status, { status, code: "STD-00000", errors });

describe("what an answer means", () => {
  const created = { correspondenceId: id, status: "ReadyForPublish", recipient: "x", notifications: null };
  const never = (reason: string) => ({ kind: "never", reason });
  const later = (cause: string, definite: boolean) => ({ kind: "later", cause, definite });
  it.each<[string, Answer | CallFailure, object]>([
    [
      "sent",
      answer(200, { correspondences: [created], attachmentIds: [id] }),
      { kind: "sent", correspondenceId: id, status: "ReadyForPublish", attachmentIds: [id] },
    ],
    [
      "sent, with an id in upper case, a status that is a number, and new fields",
      answer(201, { correspondences: [{ correspondenceId: id.toUpperCase(), status: 10, news: 1 }], more: 2 }),
      { kind: "sent", correspondenceId: id, status: "Reserved", attachmentIds: [] },
    ],
    [
      "sent, with a status that is new",
      answer(200, { correspondences: [{ correspondenceId: id, status: "Teleported" }] }),
      { kind: "sent", status: "Initialized" },
    ],
    ["200 without JSON", answer(200, "<html>"), later("unreadable", false)],
    ["200 without a body", answer(200), later("unreadable", false)],
    ["200 without correspondences", answer(200, { correspondences: [] }), later("unreadable", false)],
    ["200 with another id", answer(200, { correspondences: [{ correspondenceId: "1" }] }), later("unreadable", false)],
    ["409 and 1034", problem(409, 1034), { kind: "exists" }],
    ["400 and 1034", problem(400, 1034), later("status", false)],
    ["409 of a gateway", answer(409, "<html>"), { ...later("status", false), status: 409 }],
    ["409 without a body", answer(409), { ...later("status", false), status: 409 }],
    ["409 with another code", problem(409, 2015), never("invalidRequest")],
    ["408", problem(408, 2022), later("status", false)],
    ["425", answer(425), later("status", false)],
    ["429", answer(429, undefined, 7_000), { ...later("status", true), status: 429, retryAfterMs: 7_000 }],
    ["500", answer(500), later("status", false)],
    ["500 and 1032", problem(500, 1032), { ...later("status", false), errorCode: 1032 }],
    ["502 and 2002", problem(502, 2002), { ...later("status", false), errorCode: 2002 }],
    ["400 and 1032", problem(400, 1032), later("status", false)],
    ["503 of a gateway", answer(503, "<html>", 1_000), { ...later("status", false), retryAfterMs: 1_000 }],
    ["400 and 1018", problem(400, 1018), { ...later("attachmentNotPublished", true), errorCode: 1018 }],
    ["401", answer(401), { kind: "ourSetUp", status: 401, definite: true }],
    ["401 and 4001", problem(401, 4001), { kind: "ourSetUp", status: 401, errorCode: 4001 }],
    ["403", answer(403), { kind: "ourSetUp", status: 403, definite: true }],
    ["403 and 4008", problem(403, 4008), { kind: "ourSetUp", errorCode: 4008, definite: true }],
    ["403 with a page", answer(403, "<html>"), { kind: "ourSetUp", status: 403, definite: false }],
    ["451", problem(451, 2014), { kind: "ourSetUp", status: 451, errorCode: 2014, definite: true }],
    ["451 without a code", answer(451), { kind: "ourSetUp", status: 451, definite: false }],
    ["404 with a page", answer(404, "<html>"), { kind: "ourSetUp", status: 404, definite: false }],
    ["404 with a bare text", answer(404, JSON.parse('"Not found"')), { kind: "ourSetUp", status: 404 }],
    ["400 with problem details of somebody else", answer(400, { title: "Bad", status: 400 }), { kind: "ourSetUp" }],
    ["413 of a gateway", answer(413), { kind: "ourSetUp", status: 413 }],
    ["404 and 1029", problem(404, 1029), { ...never("recipientNotFound"), status: 404, errorCode: 1029 }],
    ["422 and 1030", problem(422, 1030), never("recipientReserved")],
    ["400 and 1044", problem(400, 1044), never("recipientLacksRole")],
    ["404 and 1054", problem(404, 1054), never("dialogNotFound")],
    ["404 and 3001", problem(404, 3001), never("templateNotFound")],
    ["400 and 1002", problem(400, 1002), never("contentRefused")],
    ["400 and 1007", problem(400, 1007), never("attachmentMissing")],
    ["400 and 2008", problem(400, 2008), never("checksumMismatch")],
    ["400 and 2013", problem(400, 2013), never("attachmentRefused")],
    ["400 and 1036", problem(400, 1036), never("resourceNotAllowed")],
    ["400 and a code that is new", problem(400, 9999), { ...never("invalidRequest"), errorCode: 9999 }],
    ["400 and STD-00000", model(400), never("invalidRequest")],
    ["timeout", failure({ cause: "timeout" }), later("timeout", false)],
    ["cut", failure({ cause: "connection" }), later("connection", false)],
    ["not connected", failure({ cause: "notConnected" }), later("notConnected", true)],
    ["too long", failure({ cause: "unreadable", status: 200 }), later("unreadable", false)],
    ["302", failure({ cause: "status", status: 302 }), { kind: "ourSetUp", status: 302, definite: false }],
    ["a token refused", failure({ cause: "token", status: 400 }), { kind: "ourSetUp", status: 400, definite: true }],
    [
      "tokens down",
      failure({ cause: "token", status: 503, retryAfterMs: 9 }),
      { ...later("token", true), retryAfterMs: 9 },
    ],
    ["tokens not reached", failure({ cause: "token" }), later("token", true)],
  ])("%s", (_name, told, expected) => {
    expect(initializeOutcome(told)).toMatchObject(expected);
  });

  it("names fields of a model failure, but not its texts", () => {
    const outcome = initializeOutcome(
      model(400, { "$.correspondence.propertyList.01014900191": ["secret"], Recipients: ["01014900191"], fine: [] }),
    );
    expect(outcome).toMatchObject({
      detail: expect.stringMatching(/: \$\.correspondence\.propertyList, Recipients\.$/),
    });
    expect(JSON.stringify(outcome)).not.toMatch(/secret|01014900191|fine/);
  });
});

const recorded = z.array(
  z.object({
    name: z.string(),
    request: z.object({ method: z.string(), path: z.string() }),
    answer: z.object({ status: z.number(), body: z.unknown() }),
  }),
);

describe("the recorded answers to letters", () => {
  const lines = recorded.parse(JSON.parse(readFileSync(new URL("../recorded/answers.json", import.meta.url), "utf8")));
  const letters = lines.filter(
    ({ request }) => request.method === "POST" && /^\/correspondence(\/upload)?$/.test(request.path),
  );
  const kinds: Record<string, string> = {
    "initialize, same idempotent key": "exists",
    "initialize and upload, wrong checksum": "never checksumMismatch",
    "initialize with an attachment not uploaded yet": "later attachmentNotPublished",
    "refused by field rules": "never invalidRequest",
    "refused: missing property": "never invalidRequest",
    "refused: title is not plain text": "never contentRefused",
    "refused: unknown recipient": "never recipientNotFound",
    "refused: reserved person": "never recipientReserved",
    "refused: no access to the resource": "ourSetUp",
    "refused: unknown resource": "never resourceNotAllowed",
    "contact register is down": "later status",
    "no token": "ourSetUp",
    "token without the scope": "ourSetUp",
  };
  it.each(letters.map((line) => [line.name, line.answer] as const))("%s", (name, { status, body }) => {
    const outcome = initializeOutcome(answer(status, body));
    const more = outcome.kind === "never" ? outcome.reason : outcome.kind === "later" ? outcome.cause : "";
    const expected = status === 200 ? "sent" : kinds[name];
    expect(`${outcome.kind} ${more}`.trim()).toBe(expected);
    expect(JSON.stringify(outcome)).not.toMatch(/\b(310000019|02014900120)\b/);
  });
});

it("every reason of a code is a reason, and a code has one only", () => {
  const codes = Array.from({ length: 9_000 }, (_, index) => index + 1_000);
  for (const code of codes) expect(END_REASONS).toContain(reasonOfErrorCode(code));
  expect(reasonOfErrorCode(undefined)).toBe("invalidRequest");
});
