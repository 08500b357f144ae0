// Scenarios of files that are uploaded by themselves: each once, and purged where no letter comes to use it.
import { expect } from "vitest";
import { ATTACHMENTS, INFECTED } from "../../chaos/attachments.ts";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { codedError, emptyAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import type { Scenario } from "../scenario.ts";
import { cancelOf, deadLetters, scenario, type WrittenScenario } from "./scenario.ts";

const READERS = BEHAVIOURS.read.recipients;
const TWO = READERS.slice(0, 2);
const [FILE] = ATTACHMENTS;
const POST = "POST /correspondence";
const ROOM = "POST /attachment";
const UPLOAD = "POST /attachment/{id}/upload";
const RESERVED = { answer: codedError(1030) };

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** The statuses of the files that Altinn has. */
const files = ({ world }: Scenario) => world.around.altinn.files().map(([, status]) => status);

/** Each must hold. */
export const UPLOADING: readonly WrittenScenario[] = [
  scenario("two are at work on one file: room is made for it once, and its bytes go once", async (scene) => {
    scene.fault({ fate: "handed out twice", about: QUEUES.dispatches });
    // Whoever comes first has not claimed the file yet when the other does.
    scene.fault({ fate: { takesMs: 30 * SECOND }, about: "HEAD attachments", after: 1 });
    scene.fault({ fate: { takesMs: MINUTE }, about: ROOM });
    scene.request({ id: "a", recipients: TWO, content: { attachments: [FILE] } });
    await scene.live(HOUR);
    expect(letters(scene)).toHaveLength(TWO.length);
    expect(files(scene)).toEqual(["Published"]);
    expect(scene.calls(UPLOAD)).toBe(1);
  }),
  scenario("a request is cancelled while room is made for its file: that is purged", async (scene) => {
    scene.fault({ fate: { takesMs: MINUTE }, about: ROOM });
    scene.request({ id: "a", recipients: TWO, mayEnd: ["cancelled"], content: { attachments: [FILE] } });
    await scene.pass(5 * SECOND);
    scene.drop(cancelOf("a"));
    await scene.live(2 * HOUR);
    for (const told of Object.values(scene.told())) expect(told).toEqual(["cancelled"]);
    expect(files(scene)).toEqual(["Purged"]);
  }),
  scenario("a request is cancelled while its file is scanned: that is purged", async (scene) => {
    scene.world.around.altinn.scanFor(HOUR);
    scene.request({ id: "a", recipients: TWO, mayEnd: ["cancelled"], content: { attachments: [FILE] } });
    await scene.pass(MINUTE);
    scene.drop(cancelOf("a"));
    await scene.live(DAY, HOUR);
    for (const told of Object.values(scene.told())) expect(told).toEqual(["cancelled"]);
    expect(files(scene)).toEqual(["Purged"]);
  }),
  scenario("the file of a request to two fails its scan, and the app dies before that is told: told", async (scene) => {
    scene.fault({ fate: "dies before", about: "PUT dead-letters" });
    scene.request({ id: "a", recipients: TWO, mayEnd: ["rejected"], content: { attachments: [INFECTED] } });
    await scene.live(2 * HOUR);
    expect(scene.world.host.deaths).toBe(1);
    expect(scene.toldOfOne()).toEqual(["rejected"]);
    expect(deadLetters(scene)).toHaveLength(1);
  }),
  scenario("all letters that would have used a file are refused: it is purged", async (scene) => {
    scene.fault({ fate: RESERVED, about: POST, times: TWO.length });
    scene.request({ id: "a", recipients: TWO, mayEnd: ["rejected"], content: { attachments: [FILE] } });
    await scene.live(2 * HOUR);
    for (const told of Object.values(scene.told())) expect(told).toEqual(["rejected"]);
    expect(files(scene)).toEqual(["Purged"]);
  }),
  scenario("one letter is refused, and another waits for hours: the file that it needs stays", async (scene) => {
    const hours = { answer: { ...emptyAnswer(429), headers: { "retry-after": "7200" } } };
    scene.fault({ fate: RESERVED, about: POST });
    scene.fault({ fate: hours, about: POST });
    scene.request({ id: "a", recipients: TWO, mayEnd: ["rejected"], content: { attachments: [FILE] } });
    await scene.live(4 * HOUR);
    expect(letters(scene)).toHaveLength(1);
    expect(files(scene)).toEqual(["Published"]);
  }),
];
