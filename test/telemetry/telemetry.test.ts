// Log lines: what is not on the list of fields never gets out.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createTelemetry, type LogLevel } from "../../shared/telemetry/telemetry.ts";
import { asPiece, createTraces } from "../../shared/telemetry/traces.ts";

/** Some that are on the list, and are called in a line as they are in the code. */
const ALLOWED = ["dispatchId", "correspondenceId", "requestHash", "reason", "errorCode", "attempts", "total"];

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

  it("calls fields as OpenTelemetry's semantic conventions do, where these have a name", () => {
    const fields = { httpStatus: 503, errorType: "TypeError", queue: "a-queue", function: "f", durationSeconds: 0.25 };
    const expected = {
      event: "swept",
      "http.response.status_code": 503,
      "error.type": "TypeError",
      "messaging.destination.name": "a-queue",
      "faas.name": "f",
      "faas.invoke_duration": 0.25,
    };
    expect(written(fields)).toEqual(expected);
    expect(written(fields, "the-app")).toEqual({ ...expected, "faas.name": "the-app/f" });
  });

  it("carries the trace of the letter that the piece of work is about, to its end and no further", async () => {
    const traces = createTraces(async () => "5a2f0a3e-1f7b-4c53-9d5e-0b6a3c9e1d42");
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const traced = { event: "swept", trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" };
    await asPiece(async () => {
      await asPiece(async () => {
        expect(written({})).toEqual({ event: "swept" });
        await traces.follow({ traceparent });
        expect(written({})).toEqual(traced);
        await traces.follow(undefined);
        expect(written({})).toEqual(traced);
      });
      expect(written({})).toEqual({ event: "swept" });
    });
    await traces.follow({ traceparent });
    expect(written({})).toEqual({ event: "swept" });
  });

  it("has no trace where none was given and the app's marker cannot be read", async () => {
    const traces = createTraces(() => Promise.reject(new Error("gone")));
    await asPiece(async () => {
      await traces.follow({ requestId: "1" });
      expect(written({})).toEqual({ event: "swept" });
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
function written(fields: Record<string, unknown>, functionApp?: string): Record<string, unknown> {
  const lines: string[] = [];
  createTelemetry((_, line) => lines.push(line), functionApp).info("swept", fields);
  return lineSchema.parse(JSON.parse(lines[0] ?? "null"));
}
