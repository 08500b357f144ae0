// How Azure's host takes messages, and how many instances it runs, as far as that is published.
import { resolve } from "node:path";
import { readHostJson } from "../../local/functions-host/hostJson.ts";

/** The rules of a deployment. */
export interface ScaleRules {
  /** host.json. */
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxPollingMs: number;
  /** How often the scale controller decides, in milliseconds. */
  readonly decideEveryMs: number;
  /** How many instances it adds at a time. */
  readonly mostAtOnce: number;
  /** From the decision until the instance takes its first message, in milliseconds. */
  readonly startMs: number;
  /** The plan's setting: of each function. */
  readonly mostInstances: number;
  /** How many HTTP invocations an instance takes at once. */
  readonly httpConcurrency: number;
}

/**
 * Those of this deployment, with host.json as it is. Target-based scaling: instances = messages / batchSize, and up to four more at a time (Microsoft, "Target-based scaling").
 * How often is published for the Consumption plan alone: every 30 seconds for queues (Microsoft, "Event-driven scaling");
 * Flex Consumption is said to be faster, without a number. How long a start takes is not published: 5 seconds is a guess
 * that is above what was measured here. 16 HTTP invocations are the default of 2,048 MB.
 */
export async function readScaleRules(): Promise<ScaleRules> {
  const { queues } = await readHostJson(resolve(import.meta.dirname, "..", "..", "host.json"));
  return {
    batchSize: queues.batchSize,
    newBatchThreshold: queues.newBatchThreshold,
    maxPollingMs: queues.maxPollingInterval,
    decideEveryMs: 30_000,
    mostAtOnce: 4,
    startMs: 5_000,
    mostInstances: 100,
    httpConcurrency: 16,
  };
}

/** How many instances a queue function is to have, by the messages on its queue and those that it has now. */
export function wantedInstances(messages: number, now: number, rules: ScaleRules): number {
  const target = Math.ceil(messages / rules.batchSize);
  return Math.max(Math.min(target, now + rules.mostAtOnce, rules.mostInstances), 1);
}
