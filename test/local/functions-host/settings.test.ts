// App settings that the host uses itself.
import { expect, test } from "vitest";
import { connectQueueService, resolveSettings } from "../../../local/functions-host/settings.ts";

const ACCOUNT_KEY = Buffer.from("no real key").toString("base64");
const CONNECTION_STRING = `DefaultEndpointsProtocol=http;AccountName=somewhere;AccountKey=${ACCOUNT_KEY};QueueEndpoint=http://127.0.0.1:1/somewhere;`;

test("%NAME% is replaced, and a missing setting is named", () => {
  expect(resolveSettings("a-%X%-%Y%", { X: "1", Y: "2" })).toBe("a-1-2");
  expect(resolveSettings("100%", {})).toBe("100%");
  expect(() => resolveSettings("%Z%", { X: "1" })).toThrow("The setting Z does not exist");
});

test.each([
  ["a connection string", { Queues: CONNECTION_STRING }, "http://127.0.0.1:1/somewhere"],
  [
    "a connection string by its prefixed name",
    { AzureWebJobsQueues: CONNECTION_STRING },
    "http://127.0.0.1:1/somewhere",
  ],
  ["the emulator", { Queues: "UseDevelopmentStorage=true" }, "http://127.0.0.1:10001/devstoreaccount1"],
  [
    "a service address",
    { Queues__queueServiceUri: "https://some.queue.core.windows.net" },
    "https://some.queue.core.windows.net",
  ],
  ["an account name", { Queues__accountName: "some", Queues__clientId: "x" }, "https://some.queue.core.windows.net"],
])("a connection may be %s", async (_what, settings, url) => {
  const service = await connectQueueService("Queues", settings);
  expect(service.url.replace(/\/$/, "")).toBe(url);
});

test("a connection that no setting describes is named", async () => {
  await expect(connectQueueService("Queues", { Queues: "" })).rejects.toThrow("Queues__queueServiceUri");
});
