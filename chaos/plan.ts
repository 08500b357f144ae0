// What a chaos run does, as a value: everything follows from the seed, and nothing from how the run goes.
import { type DropOptions, type PlannedDrops, planDrops } from "./mix.ts";
import { type Action, type ActionOptions, planActions } from "./schedule.ts";

/** What a run is asked to do. */
export type PlanOptions = DropOptions & ActionOptions;

/** The whole of what a run does. */
export interface Plan extends PlannedDrops {
  readonly actions: readonly Action[];
}

/** Makes the plan. Pure: the same options give the same plan. */
export function makePlan(options: PlanOptions): Plan {
  return { ...planDrops(options), actions: planActions(options) };
}
