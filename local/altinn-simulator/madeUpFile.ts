// Files of letters that others send: as long as they are said to be, and the same each time, without being kept anywhere.

import { createHash } from "node:crypto";

const BLOCK = 64 * 1024;

/** The bytes of a made-up file, which follow from its name. */
export function* madeUpBytes(name: string, size: number): Generator<Uint8Array> {
  for (let offset = 0; offset < size; offset += BLOCK) {
    const line = createHash("sha256").update(`${name} ${offset}`).digest("hex");
    yield Buffer.alloc(Math.min(BLOCK, size - offset), line);
  }
}

/** Their MD5, in hex, as Altinn tells it. */
export function madeUpChecksum(name: string, size: number): string {
  const md5 = createHash("md5");
  for (const bytes of madeUpBytes(name, size)) md5.update(bytes);
  return md5.digest("hex");
}
