// The timer's part in receiving: has letters looked for, and puts back those whose message was lost.
import { DAY, MINUTE, timestamp } from "../clock.ts";
import { CHECK_TIME_TO_LIVE } from "../messages/checkMessage.ts";
import type { SearchMessage } from "../messages/receiptMessage.ts";
import { passingOver } from "../records/eachRecord.ts";
import { dueAgain } from "../records/receiptRecord.ts";
import { changeRecord } from "../records/records.ts";
import { QUEUES } from "../storage/names.ts";
import { queueText } from "../storage/queues.ts";
import { whereTag } from "../storage/tags.ts";
import type { ReceivingContext } from "./context.ts";
import { putReceipt } from "./hear.ts";

/** A letter is looked for in each sweep until so long after its publish time; later, once a day. */
const LOOKED_FOR = 2 * DAY;

/** Lists compare strictly, and a clock may go a little behind Altinn's. */
const AHEAD = 10 * MINUTE;

/** A message that is so late was lost, or its queue is long. */
const GRACE = 15 * MINUTE;

/** So many letters a sweep puts back. */
const MOST_PUT_BACK = 1_000;

/** Asks for a search of each resource, and puts back what was lost. */
export async function sweepReceipts(context: ReceivingContext, isFirstOfDay: boolean): Promise<void> {
  const { clock, queues, rules } = context;
  const now = clock.now();
  const from = now - (isFirstOfDay ? rules.since : Math.min(LOOKED_FOR, rules.since));
  for (const resourceId of rules.resources) {
    const message: SearchMessage = { version: 1, resourceId, from, to: now + AHEAD };
    await queues.put(QUEUES.receipts, queueText(message), { timeToLiveSeconds: CHECK_TIME_TO_LIVE });
  }
  await putBackLost(context, now);
}

async function putBackLost(context: ReceivingContext, now: number): Promise<void> {
  const { store, queues, telemetry } = context;
  const lost: string[] = [];
  for await (const { id } of store.receipts.find(whereTag("receiptDue", "<=", timestamp(now - GRACE)))) {
    lost.push(id);
    if (lost.length === MOST_PUT_BACK) break;
  }
  // Of a long queue those that are waited for may just be further back.
  if (lost.length === 0 || (await queues.isBehind(QUEUES.receipts))) return;
  const passOver = passingOver(telemetry);
  let putBack = 0;
  for (const correspondenceId of lost) {
    await passOver({ correspondenceId }, async () => {
      const changed = await changeRecord(store.receipts, correspondenceId, (record) =>
        record.dueAt === undefined || record.dueAt > now - GRACE ? undefined : dueAgain(record, now),
      );
      if (changed?.value.dueAt === undefined || changed.value.dueAt < now) return;
      await putReceipt(context, changed.value);
      putBack++;
    });
  }
  if (putBack > 0) telemetry.warn("receiptsPutBack", { putBacks: putBack });
}
