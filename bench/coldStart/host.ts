// The host's side of the protocol, as far as a start and one invocation take: starts a worker and talks to it.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Server, ServerCredentials, type ServerDuplexStream } from "@grpc/grpc-js";
import { startChild } from "../../local/childProcess.ts";
import {
  EVENT_STREAM,
  type InvocationRequest,
  type RpcFunctionMetadata,
  type StatusResult,
  type StreamingMessage,
} from "./protocol.ts";

/** How far a worker has come: by the clock since it was started, and its processor time; both in milliseconds. */
export interface Moment {
  readonly wall: number;
  readonly cpu: number;
}

type Stream = ServerDuplexStream<StreamingMessage, StreamingMessage>;

/** A host that listens on this machine. */
export interface Host {
  /** Starts a worker (a bundled file) in a directory without an app if none is given, as Azure keeps them ready. */
  start(directory: string, environment: Readonly<Record<string, string>>): Promise<Worker>;
  stop(): Promise<void>;
}

/** A running worker. */
export interface Worker {
  /** When it answered to its start, with its app loaded. */
  readonly started: Moment;
  /** By the clock since it was started, in milliseconds. */
  now(): number;
  /** Makes a worker without an app run one: its variables, its directory, its entry file. */
  specialise(directory: string, environment: Readonly<Record<string, string>>): Promise<Moment>;
  /** Has the worker name its functions, and loads each. */
  loadFunctions(): Promise<Moment & { readonly functions: readonly RpcFunctionMetadata[] }>;
  invoke(request: Omit<InvocationRequest, "invocationId">): Promise<Moment>;
  stop(): Promise<void>;
}

/** Listens for workers. */
export async function startHost(workerFile: string): Promise<Host> {
  const server = new Server();
  const waiting: ((stream: Stream) => void)[] = [];
  server.addService({ EventStream: EVENT_STREAM }, { EventStream: (stream: Stream) => waiting.shift()?.(stream) });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    async start(directory, environment) {
      const began = performance.now();
      const connected = new Promise<Stream>((resolve) => waiting.push(resolve));
      const child = startChild({
        program: workerFile,
        arguments: ["--functions-uri", `http://127.0.0.1:${port}`, "--functions-worker-id", randomUUID()],
        environment: { PATH: process.env.PATH, ...environment },
        workingDirectory: directory,
        onLine: (line) => console.error(line),
      });
      const gone = child.exited.then((code): never => {
        throw new Error(`The worker ended with exit code ${code}`);
      });
      // It is stopped in the end, and nobody waits for it then.
      gone.catch(() => undefined);
      const stream = await Promise.race([connected, gone]);
      const answers = new Map<string, (message: StreamingMessage) => void>();
      const ask = (content: StreamingMessage): Promise<StreamingMessage> => {
        const requestId = randomUUID();
        const answered = new Promise<StreamingMessage>((resolve) => answers.set(requestId, resolve));
        stream.write({ requestId, ...content });
        return Promise.race([answered, gone]);
      };
      // The first message says that the worker is there.
      await Promise.race([once(stream, "data"), gone]);
      stream.on("data", (message: StreamingMessage) => answers.get(message.requestId ?? "")?.(message));
      const moment = (result: StatusResult | undefined): Moment => ({
        wall: performance.now() - began,
        cpu: Number(result?.result),
      });
      const init = await ask({ workerInitRequest: { hostVersion: "4", functionAppDirectory: directory } });
      return {
        now: () => performance.now() - began,
        started: moment(init.workerInitResponse?.result),
        async specialise(functionAppDirectory, environmentVariables) {
          const { functionEnvironmentReloadResponse: reloaded } = await ask({
            functionEnvironmentReloadRequest: { functionAppDirectory, environmentVariables },
          });
          return moment(reloaded?.result);
        },
        async loadFunctions() {
          const { functionMetadataResponse: found } = await ask({
            functionsMetadataRequest: { functionAppDirectory: directory },
          });
          const functions = found?.functionMetadataResults ?? [];
          if (functions.length === 0) throw new Error(`${directory} registers no function`);
          const loaded = await Promise.all(
            functions.map((metadata) => ask({ functionLoadRequest: { functionId: metadata.functionId, metadata } })),
          );
          return { functions, ...moment(loaded.at(-1)?.functionLoadResponse?.result) };
        },
        async invoke(request) {
          const answer = await ask({ invocationRequest: { invocationId: randomUUID(), ...request } });
          return moment(answer.invocationResponse?.result);
        },
        stop: () => child.kill(),
      };
    },
    stop: async () => server.forceShutdown(),
  };
}
