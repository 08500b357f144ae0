// What Altinn's overviews and details add to a record.
import type { Details, Overview } from "../altinn/wire.ts";
import { type Fact, factStatus, type Source } from "../records/facts.ts";
import type { Addition } from "../records/mergeCorrespondence.ts";

/** What an overview tells: its status, when it was published and read, and Altinn's own times. */
export function additionOfOverview(overview: Overview, heardAt: number): Addition {
  return addition(overview, heardAt, factsOf(overview, heardAt, "overview"));
}

/** What the details tell besides: the whole history. */
export function additionOfDetails(details: Details, heardAt: number): Addition {
  const facts = factsOf(details, heardAt, "details");
  for (const { status, statusChanged } of details.statusHistory) {
    const known = status === undefined ? undefined : factStatus(status);
    if (known) facts.push({ status: known, time: statusChanged ?? heardAt, source: "details" });
  }
  return addition(details, heardAt, facts);
}

function addition(overview: Overview, heardAt: number, facts: readonly Fact[]): Addition {
  return {
    correspondenceId: overview.correspondenceId,
    heardAt,
    resourceId: overview.resourceId,
    created: overview.created,
    publishTime: overview.requestedPublishTime,
    facts,
    notificationOrders: overview.notificationOrderIds,
    // After a virus the letter just says Failed; its attachments tell.
    failure: overview.attachments.some(({ status }) => status === "Failed") ? "scanFailed" : undefined,
  };
}

function factsOf(overview: Overview, heardAt: number, source: Source): Fact[] {
  const facts: Fact[] = [];
  const status = overview.status === undefined ? undefined : factStatus(overview.status);
  if (status) facts.push({ status, time: overview.statusChanged ?? heardAt, source });
  if (overview.published !== undefined) facts.push({ status: "Published", time: overview.published, source });
  if (overview.read !== undefined) facts.push({ status: "Read", time: overview.read, source });
  return facts;
}
