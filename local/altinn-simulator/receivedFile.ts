// Takes in the bytes of a file: their number, their digests, and whether a virus scanner would object.

import { createHash } from "node:crypto";
import { type KeptFiles, mostKept } from "./keptFiles.ts";

/** What is known of the bytes of a file. */
export interface ReceivedFile {
  readonly name: string;
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
  /** The EICAR test string is in it. */
  readonly infected: boolean;
}

// Put together here, so that no scanner objects to this file.
const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!", "$H+H*"].join("");

/** Reads a stream to its end. Its bytes go to `kept`, if there is such: not those of large or infected files. */
export async function receiveFile(
  name: string,
  stream: AsyncIterable<unknown>,
  kept?: KeptFiles,
): Promise<ReceivedFile> {
  const md5 = createHash("md5");
  const sha256 = createHash("sha256");
  let size = 0;
  let infected = false;
  let tail = "";
  let chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) throw new Error("a file's stream must consist of bytes");
    md5.update(chunk);
    sha256.update(chunk);
    size += chunk.length;
    if (kept !== undefined && size <= mostKept) chunks.push(chunk);
    else chunks = [];
    const text = tail + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    infected ||= text.includes(eicar);
    tail = text.slice(-eicar.length);
  }
  const file = { name, size, md5: md5.digest("hex"), sha256: sha256.digest("hex"), infected };
  if (chunks.length > 0 && !infected) await kept?.keep(file.sha256, Buffer.concat(chunks));
  return file;
}
