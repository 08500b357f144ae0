// Turns an app's registrations into what the host runs: HTTP routes, queue listeners and timers.
import type { QueueServiceClient } from "@azure/storage-queue";
import { z } from "zod";
import type { FunctionsApp } from "./app.ts";
import type { ScaledClock } from "./clock.ts";
import type { Binding } from "./coreTypes.ts";
import type { RegisteredFunction } from "./functionsCore.ts";
import { type HttpFunction, parseHttpFunction } from "./httpServer.ts";
import type { Invoker } from "./invocation.ts";
import type { Log } from "./log.ts";
import { type Listener, startQueueListener } from "./queueListener.ts";
import { poisonQueueName } from "./queueMessage.ts";
import { parseSchedule } from "./schedule.ts";
import { connectQueueService, resolveSettings, type Settings } from "./settings.ts";
import { startTimerListener } from "./timerListener.ts";

/** What the functions of an app answer to; listeners do nothing before they are started. */
export interface Triggers {
  readonly http: readonly HttpFunction[];
  readonly starters: readonly (() => Listener)[];
}

/** What triggers are built from. */
export interface TriggerContext {
  readonly app: FunctionsApp;
  readonly settings: Settings;
  readonly clock: ScaledClock;
  readonly invoker: Invoker;
  readonly log: Log;
}

const queueSchema = z.looseObject({
  name: z.string(),
  queueName: z.string(),
  connection: z.string().default("AzureWebJobsStorage"),
  dataType: z.string().optional(),
});
const timerSchema = z.looseObject({ name: z.string(), schedule: z.string(), runOnStartup: z.boolean().default(false) });

/**
 * Reads the triggers of the given functions. Throws an Error that names the function whose trigger can't be run here or
 * refers to a setting that does not exist.
 */
export async function buildTriggers(
  functions: readonly RegisteredFunction[],
  context: TriggerContext,
): Promise<Triggers> {
  const http: HttpFunction[] = [];
  const starters: (() => Listener)[] = [];
  const connections = new Map<string, Promise<QueueServiceClient>>();
  const connect = (name: string) => {
    const service = connections.get(name) ?? connectQueueService(name, context.settings);
    connections.set(name, service);
    return service;
  };
  const resolve = (text: string) => resolveSettings(text, context.settings);
  for (const registered of functions) {
    const { name } = registered.metadata;
    try {
      const binding = triggerBinding(registered);
      if (binding.type === "httpTrigger") {
        http.push(parseHttpFunction(registered, binding, context.app.host.routePrefix, resolve));
      } else if (binding.type === "timerTrigger") {
        starters.push(timerStarter(registered, binding, resolve, context));
      } else {
        starters.push(await queueStarter(registered, binding, resolve, connect, context));
      }
      if (registered.metadata.retryOptions !== undefined) {
        context.log("warning", "host", `The retry options of ${name} have no effect in the local host.`);
      }
    } catch (error) {
      throw new Error(`The function ${name} cannot run: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { http, starters };
}

function triggerBinding(registered: RegisteredFunction): Binding {
  const bindings = Object.values(registered.metadata.bindings);
  const trigger = bindings.find(({ type }) => type.endsWith("Trigger"));
  if (trigger === undefined) throw new Error("it has no trigger.");
  if (!["httpTrigger", "queueTrigger", "timerTrigger"].includes(trigger.type)) {
    throw new Error(`the local host has no ${trigger.type}, only HTTP, queue and timer triggers.`);
  }
  const other = bindings.find((binding) => binding !== trigger && binding.type !== "http");
  if (other !== undefined)
    throw new Error(`the local host has no bindings besides triggers, but it has "${other.name}".`);
  return trigger;
}

function timerStarter(
  registered: RegisteredFunction,
  binding: Binding,
  resolve: (text: string) => string,
  { clock, invoker, log }: TriggerContext,
): () => Listener {
  const { name, schedule: text, runOnStartup } = timerSchema.parse(binding);
  const schedule = parseSchedule(resolve(text));
  return () => startTimerListener({ registered, binding: name, schedule, runOnStartup, clock, invoker, log });
}

async function queueStarter(
  registered: RegisteredFunction,
  binding: Binding,
  resolve: (text: string) => string,
  connect: (name: string) => Promise<QueueServiceClient>,
  { app, clock, invoker, log }: TriggerContext,
): Promise<() => Listener> {
  const { name, queueName, connection, dataType } = queueSchema.parse(binding);
  const service = await connect(resolve(connection));
  const queue = resolve(queueName);
  const poison = poisonQueueName(queue);
  return () =>
    startQueueListener({
      registered,
      binding: name,
      binary: dataType === "binary",
      queue: service.getQueueClient(queue),
      poisonQueue: poison === undefined ? undefined : service.getQueueClient(poison),
      options: app.host.queues,
      clock,
      invoker,
      log,
    });
}
