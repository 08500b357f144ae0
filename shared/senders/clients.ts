// Each sender's way to Altinn: made when it is first needed, and kept for as long as it is used.
import { createTokenEndpoint } from "../altinn/accessToken.ts";
import {
  type AltinnClient,
  type AltinnSettings,
  createAltinnClient,
  type MaskinportenKey,
  signerOf,
} from "../altinn/altinnClient.ts";
import type { GrantSigner } from "../altinn/grant.ts";
import { type Clock, HOUR } from "../clock.ts";
import { keptWhileUsed } from "../lastFew.ts";
import { indexSenders } from "./owners.ts";
import type { Sender } from "./senders.ts";

/** The client of a sender; of the deployment's own, where there is none. */
export type ClientOf = (sender: Sender | undefined) => AltinnClient;

/** A client is little more than its token, of a few kilobytes: with all of these in use, a few megabytes. */
const MOST_CLIENTS = 1_000;
/** Longer than a token lives: whoever comes back after that needs a new one anyway. */
const IDLE = HOUR;

/** The clients of one process. Makes no call, and no client but the deployment's own, before it is needed. */
export function createClients(
  settings: AltinnSettings & { readonly senders: readonly Sender[] },
  clock: Clock,
): ClientOf {
  const { altinn, maskinporten, senders } = settings;
  const own = createAltinnClient(settings, clock);
  if (senders.length === 0) return () => own;
  const endpoint = createTokenEndpoint({ issuer: maskinporten.issuer, http: fetch, clock });
  // As many as there are keys in the settings, not as there are senders.
  const signers = new Map<MaskinportenKey, GrantSigner>();
  const signerFor = (key: MaskinportenKey) => {
    const sign = signers.get(key) ?? signerOf(key);
    signers.set(key, sign);
    return sign;
  };
  const { named } = indexSenders(senders);
  const elapsed = () => clock.elapsed();
  const clientOf = keptWhileUsed({ most: MOST_CLIENTS, idleMs: IDLE, elapsed }, (name) => {
    const as = named(name)?.maskinporten ?? maskinporten;
    return createAltinnClient({ altinn, maskinporten: as }, clock, { sign: signerFor(as.key), endpoint });
  });
  return (sender) => (sender === undefined ? own : clientOf(sender.name));
}
