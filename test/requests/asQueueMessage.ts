// Recorded calls as the queue messages that would lead to them.
import { field, isObject, items } from "../../shared/requests/json.ts";

/** A recorded request as a queue message: new attachments get a blob, an attachment alone gets a letter around it. */
export function asQueueMessage(via: "json" | "upload" | "form" | "attachment", request: unknown): unknown {
  if (via === "upload") return withBlobs(request);
  if (via !== "attachment" || !isObject(request)) return request;
  const { resourceId, ...attachment } = request;
  return {
    correspondence: {
      resourceId,
      sendersReference: "ref",
      content: { messageTitle: "T", messageBody: "B", attachments: [{ ...attachment, blob: "cases/0.bin" }] },
    },
    recipients: ["urn:altinn:organization:identifier-no:310000000"],
  };
}

function withBlobs(request: unknown): unknown {
  const letter = field(request, "correspondence");
  const content = field(letter, "content");
  if (!isObject(request) || !isObject(letter) || !isObject(content)) return request;
  const attachments = items(content.attachments).map((attachment, index) =>
    isObject(attachment) ? { ...attachment, blob: `cases/${index}.bin` } : attachment,
  );
  return { ...request, correspondence: { ...letter, content: { ...content, attachments } } };
}
