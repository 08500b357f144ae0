// `altinn watch`: announcements as they come, without taking them from whoever reads them.
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { z } from "zod";
import { type Announcement, announcementSchema } from "../../shared/announcements/announcement.ts";
import { decodeMessage } from "../../shared/requests/decode.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { second } from "../describing.ts";
import { NotUnderstood, type Run, STATE_DIRECTORY_OPTION, stoppable, withExamples, withNotes } from "../program.ts";
import { CannotDo, findStorage } from "../storage.ts";
import { commonOptions, done, parseOptions } from "./asking.ts";

const options = z.object({ ...commonOptions, queue: z.string(), for: z.string().optional() });

/** The most that can be looked at without taking it (Azure Storage, "Peek Messages"). */
const MOST = 32;
const PAUSE = 500;

/** Makes the command. `run` is given what is to be done. */
export function watchCommand(run: Run): Command {
  const command = withNotes(
    new Command("watch")
      .description("show announcements as they come, without taking them from whoever reads them")
      .option("--queue <name>", "the queue that they are put on", QUEUES.announcements)
      .option("--for <seconds>", "end after so long (default: at Ctrl-C)")
      .option(...STATE_DIRECTORY_OPTION)
      .option("--json", "a line of JSON for each: the announcement whole", false),
    `Azure shows the first ${MOST} messages of a queue to whoever does not take them: what is behind them is not seen until they are taken, and what is taken between two looks (${PAUSE / 1000} s) is not seen at all.`,
  );
  withExamples(command, "--for 1", "--json --for 1");
  return command.action((given: unknown) => run(() => done(() => stoppable((signal) => watch(given, signal)))));
}

async function watch(given: unknown, signal: AbortSignal): Promise<number> {
  const { stateDir, json, queue: name, for: seconds } = parseOptions(options, given);
  const limit = seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000;
  if (!(limit > 0)) throw new NotUnderstood("--for is a number of seconds.");
  const queue = (await findStorage(stateDir)).queues.getQueueClient(name);
  const end = performance.now() + limit;
  let seen = new Set<string>();
  let wasFull = false;
  for (;;) {
    const { peekedMessageItems } = await queue.peekMessages({ numberOfMessages: MOST }).catch((error: unknown) => {
      const isGone = error instanceof Error && "statusCode" in error && error.statusCode === 404;
      throw isGone ? new CannotDo(`There is no queue ${name}.`) : error;
    });
    for (const { messageId, messageText } of peekedMessageItems) if (!seen.has(messageId)) show(messageText, json);
    seen = new Set(peekedMessageItems.map(({ messageId }) => messageId));
    const isFull = seen.size === MOST;
    if (isFull && !wasFull)
      tell(`${MOST} announcements wait; those behind them are not seen until somebody takes these.`);
    wasFull = isFull;
    if (signal.aborted || performance.now() + PAUSE > end) return 0;
    await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
  }
}

function show(text: string, json: boolean): void {
  const decoded = decodeMessage(text);
  const announcement = decoded.ok ? announcementSchema.safeParse(decoded.value).data : undefined;
  if (announcement === undefined) tell("A message on the queue is no announcement.");
  else print(json ? shownJson(announcement) : shown(lineOf(announcement)));
}

/** Time, status, request and letter; and why, where it says so. Nobody's number is in it. */
function lineOf({ data }: Announcement): string {
  const { time, status, requestId, correspondenceId, dispatchId, reason } = data;
  const why = reason === undefined ? "" : ` (${reason})`;
  return `${second(time)}  ${status}${why}  ${requestId ?? "-"}  ${correspondenceId ?? dispatchId ?? "-"}`;
}
