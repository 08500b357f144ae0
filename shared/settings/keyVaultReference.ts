// References to Key Vault in app settings, which Azure puts the secrets in the place of: how one is known, and what to do
// about one that Azure has not resolved.

/** Whether a setting's value is a reference. Azure hands out the reference itself when it cannot read the secret. */
export function isKeyVaultReference(value: string | undefined): boolean {
  return value?.trim().startsWith("@Microsoft.KeyVault(") === true;
}

/** What has Azure read the secrets now. By itself it does so once a day, and not at a restart. */
export const HAVE_SECRETS_READ = "azd hooks run postdeploy (or docs/deployment.md, Secrets)";
