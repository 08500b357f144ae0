// `npm run send -- <file.json>...`: drops request files on the queue, as a producer would.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import type { Problem } from "../shared/requests/problem.ts";
import type { StorageClients } from "../shared/storage/clients.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { columnsOf } from "../terminal/columns.ts";
import { shown } from "../terminal/foreign.ts";
import { print, tell } from "../terminal/output.ts";
import {
  dropRequest,
  findMissing,
  type RequestFile,
  readRequestFile,
  UnreadableFile,
} from "../terminal/requestFile.ts";
import { problemText, wrapped } from "../terminal/wrapped.ts";
import { describeFailure, findStorage, STATE_DIRECTORY } from "./storage.ts";

const USAGE = `Usage: npm run --silent send -- [options] <file.json>...

Checks each request and drops it on the queue ${QUEUES.requests}. Any
number of files, each a letter of its own:

  npm run --silent send -- letter.json
  npm run --silent send -- --new-id letters/*.json

An attachment whose "blob" is a file next to the request (or in attachments/
there) is uploaded first, and so is the request that a "requestBlob" names, out
of requests/. A request that is too large for a message goes into a blob.

The storage is that of the app's settings (CORRESPONDENCE_STORAGE...), and
without them that of npm start, which shows what happens to the letters.

  --new-id            give each request a new id, so that it is sent although
                      its own id was sent before
  --unchecked         drop requests that the check refuses, too
  --state-dir <dir>   the local start's directory (default .local)
  --help              this text

Exits with 0 when all were dropped, with 1 when one was not, with 2 when it was
not understood.
`;

interface Options {
  readonly files: readonly string[];
  readonly newId: boolean;
  readonly unchecked: boolean;
  readonly stateDirectory: string;
}

function readOptions(): Options | "help" | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        "new-id": { type: "boolean", default: false },
        unchecked: { type: "boolean", default: false },
        "state-dir": { type: "string", default: STATE_DIRECTORY },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.help) return "help";
    if (positionals.length === 0) return undefined;
    return {
      files: positionals,
      newId: values["new-id"],
      unchecked: values.unchecked,
      stateDirectory: values["state-dir"],
    };
  } catch {
    return undefined;
  }
}

/** A file that is to be dropped, or undefined for one that is not; what there is to say of it has been said. */
async function look(path: string, storage: StorageClients, options: Options): Promise<RequestFile | undefined> {
  try {
    const file = await readRequestFile(path, new Date(), options.newId ? randomUUID() : undefined);
    const problems = [...file.problems, ...(await findMissing(file, storage))];
    if (problems.length > 0) tellProblems(`${path}: refused`, problems);
    if (problems.length > 0 && !options.unchecked) return undefined;
    if (file.warnings.length > 0) tellProblems(`${path}: with warnings`, file.warnings);
    return file;
  } catch (error) {
    return sayIfUnreadable(error);
  }
}

/** Drops one file; false when it can't be dropped after all. */
async function drop(file: RequestFile, storage: StorageClients): Promise<boolean> {
  try {
    const { uploaded } = await dropRequest(file, storage);
    // An id that nobody chose says nothing by itself.
    const notes = [...(!file.hasOwnId ? [file.path] : []), ...uploaded.map((blob) => `uploaded ${blob}`)];
    print(shown(`${file.requestId}  ${notes.join(", ")}`.trimEnd()));
    return true;
  } catch (error) {
    return sayIfUnreadable(error) ?? false;
  }
}

/** One file that cannot be read does not keep the others from being sent; a storage that is gone does. */
function sayIfUnreadable(error: unknown): undefined {
  if (!(error instanceof UnreadableFile)) throw error;
  tell(wrapped(shown(error.message), columnsOf(process.stderr), { rest: "  " }));
}

function tellProblems(what: string, problems: readonly Problem[]): void {
  tell(`${shown(what)}\n${problemText(problems, columnsOf(process.stderr))}`);
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === "help") {
    print(USAGE.trimEnd());
    return 0;
  }
  if (options === undefined) {
    tell(USAGE.trimEnd());
    return 2;
  }
  const storage = await findStorage(options.stateDirectory);
  // npm runs us in the project's root and says where the user stands.
  if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
  const files: RequestFile[] = [];
  for (const path of options.files) {
    const file = await look(path, storage, options);
    if (file !== undefined) files.push(file);
  }
  let dropped = 0;
  for (const file of files) {
    if (await drop(file, storage)) dropped += 1;
  }
  if (dropped > 0) {
    const where = `Watch the queue ${QUEUES.announcements}, or the terminal of npm start, for these request ids.`;
    print(wrapped(where, columnsOf(process.stdout)));
  }
  return dropped === options.files.length ? 0 : 1;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    tell(wrapped(shown(describeFailure(error)), columnsOf(process.stderr)));
    process.exitCode = 1;
  },
);
