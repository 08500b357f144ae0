// The command on dead letters, list, show, replay and drop, as `npm run dead-letters` runs it.
import { Command, CommanderError } from "commander";
import { z } from "zod";
import { END_REASONS } from "../shared/altinn/endReason.ts";
import { type DeadLetterFilter, dropDeadLetter, findDeadLetters } from "../shared/deadLetters/deadLetters.ts";
import { readBrake } from "../shared/pausing/emergencyBrake.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { createTelemetry } from "../shared/telemetry/telemetry.ts";
import { shownJson } from "../terminal/foreign.ts";
import { fromHere } from "../terminal/givenFile.ts";
import type { Progress } from "../terminal/progress.ts";
import { UnreadableFile } from "../terminal/requestFile.ts";
import { describe, table } from "./deadLettersView.ts";
import {
  type Asked,
  createWork,
  dropUnread,
  findDeadLetter,
  nameOf,
  readDeadLetter,
  readRows,
  replayAll,
  replayMended,
  type Work,
} from "./deadLettersWork.ts";
import {
  inherit,
  NotUnderstood,
  type Run,
  STATE_DIRECTORY_OPTION,
  withExamples,
  withHelp,
  withNotes,
} from "./program.ts";
import {
  CannotDo,
  describeFailure,
  findStorage,
  PRODUCTION_OPTION,
  type StorageChoice,
  storageToChange,
} from "./storage.ts";

const REASONS: readonly string[] = END_REASONS;

/** More than this are replayed only when somebody has seen how many they are. */
const MANY = 10;

const day = z.iso.date({ error: "--since must be a day, such as 2030-01-31." }).transform((text) => Date.parse(text));
const count = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, { error: "--limit and --page must be whole numbers, from 1 up." })
  .transform(Number);

const filterOptions = z.object({
  stateDir: z.string().optional(),
  reason: z
    .string()
    .refine((text) => REASONS.includes(text), { error: `--reason must be one of ${REASONS.join(", ")}.` })
    .optional(),
  resource: z.string().optional(),
  since: day.optional(),
});
const listOptions = filterOptions.extend({ limit: count, page: count, json: z.boolean() });
const showOptions = z.object({ stateDir: z.string().optional(), json: z.boolean() });
const changeOptions = { production: z.boolean().default(false), json: z.boolean().default(false) };
const replayOptions = filterOptions.extend({
  ...changeOptions,
  with: z.string().optional(),
  yes: z.boolean(),
  force: z.boolean(),
});
const dropOptions = z.object({ ...changeOptions, stateDir: z.string().optional(), reason: z.string().min(1) });

/** Where lines go, and who answers questions. */
export interface Terminal {
  /** How wide a printed line may be. */
  readonly columns: number;
  /** What was asked for. */
  print(text: string): void;
  /** What is to be said about it. */
  tell(line: string): void;
  /** Asks somebody yes or no; false where nobody is there. */
  confirm(question: string): Promise<boolean>;
  /** How far work on many has come. */
  readonly progress: Progress;
}

async function open({ stateDir }: StorageChoice): Promise<Work> {
  return workOn(await findStorage(stateDir), stateDir);
}

async function openToChange(choice: StorageChoice): Promise<Work> {
  return workOn(await storageToChange(choice), choice.stateDir);
}

function workOn(storage: StorageClients, stateDir: string | undefined): Work {
  const environment = process.env.ALTINN_ENVIRONMENT?.trim() === "production" ? "production" : "tt02";
  return createWork(storage, environment, async () => (await import("./senders.ts")).findSenders(stateDir));
}

function filterOf({ reason, resource, since }: z.output<typeof filterOptions>): DeadLetterFilter {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(resource === undefined ? {} : { resourceId: resource }),
    ...(since === undefined ? {} : { since }),
  };
}

async function list({ columns, print, tell, progress }: Terminal, given: unknown): Promise<number> {
  const options = parse(listOptions, given);
  const work = await open(options);
  const filter = filterOf(options);
  const found = await findDeadLetters(work.store.deadLetters, filter);
  const first = (options.page - 1) * options.limit;
  const entries = found.slice(first, first + options.limit);
  const rows = await readRows(work, entries, (read) => {
    if (entries.length > MANY) progress.show(read, entries.length, "dead letters read");
  }).finally(() => progress.end());
  if (options.json) {
    print(shownJson({ total: found.length, page: options.page, deadLetters: rows }));
    return 0;
  }
  if (found.length === 0) {
    tell(Object.keys(filter).length > 0 ? "There is no such dead letter." : "There are no dead letters.");
    return 0;
  }
  if (rows.length > 0) print(table(rows, columns));
  const shown = rows.length === 0 ? "none shown" : `${first + 1} to ${first + rows.length} shown`;
  const more = first + rows.length < found.length ? `; --page ${options.page + 1} for the next` : "";
  tell(`${found.length} ${found.length === 1 ? "dead letter" : "dead letters"}, ${shown}${more}.`);
  return 0;
}

async function show({ columns, print }: Terminal, written: string, given: unknown): Promise<number> {
  const options = parse(showOptions, given);
  const work = await open(options);
  const name = nameOf(written);
  const stored = options.json ? await work.documents.read(name) : undefined;
  if (stored?.value !== undefined) print(shownJson(stored.value, 2));
  else if (stored) throw new CannotDo(`${name} is no JSON, or too large to be shown: fetch the blob itself.`);
  else print(describe(name, (await readDeadLetter(work, name)).value, columns));
  return 0;
}

async function replay(terminal: Terminal, written: readonly string[], given: unknown): Promise<number> {
  const options = parse(replayOptions, given);
  const filter = filterOf(options);
  const isFiltered = Object.keys(filter).length > 0;
  if (written.length > 0 === isFiltered) throw new NotUnderstood("Name dead letters, or say which by --reason.");
  if (isFiltered && filter.reason === undefined) throw new NotUnderstood("Say by --reason which are to be replayed.");
  if (options.with !== undefined && written.length !== 1) throw new NotUnderstood("--with is for one dead letter.");
  const work = await openToChange(options);
  const [only] = written;
  if (options.with !== undefined && only !== undefined) {
    const name = nameOf(only);
    const said = await replayMended(work, name, fromHere(options.with));
    if (options.json) terminal.print(shownJson({ name, replayed: true, note: said }));
    else terminal.tell(said);
    return 0;
  }
  const names = isFiltered
    ? (await findDeadLetters(work.store.deadLetters, filter)).map(({ name }) => name)
    : [...new Set(written.map(nameOf))];
  if (names.length > MANY && !options.yes && !(await terminal.confirm(`Replay ${names.length} dead letters?`))) {
    throw new NotUnderstood(`These are ${names.length} dead letters: --yes replays them all.`);
  }
  return replayNames(terminal, work, names, options);
}

async function replayNames(
  { print, tell, progress }: Terminal,
  work: Work,
  names: readonly string[],
  { force, json }: Pick<z.output<typeof replayOptions>, "force" | "json">,
): Promise<number> {
  let [asked, done] = [0, 0];
  const note = ({ name, isAsked, note: why }: Asked) => {
    if (isAsked) asked++;
    done++;
    progress.end();
    if (json) print(shownJson({ name, replayed: isAsked, note: why }));
    else if (!isAsked) tell(`${name}: not replayed: ${why}`);
    else if (why !== undefined) tell(`${name}: on its way again, but ${why}`);
    else if (names.length <= MANY) tell(`${name}: on its way again.`);
    if (names.length > MANY) progress.show(done, names.length, "dead letters asked for");
  };
  try {
    await replayAll(work, names, force, note);
  } finally {
    progress.end();
    tell(`${asked} of ${names.length} dead letters are on their way again. What becomes of them is announced.`);
  }
  if ((await readBrake(work.store.documents))?.isOn) tell("The brake is on: they wait until it is lifted.");
  return asked === names.length ? 0 : 1;
}

async function drop({ columns, print, tell }: Terminal, written: readonly string[], given: unknown): Promise<number> {
  const options = parse(dropOptions, given);
  const work = await openToChange(options);
  const { json } = options;
  const telemetry = createTelemetry((_level, line) => tell(line));
  let status = 0;
  for (const name of new Set(written.map(nameOf))) {
    const stored = await findDeadLetter(work, name);
    if (stored === "unreadable") {
      await dropUnread(work, telemetry, name);
      if (json) print(shownJson({ name, dropped: true }));
      tell(`${name}, which could not be read, is dropped for good: ${options.reason}`);
      continue;
    }
    if (!json) print(`${describe(name, stored.value, columns)}\n`);
    const outcome = await dropDeadLetter({ store: work.store, telemetry }, name, stored);
    if (json) print(shownJson({ name, dropped: outcome === "dropped" }));
    if (outcome === "dropped") tell(`${name} is dropped for good: ${options.reason}`);
    else tell(`${name} is not dropped: it has changed, or is gone, since it was read. Look at it again.`);
    if (outcome !== "dropped") status = 1;
  }
  return status;
}

function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new NotUnderstood(parsed.error.issues.map(({ message }) => message).join("\n"));
}

/** Makes the command, for a terminal. `run` is given what is to be done. */
export function deadLettersCommand(run: Run, terminal: Terminal): Command {
  const deadLetters = withNotes(
    new Command("dead-letters").description(
      "requests that will not be sent, with the reason; they stay until they are replayed or dropped",
    ),
    "The storage is that of the app's settings (CORRESPONDENCE_STORAGE...), and without them that of npm start.",
    "show, replay and drop take names as list prints them.",
  );
  const work = (what: () => Promise<number>) => run(() => said(terminal, what));
  const command = (text: string, what: string) =>
    deadLetters
      .command(text)
      .description(what)
      .option(...STATE_DIRECTORY_OPTION);
  const filtered = (text: string, what: string) =>
    command(text, what)
      .option("--reason <reason>", "those that ended for this reason")
      .option("--resource <id>", "those of this resource")
      .option("--since <day>", "those that ended on this day (UTC) or later");
  withExamples(
    filtered("list", "list them, newest first, without recipients")
      .option("--limit <n>", "so many at once", "50")
      .option("--page <n>", "from 1 up", "1")
      .option("--json", "a line of JSON", false),
    "--since 2026-11-01 --reason attachmentMissing",
  ).action((options: unknown) => work(() => list(terminal, options)));
  withExamples(
    command("show <name>", "show one whole, with recipient, request and every attempt").option(
      "--json",
      "as it is stored",
      false,
    ),
    "<name>",
  ).action((name: string, options: unknown) => work(() => show(terminal, name, options)));
  withExamples(
    filtered("replay [names...]", "put some on their way again: none is sent twice")
      .option("--with <file>", "a mended request, in place of the one that is kept")
      .option("--yes", "however many they are", false)
      .option("--force", "also where it is of no use, as far as is known", false)
      .option("--json", "a line of JSON for each", false)
      .option(...PRODUCTION_OPTION),
    "<name> --with mended.json",
  ).action((names: string[], options: unknown) => work(() => replay(terminal, names, options)));
  withExamples(
    command("drop <names...>", "delete some for good, after showing them")
      .requiredOption("--reason <why>", "why, in your own words")
      .option("--json", "a line of JSON for each", false)
      .option(...PRODUCTION_OPTION),
    '<name> --reason "sent on paper"',
  ).action((names: string[], options: unknown) => work(() => drop(terminal, names, options)));
  return deadLetters;
}

/** Does the work and gives its exit code; says what kept it from being done. */
async function said({ tell }: Terminal, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    const isOurs = error instanceof CannotDo || error instanceof NotUnderstood || error instanceof UnreadableFile;
    tell(isOurs ? error.message : describeFailure(error));
    return error instanceof NotUnderstood ? 2 : 1;
  }
}

/**
 * Runs the command.
 * @returns its exit code
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let exit = 0;
  const run: Run = async (work) => {
    exit = (await work()) ?? 0;
  };
  const program = withHelp(deadLettersCommand(run, terminal)).configureOutput({
    writeOut: (text) => terminal.print(text.trimEnd()),
    writeErr: (text) => terminal.tell(text.trimEnd()),
  });
  try {
    await inherit(program).parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
