// Everything that a run needs, each in a process of its own: storage, the simulator, and the app as two instances.
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { scaledClock } from "../local/functions-host/clock.ts";
import { appSettings, SUBSCRIPTION_KEY } from "../local/start/appSettings.ts";
import { startService } from "../local/start/service.ts";
import { registerClient } from "../local/start/simulation.ts";
import { loadCredentials, statePaths } from "../local/start/state.ts";
import { subscribe } from "../local/start/subscription.ts";
import { build } from "../scripts/build.ts";
import { type Altinn, connectAltinn } from "./altinn.ts";
import { startBalancer } from "./balancer.ts";
import { SECOND_STATUS_QUEUE } from "./errand.ts";
import { type Instance, startInstance } from "./instances.ts";
import { BEHAVIOURS } from "./recipients.ts";
import { sendersSetting } from "./senders.ts";
import { type ChaosStorage, startStorage } from "./storage.ts";

const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

const hostSchema = z.object({ extensions: z.looseObject({ queues: z.looseObject({}) }) });

/** In fast time a pause between looks at an empty queue is over at once; in real milliseconds it lasts as long as this. */
const POLLING_PAUSE = 250;

export interface PartsOptions {
  /** Where everything is kept. */
  readonly directory: string;
  readonly timeScale: number;
  /** Where the app's time and real time agree, in epoch milliseconds. */
  readonly timeOrigin: number;
  /** The file to which the first instance writes samples of what it holds. */
  readonly samples: string | undefined;
  /** Told when something ends by itself. */
  readonly onEnd: (message: string) => void;
}

export interface Parts {
  readonly storage: ChaosStorage;
  readonly altinn: Altinn;
  readonly instances: readonly [Instance, Instance];
  /** The app's settings. */
  readonly environment: Readonly<Record<string, string>>;
  /** Somebody mends the sender that Maskinporten refuses: the setting is changed, and the app starts anew. */
  mendSenders(): Promise<void>;
}

/** What is to be stopped, the last one first. */
export type Running = (() => Promise<void>)[];

/** Starts everything; what runs by then is in `running`, also when it fails. */
export async function startParts(options: PartsOptions, running: Running): Promise<Parts> {
  const { directory, timeScale, timeOrigin, onEnd } = options;
  const paths = statePaths(directory);
  const clock = { scale: timeScale, origin: timeOrigin };
  const [appDirectory, credentials, storage, simulator, balancer] = await Promise.all([
    buildApp(join(directory, "app"), timeScale),
    loadCredentials(paths),
    startStorage(paths.azurite, onEnd).then(keep(running)),
    startSimulator(paths.logs, clock).then(keep(running)),
    startBalancer().then((started) => {
      running.push(() => started.close());
      return started;
    }),
  ]);
  const altinnUrl = simulator.ready.url;
  await registerClient(altinnUrl, credentials);
  const altinn = connectAltinn(altinnUrl);
  for (const { rule, recipients } of Object.values(BEHAVIOURS)) {
    for (const recipient of recipients) await altinn.setRule(recipient, rule);
  }
  const { connectionString } = storage;
  const environment = {
    ...appSettings({ connectionString, altinnUrl, credentials }),
    STATUS_QUEUES: SECOND_STATUS_QUEUE,
    // Who samples the first instance does not have it start anew.
    SENDERS: sendersSetting(options.samples === undefined),
    READ_RECEIVED: "onStored",
    CONFIRM_RECEIVED: "onStored",
    CHECK_SCHEDULE: "0 */15 * * * *",
    TIME_SCALE: String(timeScale),
    TIME_ORIGIN: String(timeOrigin),
  };
  const { functionKey } = credentials;
  const start = (index: 0 | 1) =>
    startInstance({
      ...{ index, appDirectory, environment, functionKey, logs: paths.logs, balancer, onEnd },
      samples: index === 0 ? options.samples : undefined,
    }).then(keep(running));
  const instances = await Promise.all([start(0), start(1)]);
  const webhook = `${balancer.url}/api/altinn-events?code=${functionKey}`;
  await subscribe({ altinnUrl, webhook, credentials, clock: scaledClock(clock) });
  const mendSenders = async () => {
    if (options.samples !== undefined) return;
    environment.SENDERS = sendersSetting(false);
    for (const instance of instances) await instance.killAndRestart();
  };
  return { storage, altinn, instances, environment, mendSenders };
}

function keep<Kept extends { stop(): Promise<void> }>(running: Running): (started: Kept) => Kept {
  return (started) => {
    running.push(() => started.stop());
    return started;
  };
}

/** The app as it is deployed, in a directory of its own, which no other build changes meanwhile. */
async function buildApp(directory: string, timeScale: number): Promise<string> {
  await build({ directory: join(directory, "dist") });
  const host = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(join(ROOT, "host.json"), "utf8")));
  const { extensions } = hostSchema.parse(host);
  const maxPollingInterval = new Date(POLLING_PAUSE * timeScale).toISOString().slice(11, 19);
  const queues = { ...extensions.queues, maxPollingInterval };
  const changed = { ...host, extensions: { ...extensions, queues } };
  await writeFile(join(directory, "host.json"), JSON.stringify(changed));
  await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module", main: "dist/main.js" }));
  return directory;
}

/** Without a state file: it is not killed, and writing thousands of letters again and again would slow it down. */
function startSimulator(logs: string, clock: { readonly scale: number; readonly origin: number }) {
  return startService({
    name: "The Altinn simulator",
    program: join(ROOT, "local", "altinn-simulator", "main.ts"),
    arguments: [
      ...["--port", "0", "--rule", "none", "--subscription-key", SUBSCRIPTION_KEY],
      ...["--time-scale", String(clock.scale), "--time-origin", String(clock.origin)],
    ],
    logFile: join(logs, "altinn.log"),
    readySchema: z.object({ url: z.string() }),
  });
}
