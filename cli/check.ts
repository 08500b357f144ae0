// What the schema makes of requests, offline: one line for each file, and every rule that is broken.
import { parseArgs } from "node:util";
import { parseClaimCheck } from "../shared/requests/claimCheck.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { parseCancel } from "../shared/requests/parseCancel.ts";
import { parseRequest } from "../shared/requests/parseRequest.ts";
import type { Problem } from "../shared/requests/problem.ts";
import { type UnknownFieldPolicy, unknownFieldPolicies } from "../shared/requests/unknownFields.ts";
import { columnsOf } from "../terminal/columns.ts";
import { shown, shownJson } from "../terminal/foreign.ts";
import { readGivenFile } from "../terminal/givenFile.ts";
import { print } from "../terminal/output.ts";
import { problemText } from "../terminal/wrapped.ts";
import { tellUsage } from "./program.ts";

const usage = `Usage: npm run --silent check -- [options] <file.json>...

Says offline what the rules make of each request, or of a message that cancels;
of a message that only names a blob, whether it names one. What Altinn takes and
you may not mean is a warning, and no reason to refuse. Any number of files:

  npm run --silent check -- letter.json
  npm run --silent check -- letters/*.json

  --environment tt02|production
                  the rules of which environment (default tt02)
  --unknown-fields refuse|refuse-near|pass
                  what is done about fields that are not known, as the app's
                  setting UNKNOWN_FIELDS says (default refuse-near)
  --show-body     also the body of each valid letter: the Markdown for Altinn
  --json          a line of JSON for each file: {"file", "valid",
                  "problems": [{"path", "rule", "message"}], "warnings": [...]}
  --help          this text

Exits with 0 when all are valid (with warnings or without), with 1 when one is
not, with 2 when it was not understood.
`;

interface Options {
  readonly environment: "tt02" | "production";
  readonly unknownFields: UnknownFieldPolicy;
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
        "unknown-fields": { type: "string", default: "refuse-near" },
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
    const unknownFields = unknownFieldPolicies.find((policy) => policy === values["unknown-fields"]);
    if (unknownFields === undefined) {
      return { wrong: `--unknown-fields must be one of ${unknownFieldPolicies.join(", ")}.` };
    }
    if (positionals.length === 0) return { wrong: "No file was named." };
    return { environment, unknownFields, json: values.json, showBody: values["show-body"], files: positionals };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

/** What came of a file: everything that is wrong with it, what may not be meant, and the letter's body as Altinn gets it. */
interface Checked {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly body?: string;
}

function check(file: string, { environment, unknownFields }: Options): Checked {
  const content = readGivenFile(file);
  if (typeof content === "string") return refused([{ path: "", rule: "file", message: content }]);
  const decoded = decodeMessage(content);
  if (!decoded.ok) return refused([decoded.problem]);
  const other = parseCancel(decoded.value) ?? parseClaimCheck(decoded.value);
  if (other !== undefined) return refused(other.kind === "problems" ? other.problems : []);
  const parsed = parseRequest(decoded.value, { environment, unknownFields, now: new Date() });
  const { warnings } = parsed;
  return parsed.ok
    ? { problems: [], warnings, body: parsed.request.correspondence.content.messageBody }
    : { problems: parsed.problems, warnings };
}

function refused(problems: readonly Problem[]): Checked {
  return { problems, warnings: [] };
}

/** As much of a file as somebody reads; --json has it all. */
const SHOWN = 20;

function report(file: string, { problems, warnings, body }: Checked, columns: number): string {
  const verdict = problems.length > 0 ? "refused" : warnings.length > 0 ? "ok, with warnings" : "ok";
  const lines = [`${shown(file)}: ${verdict}`, ...findings(problems, columns)];
  if (problems.length > 0 && warnings.length > 0) lines.push("  and with warnings:");
  lines.push(...findings(warnings, columns));
  if (body !== undefined) lines.push("", body, "");
  return lines.join("\n");
}

function findings(found: readonly Problem[], columns: number): string[] {
  if (found.length === 0) return [];
  const more = found.length > SHOWN ? [`  and ${found.length - SHOWN} more; --json lists them all`] : [];
  return [problemText(found.slice(0, SHOWN), columns), ...more];
}

function main(): number {
  const options = readOptions();
  if (options === "help" || "wrong" in options) return tellUsage(options, usage);
  let status = 0;
  for (const file of options.files) {
    const { problems, warnings, body } = check(file, options);
    if (problems.length > 0) status = 1;
    const found: Checked = { problems, warnings, ...(body !== undefined && options.showBody ? { body } : {}) };
    if (options.json) print(shownJson({ file, valid: problems.length === 0, ...found }));
    else print(report(file, found, columnsOf(process.stdout)));
  }
  return status;
}

process.exitCode = main();
