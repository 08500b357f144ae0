// What one letter costs on each path, counted at the HTTP level: calls to Altinn, storage writes and reads.

import { organization } from "../local/parties.ts";
import { anEvent } from "../test/builders/event.ts";
import { startStorage, stopStorage } from "../test/harness/storage.ts";
import { type Work, workOf } from "../test/harness/work.ts";
import { RESOURCE, World } from "../test/harness/world.ts";

interface Path {
  readonly path: string;
  readonly run: (world: World) => Promise<void>;
}

function letter(id: string, more: object = {}): object {
  return {
    id,
    correspondence: {
      resourceId: RESOURCE,
      sendersReference: id,
      content: { language: "nb", messageTitle: "Vedtak", messageBody: "Tekst", ...more },
    },
    recipients: [organization()],
  };
}

const PATHS: readonly Path[] = [
  {
    path: "one recipient, no attachment, token cached",
    run: async (world) => {
      await world.drop(letter("hot"));
      await world.run();
    },
  },
  {
    path: "an event: that letter was published",
    run: async (world) => {
      await world.event(
        anEvent(world.letters().at(-1)?.correspondenceId, "correspondencepublished", world.clock.now()),
      );
    },
  },
  {
    path: "one recipient, one attachment",
    run: async (world) => {
      await world.putAttachment("a.pdf", Buffer.from("attachment"));
      const attachments = [{ fileName: "a.pdf", sendersReference: "a", blob: "a.pdf" }];
      await world.drop(letter("file", { attachments }));
      await world.run();
    },
  },
  {
    path: "a hundred recipients: all of them",
    run: async (world) => {
      const recipients = Array.from({ length: 100 }, (_, index) => organization(200 + index));
      await world.drop({ ...letter("many"), recipients });
      await world.run();
    },
  },
  {
    path: "put off once (503), then sent",
    run: async (world) => {
      world.fault({ step: /^altinn POST .*\/correspondence$/, phase: "before", action: { status: 503 } });
      await world.drop(letter("later"));
      await world.settle(60_000);
    },
  },
  {
    path: "answer lost, found by look-up",
    run: async (world) => {
      world.fault({ step: /^altinn POST .*\/correspondence$/, phase: "after", action: "cut" });
      await world.drop(letter("lost"));
      await world.settle(60_000);
    },
  },
  {
    path: "same request twice: the second",
    run: async (world) => {
      await world.drop(letter("hot"));
      await world.run();
    },
  },
  {
    path: "refused by a rule, before any call",
    run: async (world) => {
      await world.drop(letter("wrong", { messageTitle: "" }));
      await world.run();
    },
  },
];

/** Prints the cost of each path, the hot path first; as JSON, a line per path. */
export async function workPerLetter({ json }: { json: boolean }): Promise<void> {
  const storage = await startStorage();
  const world = await World.start(storage);
  try {
    await world.drop(letter("warm-up"));
    await world.run();
    for (const { path, run } of PATHS) {
      world.forgetCalls();
      await run(world);
      printWork(path, workOf(world.calls), json);
    }
  } finally {
    await world[Symbol.asyncDispose]();
    await stopStorage();
  }
}

/** Prints a line. */
export function printWork(path: string, work: Work, json: boolean): void {
  if (json) console.log(JSON.stringify({ path, ...work }));
  else {
    const { altinnCalls, storageWrites, storageReads } = work;
    console.log(`${path.padEnd(46)} ${altinnCalls} calls to Altinn, ${storageWrites} writes, ${storageReads} reads`);
  }
}
