// Changes in the room `letters`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const LETTERS: readonly Change[] = [
  {
    name: "an end before it is certain",
    file: "letters/decide.ts",
    edits: [["if (now >= certainFrom) return", "if (now <= certainFrom || now > certainFrom) return"]],
    fault: "A POST that is still on its way makes the letter after it was announced as not sent.",
  },
  {
    name: "an end without a look-up",
    file: "letters/decide.ts",
    edits: [
      [
        'return until === undefined && !(letter.isToDialog && wasTried) ? endOf(record.closing) : { step: "lookUp" };',
        "return endOf(record.closing);",
      ],
    ],
    fault: "A letter that exists is announced as not sent.",
  },
  {
    name: "a failed look-up passes for an empty one",
    file: "letters/run.ts",
    edits: [["failed: afterFailedLookUp }", "failed: afterEmptyLookUp }"]],
    fault: "A letter that exists is announced as not sent, because Altinn could not be asked.",
  },
  {
    name: "that it exists is forgotten",
    file: "letters/decide.ts",
    edits: [["existsSince: record.existsSince ?? now }, next:", "}, next:"]],
    fault: "Altinn says that the letter exists, does not list it yet, and it is posted again and again.",
    harmless: "Not shown by this world, whose look-ups by key do not lag: what exists is found at once.",
  },
  {
    name: "an attempt without an answer counts as refused",
    file: "records/dispatchRecord.ts",
    edits: [["return attempt.definite !== true;", "return attempt.definite === false;"]],
    fault: "Killed during a POST: the letter counts as never made.",
  },
  {
    name: "a timeout counts as refused",
    file: "altinn/outcome.ts",
    edits: [['const definite = cause === "notConnected" || cause === "token";', "const definite = true;"]],
    fault: "A letter that was made counts as never made.",
  },
  {
    name: "a gateway's page passes for Altinn's refusal",
    file: "altinn/outcome.ts",
    edits: [["if (!problem.isProblem) {", "if (!problem.isProblem && status === 409) {"]],
    fault: "Letters are rejected for a page of something in front of Altinn.",
  },
  {
    name: "5xx counts as refused",
    file: "altinn/outcome.ts",
    edits: [["...told, definite: status === 429 };", "...told, definite: true };"]],
    fault: "A letter that was made though Altinn answered 5xx counts as never made.",
  },
  {
    name: "someone else's turn is not seen before the POST",
    file: "letters/attemptLetter.ts",
    edits: [
      [
        'const isTaken = known.state !== "waiting" || known.generation > noted.generation || known.epoch > noted.epoch;',
        "const isTaken = known.epoch > noted.epoch;",
      ],
    ],
    fault: "A letter is posted that has ended, or is being cancelled.",
  },
  {
    name: "attempts are not noted before the POST",
    file: "letters/attemptLetter.ts",
    edits: [
      [
        "return isTaken || isBeingSent ? undefined : withAttemptsOf(noted, known);",
        "return isTaken || isBeingSent ? undefined : known;",
      ],
      [
        "return changed?.value.attempts.some(({ id }) => id === own) ? changed.value : undefined;",
        "return changed && own ? noted : undefined;",
      ],
    ],
    fault: "Killed during a POST: the letter counts as never tried.",
  },
  {
    name: "the attempts of others are forgotten",
    file: "letters/knownAttempts.ts",
    edits: [["attempts: mergeAttempts(known.attempts, record.attempts),", "attempts: record.attempts,"]],
    fault: "An attempt of another invocation whose outcome is unknown is forgotten, and the letter ends as not sent.",
  },
  {
    name: "a cancel is forgotten by the attempt under way",
    file: "letters/knownAttempts.ts",
    edits: [["    ...(known.cancel ? { cancel: known.cancel } : {}),\n", ""]],
    fault: "A cancel that came during a POST is never carried out, nor told of.",
  },
  {
    name: "an end overwrites another",
    file: "letters/concludeAttempt.ts",
    edits: [['      if (known.state !== "waiting") return undefined;\n', ""]],
    fault: "A letter that is sent is recorded and told as not sent.",
  },
  {
    name: "an end overlooks an attempt under way",
    file: "letters/concludeAttempt.ts",
    edits: [
      [
        "return hasUnseenAttempt(record, known)",
        "return hasUnseenAttempt(record, known) && known.epoch > record.epoch",
      ],
    ],
    fault: "A letter ends as not sent while another invocation makes it.",
  },
  {
    name: "sent is written before the letter's record",
    file: "letters/concludeAttempt.ts",
    edits: [
      ["      await recordSent(context, { ...progress, ...expected, warnings });\n", ""],
      [
        '      if (!changed) return "sent";\n',
        '      await recordSent(context, { ...progress, ...expected, warnings });\n      if (!changed) return "sent";\n',
      ],
    ],
    fault: "Killed between the two: a letter without a record, of which nobody was told.",
  },
  {
    name: "sent is recorded before it is told",
    file: "letters/recordSent.ts",
    edits: [
      [
        "  await context.announcer.announce([announcements.sent(subject, sent.addition?.created ?? now, warnings)]);\n",
        "",
      ],
      [
        "  await context.tracker.add(addition, { isNew: sent.isNew });\n",
        "  await context.tracker.add(addition, { isNew: sent.isNew });\n  await context.announcer.announce([announcements.sent(subject, sent.addition?.created ?? now, warnings)]);\n",
      ],
    ],
    fault: "Killed between the two: nobody is told that the letter is sent.",
  },
  {
    name: "the dead letter of a sent letter stays",
    file: "letters/concludeAttempt.ts",
    edits: [
      [
        "      if (mayHaveEnded) await context.store.deadLetters.remove(deadLetterName(changed.value.dispatchId));\n",
        "",
      ],
    ],
    fault: "A letter is sent and has a dead letter, which somebody replays or sends by post.",
  },
  {
    name: "a key of ours can be another's",
    file: "letters/letter.ts",
    edits: [
      [
        "(!record.isKeyGiven || created >= record.createdAt - CLOCK_TOLERANCE)",
        "created >= record.createdAt + CLOCK_TOLERANCE",
      ],
    ],
    fault: "A letter that exists is not recognised.",
  },
  {
    name: "any letter under a given key is ours",
    file: "letters/letter.ts",
    edits: [
      ["    overview.sendersReference === record.sendersReference &&\n", ""],
      ['    canonicalRecipient(overview.recipient ?? "") === canonicalRecipient(record.recipient) &&\n', ""],
      [
        'const seen: Seen = link && !isLinked ? { kind: "anothers" } : await readState',
        "const seen: Seen = await readState",
      ],
    ],
    fault: "Two letters with one key of their producer's: the second takes the first one for itself.",
  },
  {
    name: "a purged letter that is gone counts as cancelled",
    file: "letters/purgeLetter.ts",
    edits: [["return findPurge(context, correspondenceId, resourceId);", "return CANCELLED;"]],
    fault: "A letter that its recipient has had is told as cancelled.",
  },
  {
    name: "a cancelled letter is not purged",
    file: "letters/concludeAttempt.ts",
    edits: [['if (!isOpen(changed.value)) return "sent";', 'return "sent";']],
    fault: "A letter is found to exist after its cancel, and nobody purges it.",
    harmless:
      "Late, and not lost: the cancel has put a message, and the sweep puts back what has waited for half an hour.",
  },
  {
    name: "what came of a cancel is told before it is recorded",
    file: "letters/purgeLetter.ts",
    edits: [["  if (changed) await tellEnd(context, changed.value);\n", ""]],
    fault: "Nobody is told what came of a cancel.",
  },
];
