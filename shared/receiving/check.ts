// Whether letters to the organisation can be received: asked of Altinn as it is asked for letters.
import { HOUR } from "../clock.ts";
import { eachAtOnce } from "../eachAtOnce.ts";
import type { ReceivingContext, RefusedResource } from "./context.ts";

/** So many resources are asked about at once. */
const AT_ONCE = 4;

/** Asks for the letters of an hour on each resource, which needs the token and the right to read. None: all is well. */
export async function checkReceiving({
  recipient,
  clock,
  rules,
}: Pick<ReceivingContext, "recipient" | "clock" | "rules">): Promise<readonly RefusedResource[]> {
  const now = clock.now();
  const window = { from: new Date(now - HOUR), to: new Date(now) };
  const refused: RefusedResource[] = [];
  await eachAtOnce(AT_ONCE, rules.resources, async (resourceId) => {
    const listed = await recipient.listByStatus({ resourceId, status: "Published", ...window });
    if (listed.kind === "failed") refused.push({ ...listed, resourceId });
  });
  return refused;
}
