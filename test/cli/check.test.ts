// The check command as operators run it: exit status, human lines and JSON lines.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anAttachment, aRequest, organization } from "../builders/request.ts";

const root = new URL("../../", import.meta.url);
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "check-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function check(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["cli/check.ts", ...args], { cwd: root }, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe("check", () => {
  it("says ok and exits with 0 when all are valid", async () => {
    const files = [file("a.json", aRequest()), file("b.json", aRequest({ recipients: [organization(1)] }))];
    expect(await check(...files)).toMatchObject({ status: 0, out: `${files[0]}: ok\n${files[1]}: ok\n` });
  });

  it("names every path and rule and exits with 1 when one is not", async () => {
    const bad = file("bad.json", aRequest({ content: { messageTitle: "<b>", messageBody: "" } }));
    const { status, out } = await check(file("good.json", aRequest()), bad);
    expect(status).toBe(1);
    expect(out.split("\n")).toMatchObject([
      expect.stringMatching(/good\.json: ok$/),
      `${bad}: refused`,
      expect.stringMatching(/^ {2}correspondence\.content\.messageTitle: plainText: /),
      expect.stringMatching(/^ {2}correspondence\.content\.messageBody: required: /),
      "",
    ]);
  });

  it("prints a line of JSON for each file, whatever is wrong with it", async () => {
    const files = [
      file("1.json", aRequest()),
      file("2.json", "{"),
      join(directory, "missing.json"),
      file("4.json", "[]"),
      file("5.json", aRequest({ recipients: [] })),
    ];
    const { status, out } = await check("--json", ...files);
    expect(status).toBe(1);
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ file: name }) => name)).toEqual(files);
    expect(lines.map(({ valid }) => valid)).toEqual([true, false, false, false, false]);
    expect(lines.map(({ problems }) => problems[0]?.rule)).toEqual([undefined, "json", "file", "object", "minItems"]);
    expect(Object.keys(lines[4].problems[0])).toEqual(["path", "rule", "message"]);
  });

  it("shows the Markdown that Altinn gets, when asked", async () => {
    const html = file(
      "html.json",
      aRequest({ content: { bodyFormat: "html", messageBody: "<h1>Vedtak</h1><p>Hei 5*6" } }),
    );
    const bad = file("form.json", aRequest({ content: { bodyFormat: "html", messageBody: "<form>" } }));
    expect((await check(html)).out).toBe(`${html}: ok\n`);
    const shown = await check("--show-body", html, bad);
    expect(shown.out).toContain(`${html}: ok\n\n# Vedtak\n\nHei 5\\*6\n\n${bad}: refused\n`);
    const lines = (await check("--show-body", "--json", html, bad)).out.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).body)).toEqual(["# Vedtak\n\nHei 5\\*6", undefined]);
  });

  it("knows the environments' rules", async () => {
    const path = file("days.json", aRequest({ attachments: [anAttachment({ expirationInDays: 2 })] }));
    expect(await check(path)).toMatchObject({ status: 0 });
    expect(await check("--environment", "production", path)).toMatchObject({ status: 1 });
  });

  it("explains itself when asked, and when used wrongly", async () => {
    expect(await check("--help")).toMatchObject({ status: 0, out: expect.stringContaining("Usage:"), err: "" });
    for (const args of [[], ["--nonsense", "a"], ["--environment", "moon", "a"]]) {
      expect(await check(...args)).toMatchObject({ status: 2, out: "", err: expect.stringContaining("Usage:") });
    }
  });

  it("knows claim checks and cancels", async () => {
    const good = [
      file("claim.json", { requestBlob: "2030/1.json" }),
      file("cancel.json", { cancel: { requestId: "a" } }),
    ];
    expect(await check(...good)).toMatchObject({ status: 0, out: `${good[0]}: ok\n${good[1]}: ok\n` });
    const bad = [file("bad-claim.json", { requestBlob: "../1.json" }), file("bad-cancel.json", { cancel: {} })];
    expect(await check(...bad)).toMatchObject({ status: 1 });
  });
});
