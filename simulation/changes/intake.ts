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
  },
  {
    name: "refused though an earlier delivery got further",
    file: "intake/sendRequest.ts",
    edits: [["return known?.value.digest === written.digest", 'return known?.value.digest === ""']],
    fault: "A letter that exists is announced as rejected: its due time passed between two deliveries.",
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
  },
  {
    name: "claim check not noted",
    file: "intake/sendRequest.ts",
    edits: [["    await notePath(context, claim.path, record);\n", ""]],
    fault: "A letter that exists is announced as rejected, once the blob of its claim check is gone.",
  },
  {
    name: "no preparation message",
    file: "intake/sendRequest.ts",
    edits: [["    await putPreparation(context, record, 1, 0);\n", ""]],
    fault: "A request to many waits until a sweep finds it.",
    harmless: "Late, and not lost: the sweep puts back what has waited for half an hour.",
  },
  {
    name: "cancel forgotten when its request comes",
    file: "intake/recordRequest.ts",
    edits: [["...record, ...(isOff ? {} : { cancel }) }", "...record }"]],
    fault: "A letter goes out that was cancelled before.",
  },
  {
    name: "own record taken for another's",
    file: "intake/recordRequest.ts",
    edits: [["    if (known?.value.writer === record.writer && !cancel) return { etag: known.etag };\n", ""]],
    fault: "Where the answer to a write was lost, the writer takes its own record for that of a twin.",
    harmless:
      "The letter goes the slow way, by its dispatch; only the announcement of a duplicate could be one too many.",
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
  },
  {
    name: "redelivery puts no message",
    file: "intake/resume.ts",
    edits: [["      await putDispatch(context, dispatch, dispatch.generation, delayMs);\n", "      void delayMs;\n"]],
    fault:
      "Whoever made the dispatch died before its message was put, or ended it and died before telling that: nobody does.",
  },
  {
    name: "redelivery does not finish a preparation",
    file: "intake/resume.ts",
    edits: [["if (!ended) await keepMissing(context, record, written);", "if (ended) return;"]],
    fault: "Killed between the record of a request and its content: the letters wait for content, and are given up.",
  },
  {
    name: "closed at the first poison message",
    file: "intake/poison.ts",
    edits: [["const MAX_POISON_MESSAGES = 3;", "const MAX_POISON_MESSAGES = 0;"]],
    fault: "Healthy messages land in the poison queue during scale-in: their letters are given up.",
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
    harmless: "Late, and not lost: the sweep puts back what has waited for half an hour.",
  },
  {
    name: "out-of-date messages run",
    file: "intake/sendDispatch.ts",
    edits: [['  if (generation < record.generation) return "outOfDate";\n', ""]],
    fault: "Chains of messages fork: each attempt is made by several.",
    harmless: "The write before each POST refuses what is older than the record, and what it puts is older too.",
  },
  {
    name: "an end is not told again",
    file: "intake/sendDispatch.ts",
    edits: [["    await tellEnd(context, record);\n", ""]],
    fault: "Killed between recording an end and telling it: nobody is told.",
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
  },
  {
    name: "brake not asked by first attempts",
    file: "intake/sendRequest.ts",
    edits: [["  if (pause) return acceptFirst(", '  if (pause?.cause === "breaker") return acceptFirst(']],
    fault: "Letters go out under the brake.",
  },
  {
    name: "replay in the same epoch",
    file: "intake/replay.ts",
    edits: [["...first, epoch: epoch + 1, replayedAt", "...first, epoch, replayedAt"]],
    fault: "A letter that is replayed stays ended, and its dead letter is gone.",
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
  },
  {
    name: "replay of what is cancelled",
    file: "intake/replay.ts",
    edits: [['  if (known?.cancel || (isRequest && request.value.cancel)) return "unknown";\n', ""]],
    fault: "A letter goes out that its producer has taken back.",
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
  },
];
