// Who may push events: Altinn's own addresses, of the environment or of the setting.
import { beforeAll, describe, expect, it } from "vitest";
import { answerEvent } from "../../functions/receiveAltinnEvent.ts";
import { anEvent } from "../builders/event.ts";
import { type Storage, startStorage } from "../harness/storage.ts";
import { World } from "../harness/world.ts";

const TT02 = "20.100.24.41:50123";
const PRODUCTION = "20.100.46.139:50123";
const ELSEWHERE = "192.0.2.1:50123";
const INSTANCE = "5a4cebcc-ad44-4e54-99b6-b58e3c13c785";

let storage: Storage;
beforeAll(async () => {
  storage = await startStorage();
});

function push({ app }: World, forwardedFor: string | undefined) {
  const event = anEvent(INSTANCE, "correspondencepublished", Date.now());
  const request = new Request("http://127.0.0.1/api/altinn-events", {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor }),
    },
    body: JSON.stringify(event),
  });
  return answerEvent(request, app);
}

describe.each([
  { environment: "tt02", setting: "", taken: [TT02], refused: [PRODUCTION, ELSEWHERE, undefined] },
  { environment: "production", setting: "", taken: [PRODUCTION], refused: [TT02] },
  { environment: "tt02", setting: "192.0.2.0/24", taken: [ELSEWHERE], refused: [TT02] },
  { environment: "tt02", setting: "any", taken: [ELSEWHERE, undefined], refused: [] },
])("in $environment with '$setting'", ({ environment, setting, taken, refused }) => {
  it("an event is taken from where Altinn pushes, and leaves no trace from elsewhere", async () => {
    const settings = { ALTINN_ENVIRONMENT: environment, ALTINN_EVENTS_ADDRESSES: setting };
    await using world = await World.start(storage, { settings });
    for (const from of refused) {
      // What the caller says of itself stands in front.
      const written = from === undefined ? undefined : `${TT02}, ${PRODUCTION}, ${from}`;
      expect(await push(world, written)).toEqual({
        status: 403,
        jsonBody: { problems: [expect.stringContaining("ALTINN_EVENTS_ADDRESSES")] },
      });
    }
    const records = () => world.app.sending.store.documents.read(`correspondences/${INSTANCE}.json`);
    expect(await records()).toBeUndefined();
    for (const from of taken) expect(await push(world, from)).toEqual({ status: 200 });
    expect(await records()).toBeDefined();
  });
});
