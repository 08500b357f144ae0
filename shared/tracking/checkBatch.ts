// One message on `status-checks`: brings the letters it names up to date from Altinn.
import { DAY } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import { type CheckMessage, parseCheckMessage } from "../messages/checkMessage.ts";
import { moveStray } from "../messages/stray.ts";
import { type CorrespondenceRecord, publishTimeOf, resourceOf } from "../records/correspondenceRecord.ts";
import { passingOver } from "../records/eachRecord.ts";
import { isCheckOwed, isDue } from "../records/following.ts";
import type { StateStore } from "../records/stateStore.ts";
import type { Queues } from "../storage/queues.ts";
import { tagValue, whereTag } from "../storage/tags.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { type CheckContext, checkCorrespondence } from "./checkCorrespondence.ts";
import { createStatusLists, type StatusLists } from "./statusLists.ts";
import type { Tracker } from "./tracker.ts";

/** The parts by which a batch of letters is checked. */
export interface BatchContext extends CheckContext {
  readonly store: StateStore;
  readonly tracker: Tracker;
  readonly queues: Queues;
  readonly telemetry: Telemetry;
  /** For one batch: looks whether a letter that no dispatch has claimed for an hour is foreign; false if nobody can tell yet. */
  readonly foreignCheck: () => (record: CorrespondenceRecord) => Promise<boolean>;
}

/** What became of a batch. */
export interface BatchOutcome {
  /** How many letters were asked about, and how many calls of theirs failed. */
  readonly checked: number;
  readonly failed: number;
}

/** How many letters of a batch are asked about at once. */
const AT_ONCE = 8;

/** Makes the checks that a message asks for. A call that fails leaves the rest to the next sweep. */
export async function checkBatch(context: BatchContext, message: unknown): Promise<BatchOutcome> {
  const parsed = parseCheckMessage(message);
  if (!parsed) {
    if (!(await moveStray(context, message))) context.telemetry.alert("checkUnknown");
    return { checked: 0, failed: 0 };
  }
  let checked = 0;
  let failed = 0;
  const passOver = passingOver(context.telemetry);
  const considerForeign = context.foreignCheck();
  await eachAtOnce(AT_ONCE, lettersOf(context, parsed), async ({ id, lists, isDue }) => {
    const isPassed = await passOver({ correspondenceId: id }, async () => {
      const record = (await context.store.correspondences.read(id))?.value;
      if (!record || !isDue(record, context.clock.now())) return;
      checked++;
      const isDone = record.link ? await check(context, record, lists(record)) : await considerForeign(record);
      if (!isDone) failed++;
    });
    if (!isPassed) failed++;
  });
  context.telemetry.info("statusesChecked", { checked, failed });
  return { checked, failed };
}

/** A letter that may be due: its record decides. */
interface Candidate {
  readonly id: string;
  readonly isDue: (record: CorrespondenceRecord, now: number) => boolean;
  readonly lists: (record: CorrespondenceRecord) => StatusLists;
}

async function* lettersOf(context: BatchContext, message: CheckMessage): AsyncGenerator<Candidate, void, void> {
  if ("day" in message) {
    const from = Date.parse(`${message.day}T00:00:00Z`);
    const lists = createStatusLists(context.altinn, message.resourceId, { from, to: from + DAY });
    const where = `${whereTag("resource", "=", tagValue(message.resourceId))} AND ${whereTag("follow", "=", message.day)}`;
    for await (const { id } of context.store.correspondences.find(where)) {
      yield { id, isDue, lists: () => lists };
    }
    return;
  }
  const ids = "correspondenceId" in message ? [message.correspondenceId] : await idsWith(context, message.attachmentId);
  for (const id of ids) {
    yield { id, isDue: ({ link }) => link !== undefined, lists: (record) => listsFor(context, record) };
  }
}

/** Which letters an attachment belongs to. */
async function idsWith({ altinn, telemetry }: BatchContext, attachmentId: string): Promise<readonly string[]> {
  const answer = await altinn.attachment(attachmentId);
  if (answer.kind === "found") return answer.value.correspondenceIds;
  if (answer.kind === "failed") telemetry.warn("checkFailed", { attachmentId, cause: answer.cause });
  return [];
}

function listsFor(context: BatchContext, record: CorrespondenceRecord): StatusLists {
  const publishTime = publishTimeOf(record);
  return createStatusLists(context.altinn, resourceOf(record) ?? "", { from: publishTime, to: publishTime });
}

async function check(context: BatchContext, record: CorrespondenceRecord, lists: StatusLists): Promise<boolean> {
  const checkedAt = context.clock.now();
  const result = await checkCorrespondence(context, record, lists);
  if (result.kind === "failed") {
    context.telemetry.warn("checkFailed", {
      correspondenceId: record.correspondenceId,
      call: result.call,
      cause: result.cause,
      ...(result.status === undefined ? {} : { httpStatus: result.status }),
    });
    return false;
  }
  const { correspondenceId } = record;
  const paid = isCheckOwed(record) && result.isWhole ? [{ correspondenceId, heardAt: checkedAt, checkedAt }] : [];
  const [first, ...others] = [...result.additions, ...paid];
  if (first) await context.tracker.add([first, ...others]);
  return true;
}
