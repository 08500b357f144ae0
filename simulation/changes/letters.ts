// Changes in the room `letters`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const LETTERS: readonly Change[] = [
  {
    name: "an end before it is certain",
    file: "letters/decide.ts",
    edits: [["if (now >= certainFrom) return", "if (now <= certainFrom || now > certainFrom) return"]],
    fault: "A POST that is still on its way makes the letter after it was announced as not sent.",
    foundBy: {
      scenario:
        "a message is handed out twice; one attempt makes the letter and knows nothing of it, the other is refused: sent",
    },
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
    foundBy: { scenario: "3: killed after the POST; before the redelivery the due date passes: sent, never rejected" },
  },
  {
    name: "a failed look-up passes for an empty one",
    file: "letters/run.ts",
    edits: [["failed: afterFailedLookUp }", "failed: afterEmptyLookUp }"]],
    fault: "A letter that exists is announced as not sent, because Altinn could not be asked.",
    foundBy: { scenario: "6: 409, but the look-up fails for 72 hours: an alert, then sent" },
  },
  {
    name: "that it exists is forgotten",
    file: "letters/decide.ts",
    edits: [["existsSince: record.existsSince ?? now }, next:", "}, next:"]],
    fault: "Altinn says that the letter exists, does not list it yet, and it is posted again and again.",
    foundBy: {
      scenario:
        "8: the first POST's answer is 409 for our own letter, which is not listed yet: looked up again, and not posted",
    },
  },
  {
    name: "an attempt without an answer counts as refused",
    file: "records/dispatchRecord.ts",
    edits: [["return attempt.definite !== true;", "return attempt.definite === false;"]],
    fault: "Killed during a POST: the letter counts as never made.",
    foundBy: { scenario: "31: killed after the POST, the message lost with its copy: found, and told as sent" },
  },
  {
    name: "a timeout counts as refused",
    file: "altinn/outcome.ts",
    edits: [['const definite = cause === "notConnected" || cause === "token";', "const definite = true;"]],
    fault: "A letter that was made counts as never made.",
    foundBy: {
      scenario: "5: every POST is given up, though the first did its work: sent after the look-up, never given up",
    },
  },
  {
    name: "a gateway's page passes for Altinn's refusal",
    file: "altinn/outcome.ts",
    edits: [["if (!problem.isProblem) {", "if (!problem.isProblem && status === 409) {"]],
    fault: "Letters are rejected for a page of something in front of Altinn.",
    foundBy: {
      scenario: "34: a gateway answers 404 with a page to everything for an hour: nothing is rejected, all are sent",
    },
  },
  {
    name: "5xx counts as refused",
    file: "altinn/outcome.ts",
    edits: [["...told, definite: status === 429 };", "...told, definite: true };"]],
    fault: "A letter that was made though Altinn answered 5xx counts as never made.",
    foundBy: {
      scenario: "Altinn answers 502 to a letter that it has made, which is cancelled then: not told as cancelled",
    },
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
    foundBy: { scenario: "a letter is cancelled while an attempt at it reads its content: it is not posted any more" },
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
    foundBy: {
      scenario: "12: the next message was put, killed before the record says so, the old one comes again: one chain",
    },
  },
  {
    name: "the attempts of others are forgotten",
    file: "letters/knownAttempts.ts",
    edits: [["attempts: mergeAttempts(known.attempts, record.attempts),", "attempts: record.attempts,"]],
    fault: "An attempt of another invocation whose outcome is unknown is forgotten, and the letter ends as not sent.",
    foundBy: {
      scenario:
        "two begin an attempt at once; the letter of the one comes to be minutes later, the other is refused: not told as refused",
    },
  },
  {
    name: "a cancel is forgotten by the attempt under way",
    file: "letters/knownAttempts.ts",
    edits: [["    ...(known.cancel ? { cancel: known.cancel } : {}),\n", ""]],
    fault: "A cancel that came during a POST is never carried out, nor told of.",
    foundBy: {
      scenario: "a letter is made while its cancel comes, which its attempt does not see: purged all the same",
    },
  },
  {
    name: "an end overwrites another",
    file: "letters/concludeAttempt.ts",
    edits: [['      if (known.state !== "waiting") return undefined;\n', ""]],
    fault: "A letter that is sent is recorded and told as not sent.",
    foundBy: {
      scenario:
        "an end is recorded at last when another has told it and its dead letter was dropped: that does not come again",
    },
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
    foundBy: {
      scenario:
        "one attempt is refused while another, which it knows nothing of, makes the letter minutes later: not told as refused",
    },
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
    foundBy: { scenario: "25: the answer to the write of an announcement is lost: no double count, no false conflict" },
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
    foundBy: {
      scenario: "1: killed after the POST at every delivery; the message goes to poison and back: one letter, sent",
    },
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
    foundBy: {
      scenario:
        "nobody knows whether a letter exists, and says so; then an event tells of it: found, sent, and no dead letter stays",
    },
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
    foundBy: {
      scenario: "1: killed after the POST at every delivery; the message goes to poison and back: one letter, sent",
    },
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
    foundBy: {
      scenario: "17: the key that the producer gave was used by another system: taken, and that letter is not claimed",
    },
  },
  {
    name: "a purged letter that is gone counts as cancelled",
    file: "letters/purgeLetter.ts",
    edits: [["return findPurge(context, correspondenceId, resourceId);", "return CANCELLED;"]],
    fault: "A letter that its recipient has had is told as cancelled.",
    foundBy: { scenario: "a letter has been read, and purged by its recipient, when it is cancelled: too late" },
  },
  {
    name: "a cancelled letter is not purged",
    file: "letters/concludeAttempt.ts",
    edits: [['if (!isOpen(changed.value)) return "sent";', 'return "sent";']],
    fault: "A letter is found to exist after its cancel, and nobody purges it.",
    foundBy: {
      nothing:
        "Late, and not lost: the cancel has put a message, and the sweep puts back what has waited for half an hour.",
    },
  },
  {
    name: "what came of a cancel is left to the sweep",
    file: "letters/purgeLetter.ts",
    edits: [["  if (changed) await tellEnd(context, changed.value);\n", ""]],
    fault: "What came of a cancel is told half an hour late.",
    foundBy: { scenario: "a letter that is sent and not published is cancelled: purged, and told in seconds" },
  },
];
