// The simulator as a process: says where it listens, and ends when it is told or when its parent is gone.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const main = fileURLToPath(new URL("../../../local/altinn-simulator/main.ts", import.meta.url));

function start(args: readonly string[]) {
  return fork(main, [...args], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
}

async function firstLine(child: ReturnType<typeof start>): Promise<unknown> {
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes("\n")) return JSON.parse(text);
  }
  throw new Error("no line came");
}

describe("the process", () => {
  it.each(["SIGTERM", "SIGINT", "disconnect"])("listens, and stops at %s", async (way) => {
    const child = start(["--port", "0", "--rule", "none", "--time-scale", "60"]);
    const ended = once(child, "exit");
    const { url } = z.object({ url: z.url() }).parse(await firstLine(child));
    expect((await fetch(`${url}/_control/clock`)).status).toBe(200);
    if (way === "disconnect") child.disconnect();
    else child.kill(way === "SIGINT" ? "SIGINT" : "SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it("names a rule that it can't read", async () => {
    const child = start(["--rule", "read sometime"]);
    const ended = once(child, "exit");
    let said = "";
    for await (const chunk of child.stderr ?? []) said += String(chunk);
    expect(await ended).toEqual([1, null]);
    expect(said).toContain('"read sometime"');
  });
});
