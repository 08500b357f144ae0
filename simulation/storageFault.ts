// What models of storage answer with where something is wrong.

/** An error as the storage library throws it. */
export class StorageFault extends Error {
  override readonly name = "RestError";
  readonly statusCode: number;
  readonly code: string;
  constructor(statusCode: number, code: string) {
    super(`Storage answered ${statusCode} ${code}`);
    this.statusCode = statusCode;
    this.code = code;
  }
}
