// Which senders a command knows: those of the app's setting SENDERS, or of the local start.
import { readStarted, statePaths } from "../local/start/state.ts";
import { indexSenders, type NamedSender, type SendersOf } from "../shared/senders/owners.ts";
import { withSendersBlob } from "../shared/settings/sendersBlob.ts";
import { readSenderNames } from "../shared/settings/sendersSetting.ts";
import { fromHere } from "../terminal/givenFile.ts";
import { CannotDo, STATE_DIRECTORY } from "./storage.ts";

/** The option of commands that narrow to a sender's letters. */
export const OF_SENDER_OPTION = ["--sender <name>", "of this sender of SENDERS alone"] as const;

/**
 * The senders of the environment's SENDERS, or where that says nothing of the local start that runs; none, if nobody says any.
 * @throws CannotDo if the list is wrong
 */
export async function findSenders(stateDirectory: string | undefined): Promise<SendersOf<NamedSender>> {
  const { settings, problems } = readSenderNames(await withSendersBlob(await environmentWithSenders(stateDirectory)));
  if (settings !== undefined) return indexSenders(settings);
  throw new CannotDo(problems.map(({ key, problem }) => `${key} ${problem}`).join("\n"));
}

async function environmentWithSenders(stateDirectory: string | undefined) {
  const isSaid = ["SENDERS", "CORRESPONDENCE_STORAGE"].some((name) => (process.env[name]?.trim() ?? "") !== "");
  if (isSaid) return process.env;
  const directory = stateDirectory === undefined ? STATE_DIRECTORY : fromHere(stateDirectory);
  const started = await readStarted(statePaths(directory));
  return { ...process.env, SENDERS: started?.senders };
}
