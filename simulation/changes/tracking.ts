// Changes in the rooms `tracking` and `announcements`.
import type { Change } from "./change.ts";

/** Each a fault, or harmless for a reason that it gives. */
export const TRACKING: readonly Change[] = [
  {
    name: "statuses are recorded before they are told",
    file: "tracking/tracker.ts",
    edits: [
      ["        await announcer.announce(told);\n", "        later = () => announcer.announce(told);\n"],
      [
        "      const before = known?.value;\n",
        "      const before = known?.value;\n      let later = async () => {};\n",
      ],
      [
        "      if (etag !== undefined) return { record, before, news };\n",
        "      if (etag !== undefined) {\n        await later();\n        return { record, before, news };\n      }\n",
      ],
    ],
    fault: "Killed between the two: a status is never told.",
    foundBy: { scenario: "killed as an event's status is told: told when the event comes again" },
  },
  {
    name: "what came before the dispatch was known is not told",
    file: "records/news.ts",
    edits: [
      [
        "const told = new Set(before?.link ? reached(before) : []);",
        "const told = new Set(before ? reached(before) : []);",
      ],
    ],
    fault: "A status of which an event told before the letter was recorded is never told.",
    foundBy: {
      scenario: "1: killed after the POST at every delivery; the message goes to poison and back: one letter, sent",
    },
  },
  {
    name: "the previous status is not told",
    file: "records/news.ts",
    edits: [
      ["let previous = before?.link ? currentStatus(before) : undefined;", "let previous: FactStatus | undefined;"],
    ],
    fault: "Announcements do not say what was known before.",
    foundBy: { scenario: "2: a producer's SDK repeats a put whose answer was lost: one letter" },
  },
  {
    name: "one id for all statuses",
    file: "announcements/announcement.ts",
    edits: [["        [record.correspondenceId, news.status],\n", '        [record.correspondenceId, "status"],\n']],
    fault: "Consumers discard every status but the first as a repetition.",
    foundBy: {
      scenario: "1: killed after the POST at every delivery; the message goes to poison and back: one letter, sent",
    },
  },
  {
    name: "an announcement goes to the ordinary queue",
    file: "announcements/announcer.ts",
    edits: [
      [
        "if (statusQueue === undefined) return putOn(QUEUES.announcements, json);",
        'if (statusQueue !== "") return putOn(QUEUES.announcements, json);',
      ],
    ],
    fault: "Systems that share the app take each other's announcements.",
    foundBy: { scenario: "a request names its own queue for what is told of it: all of it is there" },
  },
  {
    name: "facts are not merged",
    file: "records/mergeCorrespondence.ts",
    edits: [["const known = a.facts[status] ?? b.facts[status];", "const known = a.facts[status];"]],
    fault: "What is heard later is never told.",
    foundBy: {
      scenario: "1: killed after the POST at every delivery; the message goes to poison and back: one letter, sent",
    },
  },
  {
    name: "a claimed letter stays foreign",
    file: "records/mergeCorrespondence.ts",
    edits: [
      [
        "foreignSince: link ? undefined : earliest(a.foreignSince, b.foreignSince),",
        "foreignSince: earliest(a.foreignSince, b.foreignSince),",
      ],
    ],
    fault: "A letter that was claimed late is not followed.",
    foundBy: {
      scenario:
        "an event tells of a letter whose request nobody handles for hours, so that it passes for another's: claimed, and followed",
    },
  },
  {
    name: "settled when it is read",
    file: "records/following.ts",
    edits: [
      [
        'return isTold(record, "Read") && record.link?.isConfirmationNeeded !== true;',
        'return isTold(record, "Read");',
      ],
    ],
    fault: "That a letter was confirmed is not told, if its event is lost.",
    foundBy: { scenario: "a letter is read, and confirmed hours later, of which no event comes: told by a sweep" },
  },
  {
    name: "told in part is enough",
    file: "records/following.ts",
    edits: [
      [
        "((!isSettled(record) || isToldInPart(record)) && record.unresolvedSince === undefined)",
        "(!isSettled(record) && record.unresolvedSince === undefined)",
      ],
    ],
    fault: "That a letter was published is not told, if its event is lost and that of the reading is not.",
    foundBy: {
      scenario:
        "20: statuses by overview, and by events that come late, twice and with another time: one announcement each",
    },
  },
  {
    name: "events alone are believed of purges",
    file: "tracking/receiveEvent.ts",
    edits: [
      [
        'const isToBeAsked = status === "Purged" || (isHint && isWorthAsking(status));',
        "const isToBeAsked = isHint && isWorthAsking(status);",
      ],
    ],
    fault: "Who purged a letter is asked late.",
    foundBy: { scenario: "an event tells that a letter is purged: Altinn is asked at once by whom" },
  },
  {
    name: "only recipients purge",
    file: "tracking/checkCorrespondence.ts",
    edits: [
      [
        'for (const status of ["PurgedByRecipient", "PurgedByAltinn"] as const) {',
        'for (const status of ["PurgedByRecipient"] as const) {',
      ],
    ],
    fault: "A letter that was purged by us, with the answer lost, is not told as cancelled.",
    foundBy: {
      scenario: "a letter that has failed its scan is purged for its cancel, and the answer to that is lost: cancelled",
    },
  },
  {
    name: "listed news is not read",
    file: "tracking/checkDay.ts",
    edits: [
      [
        "        if (!letter?.lacks.includes(status)) continue;\n",
        '        if (!letter?.lacks.includes(status) || status === "Read") continue;\n',
      ],
    ],
    fault: "That a letter was read is not told, if its event is lost.",
    foundBy: { scenario: "twenty letters of a day are read, and no event comes: all is told, by Altinn's lists" },
  },
  {
    name: "a lease that is not given back",
    file: "tracking/dayLease.ts",
    edits: [["  await documents.remove(name, held);\n", "  void held;\n"]],
    fault: "The next check of the day is put off until the lease runs out, and its blob stays.",
    foundBy: { scenario: "the letters of a day are checked: the lease on that day is given back" },
  },
];
