// Reads a body that comes from outside up to a limit, so that nobody can fill this process's memory with one.

/**
 * The bytes of `body`, or undefined when there are more than `limit`: then no more of them is read, and leaving the
 * loop closes what they come from.
 */
export async function readAtMost(body: AsyncIterable<Uint8Array> | null, limit: number): Promise<Buffer | undefined> {
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
