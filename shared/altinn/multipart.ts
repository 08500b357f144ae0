// The body of `POST /correspondence/upload`: fields, then files, streamed one after the other. Loaded by the first letter
// that has files.
import { PassThrough, Readable } from "node:stream";
import FormData from "form-data";
import { exactly, type UploadFile } from "./fileBody.ts";

/** A body that is made while it is sent. */
export interface MultipartBody {
  readonly contentType: string;
  /** In bytes: known beforehand, so that it goes out as Content-Length. */
  readonly length: number;
  /** Destroying it closes the file that is open, and no further one is opened. */
  readonly stream: Readable;
}

/** Puts fields and files together. Values and file names go out as they are, in UTF-8; line ends are not touched. */
export function multipartBody(
  fields: readonly (readonly [string, string])[],
  files: readonly UploadFile[],
): MultipartBody {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value, { header: partHead(form, name) });
  const opened = new Set<Readable>();
  const stream = new PassThrough();
  for (const file of files) {
    const header = partHead(form, "attachments", file.fileName);
    form.append("attachments", opener(form, file, opened, stream), { header, knownLength: file.sizeBytes });
  }
  form.on("error", (error) => stream.destroy(error));
  // Whoever reads the stream learns of the error; form-data's pipe would throw it, too, if nobody listened.
  stream.on("error", () => {});
  stream.on("close", () => {
    for (const file of opened) file.destroy();
  });
  // Before it is piped: form-data counts the last boundary only while parts are waiting.
  const length = form.getLengthSync();
  form.pipe(stream);
  return {
    contentType: `multipart/form-data; boundary=${form.getBoundary()}`,
    length,
    stream,
  };
}

/** A part of the form that opens its file when its turn comes. */
function opener(form: FormData, file: UploadFile, opened: Set<Readable>, target: PassThrough) {
  const open = async (): Promise<Readable> => {
    const source = await file.open();
    opened.add(source);
    source.once("close", () => opened.delete(source));
    if (target.destroyed) source.destroy();
    return Readable.from(exactly(source, file.sizeBytes), { objectMode: false });
  };
  return (next: (part: Readable) => void) => {
    open().then(
      (part) => {
        opened.add(part);
        part.once("close", () => opened.delete(part));
        next(part);
      },
      (error: unknown) => form.emit("error", error),
    );
  };
}

function partHead(form: FormData, name: string, fileName?: string): string {
  const file = fileName === undefined ? "" : `; filename="${escaped(fileName)}"`;
  const type = fileName === undefined ? "" : "Content-Type: application/octet-stream\r\n";
  return `--${form.getBoundary()}\r\nContent-Disposition: form-data; name="${escaped(name)}"${file}\r\n${type}\r\n`;
}

/** What cannot stand in a quoted name, as browsers write it; all else stays, in UTF-8, which ASP.NET reads as it is. */
function escaped(name: string): string {
  return name.replace(/["\\\r\n]/g, (character) => encodeURIComponent(character));
}
