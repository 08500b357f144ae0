// The check command as operators run it: exit status, human lines and JSON lines.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { organization } from "../../local/parties.ts";
import { anAttachment, aRequest, type RequestOverrides } from "../builders/request.ts";
import { commandArgs } from "../harness/command.ts";

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

/** A request that there is nothing to say about. */
function aLetter(overrides: RequestOverrides = {}) {
  return aRequest({ ...overrides, request: { id: "case-1" } });
}

interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function check(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...commandArgs("check"), ...args], { cwd: root }, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe("check", () => {
  it("says ok and exits with 0 when all are valid", async () => {
    const files = [file("a.json", aLetter()), file("b.json", aLetter({ recipients: [organization(1)] }))];
    expect(await check(...files)).toMatchObject({ status: 0, out: `${files[0]}: ok\n${files[1]}: ok\n` });
  });

  it("names every path and rule and exits with 1 when one is not", async () => {
    const bad = file("bad.json", aLetter({ content: { messageTitle: "<b>", messageBody: "" } }));
    const { status, out } = await check(file("good.json", aLetter()), bad);
    expect(status).toBe(1);
    const lines = out.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("    "))).toMatchObject([
      expect.stringMatching(/good\.json: ok$/),
      `${bad}: refused`,
      expect.stringMatching(/^ {2}correspondence\.content\.messageTitle: plainText: /),
      expect.stringMatching(/^ {2}correspondence\.content\.messageBody: required: /),
    ]);
    const text = lines.filter((line) => line.startsWith(" "));
    expect(Math.max(...text.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("names what may not be meant, and exits with 0 all the same", async () => {
    const [told, near] = [
      aLetter({ letter: { mine: 1, dueDateTime: "2099-07-01" } }),
      aLetter({ letter: { dueDate: "2099-07-01" } }),
    ];
    const files = [file("told.json", told), file("near.json", near)];
    const { status, out } = await check(...files.slice(0, 1));
    expect(status).toBe(0);
    expect(out).toContain(`${files[0]}: ok, with warnings\n  correspondence.mine: unknownField: `);
    expect(out).toContain("  correspondence.dueDateTime: dateAlone: ");
    const [first, second] = (await check("--json", ...files)).out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ valid: true, warnings: [{ rule: "unknownField" }, { rule: "dateAlone" }] });
    expect(Object.keys(first.warnings[0])).toEqual(["path", "rule", "message"]);
    expect(second).toMatchObject({ valid: false, problems: [{ rule: "misspelt" }], warnings: [] });
    expect(await check("--unknown-fields", "pass", ...files)).toMatchObject({ status: 0 });
    expect(await check("--unknown-fields", "refuse", ...files.slice(0, 1))).toMatchObject({ status: 1 });
  });

  it("says how to name the files of a folder", async () => {
    const { status, out } = await check(directory);
    expect(status).toBe(1);
    expect(out.replace(/\s+/g, " ")).toContain(`several can go in one call: ${directory}/*.json`);
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
      aLetter({ content: { bodyFormat: "html", messageBody: "<h1>Vedtak</h1><p>Hei 5*6" } }),
    );
    const bad = file("form.json", aLetter({ content: { bodyFormat: "html", messageBody: "<form>" } }));
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
    for (const args of [[], ["--nonsense", "a"], ["--environment", "moon", "a"], ["--unknown-fields", "some", "a"]]) {
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
