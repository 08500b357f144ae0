// What the schema makes of requests, offline: one line for each file, and every rule that is broken.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { decodeMessage } from "../shared/requests/decode.ts";
import { parseRequest } from "../shared/requests/parseRequest.ts";
import type { Problem } from "../shared/requests/problem.ts";

const usage = `Usage: npm run --silent check -- [options] <file.json>...

Says offline what the schema makes of each request. Exits with 0 when all are valid, with 1 when one is not.

  --environment tt02|production   the rules of which environment (default tt02)
  --json                          one line of JSON for each file: {"file","valid","problems":[{"path","rule","message"}]}
  --help                          this text
`;

interface Options {
  readonly environment: "tt02" | "production";
  readonly json: boolean;
  readonly files: readonly string[];
}

function readOptions(): Options | "help" | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        environment: { type: "string", default: "tt02" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const { environment } = values;
    if ((environment !== "tt02" && environment !== "production") || positionals.length === 0) return undefined;
    return { environment, json: values.json, files: positionals };
  } catch {
    return undefined;
  }
}

function check(file: string, environment: Options["environment"]): Problem[] {
  const content = read(file);
  if (content === undefined) return [{ path: "", rule: "file", message: "The file can't be read." }];
  const decoded = decodeMessage(content);
  if (!decoded.ok) return [decoded.problem];
  const parsed = parseRequest(decoded.value, { environment, now: new Date() });
  return parsed.ok ? [] : parsed.problems;
}

function read(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function report(file: string, problems: readonly Problem[]): string {
  const lines = problems.map(
    ({ path, rule, message }) => `  ${path === "" ? "(the request)" : path}: ${rule}: ${message}`,
  );
  return [`${file}: ${problems.length === 0 ? "ok" : "refused"}`, ...lines].join("\n");
}

function main(): number {
  const options = readOptions();
  if (options === "help") {
    process.stdout.write(usage);
    return 0;
  }
  if (options === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  let status = 0;
  for (const file of options.files) {
    const problems = check(file, options.environment);
    if (problems.length > 0) status = 1;
    const valid = problems.length === 0;
    process.stdout.write(`${options.json ? JSON.stringify({ file, valid, problems }) : report(file, problems)}\n`);
  }
  return status;
}

process.exitCode = main();
