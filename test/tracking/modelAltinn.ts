// Altinn in memory: what overviews, details and lists tell of letters, and what each hides.
import type { CorrespondenceApi } from "../../shared/altinn/correspondenceApi.ts";
import { type CorrespondenceStatus, statusNumber } from "../../shared/altinn/statuses.ts";
import type { Overview } from "../../shared/altinn/wire.ts";
import { SECOND } from "../../shared/clock.ts";

/** A letter, and the statuses that it has had, in order: each a second after the one before. */
export interface ModelLetter {
  readonly id: string;
  readonly publishTime: number;
  readonly statuses: readonly CorrespondenceStatus[];
}

export const MODEL_RESOURCE = "my-resource";

type Asked = Pick<CorrespondenceApi, "overview" | "details" | "listByStatus">;

const PURGES: readonly CorrespondenceStatus[] = ["PurgedByRecipient", "PurgedByAltinn"];

/** The calls that checks make; any other is a test that fails. `calls` has each call's name. */
export function modelAltinn(letters: readonly ModelLetter[]): Asked & { readonly calls: string[] } {
  const byId = new Map(letters.map((letter) => [letter.id, letter]));
  const newestFirst = letters.toSorted((a, b) => b.publishTime - a.publishTime);
  const calls: string[] = [];
  return {
    calls,
    async overview(id) {
      calls.push("overview");
      const letter = byId.get(id);
      if (!letter || letter.statuses.some((status) => PURGES.includes(status))) return { kind: "gone" };
      return { kind: "found", value: overviewOf(letter) };
    },
    async details(id) {
      calls.push("details");
      const letter = byId.get(id);
      if (!letter) return { kind: "gone" };
      const statusHistory = letter.statuses
        .map((status) => ({ status, statusChanged: changedAt(letter, status) }))
        .filter(({ status }) => !PURGES.includes(status));
      return { kind: "found", value: { ...overviewOf(letter), statusHistory, notifications: [] } };
    },
    async listByStatus({ status, from, to }) {
      calls.push("list");
      const ids: string[] = [];
      for (const { id, publishTime, statuses } of newestFirst) {
        if (publishTime >= to.getTime() || status === "Fetched") continue;
        if (publishTime <= from.getTime() || ids.length === 1000) break;
        if (statuses.includes(status)) ids.push(id);
      }
      return { kind: "listed", ids };
    },
  };
}

function overviewOf(letter: ModelLetter): Overview {
  const shown = letter.statuses.filter((status) => status !== "Fetched");
  const status = shown.toSorted((a, b) => statusNumber(b) - statusNumber(a))[0];
  return {
    correspondenceId: letter.id,
    resourceId: MODEL_RESOURCE,
    created: letter.publishTime,
    requestedPublishTime: letter.publishTime,
    status,
    statusChanged: status && changedAt(letter, status),
    published: changedAt(letter, "Published"),
    read: changedAt(letter, "Read"),
    isConfirmationNeeded: true,
    notificationOrderIds: [],
    attachments: [],
  };
}

function changedAt({ publishTime, statuses }: ModelLetter, status: CorrespondenceStatus): number | undefined {
  const index = statuses.indexOf(status);
  return index === -1 ? undefined : publishTime + index * SECOND;
}
