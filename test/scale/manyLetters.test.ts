// What needs thousands of messages: a request with as many recipients as a message holds, and letters beside it.
import { beforeAll, expect, test } from "vitest";
import { organization } from "../../local/parties.ts";
import { HOUR } from "../../shared/clock.ts";
import { requestProgress } from "../../shared/records/progress.ts";
import { controlDigit } from "../../shared/requests/recipients.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

test("a thousand recipients in one request get one letter each, and single letters do not wait for them", async () => {
  await using world = await World.start(storage);
  const recipients = Array.from({ length: 1000 }, (_, index) => organization(index + 10));
  await world.drop(aLetter({ id: "bulk", recipients }));
  for (let index = 0; index < 20; index++) await world.drop(aLetter({ id: `single-${index}` }));
  await world.run();
  expect(world.letters()).toHaveLength(1020);
  expect(new Set(world.letters().map(({ idempotentKey }) => idempotentKey)).size).toBe(1020);
  const told = await world.announcements();
  expect(new Set(told.map(({ id }) => id)).size).toBe(1020);
  const positions = told.flatMap(({ data }, index) => (data.requestId?.startsWith("single-") ? [index] : []));
  expect(Math.max(...positions)).toBeLessThan(100);
});

test("ten thousand recipients in one request, with a shared file: one letter each, the file uploaded once", async () => {
  await using world = await World.start(storage, { batchSize: 16 });
  await world.putAttachment("shared.pdf", Buffer.from("vedlegg"));
  const recipients = Array.from(
    { length: 10_000 },
    (_, index) => `urn:altinn:organization:identifier-no:${numberOf(index)}`,
  );
  const attachments = [{ fileName: "shared.pdf", sendersReference: "s", blob: "shared.pdf" }];
  const request = Buffer.from(JSON.stringify(aLetter({ id: "ten thousand", recipients, attachments })));
  const container = world.storage.blobs.getContainerClient(CONTAINERS.requests);
  await container.getBlockBlobClient("all.json").uploadData(request);
  await world.drop({ requestBlob: "all.json" });
  await world.settle(HOUR);
  expect(new Set(world.letters().map(({ recipient }) => recipient)).size).toBe(10_000);
  expect(world.letters()).toHaveLength(10_000);
  expect(world.calls.filter((call) => call.endsWith("attachment/{id}/upload"))).toHaveLength(1);
  expect(await requestProgress(world.app.sending, "ten thousand")).toMatchObject({
    total: 10_000,
    sent: 10_000,
    waiting: 0,
  });
});

/** Made-up numbers with the right control digit, without going through the series anew for each. */
const numbers: string[] = [];
function numberOf(index: number): string {
  while (numbers.length <= index) numbers.push(nextNumber(Number(numbers.at(-1)?.slice(0, 8) ?? 31_000_099) + 1));
  return numbers[index] ?? "";
}

function nextNumber(from: number): string {
  for (let stem = from; ; stem++) {
    const digit = controlDigit([...String(stem)].map(Number), [3, 2, 7, 6, 5, 4, 3, 2]);
    if (digit < 10) return `${stem}${digit}`;
  }
}
