// What a message may ask for, by the queue that it came on: whoever may drop on a sender's own queue can send, cancel and read
// for that sender alone.
import { withoutResourcePrefix } from "../altinn/wire.ts";
import type { Sender } from "../senders/senders.ts";
import type { IntakeContext } from "./context.ts";

/** The parts of intake, with the rules of one queue: of a sender's own, or where none is given of that which all share. */
export function onQueueOf(context: IntakeContext, sender: Sender | undefined): IntakeContext {
  const { rules, senders } = context;
  if (senders.all.length === 0) return context;
  if (sender === undefined) {
    const resources = rules.sharedResources;
    // A sender is not told what anybody refused here asked for in its name.
    const statusQueueOf = (id: string) =>
      resources.has(withoutResourcePrefix(id)) ? rules.statusQueueOf(id) : undefined;
    return { ...context, rules: { ...rules, resources, statusQueueOf } };
  }
  const { name, statusQueue, resources } = sender;
  return {
    ...context,
    rules: {
      ...rules,
      resources: new Set(resources),
      statusQueues: new Set(statusQueue === undefined ? [] : [statusQueue]),
      // Whatever resource it names: what is refused is told to whoever may drop here, and to nobody else.
      statusQueueOf: () => statusQueue,
      sender: name,
    },
  };
}

/** Whether a letter on a resource may be touched by a message under these rules. */
export function mayTouch({ rules, senders }: Pick<IntakeContext, "rules" | "senders">, resourceId: string): boolean {
  return rules.sender === undefined || senders.of(resourceId)?.name === rules.sender;
}
