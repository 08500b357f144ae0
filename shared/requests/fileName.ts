// File names of attachments: the types that Altinn allows, and names that Windows can hold.

/** The file types that Altinn takes, by the ending of the name, in any case. */
const allowedFileTypes: readonly string[] =
  ".doc .xls .docx .xlsx .ppt .pps .zip .pdf .html .txt .xml .jpg .jpeg .gif .bmp .png .json .csv .dcm .dicom".split(
    " ",
  );

/** What is wrong with a file name; its length is another rule's matter. */
export type FileNameFault = "required" | "fileType" | "fileName" | "reservedFileName";

/** Judges a file name as Altinn does: 2010 empty, 2013 type, 2012 illegal characters, 2021 a name of a device. */
export function fileNameFault(fileName: string): FileNameFault | undefined {
  if (fileName.trim() === "") return "required";
  const dot = fileName.lastIndexOf(".");
  if (dot < 0 || !allowedFileTypes.includes(fileName.slice(dot).toLowerCase())) return "fileType";
  if (hasIllegalCharacter(fileName)) return "fileName";
  if (/^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i.test(fileName)) return "reservedFileName";
  return undefined;
}

function hasIllegalCharacter(fileName: string): boolean {
  for (let index = 0; index < fileName.length; index++) {
    if (fileName.charCodeAt(index) < 0x20 || '<>:"/\\|?*'.includes(fileName.charAt(index))) return true;
  }
  return false;
}
