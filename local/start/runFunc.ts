// Runs Azure Functions Core Tools for the local start, which can't watch them itself: `runFunc.ts <port>`. Prints the same
// line of JSON as the local functions host when they answer, and ends them when it is asked to end.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const windows = process.platform === "win32";
const [port] = process.argv.slice(2);
const url = `http://127.0.0.1:${port}`;

// A group of its own, because the tools start processes too.
const func = spawn("func", ["start", "--port", String(port)], {
  stdio: ["ignore", "pipe", "pipe"],
  detached: !windows,
  shell: windows,
});
func.stdout.on("data", (data: Buffer) => process.stderr.write(data));
func.stderr.on("data", (data: Buffer) => process.stderr.write(data));
func.on("error", (error) => {
  process.stderr.write(`func could not be started: ${error.message}\n`);
  process.exit(1);
});
func.on("exit", (code) => process.exit(code ?? 0));

function end(signal: NodeJS.Signals): void {
  if (func.pid === undefined) return;
  if (windows) spawn("taskkill", ["/pid", String(func.pid), "/t", "/f"]);
  else process.kill(-func.pid, signal);
}

process.once("SIGTERM", () => {
  end("SIGTERM");
  setTimeout(() => end("SIGKILL"), 8_000).unref();
});

const functionsSchema = z.array(z.object({ name: z.string() }));

for (;;) {
  const answer = await fetch(`${url}/admin/functions`).catch(() => undefined);
  if (answer?.ok) {
    const functions = functionsSchema.parse(await answer.json()).map(({ name }) => name);
    process.stdout.write(`${JSON.stringify({ url, functions })}\n`);
    break;
  }
  await sleep(500);
}
