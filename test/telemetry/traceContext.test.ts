// W3C Trace Context, as requests give it and as the app passes it on.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  beginTrace,
  idsOf,
  readTraceContext,
  readTraceparent,
  readTracestate,
  traceparentOfCall,
} from "../../shared/telemetry/traceContext.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN_ID = "00f067aa0ba902b7";
const ONE = `00-${TRACE_ID}-${SPAN_ID}-01`;
const NAMESPACE = "5a2f0a3e-1f7b-4c53-9d5e-0b6a3c9e1d42";

describe("a traceparent", () => {
  it.each([
    ["of version 00", ONE, ONE],
    ["that is not sampled", `00-${TRACE_ID}-${SPAN_ID}-00`, `00-${TRACE_ID}-${SPAN_ID}-00`],
    ["with flags that have no meaning yet", `00-${TRACE_ID}-${SPAN_ID}-ff`, `00-${TRACE_ID}-${SPAN_ID}-03`],
    ["of a later version", `cc-${TRACE_ID}-${SPAN_ID}-01`, ONE],
    ["of a later version with more to it", `cc-${TRACE_ID}-${SPAN_ID}-01-what-comes-then`, ONE],
  ])("%s is kept as version 00", (_what, value, kept) => {
    expect(readTraceparent(value)).toBe(kept);
  });

  it.each([
    ["upper case", ONE.toUpperCase()],
    ["version ff", `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${SPAN_ID}-01`],
    ["a span id of zeros", `00-${TRACE_ID}-${"0".repeat(16)}-01`],
    ["more after version 00", `${ONE}-more`],
    ["more without a hyphen", `cc-${TRACE_ID}-${SPAN_ID}-01x`],
    ["too few digits", ONE.slice(0, -1)],
    ["a line break at its end", `${ONE}\n`],
    ["spaces around it", ` ${ONE} `],
    ["nothing", ""],
    ["a number", 1],
    ["null", null],
    ["a list", [ONE]],
    ["an object", { traceparent: ONE }],
  ])("is none with %s", (_what, value) => {
    expect(readTraceparent(value)).toBeUndefined();
  });

  it("has its ids for a log line", () => {
    expect(idsOf(ONE)).toEqual({ traceId: TRACE_ID, spanId: SPAN_ID });
    expect(idsOf("made up by hand")).toBeUndefined();
  });

  it("gives each call a span of its own, in the same trace, with the same flags", () => {
    const calls = Array.from({ length: 100 }, () => traceparentOfCall(ONE));
    for (const call of calls) expect(call).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
    expect(new Set([ONE, ...calls]).size).toBe(101);
  });
});

describe("a tracestate", () => {
  it.each([
    ["one member", "rojo=00f067aa0ba902b7", "rojo=00f067aa0ba902b7"],
    ["several", "rojo=1,congo=t61rcWkgMzE", "rojo=1,congo=t61rcWkgMzE"],
    ["a tenant", "fw529a3039@dt=FfSrfKLfy2vj", "fw529a3039@dt=FfSrfKLfy2vj"],
    ["spaces and empty members", " rojo=a b ,\t,congo=2", "rojo=a b,congo=2"],
  ])("with %s is kept", (_what, value, kept) => {
    expect(readTracestate(value)).toBe(kept);
  });

  it.each([
    ["a key in upper case", "Rojo=1"],
    ["no value", "rojo="],
    ["a line break", "rojo=1\r\nauthorization: x"],
    ["letters beyond ASCII", "rojo=\u00e5"],
    ["33 members", Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(",")],
    ["513 characters", `k=${"1".repeat(511)}`],
    ["nothing", ""],
    ["a number", 7],
  ])("is none with %s", (_what, value) => {
    expect(readTracestate(value)).toBeUndefined();
  });

  it("counts only with a traceparent", () => {
    expect(readTraceContext({ tracestate: "a=1" })).toEqual({});
    expect(readTraceContext({ traceparent: "none", tracestate: "a=1" })).toEqual({});
    expect(readTraceContext({ traceparent: ONE, tracestate: "A=1" })).toEqual({ traceparent: ONE });
    expect(readTraceContext({ traceparent: ONE, tracestate: "a=1" })).toEqual({ traceparent: ONE, tracestate: "a=1" });
  });
});

describe("reading what somebody wrote", () => {
  it("never throws, and gives what can stand in a header", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string({ unit: "binary" })), (value) => {
        const read = readTraceContext({ traceparent: ONE, tracestate: value });
        expect(readTraceparent(value)).toBeUndefined();
        expect(read.tracestate ?? "").toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

describe("a trace that begins", () => {
  it("is the same for the same request of the same deployment, and another for any other", () => {
    expect(beginTrace(NAMESPACE, "letter-1")).toBe(beginTrace(NAMESPACE, "letter-1"));
    const others = [
      beginTrace(NAMESPACE, "letter-2"),
      beginTrace("6b3a1b4f-2f8c-4d64-8e6f-1c7b4d0f2e53", "letter-1"),
      beginTrace(NAMESPACE, "letter-1"),
    ];
    expect(new Set(others.map((traceparent) => idsOf(traceparent)?.traceId)).size).toBe(3);
  });

  it("is a traceparent as any other", () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(readTraceparent(beginTrace(NAMESPACE, id))).toBe(beginTrace(NAMESPACE, id));
      }),
    );
  });
});
