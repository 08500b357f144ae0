// As whom a command talks to Altinn: the deployment itself, or one of its senders (setting SENDERS).
import type { AltinnSettings } from "../../shared/altinn/altinnClient.ts";
import { indexSenders } from "../../shared/senders/owners.ts";
import { allResources, type Sender } from "../../shared/senders/senders.ts";
import { type Checked, readAltinnSettings, readResources, readSenderList } from "../../shared/settings/settings.ts";
import { CannotDo } from "../storage.ts";

/** The option that names a sender. */
export const SENDER_OPTION = ["--sender <name>", "as this sender of SENDERS, and for its resources"] as const;

/** The command that creates the subscriptions of the sender that is named, else of the deployment itself. */
export function createSubscriptions(sender: string | undefined): string {
  return `npm run altinn -- subscriptions create${sender === undefined ? "" : ` --sender ${sender}`}`;
}

/** Whoever sends on some resources, and how they reach Altinn. */
export interface Party {
  /** The sender's name; absent of the deployment itself. */
  readonly name?: string;
  readonly settings: AltinnSettings;
  /** Those that are the party's own, without prefix. */
  readonly resources: readonly string[];
  /** Those of all parties of the deployment: what is about one of them is not the party's to take for unused. */
  readonly known: readonly string[];
}

/**
 * The deployment, with what no sender has (nothing, where ALTINN_RESOURCES is wrong), and every sender; or the one that is
 * named.
 * @throws CannotDo where there is no sender of that name
 */
export function readParties(
  env: Readonly<Record<string, string | undefined>>,
  name: string | undefined,
): Checked<readonly Party[]> {
  const altinn = readAltinnSettings(env);
  if (!altinn.ok) return altinn;
  const senders = readSenderList(env);
  if (!senders.ok) return senders;
  const resources = readResources(env);
  const index = indexSenders(senders.settings);
  const own = resources.ok ? resources.settings.filter((id) => index.of(id) === undefined) : [];
  const known = allResources(own, index.all);
  const partyOf = ({ name, maskinporten, resources }: Sender): Party => ({
    name,
    settings: { ...altinn.settings, maskinporten },
    resources,
    known,
  });
  if (name !== undefined) {
    const sender = index.named(name);
    if (sender === undefined) throw new CannotDo(`SENDERS has no sender ${name}.`);
    return { ok: true, settings: [partyOf(sender)] };
  }
  return { ok: true, settings: [{ settings: altinn.settings, resources: own, known }, ...index.all.map(partyOf)] };
}

/**
 * The one party that is meant: the sender that is named, else the deployment itself.
 * @throws CannotDo where there is no sender of that name, or settings are missing or wrong, with each named
 */
export function readParty(env: Readonly<Record<string, string | undefined>>, name: string | undefined): Party {
  const read = readParties(env, name);
  const problems = read.ok ? [] : read.problems.map(({ key, problem }) => `  ${key} ${problem}`);
  const [party] = read.ok ? read.settings : [];
  if (party !== undefined) return party;
  throw new CannotDo(["The app's settings don't tell how to reach Altinn:", ...problems].join("\n"));
}
