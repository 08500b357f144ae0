// What the app registers, read from its entry as a host reads it; it makes no call by that.
import { generateKeyPairSync } from "node:crypto";
import { collectRegistrations, type RegisteredFunction } from "../../local/functions-host/functionsCore.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const settings = {
  CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true",
  ALTINN_RESOURCES: "my-resource",
  ALTINN_ENVIRONMENT: "tt02",
  ALTINN_SUBSCRIPTION_KEY: "a-key",
  MASKINPORTEN_CLIENT_ID: "client-1",
  MASKINPORTEN_JWK: JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "key-1" }),
};

/** A function and one of its bindings, mostly its only one: the trigger. */
export interface Registered {
  readonly registered: RegisteredFunction;
  readonly binding: RegisteredFunction["metadata"]["bindings"][string];
}

let found: Promise<Registered[]> | undefined;

/** The functions of the app and their bindings. */
export function registeredFunctions(): Promise<Registered[]> {
  // An entry file is run once in a process.
  found ??= register();
  return found;
}

async function register(): Promise<Registered[]> {
  const before = { ...process.env };
  Object.assign(process.env, settings);
  const { functions } = await collectRegistrations(
    async () => void (await import("../../functions/main.ts")),
    () => undefined,
  );
  for (const name of Object.keys(settings)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  return [...functions.values()].flatMap((registered) =>
    Object.values(registered.metadata.bindings).map((binding) => ({ registered, binding })),
  );
}
