// What Azure's host and a language worker say to each other: the messages of the public protocol (FunctionRpc, in
// Azure/azure-functions-language-worker-protobuf) that a start and an invocation take, with their numbers.
import type { MethodDefinition } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import type { TypedData } from "../../local/functions-host/coreTypes.ts";

/** One message of the stream: its id, and one of the others. Of each what is used here. */
export interface StreamingMessage {
  readonly requestId?: string;
  readonly startStream?: { readonly workerId: string };
  readonly workerInitRequest?: { readonly hostVersion: string; readonly functionAppDirectory: string };
  readonly workerInitResponse?: { readonly workerVersion: string; readonly result: StatusResult };
  readonly functionEnvironmentReloadRequest?: {
    readonly environmentVariables: Readonly<Record<string, string>>;
    readonly functionAppDirectory: string;
  };
  readonly functionEnvironmentReloadResponse?: { readonly result: StatusResult };
  readonly functionsMetadataRequest?: { readonly functionAppDirectory: string };
  readonly functionMetadataResponse?: {
    readonly functionMetadataResults: readonly RpcFunctionMetadata[];
    readonly result: StatusResult;
  };
  readonly functionLoadRequest?: { readonly functionId: string; readonly metadata: RpcFunctionMetadata };
  readonly functionLoadResponse?: { readonly functionId: string; readonly result: StatusResult };
  readonly invocationRequest?: InvocationRequest;
  readonly invocationResponse?: { readonly invocationId: string; readonly result: StatusResult };
  readonly rpcLog?: { readonly invocationId?: string; readonly level: number; readonly message: string };
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
}

export interface RpcFunctionMetadata {
  readonly name: string;
  readonly functionId: string;
  /** Each a binding as JSON. */
  readonly rawBindings: readonly string[];
}

export interface StatusResult {
  /** 1: it went well. */
  readonly status: number;
  /** What the status says; our worker says there what processor time its process has taken, in milliseconds. */
  readonly result: string;
}

const field = (type: string, id: number) => ({ type, id });
const map = (type: string, id: number) => ({ keyType: "string", type, id });
const list = (type: string, id: number) => ({ rule: "repeated", type, id });

/** The alternatives of a StreamingMessage. */
const CONTENT = {
  startStream: field("StartStream", 20),
  workerInitRequest: field("WorkerInitRequest", 17),
  workerInitResponse: field("WorkerInitResponse", 16),
  functionLoadRequest: field("FunctionLoadRequest", 8),
  functionLoadResponse: field("FunctionLoadResponse", 9),
  invocationRequest: field("InvocationRequest", 4),
  invocationResponse: field("InvocationResponse", 5),
  rpcLog: field("RpcLog", 2),
  functionEnvironmentReloadRequest: field("FunctionEnvironmentReloadRequest", 25),
  functionEnvironmentReloadResponse: field("FunctionEnvironmentReloadResponse", 26),
  functionsMetadataRequest: field("FunctionsMetadataRequest", 29),
  functionMetadataResponse: field("FunctionMetadataResponse", 30),
};

const PROTOCOL = {
  StreamingMessage: {
    oneofs: { content: { oneof: Object.keys(CONTENT) } },
    fields: { requestId: field("string", 1), ...CONTENT },
  },
  StartStream: { fields: { workerId: field("string", 2) } },
  WorkerInitRequest: { fields: { hostVersion: field("string", 1), functionAppDirectory: field("string", 5) } },
  WorkerInitResponse: { fields: { workerVersion: field("string", 1), result: field("StatusResult", 3) } },
  StatusResult: { fields: { result: field("string", 1), status: field("int32", 4) } },
  FunctionEnvironmentReloadRequest: {
    fields: { environmentVariables: map("string", 1), functionAppDirectory: field("string", 2) },
  },
  FunctionEnvironmentReloadResponse: { fields: { result: field("StatusResult", 3) } },
  FunctionsMetadataRequest: { fields: { functionAppDirectory: field("string", 1) } },
  FunctionMetadataResponse: {
    fields: { functionMetadataResults: list("RpcFunctionMetadata", 1), result: field("StatusResult", 2) },
  },
  RpcFunctionMetadata: {
    fields: { name: field("string", 4), rawBindings: list("string", 10), functionId: field("string", 13) },
  },
  FunctionLoadRequest: { fields: { functionId: field("string", 1), metadata: field("RpcFunctionMetadata", 2) } },
  FunctionLoadResponse: { fields: { functionId: field("string", 1), result: field("StatusResult", 2) } },
  InvocationRequest: {
    fields: {
      invocationId: field("string", 1),
      functionId: field("string", 2),
      inputData: list("ParameterBinding", 3),
      triggerMetadata: map("TypedData", 4),
    },
  },
  InvocationResponse: { fields: { invocationId: field("string", 1), result: field("StatusResult", 3) } },
  ParameterBinding: { fields: { name: field("string", 1), data: field("TypedData", 2) } },
  TypedData: {
    oneofs: { data: { oneof: ["string", "json", "bytes"] } },
    fields: { string: field("string", 1), json: field("string", 2), bytes: field("bytes", 3) },
  },
  RpcLog: { fields: { invocationId: field("string", 1), level: field("int32", 3), message: field("string", 4) } },
};

const message = protobuf.Root.fromJSON({ nested: PROTOCOL }).lookupType("StreamingMessage");

function serialize(value: StreamingMessage): Buffer {
  return Buffer.from(message.encode(message.fromObject(value)).finish());
}

function deserialize(bytes: Buffer): StreamingMessage {
  return message.toObject(message.decode(bytes), { arrays: true, objects: true });
}

/** The protocol's one call: a stream each way for as long as the worker lives. */
export const EVENT_STREAM: MethodDefinition<StreamingMessage, StreamingMessage> = {
  path: "/AzureFunctionsRpcMessages.FunctionRpc/EventStream",
  requestStream: true,
  responseStream: true,
  requestSerialize: serialize,
  requestDeserialize: deserialize,
  responseSerialize: serialize,
  responseDeserialize: deserialize,
};
