// Changes of the deciding code, one at a time: each is a fault that the simulated world is to find, or does nobody harm.

/** A change in one file. */
export interface Change {
  /** Names it among the others. */
  readonly name: string;
  /** The file, in `shared/`. */
  readonly file: string;
  /** What is replaced, and by what; each text stands in the file exactly once. */
  readonly edits: readonly (readonly [text: string, by: string])[];
  /** What it makes wrong. */
  readonly fault: string;
  /** Why it does nobody harm after all, or why this world cannot show it; then it need not be found. */
  readonly harmless?: string;
}

/** Every change that is tried, by the room of the house that it is in. */
export const CHANGES: readonly Change[] = [
  // intake
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
        "await context.contact.share();",
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
    edits: [["...record, ...(cancel.isExpired ? {} : { cancel }) }", "...record }"]],
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
    edits: [
      [
        "      await putDispatch(context, dispatch.dispatchId, dispatch.generation, delayMs);\n",
        "      void delayMs;\n",
      ],
    ],
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
      ["const pause = await pauseOf(context);", "const pause = undefined as Awaited<ReturnType<typeof pauseOf>>;"],
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
  // letters
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
      ["      await recordSent(context, { ...progress, ...expected, warnings }, { isNew: false });\n", ""],
      [
        '      if (!changed) return "sent";\n',
        '      await recordSent(context, { ...progress, ...expected, warnings }, { isNew: false });\n      if (!changed) return "sent";\n',
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
        "  await context.tracker.add(addition, { isNew: options.isNew });\n",
        "  await context.tracker.add(addition, { isNew: options.isNew });\n  await context.announcer.announce([announcements.sent(subject, sent.addition?.created ?? now, warnings)]);\n",
      ],
    ],
    fault: "Killed between the two: nobody is told that the letter is sent.",
  },
  {
    name: "the dead letter of a sent letter stays",
    file: "letters/concludeAttempt.ts",
    edits: [["      await context.store.deadLetters.remove(deadLetterName(changed.value.dispatchId));\n", ""]],
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
  // preparing
  {
    name: "cursor before the letters",
    file: "preparing/fanOut.ts",
    edits: [
      [
        "    const unread = await visitEach(work.context, work.known.value, recipients, places, visit);\n    await changeRequest(work, (record) => advance(withPassedOver(record, unread), upTo));",
        "    await changeRequest(work, (record) => advance(record, upTo));\n    await visitEach(work.context, work.known.value, recipients, places, visit);",
      ],
    ],
    fault: "Killed between the two: some letters of a request are never put on their way.",
  },
  {
    name: "that letters go out is not noted",
    file: "preparing/fanOut.ts",
    edits: [["  await changeRequest(work, (record) => ({ ...record, isFanningOut: true }));\n", ""]],
    fault: "Killed after some letters: the request ends as a whole, and what was sent is told as rejected.",
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
  },
  {
    name: "an upload that comes too late is left behind",
    file: "preparing/uploadStep.ts",
    edits: [["unused: preparation.isSettled ? allUnused(changed) : unused,", "unused,"]],
    fault: "A request is cancelled during an upload, and its file stays in Altinn.",
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
    harmless:
      "Late, and not lost: the message that was being handled comes again, and the sweep puts back what has waited.",
  },
  {
    name: "files are not waited for",
    file: "records/uploadSet.ts",
    edits: [['if (index !== checked) return { step: "check", index };', "if (index !== checked) return undefined;"]],
    fault: "Letters go before their files are scanned.",
    harmless:
      "Altinn answers 1018 until the scan has ended, and the letters come again; a file that fails its scan ends each for itself.",
  },
  {
    name: "letters go on after a cancel",
    file: "records/preparation.ts",
    edits: [['  if (isCancelling(record)) return { step: "cancel" };\n', ""]],
    fault: "The letters of a request that is cancelled go out, and nobody is told.",
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
  },
  // cancelling
  {
    name: "a cancel forgets the first attempt",
    file: "cancelling/cancel.ts",
    edits: [["attempts: record.cancel ? [] : [unrecordedAttempt(record)] });", "attempts: [] });"]],
    fault: "A letter is told as cancelled while its first attempt makes it.",
  },
  {
    name: "a wish to cancel without an end",
    file: "cancelling/wishToCancel.ts",
    edits: [["    ...(isSent ? {} : { closing }),\n", "    ...(closing ? {} : {}),\n"]],
    fault: "A letter that was cancelled before it was posted is posted.",
  },
  {
    name: "a wish to cancel without a message",
    file: "cancelling/wishToCancel.ts",
    edits: [
      [
        "if (isOpen(stands)) await putDispatch(context, dispatchId, stands.generation, 0);",
        "if (isOpen(stands)) return;",
      ],
    ],
    fault: "Nobody carries out the cancel: its older message is out of date.",
    harmless: "Late, and not lost: the sweep puts back what has waited for half an hour.",
  },
  {
    name: "a second cancel is not answered",
    file: "cancelling/wishToCancel.ts",
    edits: [["  else await tellEnd(context, stands);\n", ""]],
    fault: "A cancel of what has ended says nothing.",
    harmless: "It was told when it ended: what is told again has the same id, and is discarded as a repetition.",
  },
  {
    name: "a cancel of many is not passed on",
    file: "cancelling/cancel.ts",
    edits: [[": { ...record, preparation, cancel: { since: now, cursor: 0 } };", ": { ...record, preparation };"]],
    fault: "The letters of a request go out though it was cancelled, and nobody is told.",
  },
  // deadLetters
  {
    name: "announced before it is kept",
    file: "deadLetters/ends.ts",
    edits: [
      ["  if (!record.isDropped) await keepLatest(deadLetters, name, letter);\n", ""],
      [
        "  await announceUnsent(context, id, name, letter);\n}\n\n/** Keeps the dead letter of a whole",
        "  await announceUnsent(context, id, name, letter);\n  if (!record.isDropped) await keepLatest(deadLetters, name, letter);\n}\n\n/** Keeps the dead letter of a whole",
      ],
    ],
    fault: "Killed between the two: told, and nothing kept to be replayed.",
    harmless: "The message that was being handled comes again, finds the end recorded, and keeps the dead letter then.",
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
  },
  {
    name: "an end is not announced",
    file: "deadLetters/ends.ts",
    edits: [["  await announceUnsent(context, idOf(kept.epoch), name, kept);\n", "  void kept;\n"]],
    fault: "A request is refused, and nobody told.",
  },
  {
    name: "a later end gives way to an earlier one",
    file: "deadLetters/ends.ts",
    edits: [
      ["if (!isReplaying && epoch >= letter.epoch) return known.value;", "if (!isReplaying) return known.value;"],
    ],
    fault: "A letter that is replayed and ends again keeps the dead letter of its first end, which is then taken away.",
  },
  // messages
  {
    name: "a message before its record",
    file: "messages/dispatches.ts",
    edits: [
      ["  await putDispatch(context, dispatchId, next, delayMs);\n  const planned", "  const planned"],
      [
        "  return changeRecord(\n    context.store.dispatches,\n    dispatchId,\n    (known) => {\n      const changed = change(known);",
        "  const written = await changeRecord(\n    context.store.dispatches,\n    dispatchId,\n    (known) => {\n      const changed = change(known);",
      ],
      [
        "    stored,\n  );\n}",
        "    stored,\n  );\n  await putDispatch(context, dispatchId, next, delayMs);\n  return written;\n}",
      ],
    ],
    fault: "Killed between record and message: nothing carries the dispatch on.",
    harmless: "Late, and not lost: the sweep puts back what has waited for half an hour.",
  },
  {
    name: "an accepted dispatch has no message",
    file: "messages/dispatches.ts",
    edits: [["    await putDispatch(context, stands.dispatchId, stands.generation, sooner);\n", "    void sooner;\n"]],
    fault: "What is accepted waits until a sweep finds it.",
    harmless: "Late, and not lost: the sweep puts back what has waited for half an hour.",
  },
  {
    name: "generations do not rise",
    file: "messages/dispatches.ts",
    edits: [["const next = generation + 1;", "const next = generation;"]],
    fault: "Two messages of one generation: both are run.",
  },
  {
    name: "an older epoch ends a later one",
    file: "messages/dispatches.ts",
    edits: [["    if (record.epoch < known.epoch) return { ...known, attempts };\n", ""]],
    fault: "What an earlier epoch came to ends a letter that was replayed since.",
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
  },
  // announcements, tracking
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
  },
  {
    name: "the previous status is not told",
    file: "records/news.ts",
    edits: [
      ["let previous = before?.link ? currentStatus(before) : undefined;", "let previous: FactStatus | undefined;"],
    ],
    fault: "Announcements do not say what was known before.",
  },
  {
    name: "one id for all statuses",
    file: "announcements/announcement.ts",
    edits: [["        [record.correspondenceId, news.status],\n", '        [record.correspondenceId, "status"],\n']],
    fault: "Consumers discard every status but the first as a repetition.",
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
  },
  {
    name: "facts are not merged",
    file: "records/mergeCorrespondence.ts",
    edits: [["const known = a.facts[status] ?? b.facts[status];", "const known = a.facts[status];"]],
    fault: "What is heard later is never told.",
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
    harmless: "Late, and not lost: the letter is followed until it is known who purged it.",
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
  },
  {
    name: "a lease that is not given back",
    file: "tracking/dayLease.ts",
    edits: [["  await documents.remove(name, held);\n", "  void held;\n"]],
    fault: "The next check of the day is put off until the lease runs out, and its blob stays.",
  },
  // upkeep
  {
    name: "nothing is put back",
    file: "upkeep/sweep.ts",
    edits: [["const putBacks = await putBackForgotten(context, now);", "const putBacks = 0;"]],
    fault: "A letter whose message was lost waits for ever.",
  },
  {
    name: "no checks by the timer",
    file: "upkeep/sweep.ts",
    edits: [["const checks = await putChecks(context, now, last?.lastSweep, followDays);", "const checks = 0;"]],
    fault: "What events do not tell is never told.",
  },
  {
    name: "uploads are not settled",
    file: "upkeep/sweep.ts",
    edits: [["  await settleUploads(context);\n", ""]],
    fault: "Files are left behind in Altinn that no letter uses.",
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
  },
  {
    name: "claim checks are not deleted",
    file: "upkeep/sweep.ts",
    edits: [["  await deleteClaims(context);\n", ""]],
    fault: "What producers have put into blobs stays for ever.",
  },
  {
    name: "claim checks are deleted at once",
    file: "upkeep/deleteClaims.ts",
    edits: [["now >= claim.doneSince + deleteRequestBlobsAfter", "now >= claim.doneSince"]],
    fault: "A later delivery does not find its content.",
    harmless: "Who the request was is noted by the path of its blob; the days only leave producers time to look.",
  },
  {
    name: "cancels do not expire",
    file: "upkeep/sweep.ts",
    edits: [["  await expireCancels(context);\n", ""]],
    fault: "A cancel whose request never comes is kept for ever, and nobody told.",
  },
  {
    name: "no reconciliation",
    file: "upkeep/sweep.ts",
    edits: [["const reconciled = await reconcile(context, last?.reconciled);", "const reconciled = last?.reconciled;"]],
    fault: "A request whose message was lost after its record was written is never sent.",
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
    harmless: "Altinn refuses a second letter under its key, and it is found by that.",
  },
  {
    name: "foreign without a look",
    file: "upkeep/foreignCheck.ts",
    edits: [["const seen = (await isAnyMissing) ?", 'const seen = (await isAnyMissing) && correspondenceId === "" ?']],
    fault: "A letter of ours whose answer was lost passes for another's.",
    harmless: "Its dispatch finds it by its key, and claims it; this look is but sooner.",
  },
  // pausing
  {
    name: "the brake is not polled",
    file: "pausing/emergencyBrake.ts",
    edits: [["if (clock.elapsed() - polledAt >= POLL) {", "if (polledAt === Number.NEGATIVE_INFINITY) {"]],
    fault: "Letters go out under the brake, in instances that started before.",
  },
  {
    name: "a breaker that stays open",
    file: "pausing/breaker.ts",
    edits: [
      [
        "const isBlocked = () => policy.state === CircuitState.Open && performance.now() < openUntil;",
        "const isBlocked = () => policy.state === CircuitState.Open;",
      ],
    ],
    fault: "Once Altinn was down, nothing is sent any more by this instance.",
  },
  {
    name: "a second namespace",
    file: "pausing/deployment.ts",
    edits: [["  const others = await read(options.state);\n  if (others) return others;\n", "  return namespace;\n"]],
    fault: "Two instances that start together give one letter two keys.",
  },
];
