// Events about notifications name an order, not a letter: what they tell is kept here until an overview names the order.
import * as z from "zod";
import { type FactStatus, STATUSES } from "../records/facts.ts";
import { UnreadableRecord } from "../records/records.ts";
import type { JsonBlobs } from "../storage/jsonBlobs.ts";
import { FOLDERS, recordName } from "../storage/names.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

const schema = z.looseObject({
  version: z.literal(1),
  correspondenceId: z.string().exactOptional(),
  facts: z.partialRecord(z.enum(STATUSES), z.number()),
});

type Order = z.infer<typeof schema>;
type OrderFacts = Readonly<Partial<Record<FactStatus, number>>>;

/** What events told of notification orders whose letter is not known yet. */
export interface NotificationOrders {
  /** The letter that an order is known to belong to. */
  letterOf(orderId: string): Promise<string | undefined>;
  /** Keeps what an event tells of an order; gives the letter that it belongs to, once that is known. */
  keep(orderId: string, facts: OrderFacts): Promise<string | undefined>;
  /** Notes which letter an order belongs to; gives what events have told of the order. */
  claim(orderId: string, correspondenceId: string): Promise<OrderFacts>;
}

/** Makes the store of these, in the state container. */
export function createNotificationOrders(documents: JsonBlobs, telemetry: Telemetry): NotificationOrders {
  async function change(orderId: string, add: (known: Order) => Order): Promise<Order> {
    const name = recordName(FOLDERS.notificationOrders, orderId);
    for (let race = 0; race < 20; race++) {
      const stored = await documents.read(name);
      const parsed = stored && schema.safeParse(stored.value);
      if (parsed?.success === false) throw new UnreadableRecord(`The record ${name} is not as this version knows it`);
      const known: Order = parsed?.data ?? { version: 1, facts: {} };
      const changed = add(known);
      if (stored && JSON.stringify(changed) === JSON.stringify(known)) return known;
      const etag = stored ? await documents.replace(name, changed, stored.etag) : await documents.create(name, changed);
      if (etag !== undefined) return changed;
    }
    throw new Error(`The record of notification order ${orderId} changes too often to be written`);
  }

  return {
    async letterOf(orderId) {
      const stored = await documents.read(recordName(FOLDERS.notificationOrders, orderId));
      return schema.safeParse(stored?.value).data?.correspondenceId;
    },
    async keep(orderId, facts) {
      const order = await change(orderId, (known) => ({ ...known, facts: earliest(known.facts, facts) }));
      return order.correspondenceId;
    },
    async claim(orderId, correspondenceId) {
      try {
        return (await change(orderId, (known) => ({ ...known, correspondenceId }))).facts;
      } catch (error) {
        if (!(error instanceof UnreadableRecord)) throw error;
        // The letter itself must not be lost for it.
        telemetry.alert("recordUnreadable", { correspondenceId });
        return {};
      }
    },
  };
}

function earliest(a: OrderFacts, b: OrderFacts): Partial<Record<FactStatus, number>> {
  const merged: Partial<Record<FactStatus, number>> = {};
  for (const status of STATUSES) {
    const times = [a[status], b[status]].filter((time) => time !== undefined);
    if (times.length > 0) merged[status] = Math.min(...times);
  }
  return merged;
}
