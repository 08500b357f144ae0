// A file as the body of a call: opened when it is sent, and as long as it was said to be.
import { Readable } from "node:stream";

/** A file to send. It is opened when its turn comes, and again if the call has to be repeated. */
export interface UploadFile {
  /** Exactly as in the attachment's metadata. */
  readonly fileName: string;
  /** The stream must bring exactly this many. */
  readonly sizeBytes: number;
  open(): Promise<Readable>;
}

/** A single file as a body. It is opened at once, and closed when the body is destroyed. */
export function fileBody(file: UploadFile): Readable {
  async function* bytes() {
    const source = await file.open();
    try {
      yield* exactly(source, file.sizeBytes);
    } finally {
      source.destroy();
    }
  }
  return Readable.from(bytes(), { objectMode: false });
}

/** Passes on what a file brings, and fails when that is not what Content-Length promised. */
export async function* exactly(source: AsyncIterable<unknown>, sizeBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    if (typeof chunk !== "string" && !(chunk instanceof Uint8Array)) throw new TypeError("A file must bring bytes.");
    const buffer =
      typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    bytes += buffer.byteLength;
    if (bytes > sizeBytes) break;
    yield buffer;
  }
  if (bytes !== sizeBytes) throw new RangeError("A file is not as long as it was said to be.");
}
