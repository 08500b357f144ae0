// What the schema makes of requests, offline: one line for each file, and every rule that is broken.
import { Command, Option } from "commander";
import { z } from "zod";
import { parseClaimCheck } from "../../shared/requests/claimCheck.ts";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { parseCancel } from "../../shared/requests/parseCancel.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import type { Problem } from "../../shared/requests/problem.ts";
import { unknownFieldPolicies } from "../../shared/requests/unknownFields.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { readGivenFile } from "../../terminal/givenFile.ts";
import { print } from "../../terminal/output.ts";
import { problemText } from "../../terminal/wrapped.ts";
import { type Run, withExamples } from "../program.ts";

const environments = ["tt02", "production"] as const;

const optionsSchema = z.object({
  environment: z.enum(environments),
  unknownFields: z.enum(unknownFieldPolicies),
  json: z.boolean(),
  showBody: z.boolean(),
});
type Options = z.output<typeof optionsSchema>;

const DESCRIPTION =
  "say offline what the rules make of each request, or of a message that cancels; of a message that only names a blob, whether it names one. What Altinn takes and you may not mean is a warning, and no reason to refuse";

/** Which environment's rules requests are checked by. */
export function environmentOption(): Option {
  return new Option("--environment <name>", "the rules of which environment").choices(environments).default("tt02");
}

/** Makes the command. `run` is given what is to be done. */
export function checkCommand(run: Run): Command {
  const command = new Command("check")
    .summary("say offline what the rules make of request files")
    .description(DESCRIPTION)
    .argument("<files...>", "request files, each by itself")
    .addOption(environmentOption())
    .addOption(
      new Option(
        "--unknown-fields <policy>",
        "what is done about fields that are not known, as the app's UNKNOWN_FIELDS",
      )
        .choices(unknownFieldPolicies)
        .default("refuse-near"),
    )
    .option("--show-body", "also the body of each valid letter: the Markdown for Altinn", false)
    .option(
      "--json",
      'a line of JSON for each file: {"file", "valid", "problems": [{"path", "rule", "message"}], "warnings": [...]}',
      false,
    );
  withExamples(command, "examples/letter.json", "examples/*.json --json");
  return command.action((files: string[], given: unknown) =>
    run(async () => checkFiles(files, optionsSchema.parse(given))),
  );
}

/** What came of a file: everything that is wrong with it, what may not be meant, and the letter's body as Altinn gets it. */
interface Checked {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly body?: string;
}

async function check(file: string, { environment, unknownFields }: Options): Promise<Checked> {
  const content = readGivenFile(file);
  if (typeof content === "string") return refused([{ path: "", rule: "file", message: content }]);
  const decoded = decodeMessage(content);
  if (!decoded.ok) return refused([decoded.problem]);
  const other = parseCancel(decoded.value) ?? parseClaimCheck(decoded.value);
  if (other !== undefined) return refused(other.kind === "problems" ? other.problems : []);
  const parsed = await parseRequest(decoded.value, { environment, unknownFields, now: new Date() });
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

async function checkFiles(files: readonly string[], options: Options): Promise<number> {
  let status = 0;
  for (const file of files) {
    const { problems, warnings, body } = await check(file, options);
    if (problems.length > 0) status = 1;
    const found: Checked = { problems, warnings, ...(body !== undefined && options.showBody ? { body } : {}) };
    if (options.json) print(shownJson({ file, valid: problems.length === 0, ...found }));
    else print(report(file, found, columnsOf(process.stdout)));
  }
  return status;
}
