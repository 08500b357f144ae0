// What is told of a request that Altinn takes, and that its sender may not mean.
import { describe, expect, it } from "vitest";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { anAttachment, aRequest } from "../builders/request.ts";

async function warningsOf(request: unknown) {
  const parsed = await parseRequest(request, { environment: "tt02", now: new Date("2026-01-01T00:00:00Z") });
  expect(parsed.ok).toBe(true);
  return parsed.warnings;
}

const withId = (overrides: Parameters<typeof aRequest>[0] = {}) =>
  aRequest({ ...overrides, request: { id: "case-1", ...overrides.request } });

describe("a warning", () => {
  it("is not given about a request that says all that it means", async () => {
    const times = { requestedPublishTime: "2030-12-01T08:00:00+01:00", dueDateTime: "2031-01-01T08:00Z" };
    expect(await warningsOf(withId({ letter: times, attachments: [anAttachment()] }))).toEqual([]);
  });

  it("says that without an id the content is the id", async () => {
    expect(await warningsOf(aRequest())).toMatchObject([{ path: "id", rule: "noId" }]);
  });

  it.each([
    [
      "2030-12-01T08:00",
      "timeWithoutZone",
      "2030-12-01T08:00Z, which is 2030-12-01 09:00 in Norway",
      "2030-12-01T08:00+01:00",
    ],
    [
      "2030-07-01T23:30:00",
      "timeWithoutZone",
      "2030-07-01T23:30Z, which is 2030-07-02 01:30 in Norway",
      "2030-07-01T23:30:00+02:00",
    ],
    ["2030-10-27T00:59:59.5", "timeWithoutZone", "2030-10-27T00:59Z, which is 2030-10-27 02:59 in Norway", "+02:00"],
    ["2030-10-27T01:00", "timeWithoutZone", "2030-10-27T01:00Z, which is 2030-10-27 02:00 in Norway", "+01:00"],
    ["2030-12-01", "dateAlone", "2030-12-01T00:00Z, which is 2030-12-01 01:00 in Norway", "the time"],
    ["9999-12-31T23:59:59", "timeWithoutZone", "9999-12-31T23:59Z", "Norwegian"],
  ])("says what Altinn takes %s for", async (written, rule, taken, remedy) => {
    for (const name of ["requestedPublishTime", "dueDateTime"]) {
      const [warning, ...more] = await warningsOf(withId({ letter: { [name]: written } }));
      expect(warning).toMatchObject({ path: `correspondence.${name}`, rule });
      expect(warning?.message).toContain(taken);
      expect(warning?.message).toContain(remedy);
      expect(more).toEqual([]);
    }
  });

  it.each([
    ["<p>Hei</p>", true],
    ["Hei<br/>du", true],
    ['Se <a href="https://example.com/">siden</a>', true],
    ["Se <https://example.com/>", false],
    ["a < b og b > c", false],
    ["Ring <nummer>", false],
  ])("says that a body holds HTML: %s", async (messageBody, isTold) => {
    const told = isTold ? [{ path: "correspondence.content.messageBody", rule: "htmlBody" }] : [];
    expect(await warningsOf(withId({ content: { messageBody } }))).toMatchObject(told);
    expect(await warningsOf(withId({ content: { messageBody, bodyFormat: "markdown" } }))).toEqual([]);
    expect(await warningsOf(withId({ content: { messageBody, bodyFormat: "text" } }))).toEqual([]);
  });

  it("says where the inbox shows a body of Markdown differently", async () => {
    const [warning, ...more] = await warningsOf(withId({ content: { messageBody: "Vedtak\n\n12. mai kom svaret." } }));
    expect(warning).toMatchObject({ path: "correspondence.content.messageBody", rule: "numberAtLineStart" });
    expect(warning?.message).toMatch(/^Line 3 begins with the number 12, which the inbox shows as 1/);
    expect(more).toEqual([]);
    expect(await warningsOf(withId({ content: { messageBody: "12. mai", bodyFormat: "text" } }))).toEqual([]);
  });

  it("says that a blob's path begins with the container", async () => {
    const [warning] = await warningsOf(
      withId({ attachments: [anAttachment({ blob: "correspondence-attachments/a.pdf" })] }),
    );
    expect(warning).toMatchObject({ path: "correspondence.content.attachments[0].blob", rule: "containerInBlob" });
  });

  it("is given in the order of the document, also beside what is wrong", async () => {
    const request = aRequest({ letter: { dueDateTime: "2030-12-01", mine: 1, content: {} }, request: { mine: 1 } });
    const parsed = await parseRequest(request, { environment: "tt02", now: new Date() });
    expect(parsed.ok).toBe(false);
    expect(parsed.warnings.map(({ path, rule }) => `${path}: ${rule}`)).toEqual([
      "correspondence.dueDateTime: dateAlone",
      "correspondence.mine: unknownField",
      "mine: unknownField",
      "id: noId",
    ]);
  });

  it("repeats no value but a time", async () => {
    const secret = "Hemmelig Navnesen";
    const request = aRequest({ content: { messageBody: `<p>${secret}</p>` }, letter: { mine: secret } });
    expect(JSON.stringify(await warningsOf(request))).not.toContain(secret);
  });
});

describe("the remedy stands beside what is wrong", () => {
  const wrong = async (overrides: Parameters<typeof aRequest>[0], written: object = {}) => {
    const parsed = await parseRequest({ ...aRequest(overrides), ...written }, { environment: "tt02", now: new Date() });
    return parsed.ok ? "" : parsed.problems.map(({ message }) => message).join("\n");
  };
  it.each([
    ["no", "nb (bokmål) or nn (nynorsk)"],
    ["nb-NO", "Write nb."],
    ["nn_NO", "Write nn."],
    ["en-GB", "Write en."],
    ["nob", "Write nb."],
  ])("of the language %s", async (language, remedy) => {
    expect(await wrong({ content: { language } })).toContain(remedy);
  });

  it("of recipients and paths", async () => {
    expect(await wrong({ recipients: ["310000000"] })).toContain("write 0192: before them");
    expect(await wrong({ recipients: ["310 000 000"] })).toContain("write 0192: before them");
    expect(await wrong({}, { recipients: [310000000] })).toContain("Put the number in quotes");
    expect(await wrong({}, { recipients: "0192:310000000" })).toContain("square brackets");
    const blob = "https://account.blob.core.windows.net/correspondence-attachments/a.pdf";
    expect(await wrong({ attachments: [anAttachment({ blob })] })).toContain("what follows the container's name");
  });
});
