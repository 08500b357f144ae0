// A stand-in for Azure's Node worker: speaks the host's protocol over gRPC, loads an app when it is told to, at its own
// start or specialised from a placeholder, and runs invocations. One bundled file, as Microsoft's is, with the same gRPC.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Client, credentials } from "@grpc/grpc-js";
import type { RegisteredFunction } from "../../local/functions-host/functionsCore.ts";
import { collectRegistrations, currentProgrammingModel } from "../../local/functions-host/functionsCore.ts";
import { EVENT_STREAM, type InvocationRequest, type StatusResult, type StreamingMessage } from "./protocol.ts";

const { values } = parseArgs({
  options: { "functions-uri": { type: "string" }, "functions-worker-id": { type: "string" } },
  strict: false,
});
const client = new Client(new URL(String(values["functions-uri"])).host, credentials.createInsecure());
const { path, requestSerialize, responseDeserialize } = EVENT_STREAM;
const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
let functions = new Map<string, RegisteredFunction>();

stream.on("data", (message: StreamingMessage) => {
  answer(message).then(
    (content) => stream.write({ requestId: message.requestId ?? "", ...content }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// The host is gone, and Microsoft's worker ends at once too.
stream.on("end", () => process.exit());
stream.on("error", () => process.exit(1));
stream.write({ startStream: { workerId: String(values["functions-worker-id"]) } });

async function answer(message: StreamingMessage): Promise<StreamingMessage> {
  const { functionEnvironmentReloadRequest: reload, functionLoadRequest: load } = message;
  if (message.workerInitRequest !== undefined) {
    await startApp(message.workerInitRequest.functionAppDirectory);
    return { workerInitResponse: { workerVersion: "3", result: done() } };
  }
  if (reload !== undefined) {
    for (const key of Object.keys(process.env)) delete process.env[key];
    Object.assign(process.env, reload.environmentVariables);
    process.chdir(reload.functionAppDirectory);
    await startApp(reload.functionAppDirectory);
    return { functionEnvironmentReloadResponse: { result: done() } };
  }
  if (message.functionsMetadataRequest !== undefined) {
    const functionMetadataResults = [...functions.values()].map(({ metadata: { name, bindings } }) => ({
      name,
      functionId: name,
      rawBindings: Object.values(bindings).map((binding) => JSON.stringify(binding)),
    }));
    return { functionMetadataResponse: { functionMetadataResults, result: done() } };
  }
  if (load !== undefined) return { functionLoadResponse: { functionId: load.functionId, result: done() } };
  if (message.invocationRequest !== undefined) return invoke(message.invocationRequest);
  throw new Error("The worker does not know this message.");
}

/** Loads an app's entry file. A placeholder has none. */
async function startApp(directory: string): Promise<void> {
  const text = await readFile(join(directory, "package.json"), "utf8").catch(() => "{}");
  const { main }: { main?: string } = JSON.parse(text);
  if (main === undefined) return;
  const entry = pathToFileURL(join(directory, main)).href;
  const loaded = await collectRegistrations(
    async () => {
      await import(entry);
    },
    () => undefined,
  );
  functions = loaded.functions;
}

async function invoke(request: InvocationRequest): Promise<StreamingMessage> {
  const { invocationId } = request;
  const registered = functions.get(request.functionId);
  if (registered === undefined) throw new Error(`There is no function ${request.functionId}.`);
  const model = await currentProgrammingModel().getInvocationModel({
    invocationId,
    metadata: registered.metadata,
    request,
    state: undefined,
    log: (_level, _category, message) => stream.write({ rpcLog: { invocationId, level: 2, message } }),
  });
  const { context, inputs } = await model.getArguments();
  const result = await model.invokeFunction(context, inputs, registered.callback);
  await model.getResponse(context, result);
  return { invocationResponse: { invocationId, result: done() } };
}

/** Says what the process has used by now, all its threads together: milliseconds of processor time. */
function done(): StatusResult {
  const { user, system } = process.cpuUsage();
  return { status: 1, result: String((user + system) / 1000) };
}
