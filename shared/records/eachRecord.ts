// Going through many records: one that cannot be read, or worked on, stops none of the others.
import type { LogFields, Telemetry } from "../telemetry/telemetry.ts";
import { asPiece, type Traced, type Traces } from "../telemetry/traces.ts";
import { type Records, UnreadableRecord, type Versioned } from "./records.ts";

/** So many in a row that storage fails on: it is down, and the rest would only take its time to fail as well. */
const FAILURES_IN_A_ROW = 10;

/** Does one piece of work on a record, which `about` names for the log. False if it failed: that alerts. */
export type PassOver = (about: LogFields, work: () => Promise<void>) => Promise<boolean>;

/**
 * For the pieces of work of one sweep or batch.
 * @returns what does one of them; it throws only what the last of ten in a row has thrown that failed, unreadable records
 *   left aside
 */
export function passingOver(telemetry: Telemetry): PassOver {
  let failures = 0;
  const one: PassOver = async (about, work) => {
    try {
      await work();
      failures = 0;
      return true;
    } catch (error) {
      if (error instanceof UnreadableRecord) telemetry.alert("recordUnreadable", about);
      else if (++failures >= FAILURES_IN_A_ROW) throw error;
      else
        telemetry.alert("recordPassedOver", { ...about, errorType: error instanceof Error ? error.name : "unknown" });
      return false;
    }
  };
  return (about, work) => asPiece(() => one(about, work));
}

/** Reads each record that an index query finds, follows its trace, and works on it. `idField` is what the log calls their ids. */
export async function eachRecord<T extends Traced>(
  { telemetry, traces }: { readonly telemetry: Telemetry; readonly traces: Traces },
  records: Records<T>,
  where: string,
  idField: "requestHash" | "dispatchId" | "correspondenceId",
  work: (stored: Versioned<T>, id: string) => Promise<void>,
): Promise<void> {
  const passOver = passingOver(telemetry);
  for await (const { id } of records.find(where)) {
    await passOver({ [idField]: id }, async () => {
      const stored = await records.read(id);
      if (!stored) return;
      await traces.follow(stored.value);
      await work(stored, id);
    });
  }
}
