// What the local start tells the simulator beforehand: who the app's client is, and which recipients will confirm.
import type { Credentials } from "./state.ts";

/** Recipients of letters that ask for it confirm a little after they have read. */
const CONFIRMS = "read after 5 s, confirmed after 8 s";

/** Gives the simulated Maskinporten the client's key, so that it checks each grant's signature. */
export async function registerClient(altinnUrl: string, { clientId, jwk }: Credentials): Promise<void> {
  await tell(`${altinnUrl}/_control/clients`, { clientId, jwkBase64: jwk });
}

/** Has these recipients confirm what they get. */
export async function letConfirm(altinnUrl: string, recipients: readonly string[]): Promise<void> {
  for (const recipient of recipients) await tell(`${altinnUrl}/_control/rules`, { recipient, rule: CONFIRMS });
}

async function tell(url: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`The Altinn simulator answered ${response.status} to ${new URL(url).pathname}`);
}
