// Reads a multipart request: fields whole, files as a stream.

import type { IncomingMessage } from "node:http";
import busboy from "busboy";
import type { KeptFiles } from "./keptFiles.ts";
import type { FormField } from "./model/form.ts";
import { type ReceivedFile, receiveFile } from "./receivedFile.ts";

/** A multipart request. Files of other parts than `attachments` are read and left out. */
export interface ReceivedForm {
  readonly fields: readonly FormField[];
  readonly files: readonly ReceivedFile[];
}

/** Reads the request's body. Null: it is no multipart body, or it ends before its last boundary. */
export async function receiveForm(request: IncomingMessage, kept?: KeptFiles): Promise<ReceivedForm | null> {
  let parser: busboy.Busboy;
  try {
    parser = busboy({
      headers: request.headers,
      preservePath: true,
      defParamCharset: "utf8",
      limits: { fieldSize: 16 * 1024 * 1024 },
    });
  } catch {
    return null;
  }
  const fields: FormField[] = [];
  const files: Promise<ReceivedFile | undefined>[] = [];
  parser.on("field", (name, value) => fields.push([name, value]));
  parser.on("file", (part, stream, { filename }) => {
    const received = receiveFile(filename ?? "", stream, kept).then(
      (file) => (part.toLowerCase() === "attachments" ? file : undefined),
      () => undefined,
    );
    files.push(received);
  });
  const complete = await new Promise<boolean>((resolve) => {
    parser.once("close", () => resolve(true));
    parser.once("error", () => resolve(false));
    request.once("aborted", () => resolve(false));
    request.pipe(parser);
  });
  if (!complete) {
    request.unpipe(parser);
    return null;
  }
  return { fields, files: (await Promise.all(files)).filter((file) => file !== undefined) };
}
