// What Azure answers to a command, in words, and what to do about it.

const SIGN_IN: readonly string[] = [
  "CredentialUnavailableError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
  "AuthenticationError",
];

/** True if nobody could be signed in to Azure. */
export function isSignIn(error: unknown): boolean {
  return error instanceof Error && SIGN_IN.includes(error.name);
}

/** An error that a command ends with, for people. */
export function explainAzure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isSignIn(error) && error.name !== "AuthenticationError") {
    return "Nobody is signed in to Azure: az login first, as someone who may do this.";
  }
  if (error.name === "AuthenticationError") return "Azure does not sign you in: az login again.";
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (error.name !== "RestError") return error.message;
  if (status === 403) {
    return "Azure refuses you (403). Keys take the role Key Vault Crypto Officer on the vault, secrets Key Vault Secrets User; and the vault's firewall must let you in.";
  }
  if (status === 404) return "There is no such key or vault (404).";
  if (code === "ENOTFOUND") return "There is no vault at this address.";
  return `Azure fails${status === undefined ? "" : ` (${status})`}${code === undefined ? "" : `: ${code}`}. Try again later.`;
}
