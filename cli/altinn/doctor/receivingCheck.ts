// Receiving: the token that may read and not write, and whether the letters on each resource may be listed.
import { type AltinnSettings, createTokens } from "../../../shared/altinn/altinnClient.ts";
import { createRecipientApi, RECIPIENT_SCOPES } from "../../../shared/altinn/recipientApi.ts";
import { HOUR, systemClock } from "../../../shared/clock.ts";
import type { Receiver } from "../subscriptionPlan.ts";
import { refusedResource, tokenFindings } from "./altinnCheck.ts";
import { type Finding, failed, ok } from "./finding.ts";

/** Looks whether letters can be received. */
export async function checkReceiving(settings: AltinnSettings, { resources }: Receiver): Promise<Finding[]> {
  const { platformUrl, subscriptionKey } = settings.altinn;
  const tokens = createTokens(settings, RECIPIENT_SCOPES, systemClock);
  const token = await tokens.get();
  if (!token.ok) {
    if (token.failure.oauthError !== "invalid_scope") return tokenFindings(token.failure);
    const mend = `Give the client ${RECIPIENT_SCOPES.join(" ")} at Maskinporten.`;
    return [failed("receiving", "Maskinporten refuses the scope to read", mend)];
  }
  const recipient = createRecipientApi({ platformUrl, subscriptionKey, tokens, http: fetch, clock: systemClock });
  const findings = [ok("receiving", `gets tokens for ${RECIPIENT_SCOPES.join(" ")}`)];
  const now = systemClock.now();
  for (const resourceId of resources) {
    const window = { from: new Date(now - HOUR), to: new Date(now) };
    const listed = await recipient.listByStatus({ resourceId, status: "Published", ...window });
    const check = `received resource ${resourceId}`;
    findings.push(
      listed.kind === "failed"
        ? { ...refusedResource(resourceId, listed), check, mend: MAY_READ }
        : ok(check, "its letters may be listed"),
    );
  }
  return findings;
}

const MAY_READ =
  "The resource's policy must let your organisation read; and is the id right (RECEIVE_RESOURCES)? Whose token it is: docs/receiving.md.";
