// A request to many, as it is kept and looked at for one of them.
import { isObject, items } from "./json.ts";
import { withCanonicalNames } from "./names.ts";
import { canonicalRecipient } from "./recipients.ts";

/** The request as this one recipient's: of the others nothing is kept with it, nor looked at again. */
export function forOne(request: unknown, recipient: string): unknown {
  const named = withCanonicalNames(request);
  if (!isObject(named) || items(named.recipients).length < 2) return request;
  const wanted = canonicalRecipient(recipient);
  const written = items(named.recipients).find(
    (other) => typeof other === "string" && canonicalRecipient(other) === wanted,
  );
  return { ...named, recipients: [written ?? recipient] };
}
