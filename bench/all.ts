// Runs benchmarks one after the other, each in a process of its own, and keeps what they find.
import { join, resolve } from "node:path";
import { startChild } from "../local/childProcess.ts";
import { keepResults } from "./results.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** Runs these, and keeps their lines in bench/results/. One that fails leaves what was kept of it before. */
export async function runAll(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const began = performance.now();
    console.log(`${name} …`);
    const printed: string[] = [];
    const child = startChild({
      program: join(ROOT, "bench", "main.ts"),
      arguments: [name, "--json"],
      workingDirectory: ROOT,
      onLine: (line, stream) => {
        if (stream === "output") printed.push(line);
        else console.error(line);
      },
    });
    const code = await child.exited;
    const minutes = Math.round((performance.now() - began) / 6_000) / 10;
    if (code === 0) await keepResults(name, printed);
    else process.exitCode = 1;
    console.log(`${name}: ${code === 0 ? `${printed.length} lines` : "failed"}, ${minutes} minutes`);
  }
}
