// Scenarios of letters that others send to the organisation: they are stored, told, and then acted upon.
import { expect } from "vitest";
import { EXAMPLE_INCOMING_RESOURCE, EXAMPLE_ORGANISATION } from "../../local/start/appSettings.ts";
import { HOUR, MINUTE, SECOND } from "../../shared/clock.ts";
import { scenario } from "./scenario.ts";

const settings = { RECEIVE_RESOURCES: EXAMPLE_INCOMING_RESOURCE, RECEIVE_ORG: EXAMPLE_ORGANISATION };

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
);

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
);
