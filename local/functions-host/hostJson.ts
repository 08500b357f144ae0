// host.json: how the host treats routes and queues. Only what the local host acts on is read.
import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { Settings } from "./settings.ts";
import { parseTimeSpan } from "./timeSpan.ts";

/** How queue triggers behave; times in milliseconds. Defaults are Azure's. */
export interface QueueOptions {
  /** Messages taken at once, 1 to 32. */
  readonly batchSize: number;
  /** More messages are taken when no more than this many are running. */
  readonly newBatchThreshold: number;
  readonly maxDequeueCount: number;
  readonly maxPollingInterval: number;
  /** How long a message stays invisible after a failed run. */
  readonly visibilityTimeout: number;
  readonly messageEncoding: "base64" | "none";
}

/** What of host.json matters here. */
export interface HostOptions {
  readonly routePrefix: string;
  readonly queues: QueueOptions;
}

const timeSpan = z.string().transform((text, context) => {
  const milliseconds = parseTimeSpan(text);
  if (milliseconds === undefined) context.addIssue({ code: "custom", message: `"${text}" is not a TimeSpan` });
  return milliseconds ?? 0;
});

const queuesSchema = z.looseObject({
  batchSize: z.int().min(1).max(32).default(16),
  newBatchThreshold: z.int().min(0).optional(),
  maxDequeueCount: z.int().min(1).default(5),
  maxPollingInterval: timeSpan.default(60_000),
  visibilityTimeout: timeSpan.default(0),
  messageEncoding: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["base64", "none"]))
    .default("base64"),
});

const hostSchema = z.looseObject({
  version: z.literal("2.0"),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().default("api") }).prefault({}),
      queues: queuesSchema.prefault({}),
    })
    .prefault({}),
});

/** What an app setting begins with that stands for a value of host.json: the names on the way to it follow, after `__` each. */
const OVERRIDE = "AzureFunctionsJobHost__";

/** The document with those values in it. Numbers and booleans are written as such, as they are in host.json. */
function withOverrides(document: unknown, settings: Settings): unknown {
  const overridden: unknown = structuredClone(document);
  for (const [name, value] of Object.entries(settings)) {
    if (!name.startsWith(OVERRIDE) || value === undefined) continue;
    const path = name.slice(OVERRIDE.length).split("__");
    const last = path.pop() ?? "";
    let place = overridden;
    for (const step of path) {
      if (!isObject(place)) break;
      place[step] ??= {};
      place = place[step];
    }
    if (isObject(place)) place[last] = /^(?:\d+|true|false)$/.test(value) ? JSON.parse(value) : value;
  }
  return overridden;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks the text of a host.json, of which app settings may replace values: `AzureFunctionsJobHost__extensions__queues__batchSize`.
 * Throws an Error that names what is wrong.
 */
export function parseHostJson(text: string, settings: Settings = {}): HostOptions {
  const result = hostSchema.safeParse(withOverrides(JSON.parse(text), settings));
  if (!result.success) throw new Error(`host.json is not valid:\n${z.prettifyError(result.error)}`);
  const { http, queues } = result.data.extensions;
  return {
    routePrefix: http.routePrefix.replace(/^\/+|\/+$/g, ""),
    queues: {
      batchSize: queues.batchSize,
      newBatchThreshold: queues.newBatchThreshold ?? Math.floor(queues.batchSize / 2),
      maxDequeueCount: queues.maxDequeueCount,
      maxPollingInterval: queues.maxPollingInterval,
      visibilityTimeout: queues.visibilityTimeout,
      messageEncoding: queues.messageEncoding,
    },
  };
}

/** Reads an app's host.json. Throws an Error that names the file. */
export async function readHostJson(path: string, settings: Settings = {}): Promise<HostOptions> {
  try {
    return parseHostJson(await readFile(path, "utf8"), settings);
  } catch (error) {
    throw new Error(`${path} could not be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}
