// The dependencies of the dashboard.
import type { AccessTokens } from "../altinn/accessToken.ts";
import type { Clock } from "../clock.ts";
import type { FindingContext } from "../finding/context.ts";
import type { Breakers } from "../pausing/breakers.ts";
import type { StateContainers } from "../records/stateStore.ts";
import type { RequestContext } from "../requests/rules.ts";
import type { Queues } from "../storage/queues.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import type { Traces } from "../telemetry/traces.ts";

/** What is said of the deployment itself. */
export interface DeploymentFacts {
  readonly environment: RequestContext["environment"];
  /** How often the timer runs, in milliseconds: a sweep that is two of these old is late. */
  readonly checksEvery: number;
  readonly resources: readonly string[];
  /** Whether letters to the organisation are received. */
  readonly receives: boolean;
}

/** The parts by which the dashboard shows and acts. */
export interface DashboardContext {
  readonly clock: Clock;
  readonly finding: FindingContext;
  readonly containers: StateContainers;
  readonly queues: Queues;
  /** The tokens of a sender, by its name; `undefined`: of the deployment itself. */
  readonly tokensOf: (sender: string | undefined) => AccessTokens;
  readonly breaker: Breakers;
  readonly telemetry: Telemetry;
  readonly traces: Traces;
  readonly facts: DeploymentFacts;
  /** What requests are checked against, when a replay is looked at. */
  readonly rules: Omit<RequestContext, "now">;
}
