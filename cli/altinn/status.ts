// `altinn status`: the app at a glance, read from storage alone.
import { Command } from "commander";
import { z } from "zod";
import { systemClock, timestamp } from "../../shared/clock.ts";
import { countByReason, groupDeadLetters } from "../../shared/dashboard/overview.ts";
import { readLengths, shownLengths } from "../../shared/dashboard/queueLengths.ts";
import { findDeadLetters } from "../../shared/deadLetters/deadLetters.ts";
import { findWaiting } from "../../shared/finding/waiting.ts";
import { hasMarker } from "../../shared/pausing/deployment.ts";
import { readBrake } from "../../shared/pausing/emergencyBrake.ts";
import { createQueues } from "../../shared/storage/queues.ts";
import { missedInLastDay } from "../../shared/tracking/missedEvents.ts";
import { readLastSweep } from "../../shared/upkeep/sweep.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { tableOf } from "../../terminal/table.ts";
import { wrappedLines } from "../../terminal/wrapped.ts";
import { minute } from "../describing.ts";
import { type Run, STATE_DIRECTORY_OPTION, withExamples, withNotes } from "../program.ts";
import { findStorage } from "../storage.ts";
import { commonOptions, done, openStorage, parseOptions } from "./asking.ts";
import { sentenceOf } from "./brake.ts";

const options = z.object(commonOptions);

/** Makes the command. `run` is given what is to be done. */
export function statusCommand(run: Run): Command {
  const command = withNotes(
    new Command("status")
      .description("the app at a glance: brake, what waits, queues, dead letters, the timer's last run")
      .option(...STATE_DIRECTORY_OPTION)
      .option("--json", "a line of JSON", false),
    "It reads storage alone. Whether tokens and Altinn work: npm run altinn -- token, and doctor.",
  );
  withExamples(command, "", "--json");
  return command.action((given: unknown) => run(() => done(() => status(given))));
}

async function readStatus(stateDir: string | undefined) {
  const finding = await openStorage(stateDir);
  const { documents } = finding.store;
  const queues = createQueues((await findStorage(stateDir)).queues, systemClock);
  const now = finding.clock.now();
  const [marker, brake, lastSweep, missedEvents, waiting, dead, lengths] = await Promise.all([
    hasMarker(documents),
    readBrake(documents),
    readLastSweep(documents),
    missedInLastDay(documents, now),
    findWaiting(finding),
    findDeadLetters(finding.store.deadLetters),
    readLengths(queues, finding.senders, true),
  ]);
  return {
    asOf: timestamp(now),
    hasMarker: marker,
    brake: brake ?? { isOn: false },
    ...(lastSweep === undefined ? {} : { lastSweep: timestamp(lastSweep) }),
    missedEvents,
    waiting,
    queues: shownLengths(lengths),
    deadLetters: countByReason(groupDeadLetters(dead)),
  };
}

async function status(given: unknown): Promise<number> {
  const { stateDir, json } = parseOptions(options, given);
  const found = await readStatus(stateDir);
  if (json) {
    print(shownJson(found));
    return 0;
  }
  const { brake, hasMarker, waiting, deadLetters, queues, lastSweep, missedEvents } = found;
  const causes = waiting.causes.map(({ cause, letters }) => `${letters} ${cause}`).join(", ");
  const reasons = deadLetters.byReason.map(({ end, reason, letters }) => `${letters} ${end}, ${reason}`).join("; ");
  const columns = columnsOf(process.stdout);
  const lines = [
    "reason" in brake ? sentenceOf(brake) : sentenceOf(undefined),
    ...(hasMarker ? [] : ["The app has no marker here: it has not started yet, or storage was mixed up."]),
    ...(waiting.senders ?? []).map(({ sender, cause }) => `Letters of ${sender} are stopped, by its ${cause}.`),
    waiting.pause?.cause === "breaker" ? "The circuit breaker is open: Altinn did not answer just now." : undefined,
    waiting.letters === 0 ? "No letter waits." : `Letters that wait: ${waiting.letters} (${causes}).`,
    deadLetters.total === 0 ? "There are no dead letters." : `Dead letters: ${deadLetters.total} (${reasons}).`,
    lastSweep === undefined ? "The timer has not run yet." : `The timer ran last at ${minute(lastSweep)} UTC.`,
    missedEvents === 0 ? undefined : `Statuses of which no event had told, in the last day: ${missedEvents}.`,
  ].filter((line) => line !== undefined);
  print(wrappedLines(lines.join("\n"), columns));
  const rows = queues.map(({ name, length }) => [name, length === undefined ? "not there" : String(length)]);
  const table = [["queue", "messages, about"], ...rows];
  print(`\n${tableOf(table, columns) ?? table.map((row) => row.join(" ")).join("\n")}`);
  if (waiting.letters > 0) tell("By what keeps them: npm run altinn -- letters waiting");
  if (deadLetters.total > 0) tell("Each of them: npm run altinn -- dead-letters list");
  return 0;
}
