// A letter as its recipient will see it: writes a page for each request file, or counts how good the model is.
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { parseClaimCheck } from "../../shared/requests/claimCheck.ts";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { parseCancel } from "../../shared/requests/parseCancel.ts";
import { parseRequest } from "../../shared/requests/parseRequest.ts";
import type { Problem } from "../../shared/requests/problem.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { fromHere, readGivenFile } from "../../terminal/givenFile.ts";
import { print } from "../../terminal/output.ts";
import { problemText } from "../../terminal/wrapped.ts";
import { previewPage } from "../previewPage.ts";
import { countPairs } from "../previewPairs.ts";
import { type Run, withExamples } from "../program.ts";
import { environmentOption } from "./check.ts";

const optionsSchema = z.object({
  environment: z.enum(["tt02", "production"]),
  out: z.string().optional(),
  pairs: z.string().optional(),
  json: z.boolean(),
  failures: z.boolean(),
});
type Options = z.output<typeof optionsSchema>;

const DESCRIPTION =
  "write a page (HTML) for each letter, beside its file: the letter as the inbox will show it, what is sent to tell of it, and where the body comes out differently from what it says. A message that cancels has nothing to show; of one that only names a blob, name the file with the request itself";

/** Makes the command. `run` is given what is to be done. */
export function previewCommand(run: Run): Command {
  const command = new Command("preview")
    .summary("write a page for each letter, as its recipient will see it")
    .description(DESCRIPTION)
    .argument("[files...]", "request files, each by itself")
    .addOption(environmentOption())
    .option("--out <file>", "where to write the page, of one letter")
    .option(
      "--pairs <file>",
      'instead: of a file [{"body", "shown"}], how many bodies come out as shown, white space aside',
    )
    .option(
      "--json",
      'a line of JSON for each file: {"file", "page", "instead", "problems", "warnings"}; with --pairs: {"pairs", "right", "share"}',
      false,
    )
    .option("--failures", "with --pairs: also those that do not", false);
  withExamples(command, "examples/letter.json --out letter.html");
  return command.action((files: string[], given: unknown) => {
    const options = optionsSchema.parse(given);
    const wrong = whatIsWrong(files, options);
    if (wrong !== undefined) command.error(wrong, { exitCode: 2 });
    return run(async () => {
      const { pairs } = options;
      if (pairs !== undefined) return count(pairs, options) ? 0 : 1;
      let status = 0;
      for (const file of files) if (!(await show(file, options))) status = 1;
      return status;
    });
  });
}

function whatIsWrong(files: readonly string[], { pairs, out, failures }: Options): string | undefined {
  if (pairs === undefined && failures) return "--failures goes with --pairs.";
  if (pairs !== undefined && (files.length > 0 || out !== undefined)) return "--pairs goes without letters.";
  if (pairs === undefined && files.length === 0) return "No file was named.";
  if (out !== undefined && files.length > 1) return "--out goes with one letter.";
  return undefined;
}

/** What a file comes to: a page and what may not be meant, something to say instead, or what is wrong. */
type Outcome =
  | { readonly page: string; readonly warnings: readonly Problem[] }
  | { readonly instead: string }
  | { readonly problems: readonly Problem[] };

async function preview(file: string, environment: Options["environment"]): Promise<Outcome> {
  const content = readGivenFile(file);
  if (typeof content === "string") return { problems: [{ path: "", rule: "file", message: content }] };
  const decoded = decodeMessage(content);
  if (!decoded.ok) return { problems: [decoded.problem] };
  const other = parseCancel(decoded.value) ?? parseClaimCheck(decoded.value);
  if (other?.kind === "problems") return { problems: other.problems };
  if (other?.kind === "cancel") return { instead: "cancels a letter, and has nothing to show." };
  if (other !== undefined) return { instead: "names a blob. Name the file with the request itself." };
  const parsed = await parseRequest(decoded.value, { environment, now: new Date() });
  if (!parsed.ok) return { problems: parsed.problems };
  const { request, warnings } = parsed;
  return { page: previewPage({ file: basename(file), request, warnings }), warnings };
}

/** Writes the page and says so, or says what is wrong. False: there is none. */
async function show(file: string, options: Options): Promise<boolean> {
  const outcome = await preview(file, options.environment);
  const columns = columnsOf(process.stdout);
  const say = (verdict: string, answer: object, found: readonly Problem[] = []) => {
    const more = found.length > 0 ? [problemText(found, columns)] : [];
    print(options.json ? shownJson({ file, ...answer }) : [shown(`${file}: ${verdict}`), ...more].join("\n"));
  };
  if ("problems" in outcome) {
    say("refused", outcome, outcome.problems);
    return false;
  }
  if ("instead" in outcome) {
    say(outcome.instead, outcome);
    return true;
  }
  const { page, warnings } = outcome;
  const target = options.out ?? `${file.replace(/\.json$/i, "")}.preview.html`;
  try {
    writeFileSync(fromHere(target), page);
  } catch {
    say(`can't write ${target}`, { problems: [{ path: "", rule: "file", message: `Can't write ${target}.` }] });
    return false;
  }
  say(target, { page: target, warnings }, warnings);
  return true;
}

function count(file: string, { json, failures }: Options): boolean {
  const content = readGivenFile(file);
  const counted = typeof content === "string" ? undefined : countPairs(new TextDecoder().decode(content));
  if (counted === undefined) {
    print(shown(`${file}: ${typeof content === "string" ? content : 'Is no list of {"body", "shown"}.'}`));
    return false;
  }
  const { pairs, right, share, wrong } = counted;
  const sentence = `${right} of ${pairs} bodies come out as given, white space aside (${share.toFixed(3)}).`;
  if (json) print(shownJson({ pairs, right, share }));
  else print(sentence);
  if (failures) for (const pair of wrong) print(shownJson(pair));
  return true;
}
