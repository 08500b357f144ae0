// `npm run altinn -- figures` against real storage: a table with bars, CSV, and JSON as the endpoint answers.
import { afterAll, beforeAll, expect, test } from "vitest";
import { figuresCommand } from "../../cli/altinn/figures.ts";
import { dayOf } from "../../shared/clock.ts";
import { figuresAnswerSchema } from "../../shared/figures/answer.ts";
import { runHere } from "../harness/commandHere.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
  await world.drop(aLetter({ id: "sent" }));
  await world.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
  await world.run();
  const [letter] = world.letters();
  await world.advance(60_000);
  await world.simulator.control.act(letter?.correspondenceId ?? "", "read");
  await world.sweep();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const figures = (args: readonly string[], columns?: number) =>
  runHere(figuresCommand, args, { CORRESPONDENCE_STORAGE: world.storage.connectionString }, columns);
const today = () => dayOf(world.clock.now());

test("a table with a bar for each day, where there is room for one", async () => {
  const wide = await figures(["--to", today()], 120);
  const lines = wide.stdout.split("\n");
  expect(lines[0]).toMatch(/^day \(UTC\) +sent +published +read +confirmed +never read +failed {2}read █, sent ░$/);
  expect(lines).toHaveLength(7 + 2 + 1 + 4 + 1);
  expect(wide.stdout).toMatch(/\n\d{4}-\d\d-\d\d +1 +1 +1 +0 +0 +1 {2}█+\n/);
  expect(wide.stdout).toMatch(/\nall +1 +1 +1 +0 +0 +1\n\n/);
  expect(wide.stdout).toMatch(/\nSent to read: half within \d+ s, 95 % within \d+ s\.\nFailed: 1 invalidRequest\.\n$/);
  expect(wide.stderr).toMatch(/^As of \S+Z, by \d+ operations of storage\. 2 days are still open\.\n$/);
  expect((await figures(["--to", today()], 72)).stdout).not.toContain("█");
});

test("CSV and JSON", async () => {
  const day = ["--from", today(), "--to", today()];
  const { stdout } = await figures([...day, "--csv"]);
  const [head = "", row = "", ...more] = stdout.trimEnd().split("\n");
  expect(head).toMatch(/^from,to,closed,sent,published,read,confirmed,neverRead,failed,reasons,sentToPublishedMedian,/);
  expect(row).toMatch(/,false,1,1,1,0,0,1,1 invalidRequest,\d+,\d+,\d+,\d+,\d+,\d+$/);
  expect(more).toEqual([]);
  const json = figuresAnswerSchema.parse(JSON.parse((await figures([...day, "--json", "--by", "hour"])).stdout));
  expect(json).toMatchObject({ by: "hour", total: { sent: 1, failed: { invalidRequest: 1 } } });
  expect(json.periods).toHaveLength(24);
});

test("what is not understood is named, and exits with 2", async () => {
  const wrong = await figures(["--by", "week", "--from", "yesterday"]);
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toMatch(/^--from must be a day .*\n--by must be day or hour\.\n$/);
});
