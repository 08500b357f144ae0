// Preloaded into Azurite (3.37): a message with a character that XML 1.0 does not have (2.2, Char) is refused, as Azure
// refuses it (400 InvalidXmlDocument). Azurite itself takes it and writes it into its answers as it is: no client can read
// them, so the messages that were to be handed out with it stay out of sight, time after time, and nothing says why.
const { default: MessagesHandler } = require("azurite/dist/src/queue/handlers/MessagesHandler");
const { default: MessageIdHandler } = require("azurite/dist/src/queue/handlers/MessageIdHandler");
const { default: StorageErrorFactory } = require("azurite/dist/src/queue/errors/StorageErrorFactory");
const { default: QueueStorageContext } = require("azurite/dist/src/queue/context/QueueStorageContext");

const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
/** The same, written as references to characters. */
const REFERENCES = /&#(?:x([0-9a-f]+)|([0-9]+));/gi;

function isXml(body) {
  if (NO_XML.test(body)) return false;
  return [...body.matchAll(REFERENCES)].every(([, hexadecimal, decimal]) => {
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return code <= 0x10ffff && !NO_XML.test(String.fromCodePoint(code));
  });
}

/** The context of a call is its handler's last argument. */
for (const [{ prototype }, name] of [
  [MessagesHandler, "enqueue"],
  [MessageIdHandler, "update"],
]) {
  const handle = prototype[name];
  prototype[name] = async function refuseNoXml(...call) {
    const context = new QueueStorageContext(call.at(-1));
    if (!isXml(context.request.getBody() ?? "")) throw StorageErrorFactory.getInvalidXmlDocument(context.contextID);
    return handle.apply(this, call);
  };
}
