// Brings one letter up to date from Altinn: the overview, and what only the details or the lists can tell.
import type { CorrespondenceApi } from "../altinn/correspondenceApi.ts";
import type { CallFailure } from "../altinn/httpCall.ts";
import type { CorrespondenceStatus } from "../altinn/statuses.ts";
import type { Clock } from "../clock.ts";
import type { Addition } from "../records/mergeCorrespondence.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { additionOfDetails, additionOfOverview } from "./answers.ts";
import { hidesLacked } from "./checkPlan.ts";
import type { StatusLists } from "./statusLists.ts";

/** The parts by which one letter is checked. */
export interface CheckContext {
  readonly clock: Clock;
  readonly altinn: Pick<CorrespondenceApi, "overview" | "details" | "listByStatus">;
  readonly telemetry: Telemetry;
}

/** What a check must know of a letter: its record, or the index alone, tells. */
export interface LetterInQuestion {
  readonly id: string;
  /** The statuses that nobody has told of. */
  readonly lacks: readonly CorrespondenceStatus[];
}

/** What came of a check. */
export type Checked =
  | {
      readonly kind: "checked";
      readonly additions: readonly Addition[];
      /** False if some of what Altinn knows could not be read. */
      readonly isWhole: boolean;
      /** True if Altinn told a status that was lacking. */
      readonly isNews: boolean;
    }
  | CallFailure;

/** Asks Altinn about one letter. What is not news costs one call, or two where its status hides what may be. */
export async function checkCorrespondence(
  context: CheckContext,
  { id, lacks }: LetterInQuestion,
  lists: StatusLists,
): Promise<Checked> {
  const answer = await context.altinn.overview(id);
  if (answer.kind === "failed") return answer;
  // Other systems may send on the same resource, and their letters may not be ours to read.
  if (answer.kind === "refused") return { kind: "checked", additions: [], isWhole: false, isNews: false };
  if (answer.kind === "gone") {
    const purged = await checkPurged(context, id, lists);
    // One of the lists was to have it: they are asked by a resource and a time that may be wrong.
    if (purged.kind === "checked" && !purged.additions.some(tellsCulprit)) {
      context.telemetry.warn("purgeNotListed", { correspondenceId: id });
    }
    return purged;
  }
  const overview = answer.value;
  const additions = [additionOfOverview(overview, context.clock.now())];
  const isNews = additions.some((addition) => tellsAnyOf(addition, lacks));
  const isPublished = overview.status !== "ReadyForPublish" && overview.status !== "Initialized";
  const hides = overview.status !== undefined && hidesLacked(overview.status, lacks);
  if (!isPublished || !(isNews || hides)) return { kind: "checked", additions, isWhole: true, isNews };
  // Its history has the times, and steps that a later status hides.
  const details = await context.altinn.details(id);
  // What the overview has told is kept in any case.
  if (details.kind !== "found") return { kind: "checked", additions, isWhole: false, isNews };
  const history = additionOfDetails(details.value, context.clock.now());
  return {
    kind: "checked",
    additions: [...additions, history],
    isWhole: true,
    isNews: isNews || tellsAnyOf(history, lacks),
  };
}

/** True if an addition tells one of these statuses. */
export function tellsAnyOf({ facts = [] }: Addition, statuses: readonly CorrespondenceStatus[]): boolean {
  const asked: ReadonlySet<string> = new Set(statuses);
  return facts.some(({ status }) => asked.has(status));
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
  if (additions.some(tellsCulprit)) return { kind: "checked", additions, isWhole: true, isNews: true };
  for (const status of ["PurgedByRecipient", "PurgedByAltinn"] as const) {
    const listed = await lists.idsWith(status);
    if (listed.kind !== "listed") return listed;
    if (listed.ids.has(id)) {
      additions.push({ correspondenceId: id, heardAt: now, facts: [{ status, time: now, source: "list" }] });
      break;
    }
  }
  return { kind: "checked", additions, isWhole: true, isNews: additions.length > 0 };
}

function tellsCulprit(addition: Addition): boolean {
  return tellsAnyOf(addition, ["PurgedByRecipient", "PurgedByAltinn"]);
}

/**
 * For a letter that lists say has had statuses that were lacking: the details say when, and what lies between. The overview
 * would tell no more, once the letter has been seen published.
 */
export async function checkListed(
  { altinn, clock }: CheckContext,
  id: string,
  listed: readonly CorrespondenceStatus[],
): Promise<Checked> {
  const details = await altinn.details(id);
  if (details.kind === "failed") return details;
  if (details.kind === "refused") return { kind: "checked", additions: [], isWhole: false, isNews: false };
  const now = clock.now();
  const additions: Addition[] = details.kind === "found" ? [additionOfDetails(details.value, now)] : [];
  const untold = listed.filter((status) => !additions.some((addition) => tellsAnyOf(addition, [status])));
  // Who purged it stands in no history.
  const facts = untold.map((status) => ({ status, time: now, source: "list" as const }));
  if (facts.length > 0) additions.push({ correspondenceId: id, heardAt: now, facts });
  return { kind: "checked", additions, isWhole: true, isNews: true };
}
