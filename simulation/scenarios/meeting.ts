// Scenarios in which several are at work on one letter, or one of them does not know what came of its own work.
import { expect } from "vitest";
import { BEHAVIOURS } from "../../chaos/recipients.ts";
import { codedError, emptyAnswer } from "../../local/altinn-simulator/answer.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import type { Scenario } from "../scenario.ts";
import { cancelOf, deadLetters, replayAll, scenario, type WrittenScenario } from "./scenario.ts";

const [READER] = BEHAVIOURS.read.recipients;
const POST = "POST /correspondence";
const CONTENT = "GET accepted ";
const RESERVED = { answer: codedError(1030) };
const NOT_NOW = { answer: emptyAnswer(429) };

const letters = ({ world }: Scenario) => world.around.altinn.letters();

/** Each must hold. */
export const MEETING: readonly WrittenScenario[] = [
  scenario(
    "the letter is made minutes after its POST was given up, and cancelled before: not told as cancelled",
    async (scene) => {
      scene.fault({ fate: "late", about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(2 * MINUTE);
      scene.drop(cancelOf("a"));
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1);
      expect(scene.toldOfOne()).toContain("tooLate");
      expect(scene.toldOfOne()).not.toContain("cancelled");
    },
  ),
  scenario(
    "Altinn answers 502 to a letter that it has made, which is cancelled then: not told as cancelled",
    async (scene) => {
      scene.fault({ fate: { answer: () => emptyAnswer(502) }, about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(7 * SECOND);
      scene.drop(cancelOf("a"));
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1);
      expect(scene.toldOfOne()).toContain("tooLate");
    },
  ),
  scenario(
    "a letter is cancelled while an attempt at it reads its content: it is not posted any more",
    async (scene) => {
      scene.fault({ fate: NOT_NOW, about: POST });
      scene.request({ id: "a", recipients: [READER], mayEnd: ["cancelled"] });
      await scene.pass(SECOND);
      scene.fault({ fate: { takesMs: 5 * MINUTE }, about: CONTENT });
      await scene.pass(MINUTE);
      scene.drop(cancelOf("a"));
      await scene.live(3 * HOUR);
      expect(scene.toldOfOne()).toEqual(["cancelled"]);
      expect(letters(scene)).toEqual([]);
      expect(scene.calls(POST)).toBe(1);
    },
  ),
  scenario("a cancel comes while a POST is under way that is put off: carried out", async (scene) => {
    scene.fault({ fate: NOT_NOW, about: POST, times: 2 });
    scene.fault({ fate: { takesMs: 10 }, about: POST });
    scene.fault({ fate: { takesMs: MINUTE }, about: POST });
    scene.request({ id: "a", recipients: [READER], mayEnd: ["cancelled"] });
    await scene.pass(30 * SECOND);
    scene.drop(cancelOf("a"));
    await scene.live(3 * HOUR);
    expect(scene.toldOfOne()).toEqual(["cancelled"]);
    expect(letters(scene)).toEqual([]);
  }),
  scenario(
    "a message is handed out twice; one attempt makes the letter and knows nothing of it, the other is refused: sent",
    async (scene) => {
      scene.fault({ fate: NOT_NOW, about: POST });
      scene.request({ id: "a", recipients: [READER] });
      await scene.pass(SECOND);
      scene.fault({ fate: "handed out twice", about: "dispatches" });
      // Whoever comes first is answered last, and by nobody.
      scene.fault({ fate: { takesMs: 2 * MINUTE }, about: POST });
      scene.fault({ fate: { ...RESERVED }, about: POST, after: 1 });
      scene.fault({ fate: "lost", about: POST });
      await scene.live(3 * HOUR);
      expect(letters(scene)).toHaveLength(1);
      expect(scene.toldOfOne()).toContain("sent");
      expect(scene.toldOfOne()).not.toContain("rejected");
      expect(deadLetters(scene)).toEqual([]);
    },
  ),
  scenario("a letter is refused, cancelled, and then to be sent again: it is not", async (scene) => {
    scene.fault({ fate: RESERVED, about: POST });
    scene.request({ id: "a", recipients: [READER], mayEnd: ["rejected"] });
    await scene.live(HOUR);
    scene.drop(cancelOf("a"));
    await scene.live(HOUR);
    await replayAll(scene);
    await scene.live(DAY, HOUR);
    expect(letters(scene)).toEqual([]);
    expect(scene.calls(POST)).toBe(1);
  }),
];
