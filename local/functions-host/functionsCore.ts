// The stand-in for `@azure/functions-core`: what the app registers while its entry file loads ends up here.
import Module from "node:module";
import {
  type Disposable,
  type FunctionCallback,
  type FunctionMetadata,
  type FunctionsCore,
  HOOK_NAMES,
  type HookCallback,
  type HookName,
  type LogCategory,
  type LogLevel,
  type ProgrammingModel,
} from "./coreTypes.ts";

/** A function as the app registered it. */
export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
}

/** What one app registered. */
export interface Registrations {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: Readonly<Record<HookName, HookCallback[]>>;
}

/** Where registrations and messages of the library go at the moment. */
interface Receiver {
  readonly registrations: Registrations;
  readonly log: (level: LogLevel, category: LogCategory, message: string) => void;
  open: boolean;
}

const CORE_MODULE = "@azure/functions-core";

// The library looks for its host once per process and remembers the answer, so this is one per process too.
let receiver: Receiver | undefined;
let programmingModel: ProgrammingModel | undefined;
let installed = false;

class CallOnDispose implements Disposable {
  readonly #callOnDispose: () => unknown;

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  dispose(): unknown {
    return this.#callOnDispose();
  }
}

/** The Node worker's own error for what an app may not do. */
class FunctionsSystemError extends Error {
  readonly isAzureFunctionsSystemError = true;
}

class UnknownHookError extends RangeError {
  readonly isAzureFunctionsSystemError = true;
}

const core: FunctionsCore = {
  version: "local",
  hostVersion: "4.1042.0",
  Disposable: CallOnDispose,
  registerFunction(metadata, callback) {
    const { functions } = openReceiver(`function "${metadata.name}"`).registrations;
    if (functions.has(metadata.name)) {
      throw new FunctionsSystemError(`A function with the name "${metadata.name}" is registered already.`);
    }
    functions.set(metadata.name, { metadata, callback });
    return new CallOnDispose(() => functions.delete(metadata.name));
  },
  registerHook(name, callback) {
    const known = HOOK_NAMES.find((hookName) => hookName === name);
    if (known === undefined) throw new UnknownHookError(`Unrecognized hook "${name}".`);
    const callbacks = openReceiver(`hook "${name}"`).registrations.hooks[known];
    callbacks.push(callback);
    return new CallOnDispose(() => callbacks.splice(callbacks.indexOf(callback), 1));
  },
  setProgrammingModel(model) {
    programmingModel = model;
  },
  getProgrammingModel: currentProgrammingModel,
  log(level, category, message) {
    receiver?.log(level, category, message);
  },
};

function openReceiver(what: string): Receiver {
  if (receiver?.open !== true) {
    throw new FunctionsSystemError(`The ${what} cannot be registered: that is possible only while the app starts.`);
  }
  return receiver;
}

/** The programming model that the app's library set. Throws when nothing has been registered yet. */
export function currentProgrammingModel(): ProgrammingModel {
  if (programmingModel === undefined) throw new FunctionsSystemError("No programming model has been set.");
  return programmingModel;
}

/**
 * Runs `load` (which imports the app's entry file) and collects what it registers. Registration is closed after that.
 * Only one app loads at a time; `log` gets the library's own messages until another app loads.
 */
export async function collectRegistrations(
  load: () => Promise<void>,
  log: (level: LogLevel, category: LogCategory, message: string) => void,
): Promise<Registrations> {
  if (receiver?.open === true) throw new Error("Another functions app is being loaded in this process.");
  installStandIn();
  const hooks = { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] };
  const current: Receiver = { registrations: { functions: new Map(), hooks }, log, open: true };
  receiver = current;
  try {
    await load();
  } finally {
    current.open = false;
  }
  return current.registrations;
}

/**
 * Makes `require("@azure/functions-core")` answer with the stand-in, wherever it is called. Must come before the app, and
 * before anything of its library is used: the library looks once, and believes for good that there is no host.
 */
function installStandIn(): void {
  if (installed) return;
  const load: unknown = Reflect.get(Module, "_load");
  if (typeof load !== "function") throw new Error("This Node version has no Module._load to hook into.");
  const original = load;
  Reflect.set(Module, "_load", function (this: unknown, request: unknown, ...rest: unknown[]): unknown {
    return request === CORE_MODULE ? core : Reflect.apply(original, this, [request, ...rest]);
  });
  installed = true;
}
