// A command of `npm run altinn` run in this process: what it prints, and how it exits.
import type { Command } from "commander";
import { vi } from "vitest";
import type { Run } from "../../cli/program.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command that `make` makes, with these environment variables, on a terminal that is so wide. */
export async function runHere(
  make: (run: Run) => Command,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  columns = 200,
): Promise<Ran> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.stubEnv("COLUMNS", String(columns));
  const [out, err]: [string[], string[]] = [[], []];
  const stdout = vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0);
  let code = 0;
  const command = make(async (work) => {
    code = (await work()) ?? 0;
  });
  try {
    await command.parseAsync(args, { from: "user" });
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
    vi.unstubAllEnvs();
  }
  return { code, stdout: out.join(""), stderr: err.join("") };
}
