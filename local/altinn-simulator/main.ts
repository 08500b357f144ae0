// The simulator as a process of its own. Prints one JSON line when it listens.

import { parseArgs } from "node:util";
import { type SimulatorOptions, startSimulator } from "./start.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    state: { type: "string" },
    files: { type: "string" },
    "time-scale": { type: "string", default: "1" },
    "time-origin": { type: "string" },
    rule: { type: "string", default: "read after 10 s" },
    "scan-ms": { type: "string", default: "2000" },
    "publish-ms": { type: "string", default: "1000" },
    "subscription-key": { type: "string" },
    owner: { type: "string" },
  },
});

/** A flag that must be a number. */
function numberOf(flag: string, text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number) || number < 0) {
    throw new Error(`--${flag} must be a number that is not negative, and is "${text}"`);
  }
  return number;
}

function optionsOf(): SimulatorOptions {
  return {
    port: numberOf("port", values.port),
    timeScale: numberOf("time-scale", values["time-scale"]),
    rule: values.rule,
    scanMs: numberOf("scan-ms", values["scan-ms"]),
    publishMs: numberOf("publish-ms", values["publish-ms"]),
    ...(values["time-origin"] === undefined ? {} : { timeOrigin: numberOf("time-origin", values["time-origin"]) }),
    ...(values.files === undefined ? {} : { filesDirectory: values.files }),
    ...(values.state === undefined ? {} : { stateFile: values.state }),
    ...(values["subscription-key"] === undefined ? {} : { subscriptionKey: values["subscription-key"] }),
    ...(values.owner === undefined ? {} : { owner: values.owner }),
  };
}

try {
  const simulator = await startSimulator(optionsOf());
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    simulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error("simulator: stopping failed", error);
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  if (process.connected) process.once("disconnect", stop);
  console.log(JSON.stringify({ url: simulator.url, maskinportenIssuer: simulator.maskinportenIssuer }));
} catch (error) {
  console.error(`simulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
