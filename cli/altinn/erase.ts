// `npm run altinn -- erase --request|--correspondence`: removes the personal data of what has been sent, or will not be.
import { Command } from "commander";
import { z } from "zod";
import { systemClock } from "../../shared/clock.ts";
import type { ErasingContext } from "../../shared/erasing/context.ts";
import { type Erased, erase } from "../../shared/erasing/erase.ts";
import {
  eraseReceived,
  findReceived,
  type ReceivedContext,
  type ReceivedErasure,
} from "../../shared/erasing/eraseReceived.ts";
import { type Erasure, type ErasureTarget, findErasure } from "../../shared/erasing/findErasure.ts";
import { createInbox } from "../../shared/receiving/inbox.ts";
import { inboxBlobsOf } from "../../shared/receiving/inboxBlobs.ts";
import { createStateStore, stateContainersOf } from "../../shared/records/stateStore.ts";
import type { StorageClients } from "../../shared/storage/clients.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { createMessageRemoval } from "../../shared/storage/removeMessages.ts";
import { columnsOf } from "../../terminal/columns.ts";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { wrappedLines } from "../../terminal/wrapped.ts";
import { type Run, STATE_DIRECTORY_OPTION, withExamples } from "../program.ts";
import { CannotDo, describeFailure, findStorage, PRODUCTION_OPTION, storageToChange } from "../storage.ts";

const options = z.object({
  request: z.string().min(1).max(256).optional(),
  correspondence: z.guid({ error: "--correspondence must be Altinn's id of a letter, a GUID." }).optional(),
  yes: z.boolean().default(false),
  json: z.boolean().default(false),
  stateDir: z.string().optional(),
  production: z.boolean().default(false),
});

const NOTES = [
  "",
  "What the app keeps of the request goes: its content, the blob that brought it, its files, its dead letters, and announcements that nobody has taken yet; its records say no more whom it was for. Of a letter that was received: what is stored of it. Ids, keys, digests, times and statuses stay, so that it is never sent again, and is counted. The letter in Altinn stays, and so does what storage keeps of deleted blobs for some days.",
].join("\n");

/** Makes the command. `run` is given what is to be done. */
export function eraseCommand(run: Run): Command {
  const command = new Command("erase")
    .description("remove the personal data of a request, or of one letter; without --yes, say what that would be")
    .option("--request <id>", "everything of the request with this id")
    .option("--correspondence <id>", "one letter, by Altinn's id; of a request to one recipient, everything of it")
    .option("--yes", "do it")
    .option("--json", "print what is found, and what was done, as JSON")
    .option(...STATE_DIRECTORY_OPTION)
    .option(...PRODUCTION_OPTION)
    .addHelpText("after", () => wrappedLines(NOTES, columnsOf(process.stdout)));
  withExamples(command, "--request case-2026-1234-decision", "--correspondence <id> --yes");
  return command.action((given: unknown) => run(() => work(given)));
}

async function work(given: unknown): Promise<number> {
  const parsed = options.safeParse(given);
  if (!parsed.success) return fail(parsed.error.issues.map(({ message }) => message).join("\n"), 2);
  const { yes, json, stateDir, production } = parsed.data;
  const target = targetOf(parsed.data);
  if (!target) return fail("Say what: --request <id> or --correspondence <id>, one of them.", 2);
  try {
    const context = contextOf(await (yes ? storageToChange({ stateDir, production }) : findStorage(stateDir)));
    const found = await findErasure(context, target);
    const received = "correspondenceId" in target ? await findReceived(context, target.correspondenceId) : undefined;
    if (received === "open") return fail("The letter is being received. Wait until it is.");
    if (received !== undefined) {
      const done = yes ? await eraseReceived(context, received) : undefined;
      if (json && found.kind === "unknown") print(shownJson({ received, ...(done ? { erased: done } : {}) }));
      else for (const line of linesOfReceived(received, done)) print(line);
      if (found.kind === "unknown") {
        if (!done) tell(NOTHING_ERASED);
        return done ? 0 : 1;
      }
    }
    if (found.kind === "unknown")
      return fail("Nothing is known of it here, or not any more: there is nothing to erase.");
    if (found.kind === "open") {
      return fail(
        "A letter of it may still go, and needs what would be erased. Cancel it, or wait until it is sent or has ended.",
      );
    }
    const done = yes ? await erase(context, found.erasure) : undefined;
    if (json) print(shownJson({ found: found.erasure, ...(done ? { erased: done } : {}) }));
    else for (const line of done ? linesOfDone(done) : linesOfFound(found.erasure)) print(line);
    for (const line of linesOfLeft(found.erasure)) tell(line);
    if (!done) tell(NOTHING_ERASED);
    return done ? 0 : 1;
  } catch (error) {
    return fail(error instanceof CannotDo ? error.message : describeFailure(error));
  }
}

const NOTHING_ERASED = "Nothing was erased. Add --yes to do it; it cannot be undone.";

function linesOfReceived({ blobs }: ReceivedErasure, done?: Awaited<ReturnType<typeof eraseReceived>>): string[] {
  return done
    ? [`Erased of the received letter: blobs (${done.blobs}), announcements (${done.announcements}).`]
    : ["Would be erased of the received letter:", ...blobs.map((name) => `  ${shown(name)}`)];
}

function targetOf({ request, correspondence }: z.output<typeof options>): ErasureTarget | undefined {
  if (request !== undefined) return correspondence === undefined ? { requestId: request } : undefined;
  return correspondence === undefined ? undefined : { correspondenceId: correspondence.toLowerCase() };
}

/** The parts that erasing takes, of one storage account. */
export function contextOf({
  blobs,
  queues,
}: Pick<StorageClients, "blobs" | "queues">): ErasingContext & ReceivedContext {
  const containers = stateContainersOf(blobs);
  const inbox = blobs.getContainerClient(CONTAINERS.inbox);
  return {
    store: createStateStore(containers),
    accepted: containers.accepted,
    requests: createJsonBlobs(blobs.getContainerClient(CONTAINERS.requests)),
    attachments: createJsonBlobs(blobs.getContainerClient(CONTAINERS.attachments)),
    inbox: { list: createInbox(inboxBlobsOf(inbox)).list, remove: createJsonBlobs(inbox).remove },
    removeMessages: createMessageRemoval(queues),
    clock: systemClock,
  };
}

function fail(message: string, status: 1 | 2 = 1): number {
  tell(message);
  return status;
}

function linesOfFound({
  requestId,
  request,
  dispatches,
  correspondences,
  deadLetters,
  attachments,
}: Erasure): string[] {
  const content = request?.isKept ? ["its content as it was accepted"] : [];
  const blob = request?.claimCheck ? [`the blob that brought it: ${shown(request.claimCheck.path)}`] : [];
  return [
    `Would be erased of the request ${shown(requestId)}:`,
    ...[
      ...content,
      ...blob,
      ...attachments.map(({ path }) => `the file ${shown(path)}`),
      ...deadLetters.map((name) => `the dead letter ${shown(name)}`),
      `recipient and reference in the records of the letters (${correspondences.length + dispatches.length})`,
      "announcements of it that nobody has taken yet",
    ].map((line) => `  ${line}`),
  ];
}

function linesOfDone({ content, attachments, deadLetters, announcements, records }: Erased): string[] {
  return [
    `Erased: content (${content}), files (${attachments}), dead letters (${deadLetters}), announcements (${announcements}); recipient and reference in records (${records}).`,
  ];
}

function linesOfLeft({ request, isPart, attachmentsInUse }: Erasure): string[] {
  const part = isPart
    ? ["It is one of several letters of its request, whose content they share: that stays. See erase --request."]
    : [];
  const unknown =
    request && !request.isKept
      ? [
          "The app does not keep what it sends at once: files that such a letter had are not known, and stay where they are.",
        ]
      : [];
  return [
    ...part,
    ...unknown,
    ...attachmentsInUse.map((path) => `The file ${shown(path)} stays: a letter that has not gone yet names it.`),
  ];
}
