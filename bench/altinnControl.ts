// The simulator's control, as benchmarks use it: how long Altinn takes, and which calls came when.
import { z } from "zod";

/** One call that came to the simulator. */
export interface AltinnCall {
  readonly method: string;
  /** Such as `/correspondence`, without ids. */
  readonly route: string;
  /** Null while it is under way. */
  readonly status: number | null;
  /** When it came, in epoch milliseconds. */
  readonly time: number;
  /** The trace that it was made in (W3C Trace Context). */
  readonly traceparent: string | null;
}

const countsSchema = z.record(z.string(), z.number());
const callsSchema = z.object({
  calls: z.array(
    z.object({
      method: z.string(),
      route: z.string(),
      status: z.number().nullable(),
      time: z.number(),
      traceparent: z.string().nullable(),
    }),
  ),
});

const API = "/correspondence/api/v1";

/** A new letter that brings no files. */
export const POST_LETTER = "POST /correspondence";
/** A new letter with its files. */
export const POST_WITH_FILES = "POST /correspondence/upload";

/** How many calls there were, by `METHOD route`. */
export async function countCalls(altinnUrl: string): Promise<Record<string, number>> {
  return countsSchema.parse(await read(altinnUrl, "calls/counts"));
}

/** All calls since they were forgotten. Many thousand are much to read: {@link countCalls} does for a number. */
export async function listCalls(altinnUrl: string): Promise<readonly AltinnCall[]> {
  return callsSchema.parse(await read(altinnUrl, "calls")).calls;
}

/** Forgets the calls so far, and takes so long from now on to answer these calls, such as `POST /correspondence`. */
export async function answerAfter(altinnUrl: string, delayMs: number, call: string = POST_LETTER): Promise<void> {
  for (const what of ["faults", "calls"]) await fetch(`${altinnUrl}/_control/${what}`, { method: "DELETE" });
  if (delayMs === 0) return;
  const [method, route = ""] = call.split(" ");
  const fault = { method, path: `${API}${route}`, delayMs, times: "always" };
  const headers = { "content-type": "application/json" };
  await fetch(`${altinnUrl}/_control/faults`, { method: "POST", headers, body: JSON.stringify(fault) });
}

async function read(altinnUrl: string, what: string): Promise<unknown> {
  return (await fetch(`${altinnUrl}/_control/${what}`)).json();
}
