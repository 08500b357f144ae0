// Whether the ports of the local start are free, before anything is started.
import { createServer } from "node:net";
import { portFlag, type Service, type StartOptions } from "./options.ts";

const WHAT: Readonly<Record<Service, string>> = {
  blob: "blob storage",
  queue: "queue storage",
  altinn: "the Altinn simulator",
  functions: "the functions",
};

/** Throws an Error that names every port that is taken, and what to do about it. */
export async function checkPorts(ports: StartOptions["ports"]): Promise<void> {
  const services = (["blob", "queue", "altinn", "functions"] as const).filter((service) => ports[service] !== 0);
  const problems: string[] = [];
  for (const service of services) {
    const port = ports[service];
    if (!(await isFree(port))) {
      problems.push(`Port ${port} (${WHAT[service]}) is taken; another one: npm start -- ${portFlag(service)} <port>`);
    }
    const twin = services.find((other) => other !== service && ports[other] === port);
    if (twin !== undefined && service < twin)
      problems.push(`Port ${port} is given to ${WHAT[service]} and ${WHAT[twin]}.`);
  }
  if (problems.length === 0) return;
  throw new Error(`${problems.join("\n")}\nPerhaps another npm start is running; stop it with Ctrl-C in its terminal.`);
}

/** True when nothing listens on the port of the loopback address, and we may. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** A port of the loopback address that is free now, for a program that can't take a free one itself. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
