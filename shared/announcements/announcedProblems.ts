// Which problems and warnings of a request fit into its announcement and its dead letter: both are limited in size.
import type { Problem } from "../requests/problem.ts";
import { queueText } from "../storage/queues.ts";

/** As much of it as a queue message has room for beside the rest, in bytes. */
const ROOM = 12_000;

/** Names in a path are the producer's, and can be long. In characters. */
const LONGEST_PATH = 300;

/** The problems, or warnings, that fit; the paths of none are longer than somebody reads. */
export function asManyAsFit(problems: readonly Problem[]): Problem[] {
  let room = ROOM;
  return problems.map(withShortPath).filter((problem) => {
    room -= Buffer.byteLength(queueText(problem));
    return room >= 0;
  });
}

/** So many problems are kept with a dead letter: whoever mends a request does not read more. */
const MOST_KEPT = 1000;

/** The problems as a dead letter keeps them; says so where they are not all. */
export function keptProblems(problems: readonly Problem[]): { problems: Problem[]; detail?: string } {
  const kept = problems.slice(0, MOST_KEPT).map(withShortPath);
  if (kept.length === problems.length) return { problems: kept };
  return { problems: kept, detail: `Breaks rules in ${problems.length} places; the first ${MOST_KEPT} are listed` };
}

function withShortPath(problem: Problem): Problem {
  return { ...problem, path: problem.path.slice(0, LONGEST_PATH) };
}
