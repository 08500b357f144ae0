// Changes in the room `deadLetters`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const DEAD_LETTERS: readonly Change[] = [
  {
    name: "announced before it is kept",
    file: "deadLetters/ends.ts",
    edits: [
      ["  if (!record.isDropped) await keepLatest(deadLetters, name, letter);\n", ""],
      [
        "  await announceUnsent(context, id, name, letter);\n  return seen;\n",
        "  await announceUnsent(context, id, name, letter);\n  if (!record.isDropped) await keepLatest(deadLetters, name, letter);\n  return seen;\n",
      ],
    ],
    fault: "Killed between the two: told, and nothing kept to be replayed.",
    foundBy: {
      scenario:
        "a refusal is recorded, storage fails, and the message that would have told it is lost: told by the next sweep but one",
    },
  },
  {
    name: "a dead letter is kept beside a sent letter",
    file: "deadLetters/ends.ts",
    edits: [
      [
        'if (stands && (stands.state === "sent" || stands.isDropped || stands.epoch > record.epoch)) {',
        "if (stands?.isDropped) {",
      ],
    ],
    fault: "An end is told that does not stand any more.",
    foundBy: { scenario: "a dead letter is kept at last when its letter has been replayed and sent: it does not stay" },
  },
  {
    name: "an end is noted as told before it is",
    file: "deadLetters/ends.ts",
    edits: [
      ["  if (record.isUntold) await noteTold(context, record, seen);\n", ""],
      [
        '  if (state === "waiting") return;\n',
        '  if (state === "waiting") return;\n  if (record.isUntold) await noteTold(context, record, seen);\n',
      ],
    ],
    fault: "Killed between the two, and its message lost: nobody is told.",
    foundBy: {
      scenario:
        "a refusal is recorded, storage fails, and the message that would have told it is lost: told by the next sweep but one",
    },
  },
  {
    name: "an end is not announced",
    file: "deadLetters/ends.ts",
    edits: [["  await announceUnsent(context, idOf(kept.epoch), name, kept);\n", "  void kept;\n"]],
    fault: "A request is refused, and nobody told.",
    foundBy: {
      scenario: "7: A is posted and dies; B comes with its id and other content: A sent, B a dead letter of its own",
    },
  },
  {
    name: "a later end gives way to an earlier one",
    file: "deadLetters/ends.ts",
    edits: [
      ["if (!isReplaying && epoch >= letter.epoch) return known.value;", "if (!isReplaying) return known.value;"],
    ],
    fault: "A letter that is replayed and ends again keeps the dead letter of its first end, which is then taken away.",
    foundBy: {
      scenario:
        "a letter is replayed and ends again before the dead letter of its first end is deleted: the later one stays",
    },
  },
];
