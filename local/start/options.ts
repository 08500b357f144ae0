// The local start's flags and environment variables.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

export const USAGE = `Usage: npm start -- [options]

Starts everything on this machine: storage (Azurite), a simulator of Altinn, and the functions. Sends some of the
examples and shows what happens to them.

  --fresh                 forget everything that earlier starts kept
  --func                  run the functions in Azure Functions Core Tools (func), not in the host that comes along
  --no-examples           don't send the examples
  --no-watch              leave the announcements on their queue, for a program of yours
  --inspect               let a debugger attach to the functions, on port 9229 of this machine
  --inspect-port <n>      the same, on another port
  --time-scale <n>        let time run n times faster (not with --func)
  --blob-port <n>         default 10000, or BLOB_PORT
  --queue-port <n>        default 10001, or QUEUE_PORT
  --altinn-port <n>       default 5300, or ALTINN_PORT
  --functions-port <n>    default 7071, or FUNCTIONS_PORT; 0 takes a free port, here as above
  --state-dir <dir>       what is kept between starts (default .local)
  --help                  this text
`;

/** The services that listen, with flag, environment variable and default port of each. */
const PORTS = {
  blob: { flag: "blob-port", variable: "BLOB_PORT", port: 10_000 },
  queue: { flag: "queue-port", variable: "QUEUE_PORT", port: 10_001 },
  altinn: { flag: "altinn-port", variable: "ALTINN_PORT", port: 5_300 },
  functions: { flag: "functions-port", variable: "FUNCTIONS_PORT", port: 7_071 },
} as const;

/** Where debuggers look for a Node process, unless they are told otherwise. */
const INSPECT_PORT = 9_229;

export type Service = keyof typeof PORTS;

export interface StartOptions {
  readonly ports: Readonly<Record<Service, number>>;
  readonly fresh: boolean;
  readonly func: boolean;
  readonly examples: boolean;
  readonly watch: boolean;
  readonly timeScale: number;
  /** The port for a debugger; undefined for none. */
  readonly inspectPort: number | undefined;
  /** Absolute. */
  readonly stateDirectory: string;
}

/** The flag that sets a service's port. */
export function portFlag(service: Service): string {
  return `--${PORTS[service].flag}`;
}

/** Reads the options. Throws an Error for people when a flag is unknown or a value makes no sense. */
export function readOptions(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  root: string,
): StartOptions | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      fresh: flag,
      func: flag,
      "no-examples": flag,
      "no-watch": flag,
      inspect: flag,
      "inspect-port": text,
      "time-scale": text,
      "blob-port": text,
      "queue-port": text,
      "altinn-port": text,
      "functions-port": text,
      "state-dir": text,
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const port = (service: Service) => {
    const { flag: name, variable, port: usual } = PORTS[service];
    return readPort(`--${name}`, values[name]) ?? readPort(variable, environment[variable]) ?? usual;
  };
  const timeScale = Number(values["time-scale"] ?? 1);
  if (!Number.isFinite(timeScale) || timeScale <= 0) throw new Error("--time-scale must be a number above 0.");
  return {
    ports: { blob: port("blob"), queue: port("queue"), altinn: port("altinn"), functions: port("functions") },
    fresh: values.fresh,
    func: values.func,
    examples: !values["no-examples"],
    watch: !values["no-watch"],
    timeScale,
    inspectPort: readPort("--inspect-port", values["inspect-port"]) ?? (values.inspect ? INSPECT_PORT : undefined),
    stateDirectory: resolve(environment.INIT_CWD ?? root, values["state-dir"] ?? join(root, ".local")),
  };
}

function readPort(name: string, value: string | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`${name} must be a port from 0 to 65535, not "${value}".`);
  }
  return port;
}
