// `npm run smoke -- --app <address>`: whether a deployed app works: its health, and a letter from end to end.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { createProducer } from "../producer/main.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { columnsOf } from "../terminal/columns.ts";
import { shown, shownJson } from "../terminal/foreign.ts";
import { print, tell } from "../terminal/output.ts";
import { wrapped } from "../terminal/wrapped.ts";
import { refuseInTheClear } from "./appAddress.ts";
import { STATE_DIRECTORY_OPTION, withHelp } from "./program.ts";
import { describeFailure, PRODUCTION_OPTION, storageToChange } from "./storage.ts";

const optionsSchema = z.object({
  app: z.url({ protocol: /^https?$/ }),
  resource: z.string().optional(),
  recipient: z.string().optional(),
  seconds: z.coerce.number().positive(),
  stateDir: z.string().optional(),
  production: z.boolean().default(false),
});
type Options = z.output<typeof optionsSchema>;

/** What the app says of a request, as far as it is looked at. */
const progressSchema = z.object({ sent: z.number(), ended: z.record(z.string(), z.number()).default({}) });

/** For each call. */
const TIMEOUT_MS = 30_000;
/** Between two looks at what takes its time. */
const PAUSE_MS = 1_000;

const program = withHelp(
  new Command("npm run smoke --")
    .description("Asks a deployed app for its health and, with --resource and --recipient, sends a letter through it.")
    .requiredOption("--app <address>", "the app: https://<name>.azurewebsites.net")
    .option("--resource <id>", "the resource to send a letter on")
    .option("--recipient <urn>", "who gets it: a synthetic one, in an environment for tests")
    .option("--seconds <n>", "how long each of the two may take", "180")
    .option(...STATE_DIRECTORY_OPTION)
    .option(...PRODUCTION_OPTION),
  "The function key is in ALTINN_WEBHOOK_KEY; the letter is dropped on the storage of CORRESPONDENCE_STORAGE....",
);

const report = (line: string) => print(wrapped(shown(line), columnsOf(process.stdout)));

/** Asks for something of the app until `isDone`, or until the time is over. The last answer; undefined if there was none. */
async function askUntil(
  { app, seconds }: Options,
  path: string,
  isDone: (status: number, json: unknown) => boolean,
): Promise<{ readonly status: number; readonly json: unknown } | undefined> {
  const url = new URL(path, app);
  const headers = { "x-functions-key": process.env.ALTINN_WEBHOOK_KEY ?? "" };
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await fetch(url, { headers, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) })
      .then(async (response) => ({ status: response.status, json: await response.json().catch(() => undefined) }))
      .catch(() => undefined);
    if (answer !== undefined && isDone(answer.status, answer.json)) return answer;
    if (Date.now() + PAUSE_MS > end) return answer;
    await sleep(PAUSE_MS);
  }
}

/** A new app needs a while until it answers at all. */
async function checkHealth(options: Options): Promise<boolean> {
  const answer = await askUntil(options, "/api/health", (status) => status === 200 || status === 401);
  if (answer?.status === 200) {
    report("health: ok");
    return true;
  }
  const why =
    answer === undefined ? "no answer" : `${answer.status} ${answer.json === undefined ? "" : shownJson(answer.json)}`;
  report(`health: ${answer?.status === 401 ? "the key in ALTINN_WEBHOOK_KEY is not the app's (401)" : why}`);
  return false;
}

async function sendLetter(
  options: Options,
  storage: StorageClients,
  { resource, recipient }: { readonly resource: string; readonly recipient: string },
): Promise<boolean> {
  const producer = createProducer(storage);
  const id = `smoke-test-${randomUUID()}`;
  const outcome = await producer.send({
    id,
    correspondence: {
      resourceId: resource,
      sendersReference: id,
      content: {
        language: "nb",
        messageTitle: "Prøve av utsendelse",
        messageSummary: "En prøve.",
        messageBody: "Dette er en prøve av at utsendelse virker. Du trenger ikke gjøre noe.",
      },
    },
    recipients: [recipient],
  });
  if (outcome.kind === "refused") {
    report(`letter: refused: ${outcome.problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}`);
    return false;
  }
  const answer = await askUntil(options, `/api/requests/${id}`, (_status, json) => endOf(json) !== undefined);
  const end = endOf(answer?.json);
  report(`letter: ${end ?? `not sent within ${options.seconds} s`}, request ${id}`);
  return end === "sent";
}

/** How the one letter has ended; undefined while it has not. */
function endOf(json: unknown): string | undefined {
  const progress = progressSchema.safeParse(json).data;
  if (progress === undefined) return undefined;
  const ends = Object.entries({ sent: progress.sent, ...progress.ended });
  return ends.find(([, count]) => count > 0)?.[0];
}

async function main(): Promise<number> {
  try {
    program.parse();
  } catch (error) {
    return error instanceof CommanderError && error.exitCode === 0 ? 0 : 2;
  }
  const read = optionsSchema.safeParse(program.opts());
  if (!read.success || (read.data.resource === undefined) !== (read.data.recipient === undefined)) {
    tell("--app is an address; --resource and --recipient go together; --seconds is a number.");
    return 2;
  }
  const options = read.data;
  refuseInTheClear(options.app, process.env.ALTINN_WEBHOOK_KEY);
  const { resource, recipient } = options;
  if (resource === undefined || recipient === undefined) return (await checkHealth(options)) ? 0 : 1;
  const storage = await storageToChange(options);
  if (!(await checkHealth(options))) return 1;
  return (await sendLetter(options, storage, { resource, recipient })) ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  tell(describeFailure(error));
  return 1;
});
