// Scenarios of letters that others send to the organisation: they are stored, told, and then acted upon.
import { expect } from "vitest";
import { EXAMPLE_INCOMING_RESOURCE, EXAMPLE_ORGANISATION } from "../../local/start/appSettings.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { QUEUES } from "../../shared/storage/names.ts";
import { scenario, type WrittenScenario } from "./scenario.ts";

const settings = { RECEIVE_RESOURCES: EXAMPLE_INCOMING_RESOURCE, RECEIVE_ORG: EXAMPLE_ORGANISATION };

/** Each must hold. */
export const RECEIVING: readonly WrittenScenario[] = [
  scenario(
    "more letters than a list can hold, and no event tells of one: all are found, stored and told",
    async (scene) => {
      const { altinn } = scene.world.around;
      const now = scene.world.timeline.now;
      scene.fault({ fate: "event lost", about: "correspondencepublished", times: 2_000 });
      for (let index = 0; index < 1_050; index++) {
        altinn.sendToUs({ sendersReference: `letter ${index}`, requestedPublishTime: now - index * SECOND });
      }
      await scene.live(HOUR);
      expect(scene.conclude().received).toBe(1_050);
    },
    { settings },
  ),
  scenario(
    "an instance that has told of a letter dies at each step after that, and Altinn purges the letter meanwhile",
    async (scene) => {
      const { altinn } = scene.world.around;
      const files = [{ fileName: "a.pdf", size: 2_500 }];
      const id = altinn.sendToUs({ sendersReference: "purged", files });
      scene.fault({ fate: "dies after", about: "POST received-correspondence" });
      await scene.pass(MINUTE);
      altinn.actOnIncoming(id, "purgedByAltinn");
      scene.world.wish(id, "confirm");
      await scene.live(2 * HOUR);
      expect(scene.conclude().received).toBe(1);
    },
    { settings },
  ),
  scenario(
    "Altinn does not show a letter, its reader asks for something, and its sender purges it: neither received nor done, and both told",
    async (scene) => {
      const { altinn, queues } = scene.world.around;
      const id = altinn.sendToUs({ sendersReference: "gone" });
      scene.fault({ fate: "refused", about: "RECEIVE gone", times: 3 });
      await scene.pass(MINUTE);
      scene.world.wish(id, "confirm");
      altinn.actOnIncoming(id, "purgedByAltinn");
      await scene.live(2 * HOUR);
      const told = queues.messages(QUEUES.received).map(({ text }) => JSON.parse(text).data);
      expect(told.map(({ action = "", reason }) => `${action} ${reason}`)).toEqual([" purged", "confirm notReceived"]);
    },
    { settings },
  ),
];
