// `npm run send -- <file.json>...`: drops request files on the queue, as a producer would.
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { StorageClients } from "../shared/storage/clients.ts";
import { QUEUES } from "../shared/storage/names.ts";
import { dropRequest, type RequestFile, readRequestFile, UnreadableFile } from "./requestFile.ts";
import { describeFailure, findStorage, STATE_DIRECTORY } from "./storage.ts";

const USAGE = `Usage: npm run --silent send -- [options] <file.json>...

Checks each request and drops it on the queue ${QUEUES.requests}. An attachment whose "blob" is a file next to the
request (or in attachments/ there) is uploaded first, and so is the request that a "requestBlob" names, out of
requests/. A request that is too large for a message goes into a blob. The storage is that of the app's settings
(CORRESPONDENCE_STORAGE...), and without them that of the local start (npm start), which shows what happens to the
letters.

  --new-id            give each request a new id, so that it is sent although its own id was sent before
  --unchecked         drop requests that the check refuses, too
  --state-dir <dir>   the local start's directory (default .local)
  --help              this text

Exits with 0 when all were dropped, with 1 when one was not, with 2 when it was not understood.
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
    // npm runs us in the project's root and says where the user stands.
    const base = process.env.INIT_CWD ?? process.cwd();
    return {
      files: positionals.map((file) => resolve(base, file)),
      newId: values["new-id"],
      unchecked: values.unchecked,
      stateDirectory: resolve(base, values["state-dir"]),
    };
  } catch {
    return undefined;
  }
}

function describeProblems({ path, problems }: RequestFile): string {
  const lines = problems.map(
    ({ path: where, rule, message }) => `  ${where === "" ? "(the request)" : where}: ${rule}: ${message}`,
  );
  return [`${path}: refused`, ...lines, ""].join("\n");
}

/** Drops one file; false when the check refuses it. */
async function send(path: string, storage: StorageClients, options: Options): Promise<boolean> {
  const file = await readRequestFile(path, new Date(), options.newId ? randomUUID() : undefined);
  if (file.problems.length > 0) {
    process.stderr.write(describeProblems(file));
    if (!options.unchecked) return false;
  }
  const { uploaded } = await dropRequest(file, storage);
  const notes = uploaded.map((blob) => `uploaded ${blob}`);
  process.stdout.write(`${file.requestId}  ${notes.join(", ")}`.trimEnd());
  process.stdout.write("\n");
  return true;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  if (options === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const storage = await findStorage(options.stateDirectory);
  let dropped = 0;
  for (const path of options.files) {
    try {
      if (await send(path, storage, options)) dropped += 1;
    } catch (error) {
      // One file that cannot be read does not keep the others from being sent; a storage that is gone does.
      if (!(error instanceof UnreadableFile)) throw error;
      process.stderr.write(`${error.message}\n`);
    }
  }
  if (dropped > 0) {
    process.stdout.write(
      `Watch the queue ${QUEUES.announcements}, or the terminal of npm start, for these request ids.\n`,
    );
  }
  return dropped === options.files.length ? 0 : 1;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exitCode = 1;
  },
);
