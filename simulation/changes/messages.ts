// Changes in the room `messages`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const MESSAGES: readonly Change[] = [
  {
    name: "a message before its record",
    file: "messages/dispatches.ts",
    edits: [
      ["  await putDispatch(context, stored.value, next, delayMs);\n  const planned", "  const planned"],
      [
        "  return changeRecord(\n    context.store.dispatches,\n    dispatchId,\n    (known) => {\n      const changed = change(known);",
        "  const written = await changeRecord(\n    context.store.dispatches,\n    dispatchId,\n    (known) => {\n      const changed = change(known);",
      ],
      [
        "    stored,\n  );\n}",
        "    stored,\n  );\n  await putDispatch(context, stored.value, next, delayMs);\n  return written;\n}",
      ],
    ],
    fault: "Killed between record and message: nothing carries the dispatch on.",
    foundBy: {
      scenario:
        "an end at once is recorded, and no queue takes anything until the host gives its message up: told by the next sweep but one",
    },
  },
  {
    name: "an accepted dispatch has no message",
    file: "messages/dispatches.ts",
    edits: [
      ["    await putDispatch(context, stands, stands.generation, due);\n", "    void due;\n"],
      ["  await putDispatch(context, waiting, waiting.generation, delayMs);\n", ""],
    ],
    fault: "What is accepted waits until a sweep finds it.",
    foundBy: {
      scenario: "12: the next message was put, killed before the record says so, the old one comes again: one chain",
    },
  },
  {
    name: "generations do not rise",
    file: "messages/dispatches.ts",
    edits: [["const next = generation + 1;", "const next = generation;"]],
    fault: "Two messages of one generation: both are run.",
    foundBy: {
      scenario: "12: the next message was put, killed before the record says so, the old one comes again: one chain",
    },
  },
  {
    name: "an older epoch ends a later one",
    file: "messages/dispatches.ts",
    edits: [["    if (record.epoch < known.epoch) return { ...known, attempts };\n", ""]],
    fault: "What an earlier epoch came to ends a letter that was replayed since.",
    foundBy: {
      scenario:
        "what a first attempt came to is recorded at last when a copy of its message has ended, and been replayed: it goes on",
    },
  },
  {
    name: "a record is overwritten, whoever changed it",
    file: "records/records.ts",
    edits: [
      [
        "const etag = await records.replace(id, value, known.etag);",
        "const etag = await records.replace(id, value, (await records.read(id))?.etag ?? known.etag);",
      ],
    ],
    fault: "What another invocation has written meanwhile is lost.",
    foundBy: { scenario: "a letter is cancelled while an attempt at it reads its content: it is not posted any more" },
  },
];
