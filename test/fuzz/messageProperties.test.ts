// Any message at all: reading and checking it ends in a request or in problems that name a place and a rule, and never
// repeat what the producer wrote.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { person } from "../../local/parties.ts";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { field, isObject } from "../../shared/requests/json.ts";
import { type FieldNames, requestNames } from "../../shared/requests/names.ts";
import { type ParsedRequest, parseRequest } from "../../shared/requests/parseRequest.ts";
import { toProblems } from "../../shared/requests/problem.ts";
import { readIdentity } from "../../shared/requests/writtenRequest.ts";
import { anAttachment, aRequest } from "../builders/request.ts";
import { type FieldPath, withChanges } from "../requests/tamper.ts";
import { runs } from "./corpus.ts";

const context = { environment: "tt02", now: new Date("2026-11-21T12:00:00Z"), resources: new Set(["r"]) } as const;

/** Stands in every text and every made-up name that a producer writes here; "seven" is in no rule's words. */
const MARK = "seven";

const wholeRequest = aRequest({
  attachments: [anAttachment()],
  letter: {
    messageSender: "Etaten",
    requestedPublishTime: "2026-12-01T08:00:00Z",
    dueDateTime: "2027-01-01T08:00:00Z",
    externalReferences: [{ referenceType: "Generic", referenceValue: "x" }],
    propertyList: { key: "value" },
    replyOptions: [{ linkURL: "https://etaten.example/svar", linkText: "Svar" }],
    notification: {
      notificationTemplate: "CustomMessage",
      notificationChannel: "EmailAndSms",
      emailSubject: "s",
      emailBody: "b",
      smsBody: "s",
      customRecipients: [{ nationalIdentityNumber: person().slice(-11) }],
    },
    isConfirmationNeeded: true,
  },
  request: { id: "1", existingAttachments: [], idempotentKey: "9b2b6d5c-9b0e-4c8e-8d6a-0d2f3e4a5b6c" },
});

/** The path of every value in a document, its own included. */
function pathsIn(value: unknown, path: FieldPath = []): FieldPath[] {
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => pathsIn(item, [...path, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => pathsIn(item, [...path, name]))
      : [];
  return [path, ...inner];
}

const marked = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => `${MARK}${text}`),
  fc
    .constantFrom("\ud800", "\u0000", "@", "<b>", "01814990017", "+47 999", "https://", "../", "\n", "{{}}")
    .map((text) => MARK + text),
  fc.integer({ min: 1, max: 40_000 }).map((length) => MARK + "x".repeat(length)),
);
const nastyName = fc.constantFrom("__proto__", "constructor", "toString", "valueOf", "", MARK, `${MARK}.a[0]`, "0");
const { value: anything } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    marked,
    fc.constantFrom(null, true, false, 0, -0, 1.5, 2 ** 53, -1e308, Number.POSITIVE_INFINITY),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(nastyName, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}));

const tampered = fc
  .array(fc.record({ path: fc.constantFrom(...pathsIn(wholeRequest)), value: anything }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((changes) => withChanges(wholeRequest, changes));

/** The steps that paths of problems may consist of: names of the contract. */
function namesIn(names: FieldNames): string[] {
  return Object.entries(names).flatMap(([name, inner]) => [name, ...namesIn(inner)]);
}
const known = new Set(namesIn(requestNames));

function expectNothingRepeated(parsed: ParsedRequest): void {
  if (parsed.ok) return;
  expect(parsed.problems.length).toBeGreaterThan(0);
  for (const { path, rule, message } of parsed.problems) {
    expect(`${path} ${rule} ${message}`).not.toContain(MARK);
    for (const step of path === "" ? [] : path.replaceAll(/\[\d+\]/g, "").split(".")) expect(known).toContain(step);
    expect(rule).toMatch(/^[a-zA-Z]+$/);
    expect(message).not.toBe("");
  }
}

describe("a request with anything in it", () => {
  it("is a request, or has problems that say where and which rule, and not what stands there", async () => {
    await fc.assert(
      fc.asyncProperty(tampered, async (value) => {
        expectNothingRepeated(await parseRequest(value, context));
      }),
      runs(800),
    );
  });

  it("has an identity, whatever became of its id", async () => {
    fc.assert(
      fc.property(tampered, (value) => {
        const decoded = decodeMessage(value);
        if (!decoded.ok) return;
        const { digest, requestId } = readIdentity(decoded.value);
        expect(digest).toMatch(/^[0-9a-f]{64}$/);
        const id = field(decoded.value, "id");
        expect(requestId).toBe(typeof id === "string" && id.length > 0 && id.length <= 256 ? id : digest);
      }),
      runs(300),
    );
  });

  const objects = pathsIn(wholeRequest).filter((path) => isObject(at(path)));
  it.each(objects.map((path) => ({ path, where: path.join(".") || "the top" })))(
    "may have ten thousand more fields at $where",
    async ({ path }) => {
      const more = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`${MARK}${index}`, index]));
      const value = withChanges(wholeRequest, [{ path, value: { ...objectAt(path), ...more } }]);
      expectNothingRepeated(await parseRequest(value, context));
    },
  );
});

function at(path: FieldPath): unknown {
  return path.reduce<unknown>(
    (value, step) => (Array.isArray(value) ? value[Number(step)] : field(value, String(step))),
    wholeRequest,
  );
}

function objectAt(path: FieldPath): object {
  const value = at(path);
  return isObject(value) ? value : {};
}

/** Ways in which producers and their SDKs write JSON, most of them wrong. */
const encodings: readonly ((json: string) => string | Uint8Array)[] = [
  (json) => json,
  (json) => `\ufeff${json}\n`,
  (json) => Buffer.from(json),
  (json) => Buffer.from(json).toString("base64"),
  (json) => Buffer.from(json).toString("base64url"),
  (json) => Buffer.from(Buffer.from(json).toString("base64")).toString("base64"),
  (json) => Buffer.from(json, "utf16le"),
  (json) => Buffer.from(json, "utf16le").toString("base64"),
  (json) => Buffer.from(json, "latin1"),
  (json) => Buffer.from(json, "latin1").toString("base64"),
  (json) => JSON.stringify(json),
  (json) => encodeURIComponent(json),
];

const damaged = fc
  .tuple(
    tampered,
    fc.constantFrom(...encodings),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.string({ unit: "binary" }),
  )
  .map(([value, encode, where, inserted]) => {
    const written = encode(JSON.stringify(value) ?? "null");
    const cut = Math.floor(where * written.length);
    if (typeof written !== "string") return where < 0.5 ? written : written.subarray(0, cut);
    return where < 0.5 ? written : written.slice(0, cut) + inserted + (where < 0.75 ? "" : written.slice(cut));
  });

describe("a message in whatever encoding, cut or with rubbish in it", () => {
  it("is an object, or is kept as text with the rule that it breaks", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async (message) => {
        const decoded = decodeMessage(message);
        if (decoded.ok) {
          expect(isObject(decoded.value)).toBe(true);
          expectNothingRepeated(await parseRequest(decoded.value, context));
          return;
        }
        expect(typeof decoded.raw).toBe("string");
        expect(["empty", "json", "object", "depth", "encoding"]).toContain(decoded.problem.rule);
        expect(decoded.problem.message).not.toContain(MARK);
      }),
      runs(800),
    );
  });

  it("may be anything that the Functions library hands over", async () => {
    const anyValue = fc.oneof(fc.anything({ withNullPrototype: true }), anything);
    fc.assert(
      fc.property(anyValue, (message) => {
        const decoded = decodeMessage(message);
        expect(decoded.ok ? typeof decoded.value : typeof decoded.raw).toMatch(/^(?:object|string)$/);
      }),
      runs(500),
    );
  });
});

describe("ten thousand problems beside thousands of fields", () => {
  it("are put in order with one look at the fields of each object", async () => {
    let looks = 0;
    const fields = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`field${index}`, index]));
    const document = new Proxy(fields, {
      ownKeys(target) {
        looks++;
        return Reflect.ownKeys(target);
      },
    });
    const findings = Array.from({ length: 10_000 }, (_, index) => ({
      path: [`field${9_999 - index}`],
      rule: "rule",
      message: "Is wrong.",
    }));
    const problems = toProblems(findings, document);
    expect(problems.slice(0, 2).map(({ path }) => path)).toEqual(["field0", "field1"]);
    expect(looks).toBe(1);
  });
});
