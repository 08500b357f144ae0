// `npm start`: everything on this machine. Builds the app, starts storage, the Altinn simulator and the functions, sends
// the example letters, and shows what happens to each until it is stopped.
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "../scripts/build.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { columnsOf } from "../terminal/columns.ts";
import { print, tell } from "../terminal/output.ts";
import { dropRequest, readRequestFile } from "../terminal/requestFile.ts";
import { startAzurite } from "./azurite/start.ts";
import type { Child } from "./childProcess.ts";
import { scaledClock } from "./functions-host/clock.ts";
import { alertOf } from "./start/alertSentence.ts";
import { appSettings, EXAMPLE_STATUS_QUEUE } from "./start/appSettings.ts";
import { putExampleFiles } from "./start/exampleFiles.ts";
import { readOptions, type StartOptions, USAGE } from "./start/options.ts";
import { checkPorts } from "./start/ports.ts";
import { functionsLog, requireFunc, shortPath, startFunctions, startSimulator } from "./start/services.ts";
import { letRead, registerClient } from "./start/simulation.ts";
import * as state from "./start/state.ts";
import { type LocalStorage, prepareStorage } from "./start/storage.ts";
import { subscribe } from "./start/subscription.ts";
import { createTerminal, type Terminal } from "./start/terminal.ts";
import { watchAnnouncements } from "./start/watch.ts";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));
const EXAMPLES = join(ROOT, "examples");

/** The examples that a start drops: a handful that shows the most. The others are for whoever wants to try them. */
const DROPPED = ["confirmation", "letter", "many-recipients", "notification", "with-attachments"];

/** What is to be stopped, the last one first. */
type Running = { readonly name: string; readonly stop: () => Promise<void> }[];

async function main(): Promise<void> {
  const options = understand();
  if (options === undefined) return;
  if (options === "help") {
    print(USAGE.trimEnd());
    return;
  }
  const colours = process.stdout.isTTY && (process.env.NO_COLOR ?? "") === "" && process.env.TERM !== "dumb";
  const terminal = createTerminal(
    (text) => void process.stdout.write(text),
    colours,
    () => columnsOf(process.stdout),
  );
  // A terminal that was closed takes no more text; stopping must go on all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

  const running: Running = [];
  const end = whenToEnd();
  try {
    await Promise.race([start(options, terminal, running, end), end.asked]);
    const why = await end.asked;
    if (why !== undefined) terminal.error(why);
    process.exitCode = why === undefined ? 0 : 1;
  } catch (error) {
    terminal.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
  if (running.length > 0) terminal.print("\n  Stopping ...");
  for (const { stop } of running.reverse()) await stop().catch(() => undefined);
  process.exit();
}

/** The options; says what is wrong with them, and gives nothing then. */
function understand(): StartOptions | "help" | undefined {
  try {
    return readOptions(process.argv.slice(2), process.env, ROOT);
  } catch (error) {
    tell(`${error instanceof Error ? error.message : String(error)}\nnpm start -- --help lists the options.`);
    process.exitCode = 2;
    return undefined;
  }
}

interface End {
  /** Resolves when it is time to stop: with a message if something went wrong, with undefined if we were asked to. */
  readonly asked: Promise<string | undefined>;
  readonly because: (message: string) => void;
}

/** Ends on Ctrl-C, on a signal, and when the process that started us is gone. */
function whenToEnd(): End {
  let ask = (_message?: string) => {};
  const asked = new Promise<string | undefined>((resolve) => {
    ask = resolve;
  });
  let firstAt: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      firstAt ??= Date.now();
      // Out of patience; the same signal often comes twice at once. The children see our end, and end.
      if (Date.now() - firstAt > 1_000) process.exit(1);
      ask();
    });
  }
  process.on("disconnect", () => ask());
  return { asked, because: (message) => ask(message) };
}

async function start(options: StartOptions, terminal: Terminal, running: Running, end: End): Promise<void> {
  const paths = state.statePaths(options.stateDirectory);
  if (options.func) await requireFunc();
  await checkPorts(options.ports);
  await state.refuseSecondStart(paths);
  if (options.fresh) await state.forget(paths);
  await state.closeToOthers(paths);
  terminal.print("\n  Starting storage, a simulator of Altinn, and the functions ...");
  const clock = { scale: options.timeScale, origin: Date.now() };
  const [credentials, azurite, simulator] = await Promise.all([
    state.loadCredentials(paths),
    startAzurite({ directory: paths.azurite, blobPort: options.ports.blob, queuePort: options.ports.queue }).then(
      keepAs("Azurite", running, end),
    ),
    startSimulator({ paths, port: options.ports.altinn, clock }).then(keepAs("The Altinn simulator", running, end)),
    build(),
  ]);
  const { connectionString } = azurite;
  const storage = await prepareStorage(connectionString, process.env.SENDERS);
  await putExampleFiles(storage.blobs);
  const altinnUrl = simulator.ready.url.replace(/\/$/, "");
  await registerClient(altinnUrl, credentials);

  let debuggerAt: string | undefined;
  const functions = await startFunctions({
    paths,
    port: options.ports.functions,
    clock,
    settings: appSettings({ connectionString, altinnUrl, credentials, senders: process.env.SENDERS }),
    functionKey: credentials.functionKey,
    func: options.func,
    inspectPort: options.inspectPort,
    onLog(line) {
      debuggerAt ??= /Debugger listening on ws:\/\/([^/\s]+)/.exec(line)?.[1];
      showProblem(line, terminal);
    },
  }).then(keepAs("The functions host", running, end));
  const functionsUrl = functions.ready.url.replace(/\/$/, "");
  const webhook = `${functionsUrl}/api/altinn-events?code=${credentials.functionKey}`;
  await subscribe({ altinnUrl, webhook, credentials, clock: scaledClock(clock) });

  const reached = { connectionString, altinn: altinnUrl, functions: functionsUrl };
  await state.noteStarted(paths, { pid: process.pid, ...reached, senders: process.env.SENDERS });
  running.push({ name: "start.json", stop: () => state.noteStopped(paths) });

  terminal.heading("Altinn Correspondence sender, on this machine");
  terminal.row("inbox", `${altinnUrl}/`, "letters as their recipients see them");
  terminal.row("dashboard", `${functionsUrl}/api/dashboard`, "what happens to letters");
  terminal.row("storage", azurite.blobUrl, `queues on port ${new URL(azurite.queueUrl).port}`);
  terminal.row("Altinn", altinnUrl, "simulator");
  terminal.row(
    "functions",
    functionsUrl,
    `${functions.ready.functions.length} functions, in ${options.func ? "func" : "the local host"}`,
  );
  if (options.inspectPort !== undefined) {
    terminal.row(
      "debugger",
      debuggerAt ?? `127.0.0.1:${options.inspectPort}`,
      "takes breakpoints in the TypeScript files",
    );
  }
  terminal.row("log", shortPath(functionsLog(paths)), "warnings and errors show here too");
  terminal.row("state", shortPath(paths.directory), "npm start -- --fresh begins anew");
  await sendExamples(options, paths, storage, terminal, running, altinnUrl);
}

/** From then on the service is stopped with us, before those that it needs, and its end is ours. */
function keepAs<Kept extends Child>(name: string, running: Running, end: End): (child: Kept) => Kept {
  return (child) => {
    running.push({ name, stop: () => child.stop() });
    child.exited.then(
      (code) => end.because(`${name} ended by itself (${code ?? "by a signal"}); see the logs.`),
      () => undefined,
    );
    return child;
  };
}

async function sendExamples(
  options: StartOptions,
  paths: state.StatePaths,
  storage: LocalStorage,
  terminal: Terminal,
  running: Running,
  altinnUrl: string,
): Promise<void> {
  const sentBefore = await state.wereExamplesSent(paths);
  const drops = options.examples && !sentBefore;
  const title = drops ? "What happens to the example letters, out of examples/" : "What happens to letters";
  if (options.examples && sentBefore) {
    terminal.print("\n  The example letters were sent on an earlier start and are not sent again.");
  }
  if (options.watch || drops) {
    terminal.heading(title);
    terminal.columns();
  }
  if (options.watch) {
    for (const queue of [QUEUES.announcements, EXAMPLE_STATUS_QUEUE]) {
      const watch = watchAnnouncements(storage.queues, queue, terminal.announcement, terminal.warning);
      running.push({ name: `watch ${queue}`, stop: watch.stop });
    }
  }
  if (drops) {
    const requestIds: string[] = [];
    for (const name of DROPPED) {
      // Under ids of their own, so that a reader who sends an example later sends a new letter.
      const file = await readRequestFile(join(EXAMPLES, `${name}.json`), new Date(), { newId: `start-${name}` });
      const { recipients = [], correspondence } = file.request ?? {};
      await letRead(altinnUrl, recipients, correspondence?.isConfirmationNeeded === true);
      await dropRequest(file, storage);
      requestIds.push(file.requestId);
      terminal.change(new Date(), file.requestId, "dropped", "", basename(file.path));
    }
    await state.noteExamplesSent(paths, requestIds);
  }
  terminal.print("\n  Drop one of your own:  npm run send -- examples/letter.json    Stop: Ctrl-C\n");
}

/** Shows a log line of the functions if it tells of a warning or an error, or that the brake is lifted. */
function showProblem(line: string, terminal: Terminal): void {
  const alert = alertOf(line);
  if (alert !== undefined) terminal.alert(alert);
}

await main();
