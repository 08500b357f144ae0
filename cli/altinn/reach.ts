// What the commands about Altinn have in common: their options, and the way to Altinn that the app's settings tell.
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { z } from "zod";
import { type AltinnSettings, createAltinnClient } from "../../shared/altinn/altinnClient.ts";
import { createEventsApi, EVENTS_SCOPE, type EventsApi } from "../../shared/altinn/eventsApi.ts";
import { systemClock } from "../../shared/clock.ts";
import { readReceiving, readResources } from "../../shared/settings/settings.ts";
import { refuseInTheClear } from "../appAddress.ts";
import { type FoundSettings, findAppSettings } from "../appSettings.ts";
import { STATE_DIRECTORY_OPTION } from "../program.ts";
import { CannotDo } from "../storage.ts";
import { type Party, readParties, SENDER_OPTION } from "./sender.ts";
import type { Receiver, Webhook } from "./subscriptionPlan.ts";

export const reachOptions = z.object({
  app: z
    .url({ protocol: /^https?$/, error: "--app is the app's address: https://<name>.azurewebsites.net" })
    .optional(),
  settings: z.string().optional(),
  stateDir: z.string().optional(),
  sender: z.string().optional(),
  keyStdin: z.boolean().default(false),
  json: z.boolean().default(false),
});
export type ReachOptions = z.output<typeof reachOptions>;

/** Adds the options that all of them have. */
export function withReachOptions(command: Command): Command {
  return command
    .option("--app <address>", "the app: https://<name>.azurewebsites.net")
    .option(
      "--settings <file>",
      "the app's settings: what az functionapp config appsettings list prints, or local.settings.json",
    )
    .option("--key-stdin", "read the function key from standard input, not from ALTINN_WEBHOOK_KEY")
    .option(...STATE_DIRECTORY_OPTION)
    .option(...SENDER_OPTION)
    .option("--json", "print JSON");
}

/** Altinn's events, and the app that wants them. */
export interface ReachedEvents extends Pick<Party, "settings" | "resources" | "known"> {
  /** Whoever receives, though it be no concern of the sender that is named. */
  readonly anyReceiver: Receiver | undefined;
  readonly events: EventsApi;
  /** What is received; of the one who receives, not of other senders. */
  readonly receiver: Receiver | undefined;
  readonly webhook: Pick<Webhook, "app"> & Partial<Webhook>;
}

/**
 * The way to Altinn Events. Makes no call yet.
 * @throws CannotDo when settings are missing or wrong, naming each, or no app is named
 */
export async function reachEvents(options: ReachOptions): Promise<ReachedEvents> {
  const found = await findAppSettings({ file: options.settings, stateDirectory: options.stateDir });
  const parties = readParties(found.env, options.sender);
  const resources = readResources(found.env);
  const receiving = readReceiving(found.env);
  const [party] = parties.ok ? parties.settings : [];
  if (!parties.ok || !resources.ok || !receiving.ok || party === undefined) {
    const problems = [parties, resources, receiving].flatMap((read) => (read.ok ? [] : read.problems));
    const lines = problems.map(({ key, problem }) => `  ${key} ${problem}`);
    const why = found.unresolved.map(({ key, why }) => `  ${key} was not read from Key Vault: ${why}.`);
    throw new CannotDo(["The app's settings don't tell how to reach Altinn:", ...lines, ...why].join("\n"));
  }
  const webhook = await webhookOf(options, found);
  const receiver = party.name === undefined ? receiving.settings : undefined;
  const { settings, resources: own, known } = party;
  return {
    events: eventsApi(settings),
    settings,
    resources: own,
    known,
    receiver,
    anyReceiver: receiving.settings,
    webhook,
  };
}

/** With a token of its own, since the app's has not got the scope. */
export function eventsApi(settings: AltinnSettings): EventsApi {
  const scopes = [...new Set(["altinn:serviceowner", EVENTS_SCOPE])];
  const asking = { ...settings, maskinporten: { ...settings.maskinporten, scopes } };
  const { tokens } = createAltinnClient(asking, systemClock);
  const { platformUrl, subscriptionKey } = settings.altinn;
  return createEventsApi({ platformUrl, subscriptionKey, tokens, http: fetch, clock: systemClock });
}

async function webhookOf(options: ReachOptions, found: FoundSettings): Promise<ReachedEvents["webhook"]> {
  const app = options.app ?? found.app;
  if (app === undefined) throw new CannotDo("Say which app: --app https://<name>.azurewebsites.net");
  const key = await functionKeyOf(options, found);
  refuseInTheClear(app, key);
  return { app, ...(key === undefined ? {} : { key }) };
}

/** Never an argument: those are seen by everybody on the machine, and kept in the shell's history. */
export async function functionKeyOf(
  { keyStdin }: Pick<ReachOptions, "keyStdin">,
  found: Pick<FoundSettings, "functionKey">,
): Promise<string | undefined> {
  const given = keyStdin ? await text(process.stdin) : (process.env.ALTINN_WEBHOOK_KEY ?? "");
  return given.trim() === "" ? found.functionKey : given.trim();
}
