// Every function of a queue takes bytes: so that nothing that stands in a message can pass for the queue's own word.
import { expect, test } from "vitest";
import { ALL_QUEUES } from "../../shared/storage/names.ts";
import { registeredFunctions } from "../harness/registered.ts";

const triggers = (await registeredFunctions()).filter(({ binding }) => binding.type === "queueTrigger");
const named = triggers.map(({ registered, binding }) => ({ name: registered.metadata.name, binding }));

test("there are some", () => {
  expect(named.length).toBeGreaterThan(3);
});

test.each(named)("$name asks for bytes, of a queue of the app's", ({ binding }) => {
  expect(binding.dataType).toBe("binary");
  expect(ALL_QUEUES).toContain(binding.queueName);
});
