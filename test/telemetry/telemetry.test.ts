// Log lines: what is not on the list of fields never gets out.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createTelemetry, type LogLevel } from "../../shared/telemetry/telemetry.ts";

/** Some that are on the list. */
const ALLOWED = [
  "dispatchId",
  "correspondenceId",
  "requestHash",
  "reason",
  "errorCode",
  "httpStatus",
  "attempts",
  "total",
];

const SECRET = "VERY-SECRET";
const personal = fc.constantFrom(
  "recipient",
  "sendersReference",
  "messageTitle",
  "messageBody",
  "authorization",
  "token",
  "detail",
  "message",
  "requestId",
  "event",
  "level",
  "__proto__",
  "Status",
  "toString",
);
const lineSchema = z.record(z.string(), z.unknown());

describe("a log line", () => {
  it("has the event and the fields that are on the list, and only those", () => {
    const fields = Object.fromEntries(ALLOWED.map((name) => [name, name]));
    expect(written({ ...fields, recipient: SECRET, undefinedField: undefined })).toEqual({
      event: "swept",
      ...fields,
    });
  });

  it("never carries another field, whatever it is called and holds", () => {
    const value = fc.oneof(fc.constant(SECRET), fc.constant([SECRET]), fc.constant({ status: SECRET }));
    const others = fc.dictionary(
      fc.oneof(
        personal,
        fc.string().map((name) => `${name} of the recipient`),
      ),
      value,
    );
    fc.assert(
      fc.property(others, (fields) => {
        expect(written({ dispatchId: "an-id", ...fields })).toEqual({ event: "swept", dispatchId: "an-id" });
      }),
    );
  });

  it("cannot have its event replaced by a field", () => {
    expect(written({ event: "another" })).toEqual({ event: "swept" });
  });

  it("leaves out what is not known, and cuts what is too long to be an id or a code", () => {
    expect(written({ cause: undefined, reason: "x".repeat(10_000) })).toEqual({
      event: "swept",
      reason: "x".repeat(256),
    });
  });

  it("goes out at the level of its urgency", () => {
    const levels: LogLevel[] = [];
    const telemetry = createTelemetry((level) => levels.push(level));
    telemetry.info("swept");
    telemetry.warn("swept");
    telemetry.alert("swept");
    expect(levels).toEqual(["info", "warn", "error"]);
  });

  it("is one line, whatever its values hold", () => {
    const lines: string[] = [];
    createTelemetry((_, line) => lines.push(line)).warn("swept", { reason: "a\r\nb" });
    expect(lines).toEqual(['{"event":"swept","reason":"a\\r\\nb"}']);
  });
});

/** The line that comes of the fields, parsed. */
function written(fields: Record<string, unknown>): Record<string, unknown> {
  const lines: string[] = [];
  createTelemetry((_, line) => lines.push(line)).info("swept", fields);
  return lineSchema.parse(JSON.parse(lines[0] ?? "null"));
}
