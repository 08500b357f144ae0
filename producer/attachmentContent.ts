// The bytes of an attachment as a producer hands them over: in memory, as a local file, or as a stream.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/**
 * Bytes (a Buffer, say), a local file, or a stream of bytes (a Readable, or a fetch's `body`). A stream can be read
 * once: to send the letter again, open it again.
 */
export type AttachmentContent = Uint8Array | { readonly file: string } | AsyncIterable<Uint8Array>;

/** What can be seen of content without reading it. */
export type ContentFault = "missingFile" | "emptyFile";

/** Whether there is anything to read, as far as that is known beforehand. */
export async function contentFault(content: AttachmentContent): Promise<ContentFault | undefined> {
  if (content instanceof Uint8Array) return content.byteLength === 0 ? "emptyFile" : undefined;
  if (!("file" in content)) return undefined;
  const found = await stat(content.file).catch(() => undefined);
  if (!found?.isFile()) return "missingFile";
  return found.size === 0 ? "emptyFile" : undefined;
}

/** The bytes, in pieces of at most `pieceBytes`, all but the last of exactly that size. Throws when a stream does. */
export async function* piecesOf(content: AttachmentContent, pieceBytes: number): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(content, pieceBytes)) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError("The stream of an attachment must consist of bytes");
    for (let start = 0; start < chunk.byteLength; ) {
      const part = chunk.subarray(start, start + pieceBytes - size);
      gathered.push(part);
      size += part.byteLength;
      start += part.byteLength;
      if (size < pieceBytes) continue;
      yield Buffer.concat(gathered);
      gathered = [];
      size = 0;
    }
  }
  if (size > 0) yield Buffer.concat(gathered);
}

function chunksOf(content: AttachmentContent, pieceBytes: number): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (content instanceof Uint8Array) return [content];
  return "file" in content ? createReadStream(content.file, { highWaterMark: Math.min(pieceBytes, 1 << 20) }) : content;
}
