// How many letters of one sender go out before a single one of another's, counted in the simulated world: the app's own code, and
// as many letters as are asked for.
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { organization } from "../../local/parties.ts";
import { SECOND } from "../../shared/clock.ts";
import { QUEUES, queueOfSender } from "../../shared/storage/names.ts";
import { messageOf, play, type ScenarioRequest } from "../../simulation/scenario.ts";
import { simulatedSettings } from "../../simulation/settings.ts";

const [READER] = BEHAVIOURS.read.recipients;

/** What one sender, with or without a queue of its own, has dropped before the other drops a letter. */
export interface Flood {
  readonly hasOwnQueue: boolean;
  /** So many letters, each a request by itself. */
  readonly single?: number;
  /** So many requests for so many recipients each, so long before. */
  readonly requests?: { readonly count: number; readonly recipients: number; readonly preparedForMs: number };
  /** The other's letter has been tried before, and waits to be tried again. */
  readonly isAgain?: boolean;
}

/**
 * Four times what the one instance has under way at once (24 of a function, by host.json): those that are under way when the other's
 * letter comes, and those that begin and end while it is under way itself. It waits behind none.
 */
export const MOST_BEFORE = 96;

/** So many seconds are waited for the other's letter. */
const LONGEST = 24 * 60 * 60;

/** How many letters of the one went out, from when the other's letter was due until it went. */
export async function lettersBefore({ hasOwnQueue, single = 0, requests, isAgain = false }: Flood): Promise<number> {
  const senders = [
    { name: "oslo", resources: ["oslo-letters"], consumerOrg: "313721779", ownQueue: hasOwnQueue },
    { name: "bergen", resources: ["bergen-letters"], consumerOrg: "310000035" },
  ];
  const settings = await simulatedSettings({ SENDERS: JSON.stringify(senders) });
  return play({ settings }, async ({ world, fault, pass }) => {
    const { queues, altinn } = world.around;
    const drop = (owner: string, request: ScenarioRequest, queue: string) => {
      const letter = { resourceId: `${owner}-letters` };
      queues.put(queue, messageOf({ ...request, letter }).text);
    };
    // So slow that most of what was dropped before still waits when the other's letter comes.
    fault({ fate: { takesMs: 2 * SECOND }, about: "POST /correspondence", times: Number.POSITIVE_INFINITY });
    const place = () => altinn.letters().findIndex(({ reference }) => reference === "bergen");
    const bergen = { id: "bergen", reference: "bergen", recipients: [READER] };
    if (isAgain) {
      fault({ fate: { answer: { status: 429, body: "", contentType: "text/plain" } }, about: "POST /correspondence" });
      drop("bergen", bergen, QUEUES.requests);
      await pass(2 * SECOND);
    }
    const [waiting] = queues.messages(QUEUES.dispatches);
    const own = queueOfSender(QUEUES.requests, hasOwnQueue ? "oslo" : undefined);
    for (let index = 0; index < single; index++) drop("oslo", { id: `oslo ${index}`, recipients: [READER] }, own);
    for (let index = 0; index < (requests?.count ?? 0); index++) {
      const recipients = Array.from({ length: requests?.recipients ?? 0 }, (_, at) => organization(at));
      drop("oslo", { id: `request ${index}`, recipients }, own);
    }
    // Until all of it waits for its turn.
    await pass(requests?.preparedForMs ?? SECOND);
    if (isAgain) await pass(Math.max(0, (waiting?.visibleAt ?? 0) - world.timeline.now));
    const before = altinn.letters().length;
    if (!isAgain) drop("bergen", bergen, QUEUES.requests);
    for (let seconds = 0; place() < 0 && seconds < LONGEST; seconds++) await pass(SECOND);
    if (place() < before) throw new Error("The other's letter went before it was due, or never");
    return place() - before;
  });
}
