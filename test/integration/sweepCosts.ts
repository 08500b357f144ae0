// What a sweep costs, counted as HTTP calls.

import { organization } from "../../local/parties.ts";
import { MINUTE } from "../../shared/clock.ts";
import type { World } from "../harness/world.ts";
import { aLetter } from "./letters.ts";

/** Sends so many letters, each by a request of its own to spread them, and lets them be published. No event is handed on. */
export async function dropMany(world: World, count: number): Promise<void> {
  const recipients = [organization()];
  for (let index = 0; index < count; index++) await world.drop(aLetter({ id: `letter-${index}`, recipients }));
  await world.run();
  await world.advance(MINUTE);
}

/** Makes a sweep; counts its calls to Altinn and to storage. What the queues' host does is not among them. */
export async function sweepCosts(world: World) {
  world.forgetCalls();
  await world.sweep();
  const { calls } = world;
  const count = (name: RegExp) => calls.filter((call) => name.test(call)).length;
  return {
    lists: count(/^altinn GET \S*\/correspondence$/),
    overviews: count(/^altinn GET \S*\/correspondence\/\{id\}$/),
    details: count(/^altinn GET \S*\/details$/),
    /** Records of letters that were read to see whether there is news; each of those with news is read once. */
    records: count(/^blob GET correspondence-state\/correspondences$/),
    storageOperations: count(/^(blob|queue) /),
  };
}
