// The interface between an Azure Functions host and the library @azure/functions ("functions-core", version 2), as far as
// the local host uses it. Checked against @azure/functions 4.16.5.

/** What the library asks of a host: the exports of `@azure/functions-core`. */
export interface FunctionsCore {
  readonly version: string;
  readonly hostVersion: string;
  readonly Disposable: new (callOnDispose: () => unknown) => Disposable;
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable;
  /** Throws a RangeError with `isAzureFunctionsSystemError` for a name that the host does not know. */
  registerHook(name: string, callback: HookCallback): Disposable;
  /** Called once per copy of the library, before its first registration. */
  setProgrammingModel(model: ProgrammingModel): void;
  getProgrammingModel(): ProgrammingModel;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

/** What a registration answers with; here `dispose` takes the registration back. */
export interface Disposable {
  dispose(): unknown;
}

export const HOOK_NAMES = ["appStart", "appTerminate", "preInvocation", "postInvocation", "log"] as const;
export type HookName = (typeof HOOK_NAMES)[number];
export type HookCallback = (context: object) => unknown;

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical" | "none";
export type LogCategory = "user" | "system" | "customMetric";

/** The handler as the app wrote it. The library calls it with the trigger's data first and the context last. */
export type FunctionCallback = (...args: unknown[]) => unknown;

/** One registered function. */
export interface FunctionMetadata {
  readonly name: string;
  /** By binding name; the return binding's is `$return`. */
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: unknown;
}

/** One binding, with all options of the app kept beside these fields (`route`, `queueName`, `schedule` ...). */
export interface Binding {
  readonly type: string;
  readonly name: string;
  readonly direction: "in" | "out" | "inout";
  readonly dataType?: string;
  readonly [option: string]: unknown;
}

/** The library's own part: it turns what the host passes into handler arguments, and results back. */
export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(defaults: Record<string, string>): Record<string, string> | Promise<Record<string, string>>;
}

/** What the host tells the library of one invocation. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state?: "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  /** The trigger first, named by its binding. */
  readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
}

export interface InvocationResponse {
  readonly invocationId: string;
  readonly outputData: readonly { readonly name: string; readonly data: TypedData }[];
  readonly returnValue?: TypedData | null | undefined;
}

/** A value on its way; exactly one member is set. The library parses `string` as JSON when it is JSON. */
export interface TypedData {
  readonly string?: string | null;
  readonly json?: string | null;
  readonly bytes?: Uint8Array | null;
  readonly int?: number | null;
  readonly double?: number | null;
  readonly http?: HttpData | null;
}

/** An HTTP request (with the `nullable…` members) or an HTTP response (with `statusCode`, `headers`, `cookies`). */
export interface HttpData {
  readonly method?: string;
  readonly url?: string;
  readonly body?: TypedData | null | undefined;
  readonly nullableHeaders?: Readonly<Record<string, { value: string }>>;
  readonly nullableQuery?: Readonly<Record<string, { value: string }>>;
  readonly nullableParams?: Readonly<Record<string, { value: string }>>;
  readonly statusCode?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly HttpCookie[];
}

export interface HttpCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: { readonly value: string } | undefined;
  readonly path?: { readonly value: string } | undefined;
  readonly expires?: { readonly value: { readonly seconds: number } } | undefined;
  readonly secure?: { readonly value: boolean } | undefined;
  readonly httpOnly?: { readonly value: boolean } | undefined;
  readonly sameSite?: string | undefined;
  readonly maxAge?: { readonly value: number } | undefined;
}
