// What one letter to the organisation costs, step by step, counted at the HTTP level: calls to Altinn, storage writes and reads.
import { startStorage, stopStorage } from "../test/harness/storage.ts";
import { workOf } from "../test/harness/work.ts";
import { World } from "../test/harness/world.ts";
import { printWork } from "./workPerLetter.ts";

const RECEIVE = { RECEIVE_RESOURCES: "their-letters", RECEIVE_ORG: "991825827" };

/** Prints the cost of each step; as JSON, a line per step. */
export async function workPerReceived({ json }: { json: boolean }): Promise<void> {
  const storage = await startStorage();
  const world = await World.start(storage, { settings: RECEIVE });
  const measured = async (path: string, work: () => Promise<unknown>): Promise<void> => {
    world.forgetCalls();
    await work();
    printWork(path, workOf(world.calls), json);
  };
  try {
    await receive(world, 0, (_step, work) => work());
    for (const files of [0, 1]) {
      const id = await receive(world, files, (step, work) => measured(`${step}, ${files} files`, work));
      const confirm = { received: { correspondenceId: id, action: "confirm" } };
      await measured("confirmed on request", async () => {
        await world.drop(confirm);
        await world.run();
      });
    }
    await measured("a sweep that finds nothing new", () => world.sweep());
  } finally {
    await world[Symbol.asyncDispose]();
    await stopStorage();
  }
}

/** Somebody sends a letter, and it is received; its id. */
async function receive(
  world: World,
  files: number,
  step: (name: string, work: () => Promise<unknown>) => Promise<unknown>,
): Promise<string> {
  const { control } = world.simulator;
  const id = control.sendToOwner({
    resourceId: RECEIVE.RECEIVE_RESOURCES,
    isConfirmationNeeded: true,
    files: Array.from({ length: files }, () => ({ fileName: "a.pdf", size: 1_000 })),
  });
  world.clock.advance(2_000);
  await control.advance();
  const event = control
    .events()
    .find(({ type, resourceinstance }) => resourceinstance === id && /published$/.test(type));
  await step("its event", () => world.event(event));
  await step("received", () => world.run());
  return id;
}
