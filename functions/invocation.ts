// The wrapper of every invocation: log lines go to its own context, and one line says how it went.
import { AsyncLocalStorage } from "node:async_hooks";
import type { InvocationContext } from "@azure/functions";
import type { LogFields, LogLevel, Telemetry } from "../shared/telemetry/telemetry.ts";
import { asPiece } from "../shared/telemetry/traces.ts";

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
 *
 * @param delivery what the log line says of the message that is handled, if there is one
 */
export async function invoke<T>(
  telemetry: Telemetry,
  context: InvocationContext,
  work: () => Promise<T>,
  describe: (result: T) => LogFields,
  delivery: LogFields = {},
): Promise<T> {
  const invocation = async () => {
    const started = performance.now();
    const fields = (): LogFields => ({
      function: context.functionName,
      invocationId: context.invocationId,
      ...delivery,
      durationSeconds: Math.round(performance.now() - started) / 1000,
    });
    try {
      const result = await work();
      telemetry.info("invocation", { ...fields(), ...describe(result) });
      return result;
    } catch (error) {
      telemetry.alert("invocation", { ...fields(), outcome: "failed", ...describeError(error) });
      throw withoutPayload(error);
    }
  };
  return current.run(context, () => asPiece(invocation));
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
