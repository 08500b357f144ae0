// What the schema makes of requests, offline: one line for each file, and every rule that is broken.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parseClaimCheck } from "../shared/requests/claimCheck.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { parseCancel } from "../shared/requests/parseCancel.ts";
import { parseRequest } from "../shared/requests/parseRequest.ts";
import type { Problem } from "../shared/requests/problem.ts";

const usage = `Usage: npm run --silent check -- [options] <file.json>...

Says offline what the schema makes of each request, or of a message that cancels; of a message that only names a blob,
whether it names one. Exits with 0 when all are valid, with 1 when one is not.

  --environment tt02|production   the rules of which environment (default tt02)
  --show-body                     also the body of each valid letter: the Markdown that Altinn gets
  --json                          one line of JSON for each file: {"file","valid","problems":[{"path","rule","message"}]}
  --help                          this text
`;

interface Options {
  readonly environment: "tt02" | "production";
  readonly json: boolean;
  readonly showBody: boolean;
  readonly files: readonly string[];
}

/** The options, "help", or what is wrong with them. */
function readOptions(): Options | "help" | { readonly wrong: string } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        environment: { type: "string", default: "tt02" },
        "show-body": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const { environment } = values;
    if (environment !== "tt02" && environment !== "production") {
      return { wrong: "--environment must be tt02 or production." };
    }
    if (positionals.length === 0) return { wrong: "No file was named." };
    return { environment, json: values.json, showBody: values["show-body"], files: positionals };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

/** What came of a file: everything that is wrong with it, or the body of its letter as Altinn gets it. */
interface Checked {
  readonly problems: readonly Problem[];
  readonly body?: string;
}

function check(file: string, environment: Options["environment"]): Checked {
  const content = read(file);
  if (typeof content === "string") return { problems: [{ path: "", rule: "file", message: content }] };
  const decoded = decodeMessage(content);
  if (!decoded.ok) return { problems: [decoded.problem] };
  const other = parseCancel(decoded.value) ?? parseClaimCheck(decoded.value);
  if (other !== undefined) return { problems: other.kind === "problems" ? other.problems : [] };
  const parsed = parseRequest(decoded.value, { environment, now: new Date() });
  return parsed.ok
    ? { problems: [], body: parsed.request.correspondence.content.messageBody }
    : { problems: parsed.problems };
}

/** The file's bytes, or why they can't be had. npm runs us in the project's root and says where the user stands. */
function read(file: string): Uint8Array | string {
  try {
    return readFileSync(resolve(process.env.INIT_CWD ?? "", file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return "There is no such file.";
    return code === "EISDIR" ? "It is a directory." : "The file can't be read.";
  }
}

/** As many problems of a file as somebody reads; --json has them all. */
const SHOWN = 20;

function report(file: string, { problems, body }: Checked): string {
  const lines = problems
    .slice(0, SHOWN)
    .map(({ path, rule, message }) => `  ${path === "" ? "(the request)" : path}: ${rule}: ${message}`);
  if (problems.length > SHOWN) lines.push(`  and ${problems.length - SHOWN} more; --json lists them all`);
  if (body !== undefined) lines.push("", body, "");
  return [`${file}: ${problems.length === 0 ? "ok" : "refused"}`, ...lines].join("\n");
}

function main(): number {
  const options = readOptions();
  if (options === "help") {
    process.stdout.write(usage);
    return 0;
  }
  if ("wrong" in options) {
    process.stderr.write(`${options.wrong}\n\n${usage}`);
    return 2;
  }
  let status = 0;
  for (const file of options.files) {
    const { problems, body } = check(file, options.environment);
    if (problems.length > 0) status = 1;
    const shown: Checked = { problems, ...(body !== undefined && options.showBody ? { body } : {}) };
    const line = options.json ? JSON.stringify({ file, valid: problems.length === 0, ...shown }) : report(file, shown);
    process.stdout.write(`${line}\n`);
  }
  return status;
}

process.exitCode = main();
