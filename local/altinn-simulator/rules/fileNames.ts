// Names of attachment files: allowed types, and what Windows allows (2010 to 2013, 2021).

import { isWhiteSpace } from "../model/values.ts";

const allowed = new Set(
  "doc xls docx xlsx ppt pps zip pdf html txt xml jpg jpeg gif bmp png json csv dcm dicom".split(" "),
);

/** The error number of a file name that Altinn refuses. */
export function fileNameError(name: string): number | undefined {
  if (isWhiteSpace(name)) return 2010;
  if (name.length > 255) return 2011;
  if (!allowed.has(extensionOf(name))) return 2013;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  if (/[<>:"/\\|?*\u0000-\u001f]/u.test(name)) return 2012;
  if (/^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/iu.test(name)) return 2021;
  return undefined;
}

function extensionOf(name: string): string {
  const file = name.slice(name.lastIndexOf("/") + 1);
  const dot = file.lastIndexOf(".");
  return dot < 0 ? "" : file.slice(dot + 1).toLowerCase();
}

const types: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  doc: "application/msword",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xls: "application/vnd.ms-excel",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
  html: "text/html",
  txt: "text/plain",
  xml: "application/xml",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  bmp: "image/bmp",
  png: "image/png",
  json: "application/json",
  csv: "text/csv",
};

/** The media type that Altinn gives a file by its name. */
export function mediaTypeOf(name: string): string {
  return types[extensionOf(name)] ?? "application/octet-stream";
}
