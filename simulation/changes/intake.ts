// Changes in the room `intake`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const INTAKE: readonly Change[] = [
  {
    name: "reused id passes for a duplicate",
    file: "intake/sendRequest.ts",
    edits: [
      [
        `    return known.value.digest === written.digest
      ? resume(context, known, written, delivery)
      : rejectReused(`,
        `    return known.value.requestId === written.requestId
      ? resume(context, known, written, delivery)
      : rejectReused(`,
      ],
    ],
    fault: "Another letter under an id that has been used is lost, and nobody told.",
    foundBy: {
      scenario: "7: A is posted and dies; B comes with its id and other content: A sent, B a dead letter of its own",
    },
  },
  {
    name: "refused though an earlier delivery got further",
    file: "intake/sendRequest.ts",
    edits: [["return known?.value.digest === written.digest", 'return known?.value.digest === ""']],
    fault: "A letter that exists is announced as rejected: its due time passed between two deliveries.",
    foundBy: { scenario: "3: killed after the POST; before the redelivery the due date passes: sent, never rejected" },
  },
  {
    name: "request recorded after the letter is sent",
    file: "intake/sendRequest.ts",
    edits: [
      [
        "const { known } = await createRequestRecord(context, record);",
        "const { known } = record.single && !record.preparation ? { known: undefined } : await createRequestRecord(context, record);",
      ],
      [
        "await context.contact.share(context.senders.of(dispatch.resourceId)?.name);",
        "await context.contact.share();\n  await createRequestRecord(context, record);",
      ],
    ],
    fault: "Two letters with one id: whoever comes second does not see the first.",
    foundBy: { scenario: "3: killed after the POST; before the redelivery the due date passes: sent, never rejected" },
  },
  {
    name: "first end told though a copy goes on",
    file: "intake/sendRequest.ts",
    edits: [
      [
        "if ((await context.store.dispatches.create(dispatch.dispatchId, ended)) !== undefined) {",
        'if ((await context.store.dispatches.create(dispatch.dispatchId, ended)) !== "") {',
      ],
    ],
    fault: "One letter ends twice, in two ways.",
    foundBy: {
      scenario:
        "a copy of a message has made its letter and does not know it, when the first attempt is refused: not told as refused",
    },
  },
  {
    name: "first attempt forgotten when its outcome is unknown",
    file: "intake/sendRequest.ts",
    edits: [
      [
        "? acceptFirst(context, progress.record, taken, progress.delayMs)",
        "? acceptFirst(context, dispatch, taken, progress.delayMs)",
      ],
    ],
    fault: "What ends later counts as never tried, though the first attempt may have made the letter.",
    foundBy: {
      scenario: "12: the next message was put, killed before the record says so, the old one comes again: one chain",
    },
  },
  {
    name: "content not kept for a later attempt",
    file: "intake/sendRequest.ts",
    edits: [
      [
        "  await keep();\n  const accepted = await acceptDispatch(context, dispatch, delayMs);",
        "  const accepted = await acceptDispatch(context, dispatch, delayMs);",
      ],
    ],
    fault: "A letter that is put off waits for its content, and is given up.",
    foundBy: {
      scenario: "12: the next message was put, killed before the record says so, the old one comes again: one chain",
    },
  },
  {
    name: "claim check not noted",
    file: "intake/sendRequest.ts",
    edits: [["    await notePath(context, claim.path, record);\n", ""]],
    fault: "A letter that exists is announced as rejected, once the blob of its claim check is gone.",
    foundBy: {
      scenario: "3: killed after the POST; before the redelivery the claim check's blob is gone: sent, never rejected",
    },
  },
  {
    name: "no preparation message",
    file: "intake/sendRequest.ts",
    edits: [["    await putPreparation(context, record, 1, 0);\n", ""]],
    fault: "A request to many waits until a sweep finds it.",
    foundBy: {
      scenario:
        "killed as the letters of a request wait for the scan of their file: they go on when its message comes again",
    },
  },
  {
    name: "cancel forgotten when its request comes",
    file: "intake/recordRequest.ts",
    edits: [["...record, ...(isOff ? {} : { cancel }) }", "...record }"]],
    fault: "A letter goes out that was cancelled before.",
    foundBy: { scenario: "10: the cancel overtakes its request by days: cancelled, no call" },
  },
  {
    name: "own record taken for another's",
    file: "intake/recordRequest.ts",
    edits: [["    if (known?.value.writer === record.writer && !cancel) return { etag: known.etag };\n", ""]],
    fault: "Where the answer to a write was lost, the writer takes its own record for that of a twin.",
    foundBy: {
      nothing:
        "The letter goes the slow way, by its dispatch: some calls more, and one with files waits until it is looked up.",
    },
  },
  {
    name: "redelivery forgets the first attempt",
    file: "intake/resume.ts",
    edits: [
      [
        ", attempts: [unrecordedAttempt(record)] };\n  await acceptDispatch(context, first,",
        " };\n  await acceptDispatch(context, first,",
      ],
    ],
    fault:
      "A letter whose first attempt may have worked counts as never tried, and ends as rejected or cancelled though it exists.",
    foundBy: { scenario: "3: killed after the POST; before the redelivery the due date passes: sent, never rejected" },
  },
  {
    name: "redelivery puts no message",
    file: "intake/resume.ts",
    edits: [["      await putDispatch(context, dispatch, dispatch.generation, delayMs);\n", "      void delayMs;\n"]],
    fault:
      "Whoever made the dispatch died before its message was put, or ended it and died before telling that: nobody does.",
    foundBy: { scenario: "a dead letter is kept at last when its letter has been replayed and sent: it does not stay" },
  },
  {
    name: "redelivery does not finish a preparation",
    file: "intake/resume.ts",
    edits: [["if (!ended) await keepMissing(context, record, written);", "if (ended) return;"]],
    fault: "Killed between the record of a request and its content: the letters wait for content, and are given up.",
    foundBy: { scenario: "45: the content of letters to 3 is lost while they wait, and dropped again: restored, sent" },
  },
  {
    name: "closed at the first poison message",
    file: "intake/poison.ts",
    edits: [["const MAX_POISON_MESSAGES = 3;", "const MAX_POISON_MESSAGES = 0;"]],
    fault: "Healthy messages land in the poison queue during scale-in: their letters are given up.",
    foundBy: { scenario: "the host gives up the message of a letter that waits: it goes on in minutes" },
  },
  {
    name: "poison dispatch dropped",
    file: "intake/poison.ts",
    edits: [
      [
        "  const changed = await putNext(context, stored, parsed.generation, REST, (dispatch) => {",
        "  const changed = await changeRecord(context.store.dispatches, parsed.dispatchId, (dispatch) => {",
      ],
    ],
    fault: "A dispatch whose message became poison has none any more.",
    foundBy: { scenario: "the host gives up the message of a letter that waits: it goes on in minutes" },
  },
  {
    name: "out-of-date messages run",
    file: "intake/sendDispatch.ts",
    edits: [['  if (generation < record.generation) return "outOfDate";\n', ""]],
    fault: "Chains of messages fork: each attempt is made by several.",
    foundBy: {
      nothing: "The write before each POST refuses what is older than the record, and what it puts is older too.",
    },
  },
  {
    name: "an end is not told again",
    file: "intake/sendDispatch.ts",
    edits: [["    await tellEnd(context, record);\n", ""]],
    fault: "Killed between recording an end and telling it: nobody is told.",
    foundBy: {
      scenario:
        "9: refused as reserved, killed before that is told; no longer reserved since: rejected once, no second call",
    },
  },
  {
    name: "brake not asked by dispatches",
    file: "intake/sendDispatch.ts",
    edits: [
      [
        "const pause = await pauseOf(context, resourceId);",
        "const pause = undefined as Awaited<ReturnType<typeof pauseOf>>;",
      ],
    ],
    fault: "Letters go out under the brake.",
    foundBy: { scenario: "one message runs several letters: Altinn is down, and what is left waits by one message" },
  },
  {
    name: "brake not asked by first attempts",
    file: "intake/sendRequest.ts",
    edits: [["  if (pause) return acceptFirst(", '  if (pause?.cause === "breaker") return acceptFirst(']],
    fault: "Letters go out under the brake.",
    foundBy: {
      scenario:
        "11: eight days under the brake, and nobody reads the announcements: nothing expires, then all are sent",
    },
  },
  {
    name: "replay in the same epoch",
    file: "intake/replay.ts",
    edits: [["...first, epoch: epoch + 1, replayedAt", "...first, epoch, replayedAt"]],
    fault: "A letter that is replayed stays ended, and its dead letter is gone.",
    foundBy: { scenario: "14: rejected, replayed, rejected again: two announcements with two ids, one dead letter" },
  },
  {
    name: "dead letter deleted before its letter goes on",
    file: "intake/replay.ts",
    edits: [
      [
        "  await acceptDispatch(context, { ...first, epoch: epoch + 1, replayedAt: clock.now() }, 0);\n",
        "  await store.deadLetters.remove(name, etag);\n  await acceptDispatch(context, { ...first, epoch: epoch + 1, replayedAt: clock.now() }, 0);\n",
      ],
    ],
    fault: "Killed between the two: the letter is lost.",
    foundBy: { scenario: "killed as a dead letter is replayed: replayed when its message comes again" },
  },
  {
    name: "replay of what is cancelled",
    file: "intake/replay.ts",
    edits: [['  if (known?.cancel || (isRequest && request.value.cancel)) return "unknown";\n', ""]],
    fault: "A letter goes out that its producer has taken back.",
    foundBy: { scenario: "a letter is refused, cancelled, and then to be sent again: it is not" },
  },
  {
    name: "replayed request keeps its cursor",
    file: "intake/replay.ts",
    edits: [
      [
        "return { ...again, fannedOut: 0, poisonIds: [], preparation };",
        "return { ...again, poisonIds: [], preparation };",
      ],
    ],
    fault: "The letters of a request that is replayed as a whole are passed over.",
    foundBy: {
      scenario:
        "45: a fan-out to 20 is killed after 16, its content is lost, and all is given up; dropped again: all 20 are sent",
    },
  },
];
