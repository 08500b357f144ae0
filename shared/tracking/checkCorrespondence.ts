// Brings one record up to date from Altinn: the overview, and what only the details or the lists can tell.
import type { CorrespondenceApi } from "../altinn/correspondenceApi.ts";
import type { CallFailure } from "../altinn/httpCall.ts";
import type { Overview } from "../altinn/wire.ts";
import type { Clock } from "../clock.ts";
import { type CorrespondenceRecord, currentStatus, isConfirmed, reached } from "../records/correspondenceRecord.ts";
import type { Fact, FactStatus } from "../records/facts.ts";
import type { Addition } from "../records/mergeCorrespondence.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { additionOfDetails, additionOfOverview } from "./answers.ts";
import type { StatusLists } from "./statusLists.ts";

/** The parts by which one letter is checked. */
export interface CheckContext {
  readonly clock: Clock;
  readonly altinn: CorrespondenceApi;
  readonly telemetry: Telemetry;
}

/** What came of a check. */
export type Checked =
  | {
      readonly kind: "checked";
      readonly additions: readonly Addition[];
      /** False if some of what Altinn knows could not be read. */
      readonly isWhole: boolean;
    }
  | CallFailure;

/** Once one of these is the highest status, an overview does not show any more that the letter was read or confirmed. */
const HIDES_READING: ReadonlySet<FactStatus> = new Set(["AttachmentsDownloaded", "Forwarded", "Archived"]);

/** Asks Altinn about one letter. What is not news costs one call. */
export async function checkCorrespondence(
  context: CheckContext,
  record: CorrespondenceRecord,
  lists: StatusLists,
): Promise<Checked> {
  const id = record.correspondenceId;
  const answer = await context.altinn.overview(id);
  if (answer.kind === "failed") return answer;
  // Other systems may send on the same resource, and their letters may not be ours to read.
  if (answer.kind === "refused") return { kind: "checked", additions: [], isWhole: false };
  if (answer.kind === "gone") {
    const purged = await checkPurged(context, id, lists);
    // One of the lists was to have it: they are asked by a resource and a time that may be wrong.
    if (purged.kind === "checked" && !purged.additions.some(tellsCulprit)) {
      context.telemetry.warn("purgeNotListed", { correspondenceId: id });
    }
    return purged;
  }
  const overview = answer.value;
  const additions: Addition[] = [additionOfOverview(overview, context.clock.now())];
  if (isNews(record, overview) && overview.status !== "ReadyForPublish" && overview.status !== "Initialized") {
    // Its history has the times, and steps that a later status hides.
    const details = await context.altinn.details(id);
    // What the overview has told is kept in any case.
    if (details.kind === "found") additions.push(additionOfDetails(details.value, context.clock.now()));
    else return { kind: "checked", additions, isWhole: false };
  } else if (HIDES_READING.has(currentStatus(record) ?? "Initialized") || isHidden(overview)) {
    return checkHidden(context, record, lists, additions);
  }
  return { kind: "checked", additions, isWhole: true };
}

function isHidden(overview: Overview): boolean {
  return overview.status !== undefined && [...HIDES_READING].some((status) => status === overview.status);
}

function isNews(record: CorrespondenceRecord, overview: Overview): boolean {
  const known: readonly string[] = reached(record);
  if (overview.status !== undefined && !known.includes(overview.status)) return true;
  return overview.read !== undefined && !known.includes("Read");
}

/** For a letter that was purged, since its overview is gone: the lists say by whom. */
export async function checkPurged(
  context: Pick<CheckContext, "altinn" | "clock">,
  id: string,
  lists: StatusLists,
): Promise<Checked> {
  const now = context.clock.now();
  const details = await context.altinn.details(id);
  if (details.kind === "failed") return details;
  const additions = details.kind === "found" ? [additionOfDetails(details.value, now)] : [];
  if (additions.some(tellsCulprit)) return { kind: "checked", additions, isWhole: true };
  for (const status of ["PurgedByRecipient", "PurgedByAltinn"] as const) {
    const listed = await lists.idsWith(status);
    if (listed.kind !== "listed") return listed;
    if (listed.ids.has(id)) {
      additions.push({ correspondenceId: id, heardAt: now, facts: [{ status, time: now, source: "list" }] });
      break;
    }
  }
  return { kind: "checked", additions, isWhole: true };
}

function tellsCulprit({ facts = [] }: Addition): boolean {
  return facts.some(({ status }) => status === "PurgedByRecipient" || status === "PurgedByAltinn");
}

/** Nothing new in the overview, but a download hides what may have come after it: the lists tell, the details say when. */
async function checkHidden(
  context: CheckContext,
  record: CorrespondenceRecord,
  lists: StatusLists,
  additions: Addition[],
): Promise<Checked> {
  const id = record.correspondenceId;
  const found: ("Read" | "Confirmed")[] = [];
  for (const status of ["Read", "Confirmed"] as const) {
    if (isConfirmed(record, status)) continue;
    const listed = await lists.idsWith(status);
    if (listed.kind !== "listed") return listed;
    if (listed.ids.has(id) || !listed.isWhole) found.push(status);
  }
  if (found.length === 0) return { kind: "checked", additions, isWhole: true };
  const now = context.clock.now();
  const details = await context.altinn.details(id);
  const told = details.kind === "found" ? additionOfDetails(details.value, now) : undefined;
  if (told) additions.push(told);
  const missing: FactStatus[] = [];
  for (const status of found) {
    if (told?.facts?.some((fact) => fact.status === status)) continue;
    const listed = await lists.idsWith(status);
    if (listed.kind === "listed" && listed.ids.has(id)) missing.push(status);
  }
  const facts = missing.map((status): Fact => ({ status, time: now, source: "list" }));
  if (facts.length > 0) additions.push({ correspondenceId: id, heardAt: now, facts });
  return { kind: "checked", additions, isWhole: details.kind === "found" };
}
