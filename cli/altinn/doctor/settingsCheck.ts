// The app settings: each that is missing or wrong, by name.

import { HAVE_SECRETS_READ, isKeyVaultReference } from "../../../shared/settings/keyVaultReference.ts";
import { readSettings } from "../../../shared/settings/settings.ts";
import type { FoundSettings } from "../../appSettings.ts";
import { type Finding, failed, ok } from "./finding.ts";

const WHERE: Record<FoundSettings["from"], string> = {
  file: "of the file",
  environment: "of the environment",
  localStart: "of the local start",
};

const SET_IT = "Set it; the README says what each setting means.";

/** Reads them as the app does. */
export function checkSettings({ env, from, unresolved }: FoundSettings): Finding[] {
  const references = unresolved.map(({ key, why, mend }) =>
    failed(`setting ${key}`, `its Key Vault reference can't be followed: ${why}`, mend),
  );
  const isReference = new Set(unresolved.map(({ key }) => key));
  const read = readSettings(env);
  if (read.ok) return references.length > 0 ? references : [ok("settings", `those ${WHERE[from]} are right`)];
  const problems = read.problems
    .filter(({ key }) => !isReference.has(key))
    .map(({ key, problem }) =>
      failed(`setting ${key}`, problem, isKeyVaultReference(env[key]) ? HAVE_SECRETS_READ : SET_IT),
    );
  return [...references, ...problems];
}
