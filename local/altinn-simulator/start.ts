// Starts the simulator: Maskinporten, Altinn Correspondence and Altinn Events on one origin of the loopback address.

import { randomBytes } from "node:crypto";
import { altinnRoutes } from "./altinnRoutes.ts";
import { CallLog } from "./calls.ts";
import { externalClock, manualClock, type ReadClock, realClock, type SimulatorClock } from "./clock.ts";
import { type Control, createControl } from "./control.ts";
import { controlRoutes } from "./controlRoutes.ts";
import { Engine } from "./engine.ts";
import { Faults } from "./faults.ts";
import { inboxRoutes } from "./inbox/routes.ts";
import { keptFiles } from "./keptFiles.ts";
import { parseLifeRule } from "./lifeRule.ts";
import type { Client, Maskinporten } from "./maskinporten.ts";
import { listen, serve } from "./server.ts";
import { emptyState } from "./state.ts";
import { readState, stateWriter } from "./stateFile.ts";
import { createWorld } from "./world.ts";

/** How the simulator is started. Everything has a default; durations are simulated time unless said otherwise. */
export interface SimulatorOptions {
  /** On 127.0.0.1. Default: 0, a free one. */
  readonly port?: number;
  /** `manual` stands still until `advance`; a clock of somebody else is only read. Default: real time. */
  readonly clock?: "manual" | ReadClock;
  /** Real time runs so many times faster. Default: 1. */
  readonly timeScale?: number;
  /** Real milliseconds at which scaled time and real time agreed. Default: the start. */
  readonly timeOrigin?: number;
  /** A file that keeps everything across restarts. */
  readonly stateFile?: string;
  /** A directory that keeps the bytes of attachments, for the inbox. Default: they are not kept. */
  readonly filesDirectory?: string;
  /** The service owner's organisation number. Default: 991825827. */
  readonly owner?: string;
  /** The clients of Maskinporten. Default: every client is taken, and no signature checked. */
  readonly clients?: readonly Client[];
  /** Seconds that Maskinporten's tokens live. Default: 120. */
  readonly expiresIn?: number;
  /** Milliseconds that Altinn's tokens live. Default: 30 minutes. */
  readonly tokenLifetimeMs?: number;
  /** Altinn's token as a JSON string in quotes instead of bare. */
  readonly tokenInQuotes?: boolean;
  /** Calls to the platform must carry it. Default: it is not looked at. */
  readonly subscriptionKey?: string;
  /** Milliseconds from an upload to the end of its scan. Default: 2,000. */
  readonly scanMs?: number;
  /** Milliseconds from the publish time to Published. Default: 1,000. */
  readonly publishMs?: number;
  /** What recipients do, such as `read after 2 s, confirmed after 1 m`. Default: `none`. */
  readonly rule?: string;
  /** Real milliseconds after which a subscriber counts as silent. Default: 45,000. */
  readonly pushTimeoutMs?: number;
  /** The issuer that clients know, where they reach this one through something else. Default: its own address. */
  readonly maskinportenIssuer?: string;
}

/** A running simulator. */
export interface Simulator {
  /** Without a slash at the end. */
  readonly url: string;
  /** With a slash at the end. */
  readonly maskinportenIssuer: string;
  readonly platformUrl: string;
  readonly control: Control;
  /** Stops listening, finishes what is under way, and writes the state file. */
  close(): Promise<void>;
}

/** Starts the simulator. Fails when the port is taken or the state file is not one. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state = options.stateFile === undefined ? emptyState() : await readState(options.stateFile);
  const clock = clockOf(options, state.time);
  const lifeRule = options.rule ?? "none";
  parseLifeRule(lifeRule);
  const { server, url } = await listen(options.port ?? 0);
  const writer =
    options.stateFile === undefined
      ? undefined
      : stateWriter(options.stateFile, () => ({ ...state, time: clock.now() }));
  const touched = (): void => writer?.touch();

  const owner = options.owner ?? "991825827";
  const worldOptions = {
    owner,
    platformUrl: url,
    scanMs: options.scanMs ?? 2_000,
    publishMs: options.publishMs ?? 1_000,
    lifeRule,
  };
  const world = createWorld(state, worldOptions, clock.now, () => engine.arm());
  const engine = new Engine(world, clock, { pushTimeoutMs: options.pushTimeoutMs ?? 45_000, touched });
  const calls = new CallLog();
  const faults = new Faults();
  const maskinporten: Maskinporten = {
    issuer: options.maskinportenIssuer ?? `${url}/maskinporten/`,
    secret: () => state.secret,
    owner,
    lifetime: (options.expiresIn ?? 120) * 1_000,
    clients: new Map((options.clients ?? []).map((client) => [client.clientId, client])),
    firstKeys: new Map(),
    usedGrants: new Map(),
    skew: 10_000 * Math.max(1, clock.scale),
    now: clock.now,
  };
  const revokeTokens = (): void => {
    state.secret = randomBytes(32).toString("base64url");
  };
  const control = createControl({ world, clock, engine, faults, calls, maskinporten, revokeTokens });
  const kept = options.filesDirectory === undefined ? undefined : keptFiles(options.filesDirectory);
  const platform = {
    world,
    kept,
    maskinporten,
    tokenLifetime: options.tokenLifetimeMs ?? 30 * 60_000,
    tokenInQuotes: options.tokenInQuotes ?? false,
    subscriptionKey: options.subscriptionKey,
  };
  const altinn = altinnRoutes(platform);
  const counts = () => calls.counts();
  const inbox = inboxRoutes({ world, clock, control, kept, routes: altinn, counts });
  const routes = [...controlRoutes(control, counts), ...inbox, ...altinn];
  serve(server, { routes, calls, faults, now: clock.now, touched });
  engine.arm();

  const stop = async (): Promise<void> => {
    await engine.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    await writer?.close();
  };
  let closing: Promise<void> | undefined;
  return {
    url,
    maskinportenIssuer: maskinporten.issuer,
    platformUrl: url,
    control,
    close: () => {
      closing ??= stop();
      return closing;
    },
  };
}

/** `earliest`: scaled time runs ahead of real time, and goes on after a restart from where it was. */
function clockOf(options: SimulatorOptions, earliest: number): SimulatorClock {
  if (options.clock === "manual") return manualClock(Math.max(earliest, Date.now()));
  if (options.clock !== undefined) return externalClock(options.clock);
  if (options.timeOrigin !== undefined)
    return realClock(options.timeScale ?? 1, options.timeOrigin, options.timeOrigin);
  return realClock(options.timeScale ?? 1, Date.now(), Math.max(earliest, Date.now()));
}
