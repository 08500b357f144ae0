// What every invocation has around it: its log lines go to its own context, and one line says how it went.
import { AsyncLocalStorage } from "node:async_hooks";
import type { InvocationContext } from "@azure/functions";
import type { LogFields, LogLevel, Telemetry } from "../shared/telemetry.ts";

const current = new AsyncLocalStorage<InvocationContext>();

/** Writes a log line to the invocation that is under way; outside of any, to the process's own output. */
export function writeLog(level: LogLevel, line: string): void {
  const context = current.getStore() ?? console;
  if (level === "error") context.error(line);
  else if (level === "warn") context.warn(line);
  else context.log(line);
}

/**
 * Runs an invocation and logs its outcome and duration. What is thrown is logged by its type alone, since messages may
 * repeat what they were given, and goes on to the host, which tries again.
 */
export async function invoke<T>(
  telemetry: Telemetry,
  context: InvocationContext,
  work: () => Promise<T>,
  describe: (result: T) => LogFields,
): Promise<T> {
  return current.run(context, async () => {
    const started = performance.now();
    const fields = (): LogFields => ({
      function: context.functionName,
      invocationId: context.invocationId,
      ...deliveryOf(context),
      durationMs: Math.round(performance.now() - started),
    });
    try {
      const result = await work();
      telemetry.info("invocation", { ...fields(), ...describe(result) });
      return result;
    } catch (error) {
      telemetry.alert("invocation", { ...fields(), outcome: "failed", ...describeError(error) });
      throw withoutPayload(error);
    }
  });
}

/** How often the queue has handed out the message of this invocation; 1 where the host does not say. */
function dequeueCountOf(context: InvocationContext): number {
  const count = Number(context.triggerMetadata?.dequeueCount ?? 1);
  return Number.isInteger(count) && count > 0 ? count : 1;
}

/** The id of the queue message of this invocation. */
export function messageIdOf(context: InvocationContext): string {
  return String(context.triggerMetadata?.id ?? context.invocationId);
}

function deliveryOf(context: InvocationContext): LogFields {
  if (context.triggerMetadata?.dequeueCount === undefined) return {};
  return { messageId: messageIdOf(context), dequeueCount: dequeueCountOf(context) };
}

function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorType: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  return {
    errorType: error.name,
    ...(code === undefined ? {} : { cause: code }),
    ...(status === undefined ? {} : { httpStatus: status }),
  };
}

/** The host logs what it catches: it gets the kind of error, and nothing that came from outside. */
function withoutPayload(error: unknown): Error {
  const { errorType = "Error", cause, httpStatus } = describeError(error);
  const text = [errorType, cause, httpStatus].filter((part) => part !== undefined).join(" ");
  const safe = new Error(`The invocation failed: ${text}. The message will be tried again.`);
  safe.name = errorType;
  return safe;
}
