// The local start's parts: its options, its ports, what it keeps, and what it prints.
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOptions } from "../../../local/start/options.ts";
import { checkPorts } from "../../../local/start/ports.ts";
import * as state from "../../../local/start/state.ts";
import { createTerminal } from "../../../local/start/terminal.ts";
import type { Announcement } from "../../../shared/tracking/announcement.ts";

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
    await state.forget(paths);
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
  const printed = (colours: boolean, ...announcements: Announcement[]) => {
    let text = "";
    const terminal = createTerminal((part) => {
      text += part;
    }, colours);
    for (const each of announcements) terminal.announcement(each);
    return text;
  };

  it("aligns the lines, and shows organisations but not persons", () => {
    const recipient = "urn:altinn:organization:identifier-no:310000000";
    const correspondenceId = "3d5b1d2e-52d4-4c2c-8a3b-0f4ea1a7a001";
    const text = printed(
      false,
      announcement({ recipient, correspondenceId }),
      announcement({ status: "read", recipient: "urn:altinn:person:identifier-no:00000000000", correspondenceId }),
    );
    const [first = "", second = ""] = text.split("\n");
    expect(first).toMatch(/\d\d:\d\d:\d\d {2}example-letter +sent +310000000 +3d5b1d2e/);
    expect(first.indexOf(correspondenceId)).toBe(second.indexOf(correspondenceId));
    expect(text).not.toContain("00000000000");
  });

  it("says why a letter was not sent", () => {
    const problems = [{ path: "recipients", rule: "required", message: "is missing" }];
    const text = printed(false, announcement({ status: "rejected", errorCode: 1029, problems }));
    expect(text).toContain("1029 recipients: is missing");
  });

  it("uses colours only when told to", () => {
    const colour = String.fromCharCode(27);
    expect(printed(false, announcement({}))).not.toContain(colour);
    expect(printed(true, announcement({}))).toContain(colour);
  });
});
