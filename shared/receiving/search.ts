// Looks on one resource for letters to the organisation of which no event has told.
import { isSetUpFailure } from "../altinn/outcome.ts";
import { dayOf } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import type { SearchMessage } from "../messages/receiptMessage.ts";
import { tagValue, whereTag } from "../storage/tags.ts";
import { searchLists } from "../tracking/statusLists.ts";
import type { ReceivingContext } from "./context.ts";
import { hear } from "./hear.ts";

/** So many are noted at once. */
const AT_ONCE = 8;

/** Lists the letters of a window, and notes those that are not known. What fails, the next sweep asks for again. */
export async function search(
  context: ReceivingContext,
  { resourceId, from, to }: SearchMessage,
): Promise<"searched" | "failed"> {
  const { recipient, store, telemetry } = context;
  const listed = new Set<string>();
  const which = { resourceId, status: "Published", window: { from, to } } as const;
  const searched = await searchLists(recipient, which, { times: [], timeOf: () => undefined }, (ids) => {
    for (const id of ids) listed.add(id);
  });
  // What was listed before a call failed is to be received all the same.
  if (listed.size > 0) {
    const where = [whereTag("resource", "=", tagValue(resourceId)), whereTag("heard", ">=", dayOf(from))];
    for await (const { id } of store.receipts.find(where.join(" AND "))) listed.delete(id);
  }
  let heard = 0;
  await eachAtOnce(AT_ONCE, listed, async (id) => {
    if (await hear(context, id, resourceId)) heard++;
  });
  telemetry.info("receiptsSearched", { resourceId, total: heard });
  if (searched.kind === "searched") {
    if (searched.open.length > 0) telemetry.alert("searchFailed", { resourceId, cause: "tooMany" });
    return "searched";
  }
  const { call, cause, status } = searched;
  const fields = { resourceId, call, cause, ...(status === undefined ? {} : { httpStatus: status }) };
  if (isSetUpFailure(searched)) telemetry.alert("altinnRefusesOurSetUp", fields);
  else telemetry.warn("searchFailed", fields);
  return "failed";
}
