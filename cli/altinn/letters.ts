// `npm run altinn -- letters find|show|act|waiting`: what became of letters, and what waits, read from storage directly.
import { Command } from "commander";
import { z } from "zod";
import { RECIPIENT_ACTIONS } from "../../shared/altinn/recipientActions.ts";
import { systemClock } from "../../shared/clock.ts";
import type { LetterPage } from "../../shared/finding/answers.ts";
import { findLetters, showLetter } from "../../shared/finding/find.ts";
import {
  type Asked,
  LARGEST_PAGE,
  readLetterId,
  readLetterQuery,
  readWaitingQuery,
} from "../../shared/finding/query.ts";
import { findWaiting } from "../../shared/finding/waiting.ts";
import { parseReceived } from "../../shared/requests/parseReceived.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { createQueues, queueText } from "../../shared/storage/queues.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { NotUnderstood, OF_SENDER_OPTION, type Run, STATE_DIRECTORY_OPTION, withExamples } from "../program.ts";
import { PRODUCTION_OPTION, storageToChange } from "../storage.ts";
import { commonOptions, done, givenOf, openStorage, parseOptions } from "./asking.ts";
import {
  csvOfLetters,
  csvOfWaiting,
  describeLetter,
  describeWaiting,
  summaryOf,
  tableOfLetters,
} from "./lettersView.ts";

const NO_RECIPIENT =
  "Letters cannot be found by recipient: recipients are in no index, since the hash of an identity number is as good as the number. Ask for the reference, or for the request that the letter was in.";

/** Makes the command. `run` is given what is to be done. */
export function lettersCommand(run: Run): Command {
  const letters = new Command("letters").description(
    "what became of letters, and what waits; nothing is changed by asking",
  );
  const command = (text: string, what: string) =>
    letters
      .command(text)
      .description(what)
      .option(...STATE_DIRECTORY_OPTION)
      .option("--json", "print JSON, as the endpoints answer it", false);
  withExamples(
    command("find", "letters for which all that is given holds"),
    "--status waiting",
    "--resource example-letters --from 2026-11-27",
    "--request example-letter --json",
    "--direction received --status waiting",
  )
    .option(
      "--direction <direction>",
      "sent by this app (the default), or received: sent to the organisation by others",
    )
    .option("--request <id>", "of this request")
    .option("--reference <reference>", "with this sendersReference")
    .option("--resource <id>", "of this resource")
    .option("--sent-by <number>", "of received letters: by this organisation")
    .option(...OF_SENDER_OPTION)
    .option("--status <status>", "waiting, sent, rejected, published, read, and so on (docs/finding.md)")
    .option("--from <time>", "since this day (UTC) or time")
    .option("--to <time>", "until this day, that day included, or time")
    .option("--correspondence <id>", "Altinn's id")
    .option("--dispatch <id>", "our id, as announced")
    .option("--recipient <urn>", "not possible: recipients are in no index. Use --reference or --request")
    .option("--limit <n>", "so many at once", "50")
    .option("--next <token>", "go on where a page ended")
    .option("--csv", "print CSV, recipients masked", false)
    .action((given: unknown) => run(() => done(() => find(given))));
  withExamples(
    command(
      "show <id>",
      "one letter whole, by Altinn's id, ours, or its dead letter: its history, every attempt, what it waits for or came to",
    ),
    "<id>",
  )
    .option("--direction <direction>", "sent or received, where it is both: by the organisation to itself")
    .option("--unmask", "show who it is to", false)
    .action((id: string, given: unknown) => run(() => done(() => show(id, given))));
  withExamples(
    letters
      .command("act <id> <action>")
      .description(
        `has a letter that the organisation received marked as read, confirmed or purged at Altinn (${RECIPIENT_ACTIONS.join(", ")})`,
      )
      .option(...STATE_DIRECTORY_OPTION)
      .option(...PRODUCTION_OPTION)
      .option("--json", "a line of JSON", false),
    "<id> confirm",
  ).action((id: string, action: string, given: unknown) => run(() => done(() => act(id, action, given))));
  withExamples(command("waiting", "what has not reached its recipient yet, by what keeps it"), "")
    .option("--resource <id>", "of this resource")
    .option(...OF_SENDER_OPTION)
    .option("--csv", "print CSV", false)
    .action((given: unknown) => run(() => done(() => waiting(given))));
  return letters;
}

const findOptions = z.object({
  ...commonOptions,
  csv: z.boolean(),
  limit: z.coerce
    .number({ error: "--limit is a number, from 1 to 100000." })
    .int({ error: "--limit is a whole number." })
    .min(1, { error: "--limit is at least 1." })
    .max(100_000, { error: "--limit is at most 100000." }),
  next: z.string().optional(),
  recipient: z.undefined({ error: NO_RECIPIENT }).optional(),
  request: z.string().optional(),
  reference: z.string().optional(),
  resource: z.string().optional(),
  sender: z.string().optional(),
  status: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  correspondence: z.string().optional(),
  dispatch: z.string().optional(),
  direction: z.string().optional(),
  sentBy: z.string().optional(),
});
const showOptions = z.object({ ...commonOptions, unmask: z.boolean(), direction: z.string().optional() });
const actOptions = z.object({ ...commonOptions, production: z.boolean().default(false) });
const waitingOptions = z.object({
  ...commonOptions,
  csv: z.boolean(),
  resource: z.string().optional(),
  sender: z.string().optional(),
});

/** What options are called here and parameters elsewhere. */
const OPTION_OF: ReadonlyMap<string, string> = new Map([
  ["requestId", "request"],
  ["correspondenceId", "correspondence"],
  ["dispatchId", "dispatch"],
  ["sentBy", "sent-by"],
]);

async function find(given: unknown): Promise<number> {
  const { request, correspondence, dispatch, stateDir, json, csv, limit, next, ...rest } = parseOptions(
    findOptions,
    given,
  );
  const named = { ...rest, requestId: request, correspondenceId: correspondence, dispatchId: dispatch };
  const finding = await openStorage(stateDir);
  const { query } = understood(readLetterQuery(givenOf(named), finding.senders));
  let page: LetterPage | undefined;
  do {
    const left = limit - (page?.letters.length ?? 0);
    const more = await findLetters(finding, query, { limit: Math.min(left, LARGEST_PAGE), next: page?.next ?? next });
    const before = page ?? { ...more, letters: [], unreadable: 0 };
    page = {
      ...more,
      asOf: before.asOf,
      letters: [...before.letters, ...more.letters],
      unreadable: before.unreadable + more.unreadable,
    };
  } while (page.next !== undefined && page.letters.length < limit);
  if (json) print(shownJson(page));
  else if (csv) print(csvOfLetters(page.letters));
  else if (page.letters.length > 0) print(tableOfLetters(page.letters, columnsOf(process.stdout)));
  if (json) return 0;
  tell(summaryOf(page));
  if (page.next !== undefined) tell(`--next ${page.next}`);
  const which = query.direction === "received" ? " --direction received" : "";
  if (!csv && page.letters.length > 0) tell(`One whole: npm run altinn -- letters show <id>${which}`);
  return 0;
}

async function show(id: string, given: unknown): Promise<number> {
  const { stateDir, json, unmask, direction } = parseOptions(showOptions, given);
  const asked = understood(readLetterId(givenOf({ id, direction })));
  const found = await showLetter(await openStorage(stateDir), asked.id, { ...asked, isUnmasked: unmask });
  if (!found) {
    tell("No letter with this id is known, or not any more. By request or reference: npm run altinn -- letters find");
    return 1;
  }
  print(json ? shownJson(found) : describeLetter(found.letter, columnsOf(process.stdout)));
  const { deadLetter } = found.letter;
  if (deadLetter !== undefined && !json) tell(`With the request itself: npm run dead-letters -- show ${deadLetter}`);
  return 0;
}

async function act(id: string, action: string, given: unknown): Promise<number> {
  const { json, ...choice } = parseOptions(actOptions, given);
  const received = { correspondenceId: id, action };
  const parsed = parseReceived({ received });
  if (parsed?.kind === "problems") {
    throw new NotUnderstood(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  }
  const { queues } = await storageToChange(choice);
  await createQueues(queues, systemClock).put(QUEUES.requests, queueText({ received }));
  if (json) print(shownJson(received));
  else tell(`Asked for. What becomes of it is told on ${QUEUES.received}, and shown by letters show.`);
  return 0;
}

async function waiting(given: unknown): Promise<number> {
  const { stateDir, json, csv, ...narrowing } = parseOptions(waitingOptions, given);
  const finding = await openStorage(stateDir);
  const query = understood(readWaitingQuery(givenOf(narrowing), finding.senders));
  const found = await findWaiting(finding, query);
  if (json) print(shownJson(found));
  else if (csv) print(csvOfWaiting(found));
  else print(describeWaiting(found, columnsOf(process.stdout)));
  const isInAltinn = found.causes.every(({ cause }) => cause === "publishTime" || cause === "scan");
  const whose = Object.entries(narrowing).map(([option, value]) =>
    value === undefined ? "" : ` --${option} ${value}`,
  );
  if (!json && !csv && !isInAltinn) {
    tell(`Each of them: npm run altinn -- letters find --status waiting${shown(whose.join(""))}`);
  }
  return 0;
}

function understood<T>(asked: Asked<T>): T {
  if (asked.ok) return asked.value;
  const lines = asked.wrong.map(({ parameter, detail }) => {
    if (parameter === undefined)
      return "Say which letters: --request, --reference, --resource, --sender, --status, --from, or an id.";
    const name = parameter === "id" ? "The id" : `--${OPTION_OF.get(parameter) ?? parameter}`;
    return `${name} ${detail}.`;
  });
  throw new NotUnderstood(lines.join("\n"));
}
