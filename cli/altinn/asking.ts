// What commands that only ask have in common: what they were given is read, storage is opened, and what is wrong is said.
import { z } from "zod";
import { systemClock } from "../../shared/clock.ts";
import type { FindingContext } from "../../shared/finding/context.ts";
import { WrongToken } from "../../shared/finding/wrongToken.ts";
import { createContactLog } from "../../shared/pausing/contact.ts";
import { createStateStore, stateContainersOf } from "../../shared/records/stateStore.ts";
import { tell } from "../../terminal/output.ts";
import { NotUnderstood } from "../program.ts";
import { describeFailure, findStorage } from "../storage.ts";

/** Does the work and gives its exit code; 2 where the command was not understood, 1 where storage does not answer. */
export async function done(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WrongToken) tell("--next is not of this question: give it with the same options as before.");
    else tell(error instanceof NotUnderstood ? error.message : describeFailure(error));
    return error instanceof NotUnderstood || error instanceof WrongToken ? 2 : 1;
  }
}

/** The options that every such command has. */
export const commonOptions = { stateDir: z.string().optional(), json: z.boolean() };

/** Reads options; throws NotUnderstood, every wrong one named. */
export function parseOptions<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new NotUnderstood(parsed.error.issues.map(({ message }) => message).join("\n"));
}

/** Without what was not given. */
export function givenOf(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * What asking takes, over storage. The setting EMERGENCY_BRAKE is the app's: it is not known here; and SENDERS is that of the
 * environment, or of the local start.
 * @throws CannotDo if SENDERS is wrong
 */
export async function openStorage(stateDirectory: string | undefined): Promise<FindingContext> {
  const { blobs } = await findStorage(stateDirectory);
  const { findSenders } = await import("../senders.ts");
  const senders = await findSenders(stateDirectory);
  const containers = stateContainersOf(blobs);
  const contact = createContactLog(containers.state, systemClock, "a command");
  return { clock: systemClock, store: createStateStore(containers), contact, isBrakeSet: false, senders };
}
