// What storage refused to do, in words that say which call it was and what to do about it.

/** Storage did not do what it was asked to. `cause` is the error of Azure's library. */
export class StorageFailure extends Error {
  override readonly name = "StorageFailure";
  /** Azure's own code, such as `QueueNotFound`; or that of the network, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** The HTTP status, where there was an answer. */
  readonly statusCode: number | undefined;

  constructor(what: string, cause: Error) {
    const { code, statusCode } = tell(cause);
    super(`${what} failed: ${code ?? cause.name} (${statusCode ?? "no answer"}).${hint(statusCode)}`, { cause });
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** Makes a call, and says which it was when storage fails. Other errors, of a stream say, go through as they are. */
export async function asking<Answer>(what: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof Error && error.name === "RestError" ? new StorageFailure(what, error) : error;
  }
}

function tell(error: Error): { readonly code: string | undefined; readonly statusCode: number | undefined } {
  const code = field(error, "code") ?? field(field(error, "details"), "errorCode");
  const statusCode = field(error, "statusCode");
  return {
    code: typeof code === "string" ? code : undefined,
    statusCode: typeof statusCode === "number" ? statusCode : undefined,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function hint(statusCode: number | undefined): string {
  if (statusCode === 404) return " Is this the storage account that the app listens on?";
  if (statusCode === 401 || statusCode === 403) return " May this identity, or key, do that?";
  return "";
}
