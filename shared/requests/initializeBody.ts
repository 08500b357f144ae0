// What is posted to Altinn for one recipient: as JSON, or flattened into the fields of a form.
import type { CorrespondenceRequest } from "./parseRequest.ts";

/** The body of an initialize call. */
export type InitializeBody = Readonly<Record<string, unknown>>;

/**
 * The body that initializes one letter to one recipient: what the producer wrote, without this app's own fields.
 *
 * New attachments' metadata stays in it, for a form that carries the files. When the files were shared beforehand,
 * their ids are among `existingAttachments`, which is then longer than the request's own, and the metadata is left
 * out: Altinn refuses it without files (1005).
 *
 * @param recipient as written in the request, or canonical
 * @param idempotentKey the dispatch's id, or the key that the producer gave
 * @param existingAttachments ids of all attachments that Altinn has already
 */
export function toInitializeBody(
  request: CorrespondenceRequest,
  recipient: string,
  idempotentKey: string,
  existingAttachments: readonly string[],
): InitializeBody {
  const { bodyFormat: _ours, attachments: written, ...content } = request.correspondence.content;
  const isShared = existingAttachments.length > request.existingAttachments.length;
  const attachments = isShared ? [] : (written ?? []).map(({ blob: _path, ...metadata }) => metadata);
  return {
    ...request.unknownFields,
    correspondence: {
      ...request.correspondence,
      content: attachments.length > 0 ? { ...content, attachments } : content,
    },
    recipients: [recipient],
    ...(existingAttachments.length > 0 ? { existingAttachments } : {}),
    idempotentKey,
  };
}

/**
 * A body as the fields of a form, in the body's order: `a.b[0].c`, properties as `.Key` and `.Value` pairs, nulls
 * and empty lists left out, numbers and booleans as text. Values stay exactly as they are: who encodes them must not
 * touch line breaks.
 */
export function toFormFields(body: InitializeBody): [name: string, value: string][] {
  const fields: [string, string][] = [];
  flatten("", body, fields);
  return fields;
}

const propertyList = "correspondence.propertyList";

function flatten(name: string, value: unknown, fields: [string, string][]): void {
  if (value === null || value === undefined) return;
  if (typeof value !== "object") {
    fields.push([name, String(value)]);
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) flatten(`${name}[${index}]`, item, fields);
    return;
  }
  for (const [index, [key, item]] of Object.entries(value).entries()) {
    if (name === propertyList) {
      flatten(`${name}[${index}].Key`, key, fields);
      flatten(`${name}[${index}].Value`, item, fields);
    } else flatten(name === "" ? key : `${name}.${key}`, item, fields);
  }
}
