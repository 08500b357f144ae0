// Waiting for a run to come to rest, and judging it then.
import { setTimeout as sleep } from "node:timers/promises";
import { HOUR } from "../shared/clock.ts";
import type { AltinnLetter } from "./altinn.ts";
import type { Listener } from "./announcements.ts";
import { gatherEvidence, whatWaits } from "./evidence.ts";
import { judgeIncoming, type Reader } from "./incoming.ts";
import type { Parts } from "./parts.ts";
import type { Plan } from "./plan.ts";
import { isGood, judge, type Verdict } from "./verdict.ts";

export interface RestOptions {
  readonly plan: Plan;
  readonly parts: Parts;
  readonly listener: Listener;
  readonly reader: Reader;
  /** Real milliseconds to wait, at most. */
  readonly restMs: number;
  readonly timeScale: number;
  readonly onProgress: (line: string) => void;
}

/** Real milliseconds between looks; a look at much takes long, and must not keep storage from its work. */
const PAUSE = 500;
const LONGEST_PAUSE = 5_000;

/** What does not change for so long will not change any more: by then the sweeps have done what they can. */
const LONG = 4 * HOUR;

/** Waits until all is well, nothing changes any more, or the time is up; the last verdict. */
export async function comeToRest(options: RestOptions): Promise<Verdict> {
  const { parts, timeScale, onProgress } = options;
  const end = performance.now() + options.restMs;
  let lastSeen = "";
  let changedAt = performance.now();
  for (;;) {
    const lookedAt = performance.now();
    const [waiting, letters] = await Promise.all([whatWaits(parts.storage), parts.altinn.letters()]);
    const alive = letters.filter((letter) => !isOver(letter)).length;
    const isOut = performance.now() > end;
    if ((waiting.length === 0 && alive === 0) || isOut) {
      const verdict = await judgeNow(options);
      const seen = JSON.stringify(verdict);
      if (seen !== lastSeen) changedAt = performance.now();
      lastSeen = seen;
      if (isGood(verdict) || isOut || performance.now() - changedAt > LONG / timeScale) return verdict;
    }
    onProgress(`waiting for rest: ${letters.length} letters exist, ${alive} live on, ${waiting.length} things wait`);
    await sleep(Math.min(Math.max(PAUSE, 5 * (performance.now() - lookedAt)), LONGEST_PAUSE));
  }
}

/** Judges what there is now. */
export async function judgeNow({ plan, parts, listener, reader }: RestOptions): Promise<Verdict> {
  const evidence = await gatherEvidence(parts.storage.blobs);
  const [waiting, altinn] = await Promise.all([whatWaits(parts.storage), parts.altinn.letters()]);
  const { announcements, unreadable } = listener;
  const verdict = judge({ plan, altinn, announcements, unreadable, evidence, waiting });
  return { ...verdict, incoming: await judgeIncoming(parts, reader) };
}

/** True if nothing more happens to the letter: what recipients do ends with what settles it. */
function isOver({ statuses, isConfirmationNeeded }: AltinnLetter): boolean {
  const has = (...names: string[]) => names.some((name) => statuses.includes(name));
  return has("Failed", "PurgedByRecipient", "PurgedByAltinn", "Confirmed") || (has("Read") && !isConfirmationNeeded);
}
