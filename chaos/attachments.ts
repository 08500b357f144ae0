// The attachments that a run's letters take along.

/** What a request says of an attachment, and the bytes that its blob holds. */
interface Attachment {
  readonly fileName: string;
  readonly sendersReference: string;
  readonly blob: string;
}

function attachment(fileName: string): Attachment {
  return { fileName, sendersReference: fileName, blob: `files/${fileName}` };
}

export const ATTACHMENTS = [attachment("vedtak.pdf"), attachment("belop.csv")] as const;

/** The simulator's scan finds it out by its name. */
export const INFECTED = attachment("eicar.txt");

/** The blobs that must be there, by path. */
export const ATTACHMENT_BLOBS: ReadonlyMap<string, string> = new Map([
  [ATTACHMENTS[0].blob, "Vedtak. ".repeat(2_000)],
  [ATTACHMENTS[1].blob, "post;belop\n1;100\n"],
  [INFECTED.blob, "Not really infected."],
]);
