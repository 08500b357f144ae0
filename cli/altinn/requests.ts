// `altinn requests <id>`: how far a request has come, and its letters.
import { Command } from "commander";
import { z } from "zod";
import type { RequestAnswer } from "../../shared/finding/answers.ts";
import { findRequest } from "../../shared/finding/find.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { factLines, minute } from "../describing.ts";
import { type Run, STATE_DIRECTORY_OPTION, stoppable, withExamples } from "../program.ts";
import { commonOptions, done, openStorage, parseOptions } from "./asking.ts";
import { summaryOf, tableOfLetters } from "./lettersView.ts";
import { isOver, readTimeout, sentenceOfPublished, TIMEOUT_OPTION, waitUntilPublished } from "./published.ts";

const options = z.object({
  ...commonOptions,
  wait: z.boolean(),
  timeout: z.string(),
  limit: z.coerce
    .number({ error: "--limit is a number, from 1 to 200." })
    .int({ error: "--limit is a whole number." })
    .min(1, { error: "--limit is at least 1." })
    .max(200, { error: "--limit is at most 200." }),
  next: z.string().optional(),
});

/** Makes the command. `run` is given what is to be done. */
export function requestsCommand(run: Run): Command {
  const command = new Command("requests")
    .description("how far a request has come, and its letters")
    .argument("<id>", "the request's id, or its digest where it has none")
    .option("--wait", "wait until every letter is published, or will not be; exits with 1 if one is not", false)
    .option(...TIMEOUT_OPTION)
    .option("--limit <n>", "so many of its letters at once", "50")
    .option("--next <token>", "go on where a page ended")
    .option(...STATE_DIRECTORY_OPTION)
    .option("--json", "print JSON, as the endpoint answers it", false);
  withExamples(command, "example-letter", "example-letter --wait --timeout 60");
  return command.action((id: string, given: unknown) => run(() => done(() => show(id, given))));
}

async function show(requestId: string, given: unknown): Promise<number> {
  const { stateDir, json, wait, timeout, limit, next } = parseOptions(options, given);
  const timeoutMs = readTimeout(timeout);
  const context = await openStorage(stateDir);
  const [waited] = wait
    ? await stoppable((signal) => waitUntilPublished(context, [requestId], { timeoutMs, signal }))
    : [];
  const answer = await findRequest(context, requestId, { limit, next });
  if (answer === undefined) {
    tell("No request with this id is known, or not any more. One that was refused: npm run altinn -- letters find");
    return 1;
  }
  if (json) print(shownJson({ ...answer, ...(waited ? { published: waited.published, failed: waited.failed } : {}) }));
  else {
    print(describe(answer));
    if (answer.letters.length > 0) print(`\n${tableOfLetters(answer.letters, columnsOf(process.stdout))}`);
    tell(summaryOf(answer));
    if (answer.next !== undefined) tell(`--next ${answer.next}`);
    if (waited) tell(shown(sentenceOfPublished(waited)));
  }
  return waited === undefined || (isOver(waited) && waited.failed === 0) ? 0 : 1;
}

function describe({ requestId, since, total, sent, waiting, ended, uploads }: RequestAnswer): string {
  const ends = Object.entries(ended).filter(([, count]) => count > 0);
  return factLines(
    [
      ["request", requestId],
      ["since", `${minute(since)} UTC`],
      ["letters", String(total)],
      ["sent", String(sent)],
      ["waiting", String(waiting)],
      ...ends.map(([end, count]) => [end, String(count)] as const),
      ["files", uploads && `${uploads.published} of ${uploads.total} scanned`],
    ],
    columnsOf(process.stdout),
  ).join("\n");
}
