// What the local start tells the simulator beforehand: who the app's client is, and what recipients do with its letters.
import type { Credentials } from "./state.ts";

/** Recipients of letters that ask for it confirm a little after they have read. */
const READS = "read after 5 s";
const CONFIRMS = `${READS}, confirmed after 8 s`;

/** Gives the simulated Maskinporten the client's key, so that it checks each grant's signature. */
export async function registerClient(altinnUrl: string, { clientId, jwk }: Credentials): Promise<void> {
  await tell(`${altinnUrl}/_control/clients`, { clientId, jwkBase64: jwk });
}

/** Has each recipient read the next letter by itself, and confirm it if it asks for that. Later ones wait to be opened. */
export async function letRead(
  altinnUrl: string,
  recipients: readonly string[],
  isConfirmationNeeded: boolean,
): Promise<void> {
  const rule = isConfirmationNeeded ? CONFIRMS : READS;
  for (const recipient of recipients) await tell(`${altinnUrl}/_control/rules`, { recipient, rule, letters: 1 });
}

async function tell(url: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`The Altinn simulator answered ${response.status} to ${new URL(url).pathname}`);
}
