// Changes in the room `preparing`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const PREPARING: readonly Change[] = [
  {
    name: "cursor before the letters",
    file: "preparing/fanOut.ts",
    edits: [
      [
        "    const unread = await visitEach(work.context, work.known.value, recipients, places, visit);\n    await afterVisits();\n    await changeRequest(work, (record) => advance(withPassedOver(record, unread), upTo));",
        "    await changeRequest(work, (record) => advance(record, upTo));\n    await visitEach(work.context, work.known.value, recipients, places, visit);\n    await afterVisits();",
      ],
    ],
    fault: "Killed between the two: some letters of a request are never put on their way.",
    foundBy: {
      scenario:
        "35: a fan-out to 20 is killed after 16 and before its first cursor, then the due date passes: each ends for itself",
    },
  },
  {
    name: "that letters go out is not noted",
    file: "preparing/fanOut.ts",
    edits: [["  await changeRequest(work, (record) => ({ ...record, isFanningOut: true }));\n", ""]],
    fault: "Killed after some letters: the request ends as a whole, and what was sent is told as rejected.",
    foundBy: {
      scenario:
        "35: a fan-out to 20 is killed after 16 and before its first cursor, then the due date passes: each ends for itself",
    },
  },
  {
    name: "two invocations upload one file",
    file: "preparing/uploadStep.ts",
    edits: [
      [
        "if (!upload || upload.state !== expected || isClaimed(upload, now)) return undefined;",
        "if (!upload || upload.state !== expected) return undefined;",
      ],
      ["upload.claim?.by !== by || upload.attachmentId", "upload.attachmentId"],
    ],
    fault: "A file is left behind in Altinn that no letter uses.",
    foundBy: { scenario: "two are at work on one file: room is made for it once, and its bytes go once" },
  },
  {
    name: "an upload that comes too late is left behind",
    file: "preparing/uploadStep.ts",
    edits: [["unused: preparation.isSettled ? allUnused(changed) : unused,", "unused,"]],
    fault: "A request is cancelled during an upload, and its file stays in Altinn.",
    foundBy: { scenario: "a request is cancelled while room is made for its file: that is purged" },
  },
  {
    name: "the end of a request is marked before it is told",
    file: "preparing/prepareRequest.ts",
    edits: [
      [
        "  if (record.single) {\n    const { namespace }",
        "  await changeRequest(work, (known) => ({\n    ...known,\n    preparation: { ...preparationOf(known), ended: { ...ended, isTold: true } },\n  }));\n  if (record.single) {\n    const { namespace }",
      ],
    ],
    fault: "Killed between the two: nobody is told that no letter comes of a request, and nothing is kept of it.",
    foundBy: { scenario: "the file of a request to two fails its scan, and the app dies before that is told: told" },
  },
  {
    name: "record before message",
    file: "preparing/prepareRequest.ts",
    edits: [
      ["  await putPreparation(context, work.known.value, next, delayMs);\n  const nextStepAt", "  const nextStepAt"],
      [
        '  context.telemetry.info("preparationWaiting", {',
        '  await putPreparation(context, work.known.value, next, delayMs);\n  context.telemetry.info("preparationWaiting", {',
      ],
    ],
    fault: "Killed between the two: no message carries the request on.",
    foundBy: {
      scenario:
        "killed as the letters of a request wait for the scan of their file: they go on when its message comes again",
    },
  },
  {
    name: "files are not waited for",
    file: "records/uploadSet.ts",
    edits: [['if (index !== checked) return { step: "check", index };', "if (index !== checked) return undefined;"]],
    fault: "Letters go before their files are scanned.",
    foundBy: {
      scenario:
        "22: a fan-out is killed after a dispatch's record, before its message: each one letter, files uploaded once",
    },
  },
  {
    name: "letters go on after a cancel",
    file: "records/preparation.ts",
    edits: [['  if (isCancelling(record)) return { step: "cancel" };\n', ""]],
    fault: "The letters of a request that is cancelled go out, and nobody is told.",
    foundBy: {
      scenario:
        "46: all sent, to be published far ahead; the content and a record have expired; then a cancel: each is purged",
    },
  },
  {
    name: "files of a cancelled request stay",
    file: "records/preparation.ts",
    edits: [
      [
        "? { ...preparation, unused: allUnused(preparation), isSettled: true, failures: 0 }\n",
        "? { ...preparation, isSettled: true, failures: 0 }\n",
      ],
    ],
    fault: "Files are left behind in Altinn that no letter uses.",
    foundBy: { scenario: "a request is cancelled while its file is scanned: that is purged" },
  },
  {
    name: "a request ends though letters have gone out",
    file: "records/preparation.ts",
    edits: [
      [
        "if (preparation.ended || record.isFanningOut || record.fannedOut > 0 || isCancelling(record)) return record;",
        "if (preparation.ended || isCancelling(record)) return record;",
      ],
    ],
    fault: "A request is told as rejected of which letters exist.",
    foundBy: {
      scenario:
        "35: a fan-out to 20 is killed after 16 and before its first cursor, then the due date passes: each ends for itself",
    },
  },
];
