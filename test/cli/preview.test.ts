// The preview as its users run it: the page, what is said of it, and how good the likeness is.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { previewPage } from "../../cli/previewPage.ts";
import { countPairs } from "../../cli/previewPairs.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import { anAttachment, aRequest } from "../builders/request.ts";
import { commandArgs } from "../harness/command.ts";

const root = new URL("../../", import.meta.url);
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "preview-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function preview(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...commandArgs("preview"), ...args], { cwd: root }, (error, out, err) => {
      resolve({ status: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

async function pageOf(request: unknown): Promise<string> {
  const parsed = await parseRequest(request, { environment: "tt02", now: new Date() });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return previewPage({ file: "brev.json", request: parsed.request, warnings: parsed.warnings });
}

describe("a preview", () => {
  it("is written for each letter, with its warnings; what has nothing to show is said, what is wrong is refused", async () => {
    const letters = [
      file("ett.json", aRequest({ content: { messageBody: "Vedtak\n\n12. mai" } })),
      file("to.json", aRequest({ content: { messageBody: "<p>Hei</p>", bodyFormat: "html" } })),
      file("avlys.json", { cancel: { requestId: "sak-1" } }),
      file("feil.json", aRequest({ content: { messageTitle: "" } })),
    ];
    const { status, out } = await preview(...letters);
    expect(status).toBe(1);
    expect(out).toContain(`${letters[0]}: ${join(directory, "ett.preview.html")}\n`);
    expect(out).toContain("numberAtLineStart: Line 3");
    expect(out).toContain(`${letters[2]}: cancels a letter`);
    expect(out).toMatch(/feil\.json: refused\n {2}correspondence\.content\.messageTitle: required: /);
    expect(readFileSync(join(directory, "ett.preview.html"), "utf8")).toContain("<li>mai</li>");
    expect(readFileSync(join(directory, "to.preview.html"), "utf8")).toContain("<p>Hei</p>");
  });

  it("counts the recorded bodies, at least 0.95 of them right", async () => {
    const { status, out } = await preview("--pairs", "test/recorded/bodies.json", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual({ pairs: 721, right: expect.any(Number), share: expect.any(Number) });
    expect(JSON.parse(out).share).toBeGreaterThanOrEqual(0.95);
  });

  it("does not understand one page for two letters", async () => {
    const { status, err } = await preview("--out", "a.html", "a.json", "b.json");
    expect(status).toBe(2);
    expect(err).toContain("--out goes with one letter.\n\nUsage: npm run --silent preview");
  });
});

describe("the page", () => {
  it("has the letter, its files and its notifications, and says how good it is", async () => {
    const page = await pageOf(
      aRequest({
        letter: {
          messageSender: "Etaten",
          notification: {
            notificationTemplate: "CustomMessage",
            notificationChannel: "EmailPreferred",
            emailSubject: "Nytt brev",
            emailBody: "Du har fått et brev",
            smsBody: "Brev!",
          },
        },
        content: { language: "nn", messageTitle: "Vedtak", messageSummary: "Kort", messageBody: "**Du** får støtte" },
        attachments: [anAttachment({ displayName: "Vedtaket" })],
      }),
    );
    for (const part of ["Vedtak", "Etaten", "Kort", "<strong>Du</strong> får støtte", "Vedtaket"])
      expect(page).toContain(part);
    for (const part of ["EmailPreferred", "Nytt brev", "Du har fått et brev", "Brev!"]) expect(page).toContain(part);
    expect(page).toContain('lang="nn"');
    expect(page).toContain("721 of 721 recorded bodies");
  });

  it("runs nothing and loads nothing, whatever the letter says", async () => {
    const evil = `"><img src=x onerror=alert(1)>`;
    const page = await pageOf(
      aRequest({
        letter: { notification: { notificationTemplate: "CustomMessage", emailSubject: evil, emailBody: evil } },
        content: {
          messageTitle: "R & D",
          messageSummary: evil,
          messageBody: `<script>alert(1)</script>\n\n![x](https://example.com/x.png)\n\n<b onclick="x()">a</b> [l](javascript:alert(1)) ${evil}`,
        },
        attachments: [anAttachment({ displayName: evil })],
      }),
    );
    expect(page).not.toMatch(/<(script|img|iframe|link|object)\b|<[^>]*\son\w+=|href="javascript:/i);
    expect(page).toContain("R &amp; D");
    expect(page).toMatch(/default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'/);
  });
});

describe("counting pairs", () => {
  it("looks past white space, and keeps what is wrong", async () => {
    const pairs = [
      { body: "a\n\n\nb", shown: "a\nb" },
      { body: "a", shown: "b" },
    ];
    expect(countPairs(JSON.stringify(pairs))).toEqual({ pairs: 2, right: 1, share: 0.5, wrong: [pairs[1]] });
  });

  it.each(["", "[]", "{}", '[{"body":1}]'])("is given no such file: %j", async (text) => {
    expect(countPairs(text)).toBeUndefined();
  });
});
