// Messages that cancel: strictly one thing, and nothing beside it.
import { describe, expect, it } from "vitest";
import { parseCancel } from "../../shared/requests/parseCancel.ts";
import { aRequest } from "../builders/request.ts";

const ID = "da4ceacc-ad44-4e54-99b6-b58e3c13c785";

describe("parseCancel", () => {
  it("leaves alone what does not say cancel", () => {
    expect(parseCancel({})).toBeUndefined();
    expect(parseCancel(aRequest())).toBeUndefined();
    expect(parseCancel({ correspondence: { cancel: { requestId: "a" } } })).toBeUndefined();
    // Not through the prototype.
    expect(parseCancel(Object.create({ cancel: { requestId: "a" } }))).toBeUndefined();
  });

  it("reads either kind, names in any case", () => {
    expect(parseCancel({ cancel: { requestId: "case-1" } })).toEqual({
      kind: "cancel",
      target: { requestId: "case-1" },
    });
    expect(parseCancel({ CANCEL: { CorrespondenceID: ID.toUpperCase() } })).toEqual({
      kind: "cancel",
      target: { correspondenceId: ID },
    });
    expect(parseCancel({ cancel: { requestid: "x".repeat(256) } })?.kind).toBe("cancel");
  });

  it.each([
    ["null", { cancel: null }, [["cancel", "object"]]],
    ["a text", { cancel: "case-1" }, [["cancel", "object"]]],
    ["a list", { cancel: [{ requestId: "a" }] }, [["cancel", "object"]]],
    ["nothing named", { cancel: {} }, [["cancel", "oneOf"]]],
    ["both named", { cancel: { requestId: "a", correspondenceId: ID } }, [["cancel", "oneOf"]]],
    ["something else named", { cancel: { requestId: "a", reason: "b" } }, [["cancel.reason", "unknownField"]]],
    ["an empty request id", { cancel: { requestId: "" } }, [["cancel.requestId", "requestId"]]],
    ["too long a request id", { cancel: { requestId: "x".repeat(257) } }, [["cancel.requestId", "requestId"]]],
    ["a number as request id", { cancel: { requestId: 7 } }, [["cancel.requestId", "requestId"]]],
    ["null as request id", { cancel: { requestId: null } }, [["cancel.requestId", "requestId"]]],
    ["no GUID", { cancel: { correspondenceId: "da4ceacc" } }, [["cancel.correspondenceId", "guid"]]],
    ["a GUID and more", { cancel: { correspondenceId: `${ID}\n` } }, [["cancel.correspondenceId", "guid"]]],
    [
      "a whole letter beside it",
      { id: "x", cancel: { requestId: "" } },
      [
        ["cancel.requestId", "requestId"],
        ["id", "cancel"],
      ],
    ],
    ["a field beside it", { cancel: { requestId: "a" }, statusQueue: "q" }, [["statusQueue", "cancel"]]],
  ])("refuses %s, with the path and the rule", (_, message, problems) => {
    const parsed = parseCancel(message);
    expect(parsed?.kind === "problems" && parsed.problems.map(({ path, rule }) => [path, rule])).toEqual(problems);
    // Values may be personal.
    expect(JSON.stringify(parsed)).not.toContain("case-1");
  });
});
