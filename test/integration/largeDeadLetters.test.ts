// What can be written can be read: the largest of what nobody understands, and what another version has left behind.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runCommand } from "../../cli/deadLettersCommand.ts";
import { HOUR } from "../../shared/clock.ts";
import { CONTAINERS } from "../../shared/storage/names.ts";
import { createProgress } from "../../terminal/progress.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "./letters.ts";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world[Symbol.asyncDispose]();
});

async function put(container: string, name: string, content: Buffer): Promise<void> {
  await world.storage.blobs.getContainerClient(container).getBlockBlobClient(name).uploadData(content);
}

/** The command on dead letters, in this process: its exit code, and all that it writes. */
async function run(...args: string[]): Promise<{ code: number; said: string }> {
  vi.stubEnv("CORRESPONDENCE_STORAGE", world.storage.connectionString);
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const code = await runCommand(args, {
    columns: 200,
    print: say,
    tell: say,
    confirm: async () => false,
    progress: createProgress(),
  });
  return { code, said: said.join("\n") };
}

test("11.5 MB of control characters are kept as far as somebody looks, and a second delivery ends as the first", async () => {
  const bytes = 11_500_000;
  await put(CONTAINERS.requests, "noise.json", Buffer.alloc(bytes, 1));
  await world.drop({ requestBlob: "noise.json" });
  await world.drop({ requestBlob: "noise.json" });
  await world.drop(aLetter({ id: "wrong", content: { messageTitle: "" } }));
  await world.run();
  expect(await world.ends()).toEqual(Array.from({ length: 3 }, () => "rejected invalidRequest"));
  expect(new Set((await world.announcements()).map(({ id }) => id)).size).toBe(2);
  const noise = (await world.deadLetters()).find(({ value }) => value.rawBytes === bytes);
  expect(JSON.stringify(noise?.value).length).toBeLessThan(1_500_000);
  const listed = await run("list");
  expect(listed).toMatchObject({ code: 0, said: expect.stringContaining("2 dead letters, 1 to 2 shown.") });
  expect((await run("show", noise?.name ?? "")).said).toContain(`had ${bytes} bytes, in base64:`);
  const replayed = await run("replay", noise?.name ?? "");
  expect(replayed).toMatchObject({ code: 1, said: expect.stringContaining("only the beginning") });
});

test("of a request that breaks rules in very many places the first thousand are kept", async () => {
  const recipients = Array.from({ length: 5_000 }, (_, index) => `nobody ${index}`);
  await put(CONTAINERS.requests, "many.json", Buffer.from(JSON.stringify(aLetter({ id: "many", recipients }))));
  await world.drop({ requestBlob: "many.json" });
  await world.run();
  const dead = (await world.deadLetters()).find(({ value }) => value.requestId === "many");
  expect(dead?.value.problems).toHaveLength(1_000);
  expect(dead?.value.detail).toMatch(/^Breaks rules in \d+ places; the first 1000 are listed$/);
});

test("one that cannot be read is a row of the list, ends a second delivery as the first, and can be dropped", async () => {
  const name = (await world.deadLetters()).find(({ value }) => value.rawBytes !== undefined)?.name ?? "";
  // As an earlier version left it: more than is ever read.
  await put(CONTAINERS.deadLetters, name, Buffer.alloc(69_000_000, " "));
  await put(CONTAINERS.deadLetters, "00000000-0000-4000-8000-000000000001.json", Buffer.from('{"version":2}'));
  const before = await world.announcements();
  await world.drop({ requestBlob: "noise.json" });
  await world.settle(HOUR);
  const [again] = (await world.announcements()).slice(before.length);
  expect(before.map(({ id }) => id)).toContain(again?.id);
  const listed = await run("list");
  expect(listed).toMatchObject({ code: 0, said: expect.stringContaining("4 dead letters, 1 to 4 shown.") });
  expect(listed.said.match(/\(unreadable\)/g)).toHaveLength(2);
  expect(await run("show", name)).toMatchObject({ code: 1 });
  expect(await run("show", name, "--json")).toMatchObject({ code: 1, said: expect.stringContaining("too large") });
  expect(await run("drop", name, "--reason", "noise")).toMatchObject({ code: 0 });
  // By its name it is a letter's, which nothing else says has ended.
  const kept = await run("drop", "00000000-0000-4000-8000-000000000001", "--reason", "noise");
  expect(kept).toMatchObject({ code: 1, said: expect.stringContaining("is not dropped") });
  expect((await world.blobs(CONTAINERS.deadLetters)).map((blob) => blob.name)).not.toContain(name);
});
