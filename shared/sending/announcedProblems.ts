// How much of what is said about a request its announcement has room for.
import type { Problem } from "../requests/problem.ts";
import { queueText } from "../storage/queues.ts";

/** As much of it as a queue message has room for beside the rest, in bytes. */
const ROOM = 12_000;

/** Names in a path are the producer's, and can be long. In characters. */
const LONGEST_PATH = 300;

/** The problems, or warnings, that fit; the paths of none are longer than somebody reads. */
export function asManyAsFit(problems: readonly Problem[]): Problem[] {
  let room = ROOM;
  return problems
    .map((problem) => ({ ...problem, path: problem.path.slice(0, LONGEST_PATH) }))
    .filter((problem) => {
      room -= Buffer.byteLength(queueText(problem));
      return room >= 0;
    });
}
