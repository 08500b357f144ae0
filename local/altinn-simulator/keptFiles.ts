// The bytes of attachments, for whoever opens one in the inbox: a file each, named by its SHA-256.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Larger files are not kept, in bytes. */
export const mostKept = 25_000_000;

/** A place for the bytes of attachments. */
export interface KeptFiles {
  /** @param sha256 in hex */
  keep(sha256: string, bytes: Uint8Array): Promise<void>;
  /** The bytes; undefined: they were not kept. */
  read(sha256: string): Promise<Uint8Array | undefined>;
}

/** A directory of the machine's user alone. */
export function keptFiles(directory: string): KeptFiles {
  return {
    keep: async (sha256, bytes) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(join(directory, sha256), bytes, { mode: 0o600 });
    },
    read: (sha256) => readFile(join(directory, sha256)).catch(() => undefined),
  };
}
