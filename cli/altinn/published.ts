// Waits until the letters of requests are published, or will not be: what `send --wait` and `requests --wait` share.
import { setTimeout as sleep } from "node:timers/promises";
import type { FindingContext } from "../../shared/finding/context.ts";
import { findLetters } from "../../shared/finding/find.ts";
import type { Letter } from "../../shared/finding/letter.ts";
import { LARGEST_PAGE } from "../../shared/finding/query.ts";
import { IN_ALTINN } from "../../shared/finding/words.ts";
import { rankOf } from "../../shared/records/facts.ts";
import { requestProgress } from "../../shared/records/progress.ts";
import { createProgress } from "../../terminal/progress.ts";
import { NotUnderstood } from "../program.ts";

/** How far the letters of a request have come. */
export interface Published {
  readonly requestId: string;
  /** How many letters it becomes; 0 while the app has not seen it. */
  readonly total: number;
  readonly published: number;
  /** Letters that will not be published any more: refused, given up, cancelled, failed. */
  readonly failed: number;
}

/** Between two looks, in milliseconds: at first soon, since most letters are published within seconds. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

/** The option that says for how long. */
export const TIMEOUT_OPTION = ["--timeout <seconds>", "with --wait: so long at most", "300"] as const;

/** Reads that option, in milliseconds. @throws NotUnderstood */
export function readTimeout(written: string): number {
  const seconds = Number(written);
  if (!(seconds > 0) || seconds > 7 * 86_400)
    throw new NotUnderstood("--timeout is a number of seconds, up to a week.");
  return seconds * 1000;
}

/** Whether nothing is waited for any more. */
export function isOver({ total, published, failed }: Published): boolean {
  return total > 0 && published + failed >= total;
}

/** How far a request has come now. Of one with many letters, those under way are not read to the end: one is enough. */
export async function publishedOf(context: FindingContext, requestId: string): Promise<Published> {
  const progress = await requestProgress(context, requestId);
  const counts = { published: 0, failed: 0, underWay: 0 };
  let next: string | undefined;
  do {
    const page = await findLetters(context, { requestId }, { limit: LARGEST_PAGE, next });
    for (const letter of page.letters) counts[placeOf(letter)]++;
    next = page.next;
  } while (next !== undefined && counts.underWay === 0);
  const { published, failed, underWay } = counts;
  return { requestId, total: Math.max(progress?.total ?? 0, published + failed + underWay), published, failed };
}

function placeOf({ status, isSettled }: Letter): "published" | "failed" | "underWay" {
  const fact = IN_ALTINN.get(status);
  if (fact === undefined) return status === "waiting" || status === "sent" ? "underWay" : "failed";
  const rank = rankOf(fact) ?? 0;
  if (fact !== "Failed" && rank >= (rankOf("Published") ?? 0)) return "published";
  return isSettled ? "failed" : "underWay";
}

/** Waits until nothing is waited for any more, or the time is over, or `signal` says so; how far each is then. */
export async function waitUntilPublished(
  context: FindingContext,
  requestIds: readonly string[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<readonly Published[]> {
  const progress = createProgress();
  const end = performance.now() + timeoutMs;
  try {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
      const found = await Promise.all(requestIds.map((id) => publishedOf(context, id)));
      const all = (count: (one: Published) => number) => found.reduce((sum, one) => sum + count(one), 0);
      progress.show(
        all(({ published }) => published),
        all(({ total }) => Math.max(total, 1)),
        "letters published",
      );
      const isLate = performance.now() + pause > end;
      if (found.every(isOver) || isLate || signal?.aborted) return found;
      await sleep(pause, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
  } finally {
    progress.end();
  }
}

/** What a wait came to, in a sentence. */
export function sentenceOfPublished(one: Published): string {
  const { requestId, total, published, failed } = one;
  if (total === 0) return `${requestId}: the app has not seen it yet, or not any more.`;
  const other = failed === 0 ? "" : `, ${failed} will not be`;
  return `${requestId}: ${published} of ${total} published${other}${isOver(one) ? "." : "; the others are under way."}`;
}
