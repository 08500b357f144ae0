// One message on `status-checks`: brings the letters it names up to date from Altinn.
import type { CorrespondenceApi } from "../altinn/correspondenceApi.ts";
import { parseCheckMessage } from "../messages/checkMessage.ts";
import { moveStray } from "../messages/stray.ts";
import { publishTimeOf, resourceOf } from "../records/correspondenceRecord.ts";
import type { Queues } from "../storage/queues.ts";
import { checkDay } from "./checkDay.ts";
import { type BatchOutcome, type Checks, type ChecksContext, createChecks } from "./checks.ts";
import { createStatusLists } from "./statusLists.ts";

/** The parts by which a batch of letters is checked. */
export interface BatchContext extends ChecksContext {
  readonly altinn: ChecksContext["altinn"] & Pick<CorrespondenceApi, "attachment">;
  readonly queues: Queues;
}

/** Makes the checks that a message asks for. A call that fails leaves the rest to the next sweep. */
export async function checkBatch(context: BatchContext, message: unknown): Promise<BatchOutcome> {
  const parsed = parseCheckMessage(message);
  if (!parsed) {
    if (!(await moveStray(context, message))) context.telemetry.alert("checkUnknown");
    return { checked: 0, failed: 0 };
  }
  const checks = createChecks(context);
  if ("day" in parsed) await checkDay(context, checks, parsed);
  else if ("correspondenceId" in parsed) await checkOne(context, checks, parsed.correspondenceId);
  else for (const id of await idsWith(context, parsed.attachmentId)) await checkOne(context, checks, id);
  const { checked, failed } = checks;
  context.telemetry.info("statusesChecked", { checked, failed });
  return { checked, failed };
}

/** One letter of ours, of which an event has told. */
async function checkOne(context: BatchContext, checks: Checks, id: string): Promise<void> {
  await checks.byRecord(id, {
    isDue: ({ link }) => link !== undefined,
    listsFor(record) {
      const publishTime = publishTimeOf(record);
      return createStatusLists(context.altinn, resourceOf(record) ?? "", { from: publishTime, to: publishTime });
    },
  });
}

/** Which letters an attachment belongs to. */
async function idsWith({ altinn, telemetry }: BatchContext, attachmentId: string): Promise<readonly string[]> {
  const answer = await altinn.attachment(attachmentId);
  if (answer.kind === "found") return answer.value.correspondenceIds;
  if (answer.kind === "failed") telemetry.warn("checkFailed", { attachmentId, cause: answer.cause });
  return [];
}
