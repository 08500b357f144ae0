// Changes in the room `upkeep`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const UPKEEP: readonly Change[] = [
  {
    name: "nothing is put back",
    file: "upkeep/sweep.ts",
    edits: [["const putBacks = await putBackForgotten(context, now);", "const putBacks = 0;"]],
    fault: "A letter whose message was lost waits for ever.",
    foundBy: {
      scenario:
        "a refusal is recorded, storage fails, and the message that would have told it is lost: told by the next sweep but one",
    },
  },
  {
    name: "what is only to be told is not put back",
    file: "upkeep/putBackForgotten.ts",
    edits: [["return needsMessage(dispatch) &&", "return dispatch.isUntold !== true && needsMessage(dispatch) &&"]],
    fault: "Killed between recording an end and telling it, and its message lost: nobody is told.",
    foundBy: {
      scenario:
        "a refusal is recorded, storage fails, and the message that would have told it is lost: told by the next sweep but one",
    },
  },
  {
    name: "no checks by the timer",
    file: "upkeep/sweep.ts",
    edits: [["const checks = await putChecks(context, now, last?.lastSweep, followDays);", "const checks = 0;"]],
    fault: "What events do not tell is never told.",
    foundBy: {
      scenario:
        "21: the answer is lost, the letter published at once, and the next attempt is hours away: claimed, all is told",
    },
  },
  {
    name: "uploads are not settled",
    file: "upkeep/sweep.ts",
    edits: [["  await settleUploads(context);\n", ""]],
    fault: "Files are left behind in Altinn that no letter uses.",
    foundBy: {
      scenario:
        "47: a replayed letter with a large file; the purge of its old upload keeps failing: the new one is used",
    },
  },
  {
    name: "uploads are purged under their letters",
    file: "upkeep/settleUploads.ts",
    edits: [
      [
        "const isUnused = ended.rejected + ended.gaveUp + ended.cancelled >= total;",
        "const isUnused = ended.rejected + ended.gaveUp + ended.cancelled >= 0;",
      ],
    ],
    fault: "The file of a letter that waits is purged, and the letter rejected.",
    foundBy: { scenario: "one letter is refused, and another waits for hours: the file that it needs stays" },
  },
  {
    name: "claim checks are not deleted",
    file: "upkeep/sweep.ts",
    edits: [["  await deleteClaims(context);\n", ""]],
    fault: "What producers have put into blobs stays for ever.",
    foundBy: { scenario: "a request came by a blob, and its letter is sent: the blob is deleted after a week" },
  },
  {
    name: "claim checks are deleted at once",
    file: "upkeep/deleteClaims.ts",
    edits: [["now >= claim.doneSince + deleteRequestBlobsAfter", "now >= claim.doneSince"]],
    fault: "A later delivery does not find its content.",
    foundBy: {
      nothing: "It is not looked at before: with the time from which it counts, that of the next look is noted.",
    },
  },
  {
    name: "cancels do not expire",
    file: "upkeep/sweep.ts",
    edits: [["  await expireCancels(context);\n", ""]],
    fault: "A cancel whose request never comes is kept for ever, and nobody told.",
    foundBy: { scenario: "the request of a cancel does not come in a week: told, and forgotten" },
  },
  {
    name: "no reconciliation",
    file: "upkeep/sweep.ts",
    edits: [["const reconciled = await reconcile(context, last?.reconciled);", "const reconciled = last?.reconciled;"]],
    fault: "A request whose message was lost after its record was written is never sent.",
    foundBy: {
      scenario: "31: killed after the request's record, the message lost with its copy: found, told and alerted",
    },
  },
  {
    name: "reconciled as never tried",
    file: "upkeep/reconcile.ts",
    edits: [
      [
        "{ ...newDispatch(record, single, now), attempts: [unrecordedAttempt(record)] }, 0);",
        "newDispatch(record, single, now), 0);",
      ],
    ],
    fault: "A letter that may exist is posted as if it did not.",
    foundBy: { scenario: "31: killed after the POST, the message lost with its copy: found, and told as sent" },
  },
  {
    name: "foreign without a look",
    file: "upkeep/foreignCheck.ts",
    edits: [["const seen = (await isAnyMissing) ?", 'const seen = (await isAnyMissing) && correspondenceId === "" ?']],
    fault: "A letter of ours whose answer was lost passes for another's.",
    foundBy: {
      scenario:
        "21: the answer is lost, the letter published at once, and the next attempt is hours away: claimed, all is told",
    },
  },
];
