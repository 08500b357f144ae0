// The senders of a run: three beside the deployment itself, one of which Maskinporten refuses for as long as things go wrong.

import { organization } from "../local/parties.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";

const ORGANISATIONS = [60, 61, 62].map((index) => organization(index).replace(/^.*:/, ""));

/** Altinn takes letters on these from nobody but the organisation in the name. */
const RESOURCES = ORGANISATIONS.map((organisation) => `org${organisation}-letters`);

/** The resource of the sender that is refused. */
export const REFUSED_RESOURCE = RESOURCES.at(-1);

/** What requests are on: half of them on the deployment's own. */
export const SENT_ON: readonly [string, ...string[]] = [
  EXAMPLE_RESOURCE,
  ...RESOURCES,
  EXAMPLE_RESOURCE,
  EXAMPLE_RESOURCE,
];

/** The setting SENDERS. @param isRefused the last of them asks for a scope that it has not got */
export function sendersSetting(isRefused: boolean): string {
  const senders = ORGANISATIONS.map((consumerOrg, index) => ({
    name: `sender-${index}`,
    resources: [RESOURCES[index]],
    consumerOrg,
    ...(isRefused && index === ORGANISATIONS.length - 1 ? { scopes: ["altinn:not-given"] } : {}),
  }));
  return JSON.stringify(senders);
}
