// Of a message that is no request: what it probably is, and what to do instead. Nothing here repeats the message.
import { field } from "./json.ts";
import { findJsonFault } from "./jsonFault.ts";

/** Signs with which files and compressed data begin, by what they are. */
const beginnings: readonly { readonly what: string; readonly bytes: readonly number[] }[] = [
  { what: "gzip", bytes: [0x1f, 0x8b] },
  { what: "a zip file", bytes: [0x50, 0x4b, 0x03, 0x04] },
  { what: "a PDF file", bytes: [0x25, 0x50, 0x44, 0x46] },
];

/** What bytes are that are no text, as a sentence; undefined where that can't be told. */
export function binaryForm(bytes: Uint8Array): string | undefined {
  const found = beginnings.find(({ bytes: first }) => first.every((byte, index) => bytes[index] === byte));
  if (found !== undefined) return `It is ${found.what}. Drop the JSON itself.`;
  const zeros = [0, 1, 2, 3].filter((index) => bytes[index] === 0).length;
  return bytes.length >= 4 && (zeros === 3 || (zeros === 2 && (bytes[0] === 0) === (bytes[1] === 0)))
    ? "It looks like UTF-32. Write the JSON in UTF-8."
    : undefined;
}

/** So much of a text shows of which signs it is made, in characters. To match millions takes memory for each of them. */
const SAMPLE = 100_000;

/** Why a text is no JSON: the form that it has instead, or the place of the first fault. A sentence or two. */
export function textForm(text: string): string {
  const start = text.slice(0, 200);
  if (/^<[a-z!?]/i.test(start)) {
    return /<QueueMessage/i.test(start)
      ? "It is the XML of the call that puts a message. Put the JSON into its MessageText."
      : "It looks like XML or HTML. Put a JSON object on the queue.";
  }
  if (/^--[^\r\n]+\r?\n/.test(start) || /^[\w.%[\]-]+=(?!=|$)[^{"]*(?:&|$)/.test(start)) {
    return "It looks like the fields of a form. Put a JSON object on the queue.";
  }
  if (/^data:[\w/+.;=-]*,/.test(start)) return "It is a data URL. Drop what stands after its comma.";
  const sample = text.slice(0, SAMPLE);
  if (/^[A-Za-z0-9_-]{20,}=*$/.test(sample) && /[_-]/.test(sample)) {
    return "It looks like base64 in the alphabet of addresses. Drop the JSON itself, or write it with + and /.";
  }
  if (/^[A-Za-z0-9+/\r\n]{24,}={0,2}\s*$/.test(sample)) {
    return "It looks like base64, but what it holds is no JSON in UTF-8 or UTF-16, or was cut off.";
  }
  const fault = findJsonFault(text);
  return fault === undefined
    ? "Put a JSON object on the queue."
    : `At line ${fault.line}, column ${fault.column}, ${fault.what}.`;
}

/** What to do about JSON that is no object, as a sentence. */
export function valueForm(value: unknown): string {
  if (!Array.isArray(value)) return "A request is a JSON object.";
  const [first] = value;
  const isEvent = ["eventType", "specversion"].some((name) => field(first, name) !== undefined);
  return isEvent
    ? "It is a list of events (Event Grid). Drop the request by itself, without an event around it."
    : "It is a list. Drop each request as a message of its own, without the square brackets.";
}
