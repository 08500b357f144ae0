// What Azure itself says of the app's references to secrets. The app cannot tell: without its secrets it does not start.
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { HAVE_SECRETS_READ } from "../../../shared/settings/keyVaultReference.ts";
import { CannotDo } from "../../storage.ts";
import { type Finding, failed, ok } from "./finding.ts";

/** Azure, "Web Apps - Get App Settings Key Vault References", as far as it is read. */
const listed = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom" });
      return z.NEVER;
    }
  })
  .pipe(z.object({ value: z.array(z.object({ name: z.string(), properties: z.object({ status: z.string() }) })) }));

/**
 * Reads what `az rest` has printed: one finding for each reference that Azure has not resolved, or one that all is well.
 * @throws CannotDo if the file is none
 */
export async function checkReferences(path: string): Promise<Finding[]> {
  const content = await readFile(path, "utf8").catch(() => undefined);
  const parsed = listed.safeParse(content);
  if (!parsed.success) throw new CannotDo(`${path} is not what Azure says of references (docs/getting-started.md).`);
  const { value } = parsed.data;
  const open = value.filter(({ properties }) => properties.status !== "Resolved");
  if (open.length === 0)
    return [ok("references", `Azure has read the secrets of ${value.length} settings for the app`)];
  return open.map(({ name, properties: { status } }) =>
    failed(`reference ${name}`, `Azure has not read the secret for the app: ${status}`, mendOf(status)),
  );
}

function mendOf(status: string): string {
  if (status === "SecretNotFound") return `Put the secret into the vault. Then: ${HAVE_SECRETS_READ}`;
  if (status === "AccessToKeyVaultDenied") {
    return `Give the app's identity the role Key Vault Secrets User; it may take ten minutes to count. Then: ${HAVE_SECRETS_READ}`;
  }
  return `Does the setting name a secret that is there? Then: ${HAVE_SECRETS_READ}`;
}
