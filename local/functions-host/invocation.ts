// One invocation of a function: the library's converters, the app's hooks around the handler, and the log lines.
import { randomUUID } from "node:crypto";
import type { FunctionsApp } from "./app.ts";
import type { CoreInvocationContext, InvocationResponse, LogCategory, LogLevel, TypedData } from "./coreTypes.ts";
import type { RegisteredFunction } from "./functionsCore.ts";
import { describeError, type Log } from "./log.ts";

/** What came of an invocation. */
export type InvocationOutcome =
  | { readonly kind: "succeeded"; readonly response: InvocationResponse }
  | { readonly kind: "failed"; readonly error: unknown };

/** Runs functions of one app. */
export interface Invoker {
  /**
   * Runs a function with its trigger's data and waits for the end. Never rejects. `reason` says in the log what made it
   * run.
   */
  invoke(
    registered: RegisteredFunction,
    trigger: { readonly name: string; readonly data: TypedData; readonly metadata?: Record<string, TypedData> },
    reason: string,
  ): Promise<InvocationOutcome>;
}

/** An invoker for the app's functions, with its hooks. */
export function createInvoker(app: FunctionsApp, log: Log): Invoker {
  return {
    async invoke(registered, trigger, reason) {
      const { name } = registered.metadata;
      const invocationId = randomUUID();
      const source = { functionName: name, invocationId };
      const start = performance.now();
      log("information", "host", `Executing ${name} (${reason}, Id=${invocationId})`, source);
      const outcome = await run(app, registered, invocationId, trigger, (level, category, message) =>
        writeThrough(app, log, level, category, message, source),
      );
      const duration = `Duration=${Math.round(performance.now() - start)}ms`;
      if (outcome.kind === "succeeded") {
        log("information", "host", `Executed ${name} (Succeeded, Id=${invocationId}, ${duration})`, source);
      } else {
        const problem = describeError(outcome.error);
        log("error", "host", `Executed ${name} (Failed, Id=${invocationId}, ${duration})\n${problem}`, source);
      }
      return outcome;
    },
  };
}

async function run(
  app: FunctionsApp,
  { metadata, callback }: RegisteredFunction,
  invocationId: string,
  trigger: { readonly name: string; readonly data: TypedData; readonly metadata?: Record<string, TypedData> },
  writeLog: CoreInvocationContext["log"],
): Promise<InvocationOutcome> {
  const core: CoreInvocationContext = {
    invocationId,
    metadata,
    request: {
      invocationId,
      functionId: metadata.name,
      inputData: [{ name: trigger.name, data: trigger.data }],
      triggerMetadata: trigger.metadata ?? {},
    },
    state: undefined,
    log: writeLog,
  };
  try {
    const model = await app.model.getInvocationModel(core);
    const { context: invocationContext, inputs } = await model.getArguments();
    const shared = { hookData: {}, appHookData: app.appHookData, invocationContext };

    const before = { ...shared, inputs, functionCallback: callback };
    core.state = "preInvocationHooks";
    for (const hook of app.hooks.preInvocation) await hook(before);

    const after: { inputs: unknown[]; result: unknown; error: unknown } = {
      ...shared,
      inputs: before.inputs,
      result: null,
      error: null,
    };
    core.state = "invocation";
    try {
      after.result = await model.invokeFunction(invocationContext, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error ?? new Error("The function threw nothing (undefined or null).");
    }
    core.state = "postInvocationHooks";
    for (const hook of app.hooks.postInvocation) await hook(after);
    core.state = undefined;
    if (after.error !== null && after.error !== undefined) return { kind: "failed", error: after.error };
    return { kind: "succeeded", response: await model.getResponse(invocationContext, after.result) };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/** What the app logs passes its log hooks, which may change its level and text. */
function writeThrough(
  app: FunctionsApp,
  log: Log,
  level: LogLevel,
  category: LogCategory,
  message: string,
  source: { readonly functionName: string; readonly invocationId: string },
): void {
  const entry = { hookData: {}, appHookData: app.appHookData, category, level, message };
  for (const hook of app.hooks.log) hook(entry);
  if (category === "user") log(entry.level, "user", entry.message, source);
  else log(level, "system", message, source);
}
