// Which senders a command knows: those of the app's setting SENDERS, or of the local start. Loaded when they are needed.
import { indexSenders, type NamedSender, type SendersOf } from "../shared/senders/owners.ts";
import { withSendersBlob } from "../shared/settings/sendersBlob.ts";
import { readSenderNames } from "../shared/settings/sendersSetting.ts";
import { CannotDo, isStorageSaid, readLocalStart, sendersSaid } from "./storage.ts";

/**
 * The senders of the environment's SENDERS, or where that says nothing of the local start that runs; none, if nobody says any.
 * @throws CannotDo if the list is wrong
 */
export async function findSenders(stateDirectory: string | undefined): Promise<SendersOf<NamedSender>> {
  const { settings, problems } = readSenderNames(await withSendersBlob(await environmentWithSenders(stateDirectory)));
  if (settings !== undefined) return indexSenders(settings);
  throw new CannotDo(problems.map(({ key, problem }) => `${key} ${problem}`).join("\n"));
}

async function environmentWithSenders(stateDirectory: string | undefined): Promise<NodeJS.ProcessEnv> {
  if (isStorageSaid()) return process.env;
  const started = await readLocalStart(stateDirectory);
  return { ...process.env, SENDERS: sendersSaid(started), CORRESPONDENCE_STORAGE: started?.connectionString };
}
