// Letters as producers drop them, in tests.
import { DAY } from "../../shared/clock.ts";
import { aRequest, type RequestOverrides } from "../builders/request.ts";
import { RESOURCE, type World } from "../harness/world.ts";

/** The path of a letter's POST, for faults of the simulator. */
export const INITIALIZE = "/correspondence/api/v1/correspondence";

/** The POST of a letter, with or without files, as the proxy names it. */
export const POST_LETTER = /^altinn POST \/correspondence\/api\/v1\/correspondence(\/upload)?$/;

/** Look-ups by key, and lists. */
export const LOOK_UP = /^altinn GET \/correspondence\/api\/v1\/correspondence$/;

/** A letter on a resource that the simulator knows. */
export function aLetter({ id, letter, request, ...rest }: RequestOverrides & { readonly id?: string } = {}): object {
  return aRequest({
    ...rest,
    letter: { resourceId: RESOURCE, ...letter },
    request: { ...(id === undefined ? {} : { id }), ...request },
  });
}

/** The process dies right after this call, and its message is lost with every copy. */
export async function dieAndLose(world: World, step: RegExp): Promise<void> {
  world.fault({ step, phase: "after", action: "kill" });
  await world.run({ anew: true });
  world.clearFaults();
  for (const message of await world.host.waiting()) await world.host.lose(message);
}

/** Days, with a sweep at the end of each. */
export async function liveOn(world: World, days: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await world.settle(DAY);
    await world.sweep();
  }
}
