// The app's instances: each a functions host in a process of its own, which can be killed and started again.
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import { type Service, startService } from "../local/start/service.ts";
import type { Balancer } from "./balancer.ts";

const HOST = resolve(fileURLToPath(new URL("../local/functions-host/main.ts", import.meta.url)));
const SAMPLER = pathToFileURL(fileURLToPath(new URL("./sampler.ts", import.meta.url))).href;

const readySchema = z.object({ url: z.string() });

export interface InstanceOptions {
  /** 0 or 1. */
  readonly index: 0 | 1;
  /** The built app: host.json, package.json and the bundle. */
  readonly appDirectory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly functionKey: string;
  readonly logs: string;
  readonly balancer: Balancer;
  /** The file to write samples of what the process holds to. */
  readonly samples: string | undefined;
  /** Told when it ends by itself, which it must not. */
  readonly onEnd: (message: string) => void;
}

export interface Instance {
  /** Kills it as a crash would, and starts it again at once; resolves when it is up. */
  killAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an instance; resolves when its triggers listen. */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { index, balancer, samples } = options;
  let running: Service<{ url: string }>;
  let isExpectedToEnd = false;

  async function start(): Promise<void> {
    running = await startService({
      name: `Instance ${index}`,
      program: HOST,
      arguments: ["--app", options.appDirectory, "--port", "0"],
      environment: {
        ...process.env,
        ...options.environment,
        FUNCTION_KEY: options.functionKey,
        ...(samples === undefined ? {} : { CHAOS_SAMPLES: samples }),
      },
      nodeFlags: samples === undefined ? [] : ["--expose-gc", "--import", SAMPLER],
      logFile: join(options.logs, `instance-${index}.log`),
      readySchema,
    });
    isExpectedToEnd = false;
    const { exited, ready } = running;
    exited.then(
      (code) => {
        if (!isExpectedToEnd) options.onEnd(`Instance ${index} ended by itself (${code ?? "by a signal"}).`);
      },
      () => undefined,
    );
    balancer.setTarget(index, ready.url);
  }

  await start();
  return {
    async killAndRestart() {
      isExpectedToEnd = true;
      balancer.setTarget(index, undefined);
      await running.kill();
      await start();
    },
    async stop() {
      isExpectedToEnd = true;
      balancer.setTarget(index, undefined);
      await running.stop();
    },
  };
}
