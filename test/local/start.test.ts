// `npm start` end to end: the examples' lives in the terminal, what is kept, and that nothing is left behind.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { QueueServiceClient } from "@azure/storage-queue";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { QUEUES } from "../../shared/storage/names.ts";
import { middleCut } from "../../terminal/columns.ts";
import { isAlive } from "../harness/isAlive.ts";
import { aLetter } from "../integration/letters.ts";
import { attachDebugger, type Place } from "./debugger.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FREE_PORTS = ["--blob-port=0", "--queue-port=0", "--altinn-port=0", "--functions-port=0"];
const FASTER = "--time-scale=10";
const EXAMPLES = [
  "start-letter",
  "start-with-attachments",
  "start-many-recipients",
  "start-confirmation",
  "start-notification",
];

let directory: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "start-"));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended(child);
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("the local start", () => {
  it("shows what happens to each example, and ends on SIGINT", async () => {
    const run = start([FASTER]);
    for (const id of EXAMPLES) {
      await run.shows(id, "dropped");
      await run.shows(id, "sent");
      await run.shows(id, "published");
      await run.shows(id, "read");
    }
    await expect.poll(() => run.lines("start-many-recipients", "sent").length).toBe(3);
    await run.shows("start-confirmation", "confirmed");
    const [line = ""] = run.lines("start-letter", "read");
    expect(line).toMatch(/310000000 {2}[0-9a-f]{8}\u2026[0-9a-f]{4}$/);
    expect(run.output()).toContain("npm run send");
    expect(await readFile(join(directory, "logs", "functions.log"), "utf8")).toContain("sendCorrespondence");

    const send = ["--state-dir", directory, "examples/letter.json"];
    const id = execFileSync(process.execPath, [join(root, "scripts", "run.mjs"), "cli/send.ts", ...send], {
      encoding: "utf8",
    }).split("\n")[0];
    await run.shows(id ?? "", "published");

    // A letter of one's own waits to be opened in the inbox; then the app hears of it.
    const { altinn } = JSON.parse(await readFile(join(directory, "start.json"), "utf8"));
    const { letters } = JSON.parse(await (await fetch(`${altinn}/_inbox/letters`)).text());
    expect(letters[0]).toMatchObject({ place: "inbox", isRead: false });
    await fetch(`${altinn}/_control/correspondences/${letters[0].id}/read`, { method: "POST" });
    await run.shows(id ?? "", "read");

    const [, written = ""] = /```json\n(.*?)```/s.exec(await readFile(join(root, "README.md"), "utf8")) ?? [];
    const { connectionString } = JSON.parse(await readFile(join(directory, "start.json"), "utf8"));
    await QueueServiceClient.fromConnectionString(connectionString)
      .getQueueClient(QUEUES.requests)
      .sendMessage(written);
    // As the terminal cuts it at 80 columns.
    await run.shows(middleCut(JSON.parse(written).id, 22), "published");

    expect(
      Math.max(
        ...run
          .output()
          .split("\n")
          .map((each) => each.length),
      ),
    ).toBeLessThanOrEqual(80);

    const processes = descendants(run.pid);
    expect(processes.length).toBe(4);
    const [, inbox = ""] = /^ {2}inbox +(\S+)/m.exec(run.output()) ?? [];
    expect(await (await fetch(inbox)).text()).toContain("inbox/page.js");
    expect(run.output()).toMatch(/^ {2}dashboard +http:\/\/127\.0\.0\.1:\d+\/api\/dashboard/m);
    // One with an attachment was sent, whose bytes are kept for the inbox.
    expect(await readdir(join(directory, "simulator-files"))).not.toEqual([]);
    expect(run.output().indexOf(inbox)).toBeLessThan(run.output().indexOf("devstoreaccount1"));
    expect(await openToOthers(directory)).toEqual([]);
    const { functionKey } = JSON.parse(await readFile(join(directory, "credentials.json"), "utf8"));
    expect(execFileSync("ps", ["-eww", "-o", "args="], { encoding: "utf8" })).not.toContain(functionKey);
    run.signal("SIGINT");
    expect(await run.ended()).toBe(0);
    expect(processes.filter(isAlive)).toEqual([]);
  });

  it("remembers on a restart that the examples were sent; ends on SIGHUP", async () => {
    const run = start(["--inspect-port=0"]);
    await run.says("sent on an earlier start");
    await run.says("npm run send");
    expect(run.lines("start-letter", "dropped")).toEqual([]);
    const processes = descendants(run.pid);

    // A debugger attaches, and stops where a line of TypeScript runs.
    const [, address = ""] = /^ {2}debugger +(\S+)/m.exec(run.output()) ?? [];
    const editor = await attachDebugger(address);
    const place = await lineOf("shared/intake/sendRequest.ts", "return unlessMarkerMissing(");
    await editor.breakAt(place);
    const { connectionString } = JSON.parse(await readFile(join(directory, "start.json"), "utf8"));
    const requests = QueueServiceClient.fromConnectionString(connectionString).getQueueClient(QUEUES.requests);
    await requests.sendMessage(
      JSON.stringify(aLetter({ id: "stopped-at", letter: { resourceId: "example-letters" } })),
    );
    expect(await editor.paused()).toEqual(place);
    expect(run.lines("stopped-at", "sent")).toEqual([]);
    await editor.resume();
    await run.shows("stopped-at", "sent");
    editor.detach();
    run.signal("SIGHUP");
    expect(await run.ended()).toBe(0);
    expect(processes.filter(isAlive)).toEqual([]);
  });

  it("begins anew when asked to; ends when what started it is killed", async () => {
    const run = start(["--fresh"]);
    await run.shows("start-letter", "sent");
    const processes = descendants(run.pid);
    run.signal("SIGKILL");
    await expect.poll(() => processes.filter(isAlive)).toEqual([]);
  });

  it("runs in func when asked to; leaves nothing behind when it is killed itself", async () => {
    // Azure's own tools are not there in a test: this stands for what the local start sees of them.
    const func = join(directory, "func");
    await writeFile(
      func,
      `#!/bin/sh\nexec ${process.execPath} ${fileURLToPath(new URL("./start/func.fixture.mjs", import.meta.url))} "$@"\n`,
    );
    await chmod(func, 0o755);
    const run = start(["--func", "--no-examples", "--inspect"], { PATH: `${directory}:${process.env.PATH}` });
    await run.says("2 functions, in func");
    // What the tools start their worker with, which runs the functions.
    await run.says("127.0.0.1:9229");
    expect(await readFile(join(directory, "logs", "functions.log"), "utf8")).toContain(
      "worker: --inspect=127.0.0.1:9229",
    );
    await run.says("npm run send");
    const processes = descendants(run.pid);
    // start.ts, Azurite, the simulator, what watches func, and func itself.
    expect(processes.length).toBe(5);
    const [itself] = processes;
    if (itself === undefined) throw new Error("There is no process to kill");
    process.kill(itself, "SIGKILL");
    await run.ended();
    await expect.poll(() => processes.filter(isAlive)).toEqual([]);
  });

  it("names a port that is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const run = start([`--altinn-port=${port}`]);
    expect(await run.ended()).toBe(1);
    expect(run.output()).toContain(`Port ${port} (the Altinn simulator) is taken`);
    await new Promise((resolve) => server.close(resolve));
  });

  it("says what to do when func is asked for and is not there", async () => {
    const run = start(["--func", "--no-examples"], { PATH: "/usr/bin:/bin" });
    expect(await run.ended()).toBe(1);
    expect(run.output()).toContain("npm install -g azure-functions-core-tools@4");
  });
});

interface Run {
  readonly pid: number;
  output(): string;
  /** The lines of a request and what happened to it. */
  lines(requestId: string, what: string): string[];
  shows(requestId: string, what: string): Promise<void>;
  says(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  ended(): Promise<number | null>;
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
  const command = [
    join(root, "scripts", "run.mjs"),
    "local/start.ts",
    "--state-dir",
    directory,
    ...FREE_PORTS,
    ...args,
  ];
  const child = spawn(process.execPath, command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...environment },
  });
  started.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      text += stripVTControlCharacters(data.toString("utf8"));
    });
  }
  const lines = (requestId: string, what: string) =>
    text.split("\n").filter((line) => line.includes(` ${requestId} `) && line.includes(` ${what} `));
  const until = async (isThere: () => boolean) => {
    await expect.poll(() => (isThere() ? "shown" : text), { interval: 100 }).toBe("shown");
  };
  return {
    pid: child.pid ?? 0,
    output: () => text,
    lines,
    shows: (requestId, what) => until(() => lines(requestId, what).length > 0),
    says: (wanted) => until(() => text.includes(wanted)),
    signal: (name) => void child.kill(name),
    ended: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => child.once("exit", resolve));
  }
  return child.exitCode;
}

/** Where this text stands in a file of the project. */
async function lineOf(file: string, text: string): Promise<Place> {
  const lines = (await readFile(join(root, file), "utf8")).split("\n");
  return { file, line: lines.findIndex((each) => each.includes(text)) + 1 };
}

/** Every process below this one, nearest first. */
function descendants(pid: number): number[] {
  const table = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const rows = table.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const found = [pid];
  for (const parent of found) {
    for (const [child, of] of rows) if (of === parent && child !== undefined) found.push(child);
  }
  return found.slice(1);
}

/** Files below a directory that others on the machine can read. */
async function openToOthers(path: string): Promise<string[]> {
  const open: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    const { mode } = await stat(below);
    if (entry.isDirectory()) open.push(...((mode & 0o011) === 0 ? [] : await openToOthers(below)));
    else if ((mode & 0o044) !== 0) open.push(below.slice(directory.length + 1));
  }
  return open;
}
