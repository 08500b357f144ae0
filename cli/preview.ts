// A letter as its recipient will see it: writes a page for each request file, or counts how good the model is.
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { parseClaimCheck } from "../shared/requests/claimCheck.ts";
import { decodeMessage } from "../shared/requests/decode.ts";
import { parseCancel } from "../shared/requests/parseCancel.ts";
import { parseRequest } from "../shared/requests/parseRequest.ts";
import type { Problem } from "../shared/requests/problem.ts";
import { columnsOf } from "../terminal/columns.ts";
import { shown, shownJson } from "../terminal/foreign.ts";
import { fromHere, readGivenFile } from "../terminal/givenFile.ts";
import { print } from "../terminal/output.ts";
import { problemText } from "../terminal/wrapped.ts";
import { previewPage } from "./previewPage.ts";
import { countPairs } from "./previewPairs.ts";
import { tellUsage } from "./program.ts";

const usage = `Usage: npm run --silent preview -- [options] <file.json>...

Writes a page (HTML) for each letter, beside its file: the letter as the inbox
will show it, what is sent to tell of it, and where the body comes out
differently from what it says. Any number of files:

  npm run --silent preview -- letter.json        writes letter.preview.html
  npm run --silent preview -- letters/*.json

  --environment tt02|production
                  the rules of which environment (default tt02)
  --out <file>    where to write the page, of one letter
  --pairs <file>  instead: of a file [{"body", "shown"}], how many bodies come
                  out as shown, white space aside
  --json          with --pairs: {"pairs", "right", "share"}
  --failures      with --pairs: also those that do not
  --help          this text

A message that cancels has nothing to show; of one that only names a blob, name
the file with the request itself. Exits with 0 when every page was written, with
1 when a request is refused (it says why, as check does) or can't be read, with
2 when it was not understood.
`;

interface Options {
  readonly environment: "tt02" | "production";
  readonly out: string | undefined;
  readonly pairs: string | undefined;
  readonly json: boolean;
  readonly failures: boolean;
  readonly files: readonly string[];
}

/** The options, "help", or what is wrong with them. */
function readOptions(): Options | "help" | { readonly wrong: string } {
  try {
    const { values, positionals: files } = parseArgs({
      allowPositionals: true,
      options: {
        environment: { type: "string", default: "tt02" },
        out: { type: "string" },
        pairs: { type: "string" },
        json: { type: "boolean", default: false },
        failures: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    const { environment, out, pairs, json, failures } = values;
    if (environment !== "tt02" && environment !== "production") {
      return { wrong: "--environment must be tt02 or production." };
    }
    if (pairs === undefined && (json || failures)) return { wrong: "--json and --failures go with --pairs." };
    if (pairs !== undefined && (files.length > 0 || out !== undefined))
      return { wrong: "--pairs goes without letters." };
    if (pairs === undefined && files.length === 0) return { wrong: "No file was named." };
    if (out !== undefined && files.length > 1) return { wrong: "--out goes with one letter." };
    return { environment, out, pairs, json, failures, files };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

/** What a file comes to: a page and what may not be meant, something to say instead, or what is wrong. */
type Outcome =
  | { readonly page: string; readonly warnings: readonly Problem[] }
  | { readonly instead: string }
  | { readonly problems: readonly Problem[] };

function preview(file: string, environment: Options["environment"]): Outcome {
  const content = readGivenFile(file);
  if (typeof content === "string") return { problems: [{ path: "", rule: "file", message: content }] };
  const decoded = decodeMessage(content);
  if (!decoded.ok) return { problems: [decoded.problem] };
  const other = parseCancel(decoded.value) ?? parseClaimCheck(decoded.value);
  if (other?.kind === "problems") return { problems: other.problems };
  if (other?.kind === "cancel") return { instead: "cancels a letter, and has nothing to show." };
  if (other !== undefined) return { instead: "names a blob. Name the file with the request itself." };
  const parsed = parseRequest(decoded.value, { environment, now: new Date() });
  if (!parsed.ok) return { problems: parsed.problems };
  const { request, warnings } = parsed;
  return { page: previewPage({ file: basename(file), request, warnings }), warnings };
}

/** Writes the page and says so, or says what is wrong. False: there is none. */
function show(file: string, options: Options): boolean {
  const outcome = preview(file, options.environment);
  const columns = columnsOf(process.stdout);
  const say = (verdict: string, found: readonly Problem[] = []) =>
    print([shown(`${file}: ${verdict}`), ...(found.length > 0 ? [problemText(found, columns)] : [])].join("\n"));
  if ("problems" in outcome) {
    say("refused", outcome.problems);
    return false;
  }
  if ("instead" in outcome) {
    say(outcome.instead);
    return true;
  }
  const target = options.out ?? `${file.replace(/\.json$/i, "")}.preview.html`;
  try {
    writeFileSync(fromHere(target), outcome.page);
  } catch {
    say(`can't write ${target}`);
    return false;
  }
  say(target, outcome.warnings);
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

function main(): number {
  const options = readOptions();
  if (options === "help" || "wrong" in options) return tellUsage(options, usage);
  const { pairs, files } = options;
  const done = pairs !== undefined ? [count(pairs, options)] : files.map((file) => show(file, options));
  return done.every(Boolean) ? 0 : 1;
}

process.exitCode = main();
