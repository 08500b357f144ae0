// `npm run altinn -- subscriptions list|create|verify|delete`: the event subscriptions that bring statuses to the app.
import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { z } from "zod";
import { shown, shownJson } from "../../terminal/foreign.ts";
import { print, tell } from "../../terminal/output.ts";
import { type Run, withExamples } from "../program.ts";
import { CannotDo, PRODUCTION_OPTION, refuseProduction } from "../storage.ts";
import { explainEvents } from "./explainEvents.ts";
import { type ReachedEvents, reachEvents, reachOptions, withReachOptions } from "./reach.ts";
import { createSubscriptions } from "./sender.ts";
import {
  coverOf,
  endPointOf,
  lookAt,
  masked,
  type ResourceCover,
  type SeenSubscription,
  supersededBy,
  type Webhook,
} from "./subscriptionPlan.ts";

const verifyOptions = reachOptions.extend({ wait: z.coerce.number().min(0).max(1440).default(0) });
const changeOptions = reachOptions.extend({ production: z.boolean().default(false) });
const deleteOptions = changeOptions.extend({ oldKeys: z.boolean().default(false), yes: z.boolean().default(false) });

/** How often `verify --wait` asks. */
const PAUSE_MS = 5_000;

const AN_HOUR = "Altinn may take up to an hour until a new subscription, or the end of one, takes effect.";

/** Makes the command. `run` is given what is to be done. */
export function subscriptionsCommand(run: Run): Command {
  const command = new Command("subscriptions")
    .description("what Altinn pushes to the app's webhook")
    .addHelpText("after", "\nThe function key is read from ALTINN_WEBHOOK_KEY, and never shown.");
  const add = (text: string, what: string) => {
    const made = withReachOptions(command.command(text).description(what));
    return withExamples(made, '--app https://<app>.azurewebsites.net --settings "$private/settings.json"');
  };
  add("list", "list them: which are the app's, which are validated, which match nothing").action((given: unknown) =>
    run(async () => list(reachOptions.parse(given))),
  );
  add("create", "create those that the resources need and that are not there")
    .option(...PRODUCTION_OPTION)
    .action((given: unknown) => run(async () => create(changeOptions.parse(given))));
  add("verify", "ask Altinn whether each resource has one that it has validated")
    .option("--wait <minutes>", "ask again for so long")
    .action((given: unknown) => run(async () => verify(verifyOptions.parse(given))));
  add("delete [id...]", "delete those named, or the app's with another key")
    .option("--old-keys", "those of this app with another key than the present one, where they are not needed any more")
    .option("--yes", "do not ask")
    .option(...PRODUCTION_OPTION)
    .action((ids: string[], given: unknown) => run(async () => remove(ids, deleteOptions.parse(given))));
  return command;
}

/** What Altinn has now. */
async function look({ events, webhook, known, anyReceiver }: ReachedEvents): Promise<SeenSubscription[]> {
  const listed = await events.list();
  if (listed.kind === "failed") throw new CannotDo(explainEvents(listed));
  return lookAt(listed.subscriptions, webhook, known, anyReceiver);
}

async function list(options: z.output<typeof reachOptions>): Promise<number> {
  const reached = await reachEvents(options);
  const seen = await look(reached);
  if (options.json) {
    print(
      shownJson({ subscriptions: seen.map(asJson), resources: coverOf(seen, reached.resources, reached.receiver) }),
    );
    return 0;
  }
  for (const one of seen) for (const line of describe(one)) print(line);
  for (const { resourceId, state } of coverOf(seen, reached.resources, reached.receiver)) {
    if (state === "missing") print(`${resourceId}: none. ${createSubscriptions(options.sender)}`);
  }
  if (seen.length === 0) tell("There are no subscriptions.");
  return 0;
}

async function create(options: z.output<typeof changeOptions>): Promise<number> {
  const reached = await reachEvents(options);
  refuseProduction(reached.settings.altinn.environment === "production", options);
  const webhook = withKey(reached.webhook);
  const cover = coverOf(await look(reached), reached.resources, reached.receiver);
  const missing = cover.filter(({ state }) => state === "missing");
  const created: { id: number; resourceId: string }[] = [];
  for (const { resourceId, organisation } of missing) {
    const answer = await reached.events.create(resourceId, endPointOf(webhook), organisation);
    if (answer.kind === "failed") throw new CannotDo(`${resourceId}: ${explainEvents(answer)}`);
    created.push({ id: answer.subscription.id, resourceId });
    if (!options.json) print(`${resourceId}: created, subscription ${answer.subscription.id}`);
  }
  const kept = cover.map(({ resourceId }) => resourceId).filter((id) => !created.some((one) => one.resourceId === id));
  if (options.json) print(shownJson({ created, kept }));
  else for (const resourceId of kept) print(`${resourceId}: there already`);
  if (created.length > 0) tell(`${AN_HOUR} Ask: npm run altinn -- subscriptions verify --wait 60`);
  return 0;
}

async function verify(options: z.output<typeof verifyOptions>): Promise<number> {
  const reached = await reachEvents(options);
  withKey(reached.webhook);
  const end = Date.now() + options.wait * 60_000;
  for (;;) {
    const seen = await look(reached);
    const cover = coverOf(seen, reached.resources, reached.receiver);
    const isDone = cover.every(({ state }) => state === "validated");
    if (isDone || Date.now() + PAUSE_MS > end || cover.some(({ state }) => state === "missing")) {
      showCover(cover, seen, options.json);
      return isDone ? 0 : 1;
    }
    await sleep(PAUSE_MS);
  }
}

const STATES: Record<ResourceCover["state"], string> = {
  validated: "validated",
  notValidated: "not validated yet: Altinn has had no answer from the webhook. Is the app up, and the key right?",
  missing: "none with this address and key. npm run altinn -- subscriptions create",
};

function showCover(cover: readonly ResourceCover[], seen: readonly SeenSubscription[], json: boolean): void {
  const warned = seen.filter(({ warnings }) => warnings.length > 0);
  if (json) {
    print(shownJson({ resources: cover, warnings: warned.map(asJson) }));
    return;
  }
  for (const { resourceId, state } of cover) print(`${resourceId}: ${STATES[state]}`);
  for (const one of warned) for (const line of describe(one)) tell(line);
  if (cover.some(({ state }) => state !== "validated")) tell(AN_HOUR);
}

async function remove(written: readonly string[], options: z.output<typeof deleteOptions>): Promise<number> {
  if (written.length > 0 === options.oldKeys) throw new CannotDo("Name ids, or say --old-keys.");
  const reached = await reachEvents(options);
  const seen = await look(reached);
  const chosen = options.oldKeys ? oldKeys(reached, seen) : named(written, seen);
  if (chosen.length === 0) {
    if (options.json) print(shownJson({ removed: [] }));
    else tell("There is nothing to delete.");
    return 0;
  }
  for (const one of chosen) for (const line of describe(one)) tell(line);
  refuseProduction(reached.settings.altinn.environment === "production", options);
  if (!options.yes) throw new CannotDo("These would be deleted. Say --yes to delete them.");
  for (const { subscription } of chosen) {
    const answer = await reached.events.remove(subscription.id);
    if (answer.kind === "failed") throw new CannotDo(`${subscription.id}: ${explainEvents(answer)}`);
    if (!options.json) print(`${subscription.id}: deleted`);
  }
  if (options.json) print(shownJson({ removed: chosen.map(({ subscription }) => subscription.id) }));
  tell(AN_HOUR);
  return 0;
}

function named(written: readonly string[], seen: readonly SeenSubscription[]): SeenSubscription[] {
  return written.map((text) => {
    const one = seen.find(({ subscription }) => String(subscription.id) === text);
    if (one === undefined) throw new CannotDo(`There is no subscription ${text}.`);
    return one;
  });
}

function oldKeys(
  { webhook, known, anyReceiver }: ReachedEvents,
  seen: readonly SeenSubscription[],
): readonly SeenSubscription[] {
  withKey(webhook);
  const { removable, needed } = supersededBy(seen, known, anyReceiver);
  for (const { subscription, resourceId } of needed) {
    tell(`${subscription.id} stays: ${resourceId} has none with the present key that is validated.`);
  }
  return removable;
}

function withKey({ app, key }: ReachedEvents["webhook"]): Webhook {
  if (key === undefined) throw new CannotDo("The webhook's function key is missing: put it into ALTINN_WEBHOOK_KEY.");
  return { app, key };
}

const PLACES: Record<SeenSubscription["place"], string> = {
  current: "this app",
  otherKey: "this app, another key",
  elsewhere: "elsewhere",
};

function describe({ subscription, place, resourceId, warnings }: SeenSubscription): string[] {
  const { id, endPoint, validated, resourceFilter } = subscription;
  const about = resourceId ?? resourceFilter ?? "everything";
  const state = validated ? "validated" : "not validated";
  return [
    `${id}  ${shown(about)}  ${PLACES[place]}  ${state}  ${shown(masked(endPoint))}`,
    ...warnings.map((warning) => `    warning: ${shown(warning)}`),
  ];
}

function asJson({ subscription, place, resourceId, warnings }: SeenSubscription) {
  const { id, endPoint, validated } = subscription;
  return { id, resourceId, place, validated, endPoint: masked(endPoint), warnings };
}
