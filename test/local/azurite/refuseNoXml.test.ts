// Azurite takes into its queues what Azure takes: what XML has no character for is refused, and holds nothing up.
import { beforeAll, expect, it } from "vitest";
import { QUEUES } from "../../../shared/storage/names.ts";
import { queueText } from "../../../shared/storage/queues.ts";
import { type Storage, startStorage } from "../../harness/storage.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

it("a message with a control character is refused, and the one beside it is handed out", async () => {
  const { queues } = await storage.account();
  const queue = queues.getQueueClient(QUEUES.requests);
  const before = await queue.sendMessage("before");
  const refused = { statusCode: 400, code: "InvalidXmlDocument" };
  for (const character of ["\u0000", "\u0008", "\u001b", "\ufffe", "\uffff"]) {
    const text = `{"id":"${character}"}`;
    await expect(queue.sendMessage(text)).rejects.toMatchObject(refused);
    await expect(queue.updateMessage(before.messageId, before.popReceipt, text)).rejects.toMatchObject(refused);
  }
  const taken = "tab \t, line\n, æøå, \u0085, 😀 & <b>&#27;</b>";
  await queue.sendMessage(taken);
  await queue.sendMessage(queueText({ id: "\u001b\uffff" }));
  const { receivedMessageItems } = await queue.receiveMessages({ numberOfMessages: 32 });
  expect(receivedMessageItems.map(({ messageText }) => messageText)).toEqual([
    "before",
    taken,
    String.raw`{"id":"\u001b\uffff"}`,
  ]);
});
