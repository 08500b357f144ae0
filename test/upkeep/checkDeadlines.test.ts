// Letters about which Altinn does not tell stay due, and keep no other from being asked about.
import { expect, it } from "vitest";
import { DAY, MINUTE } from "../../shared/clock.ts";
import { deadlineTag } from "../../shared/records/lacks.ts";
import { createStateStore } from "../../shared/records/stateStore.ts";
import { FOLDERS, recordName } from "../../shared/storage/names.ts";
import { checkDeadlines } from "../../shared/upkeep/checkDeadlines.ts";
import { memoryBlobs } from "../harness/memoryBlobs.ts";

const NOW = Date.UTC(2030, 2, 1);

it("asks about a thousand at most in a sweep, and about all of them in turn", async () => {
  const state = memoryBlobs();
  const ids = Array.from({ length: 2_500 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
  for (const id of ids) {
    await state.create(recordName(FOLDERS.correspondences, id), {}, { lacks: deadlineTag(NOW - DAY) });
  }
  const asked = new Set<string>();
  let put = 0;
  const queues = {
    async put(_queue: string, text: string) {
      put++;
      asked.add(JSON.parse(text).correspondenceId);
    },
  };
  const store = createStateStore({ state, accepted: memoryBlobs(), deadLetters: memoryBlobs() });
  for (let sweep = 0; sweep < 5; sweep++) {
    put = 0;
    await checkDeadlines({ store, queues }, NOW + sweep * 15 * MINUTE);
    expect(put).toBe(1_000);
  }
  expect(asked.size).toBe(ids.length);
});
