// The local start's parts: its options, its ports, what it keeps, and what it prints.
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import stringWidth from "string-width";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alertOf } from "../../../local/start/alertSentence.ts";
import { readOptions } from "../../../local/start/options.ts";
import { checkPorts } from "../../../local/start/ports.ts";
import * as state from "../../../local/start/state.ts";
import { createTerminal, type Terminal } from "../../../local/start/terminal.ts";
import type { Announcement } from "../../../shared/announcements/announcement.ts";

describe("options", () => {
  it("takes a port from the flag, else from the environment, else the usual one", () => {
    const options = readOptions(["--blob-port", "1234"], { BLOB_PORT: "5", QUEUE_PORT: "0" }, "/project");
    expect(options).toMatchObject({
      ports: { blob: 1234, queue: 0, altinn: 5300, functions: 7071 },
      stateDirectory: join("/project", ".local"),
      fresh: false,
      examples: true,
    });
  });

  it("names what makes no sense", () => {
    expect(() => readOptions(["--altinn-port", "70000"], {}, "/")).toThrow("--altinn-port");
    expect(() => readOptions([], { QUEUE_PORT: "many" }, "/")).toThrow("QUEUE_PORT");
    expect(() => readOptions(["--time-scale", "0"], {}, "/")).toThrow("--time-scale");
    expect(() => readOptions(["--nonsense"], {}, "/")).toThrow("--nonsense");
  });
});

describe("ports", () => {
  it("names the port that is taken and the flag for another one", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const ports = { blob: 0, queue: 0, altinn: port, functions: 0 };
    await expect(checkPorts(ports)).rejects.toThrow(new RegExp(`Port ${port} .*--altinn-port`));
    await new Promise((resolve) => server.close(resolve));
    await expect(checkPorts(ports)).resolves.toBeUndefined();
  });

  it("refuses one port for two", async () => {
    await expect(checkPorts({ blob: 45_671, queue: 45_671, altinn: 0, functions: 0 })).rejects.toThrow("45671");
  });
});

describe("state", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "state-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it("makes keys once, which nobody else can read", async () => {
    const paths = state.statePaths(directory);
    const credentials = await state.loadCredentials(paths);
    expect(await state.loadCredentials(paths)).toEqual(credentials);
    const jwk = JSON.parse(Buffer.from(credentials.jwk, "base64").toString("utf8"));
    expect(jwk).toMatchObject({ kty: "RSA", kid: expect.any(String), d: expect.any(String) });
    expect((await stat(join(directory, "credentials.json"))).mode & 0o077).toBe(0);
  });

  it("forgets what starts keep, and nothing else", async () => {
    const paths = state.statePaths(directory);
    await state.noteExamplesSent(paths, ["a"]);
    await state.loadCredentials(paths);
    await writeFile(join(directory, "notes.txt"), "mine");
    await mkdir(paths.files);
    await state.forget(paths);
    await expect(stat(paths.files)).rejects.toThrow("ENOENT");
    expect(await state.wereExamplesSent(paths)).toBe(false);
    expect((await stat(join(directory, "notes.txt"))).size).toBe(4);
    await expect(stat(join(directory, "credentials.json"))).rejects.toThrow("ENOENT");
  });
});

describe("terminal", () => {
  const announcement = (data: Partial<Announcement["data"]>): Announcement => ({
    specversion: "1.0",
    id: "0c5f9a53-3a36-4b39-8b5d-2d7e2a6c7c11",
    source: "urn:uuid:3d5b1d2e-52d4-4c2c-8a3b-0f4ea1a7a001",
    type: "altinn-correspondence-sender.dispatch.sent",
    subject: "example-letter",
    time: "2026-11-21T10:00:00Z",
    datacontenttype: "application/json",
    data: { requestId: "example-letter", status: "sent", time: "2026-11-21T10:00:00Z", source: "answer", ...data },
  });
  const printed = (colours: boolean, columns: number, ...announcements: Announcement[]) =>
    written(colours, columns, (terminal) => announcements.forEach(terminal.announcement));
  const written = (colours: boolean, columns: number, work: (terminal: Terminal) => void) => {
    let text = "";
    work(
      createTerminal(
        (part) => {
          text += part;
        },
        colours,
        () => columns,
      ),
    );
    return text;
  };
  const lengths = (text: string) => text.split("\n").map((line) => stringWidth(line));

  it("aligns the lines, and shows organisations but not persons", () => {
    const recipient = "urn:altinn:organization:identifier-no:310000000";
    const correspondenceId = "3d5b1d2e-52d4-4c2c-8a3b-0f4ea1a7a001";
    const text = printed(
      false,
      120,
      announcement({ recipient, correspondenceId }),
      announcement({ status: "read", recipient: "urn:altinn:person:identifier-no:00000000000", correspondenceId }),
    );
    const [first = "", second = ""] = text.split("\n");
    expect(first).toMatch(/\d\d:\d\d:\d\d {2}example-letter +sent +310000000 +3d5b1d2e/);
    expect(first.indexOf(correspondenceId)).toBe(second.indexOf(correspondenceId));
    expect(text).not.toContain("00000000000");
  });

  it.each(["sent", "attachmentsDownloaded", "notificationFailed"])("keeps a line of %s to the columns", (status) => {
    const letter = announcement({
      status,
      requestId: "case-2026-1234-\u6c7a\u5b9a-decision-on-the-application",
      recipient: "urn:altinn:organization:identifier-no:310000000",
      correspondenceId: "3d5b1d2e-52d4-4c2c-8a3b-0f4ea1a7a001",
    });
    for (const columns of [80, 100, 132]) {
      const [line = ""] = printed(false, columns, letter).split("\n");
      expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(line).toMatch(/case-2026.*\u2026.*tion +\w+ +310000000 +3d5b/);
    }
    expect(printed(false, 80, letter)).toMatch(/3d5b1d\w*\u2026\w*01\n/);
  });

  it("says below its line why a letter was not sent, and no more than one can read", () => {
    const problems = Array.from({ length: 7 }, (_, index) => ({
      path: `correspondence.content.attachments[${index}].sendersReference`,
      rule: "required",
      message: "This field is missing. Every attachment has a reference of its own.",
    }));
    const rejected = announcement({ status: "rejected", reason: "invalidRequest", errorCode: 1029, problems });
    const text = printed(false, 80, rejected);
    expect(Math.max(...lengths(text))).toBeLessThanOrEqual(80);
    const [, reason, first, second] = text.split("\n");
    expect(reason).toBe("            invalidRequest, Altinn's error 1029");
    expect(first).toBe("            correspondence.content.attachments[0].sendersReference: required:");
    expect(second).toBe("              This field is missing. Every attachment has a reference of its");
    expect(text).toMatch(/\n {12}and 2 more\n$/);
  });

  it("has its table and its alerts within the columns, too", () => {
    const text = written(false, 80, (terminal) => {
      terminal.columns();
      terminal.row("storage", "http://127.0.0.1:10000/devstoreaccount1", "queues on port 10001");
      terminal.row(
        "log",
        "a/folder/that/is/somewhere/else/entirely/functions.log",
        "warnings and errors show here too",
      );
      terminal.alert({ level: "error", sentence: "One ".repeat(50).trim() });
      terminal.warning("Two ".repeat(50).trim());
    });
    expect(Math.max(...lengths(text))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/functions\.log\n {13}warnings/);
    expect(text).toMatch(/\d\d:\d\d:\d\d {2}error: One [One ]+\n {12}One/);
  });

  it("uses colours only when told to", () => {
    const colour = String.fromCharCode(27);
    expect(printed(false, 80, announcement({}))).not.toContain(colour);
    expect(printed(true, 80, announcement({}))).toContain(colour);
  });
});

describe("alerts", () => {
  const logged = (mark: string, line: object) =>
    `[2026-11-21T10:00:00.000Z] ${mark}sendDispatch: ${JSON.stringify(line)}`;

  it.each([
    [
      "error: ",
      { event: "brakeOn", reason: "tooManyLetters" },
      "error",
      /^The emergency brake is on: more letters .*npm run brake/,
    ],
    ["", { event: "brakeOff" }, "note", /^The brake is off again: /],
    ["error: ", { event: "breakerOpen", attempts: 2 }, "error", /^Altinn or Maskinporten does not answer/],
    [
      "warning: ",
      { event: "uploadFailed", "http.response.status_code": 503, cause: "timeout" },
      "warning",
      /\(timeout, HTTP 503\)$/,
    ],
    ["error: ", { event: "ofANewerKind", dispatchId: "a" }, "error", /^The app says ofANewerKind\. \(dispatch a\)$/],
  ])("%s%j is a sentence", (mark, line, level, sentence) => {
    expect(alertOf(logged(mark, line))).toEqual({ level, sentence: expect.stringMatching(sentence) });
  });

  it("passes over what is told by a line of its own, and what is no alert", () => {
    expect(alertOf(logged("warning: ", { event: "requestRejected" }))).toBeUndefined();
    expect(alertOf(logged("", { event: "swept" }))).toBeUndefined();
    expect(alertOf("[2026-11-21T10:00:00.000Z] Executed 'health'")).toBeUndefined();
  });

  it("leaves what is no line of the app's as it is", () => {
    expect(alertOf("[2026-11-21T10:00:00.000Z] error: The host: cannot go on")).toEqual({
      level: "error",
      sentence: "The host: cannot go on",
    });
  });
});
