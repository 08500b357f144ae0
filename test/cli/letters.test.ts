// `npm run altinn -- letters` against real storage, as an operator is asked at night: "some letters did not arrive".
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lettersCommand } from "../../cli/altinn/letters.ts";
import { organization } from "../../local/parties.ts";
import { letterPageSchema } from "../../shared/finding/answers.ts";
import { runHere } from "../harness/commandHere.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";
import { heard, receivingWorld } from "../receiving/receivingWorld.ts";

const RESERVED_PERSON = "urn:altinn:person:identifier-no:02014900120";

let storage: Storage;
let world: World;
beforeAll(async () => {
  storage = await startStorage();
  world = await World.start(storage);
  const drop = (id: string, more: Parameters<typeof aLetter>[0] = {}) =>
    world.drop(aLetter({ id, letter: { sendersReference: `ref of ${id}` }, ...more }));
  await drop("arrived");
  await drop("=reserved", { recipients: [RESERVED_PERSON], letter: { sendersReference: '=1+1, "x"' } });
  await drop("wrong", { content: { messageTitle: "" } });
  await world.run();
  const many = { recipients: [organization(20), organization(21)] };
  await world.drop(aLetter({ id: "many", letter: { resourceId: "cases" }, ...many }));
  await world.run();
  const path = "/correspondence/api/v1/correspondence";
  world.simulator.control.fault({ method: "POST", path, status: 503, times: "always" });
  await drop("late\u001b[2J");
  await world.run();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const letters = (args: readonly string[], columns?: number) =>
  runHere(lettersCommand, args, { CORRESPONDENCE_STORAGE: world.storage.connectionString }, columns);

describe("some letters did not arrive", () => {
  test("what was sent on the resource, what each came to, and one whole", async () => {
    const found = await letters(["find", "--resource", "my-resource"]);
    expect(found.code).toBe(0);
    const [head, ...rows] = found.stdout.trimEnd().split("\n");
    expect(head).toMatch(/^since \(UTC\) +status +why +resource +reference +request +id$/);
    const line = (request: string) => rows.find((row) => row.includes(request)) ?? "";
    expect(line("arrived")).toMatch(
      /(initialized|readyForPublish) +\S.* my-resource +ref of arrived +arrived +[0-9a-f-]{36}$/,
    );
    expect(line("=reserved")).toMatch(/rejected +recipientReserved +.* [0-9a-f-]{36}$/);
    expect(line("wrong")).toMatch(/rejected +invalidRequest +.* [0-9a-f]{64}\.json$/);
    expect(line("late")).toMatch(/waiting +waits: altinn +.*\\u\{1b\}/);
    expect(found.stderr).toMatch(/^4 letters: 2 rejected, 1 \w+, 1 \w+, as of /);
    const [, dead = ""] = / ([0-9a-f]{64}\.json)$/.exec(line("wrong")) ?? [];
    expect((await letters(["show", dead])).stdout).toContain("\nWhat is wrong with it:\n  correspondence.content.");
    const [, id = ""] = / ([0-9a-f-]{36})$/.exec(line("=reserved")) ?? [];
    const shown = await letters(["show", id], 80);
    expect(shown.stdout).toMatch(/^status +rejected, nothing more is waited for\nreason +recipientReserved/);
    expect(shown.stdout).toMatch(/\ndead letter +[0-9a-f-]{36}\.json\n/);
    expect(shown.stdout).toMatch(/\nHistory \(UTC\):\n.*\n {2}\S+ \S+ {2}rejected, says this app\n/);
    expect(shown.stdout).toMatch(/\nAttempts \(UTC\):\n {2}\S+ \S+ {2}never, 4\d\d, Altinn's error \d+\n/);
    expect(shown.stdout).toContain("identifier-no:***");
    expect((await letters(["show", id, "--unmask"])).stdout).toContain(RESERVED_PERSON);
    for (const secret of ["02014900120", "\u001b"]) {
      for (const { stdout, stderr } of [found, shown]) expect(stdout + stderr).not.toContain(secret);
    }
  });

  test("what waits, why, and what to do about it", async () => {
    const waiting = await letters(["waiting"]);
    expect(waiting.stdout).toMatch(/^cause +letters +since \(UTC\) +next \(UTC\) +last \(UTC\)\n/);
    expect(waiting.stdout).toMatch(/\naltinn +1 +\d{4}-\d\d-\d\d \d\d:\d\d/);
    expect(waiting.stdout).toContain("\naltinn: Altinn does not take it now");
    expect((await letters(["waiting", "--csv"])).stdout).toMatch(
      /^cause,letters,since,next,last\n(?:.*\n)*altinn,1,20/,
    );
    const each = await letters(["find", "--status", "waiting", "--json"]);
    expect(JSON.parse(each.stdout)).toMatchObject({
      letters: [{ waitingFor: "altinn", attempts: [{ httpStatus: 503 }] }],
    });
  });
});

test("every letter of a request that became several", async () => {
  const { stdout } = await letters(["find", "--request", "many", "--json"]);
  const { letters: found } = letterPageSchema.parse(JSON.parse(stdout));
  expect(found).toHaveLength(2);
  for (const { resourceId, correspondenceId, dispatchId, requestId } of found) {
    expect({ resourceId, requestId }).toEqual({ resourceId: "cases", requestId: "many" });
    const shown = await letters(["show", dispatchId ?? "", "--json"]);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      letter: { correspondenceId, history: [{ source: "app" }, { source: "answer" }] },
    });
  }
});

test("those of one sender of SENDERS, which the command's own environment has", async () => {
  const environment = { CORRESPONDENCE_STORAGE: world.storage.connectionString };
  const SENDERS = JSON.stringify([{ name: "oslo", resources: ["cases"], jwkSetting: "MASKINPORTEN_JWK_OSLO" }]);
  const as = (args: readonly string[]) => runHere(lettersCommand, args, { ...environment, SENDERS });
  const { stdout } = await as(["find", "--sender", "oslo", "--json"]);
  const { letters: found } = letterPageSchema.parse(JSON.parse(stdout));
  expect(found.map(({ requestId }) => requestId)).toEqual(["many", "many"]);
  expect((await as(["waiting", "--sender", "oslo"])).stdout).not.toContain("altinn");
  const unknown = await letters(["find", "--sender", "oslo"]);
  expect(unknown).toMatchObject({ code: 2, stderr: "--sender is no sender of SENDERS.\n" });
  const wrong = await runHere(lettersCommand, ["waiting"], { ...environment, SENDERS: "[{}]" });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("SENDERS[1].name is missing.") });
});

test("a page goes on where it ended; CSV is text for a spreadsheet, and no formula", async () => {
  const first = await letters(["find", "--resource", "my-resource", "--limit", "1", "--json"]);
  const { next, letters: one } = JSON.parse(first.stdout);
  expect(one).toHaveLength(1);
  const rest = await letters(["find", "--resource", "my-resource", "--next", next, "--csv"]);
  const lines = rest.stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(4);
  const all = (await letters(["find", "--resource", "my-resource", "--csv"])).stdout;
  expect(all).toContain(`my-resource,"'=1+1, ""x""",'=reserved,urn:altinn:person:identifier-no:***,`);
});

test("what is not understood is named, and exits with 2; what is not there with 1", async () => {
  const none = await letters(["find"]);
  expect(none).toMatchObject({ code: 2, stdout: "" });
  expect(none.stderr).toMatch(/^Say which letters: --request/);
  const wrong = await letters(["find", "--status", "gone", "--from", "yesterday", "--dispatch", "x", "--limit", "2"]);
  expect(wrong.code).toBe(2);
  for (const option of ["--status must be one of waiting,", "--from must be a day", "--dispatch must be a UUID"]) {
    expect(wrong.stderr).toContain(option);
  }
  const recipient = await letters(["find", "--recipient", RESERVED_PERSON]);
  expect(recipient.code).toBe(2);
  expect(recipient.stderr).toMatch(/^Letters cannot be found by recipient/);
  expect(recipient.stderr).not.toContain("02014900120");
  expect(await letters(["show", crypto.randomUUID()])).toMatchObject({ code: 1, stdout: "" });
  expect(await letters(["show", "x"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("The id must be a UUID"),
  });
});

test("which letters the organisation has got, from whom, and which of them wait", async () => {
  await using own = await receivingWorld(storage);
  const ask = (...args: string[]) =>
    runHere(lettersCommand, args, { CORRESPONDENCE_STORAGE: own.storage.connectionString }, 160);
  const files = [{ fileName: "Vedtak for Kari.pdf", size: 10, resourceId: "denied-1" }];
  const got = await heard(own, { title: "Til dere", files });
  await own.run();
  await own.drop({ received: { correspondenceId: got, action: "read" } });
  await own.run();
  own.clock.advance(60_000);
  const late = await heard(own);
  own.simulator.control.fault({ path: "/correspondence/{id}", status: 503 });
  await own.run();
  const all = await ask("find", "--direction", "received");
  expect(all).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^2 letters: .*\nOne whole: .* --direction received/),
  });
  const rows = all.stdout.split("\n");
  expect(rows[0]).toMatch(/^since \(UTC\) +status +why +resource +reference +sent by +id$/);
  const line = (id: string) => rows.find((row) => row.includes(id));
  expect(line(late)).toMatch(/waiting +waits: altinn; failed 1 time +their-letters +- +- /);
  expect(line(got)).toMatch(/read +1 of 1 files missing +their-letters +ref-1 +310000035 /);
  const idsOf = async (...by: string[]) => {
    const { stdout } = await ask("find", "--direction", "received", "--json", ...by);
    return letterPageSchema.parse(JSON.parse(stdout)).letters.map(({ correspondenceId }) => correspondenceId);
  };
  expect(await idsOf("--status", "waiting")).toEqual([late]);
  for (const by of [
    ["--sent-by", "310000035"],
    ["--reference", "ref-1"],
    ["--correspondence", got],
    ["--status", "read"],
  ]) {
    expect(await idsOf(...by, "--resource", "their-letters", "--from", "2000-01-01")).toEqual([got]);
  }
  expect(await idsOf("--sent-by", "310000036")).toEqual([]);
  expect(await idsOf("--to", "2000-01-01")).toEqual([]);
  const shown = await ask("show", got);
  expect(shown.stdout).toMatch(/\nsent by +urn:altinn:organization:identifier-no:310000035\n/);
  expect(shown.stdout).toMatch(/ waiting, says this app\n.* received, says this app\n.* read, says this app\n/);
  expect(shown.stdout).toMatch(/\nFiles:\n {2}\S+ {2}refused\n/);
  expect(shown.stdout).not.toMatch(/Kari|Til dere/);
  expect(await ask("show", got, "--direction", "sent")).toMatchObject({ code: 1 });
  expect(await ask("act", got, "purge")).toMatchObject({ code: 0, stderr: expect.stringMatching(/^Asked for/) });
  await own.run();
  expect(await idsOf("--status", "purged")).toEqual([got]);
  expect(await ask("act", got, "burn")).toMatchObject({ code: 2, stderr: expect.stringContaining("received.action") });
  for (const [wrong, named] of [
    [["--status", "gaveUp"], "--status must be one of waiting, received, read, confirmed, purged, notReceived where"],
    [["--request", "x"], "--request is of letters with direction=sent alone"],
    [["--sent-by", "1"], "--sent-by must be the number of an organisation"],
  ] as const) {
    expect(await ask("find", "--direction", "received", ...wrong)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(named),
    });
  }
});
