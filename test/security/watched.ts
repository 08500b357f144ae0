// A world that is run as the functions run the app, with what they log, throw and answer kept.
import { InvocationContext } from "@azure/functions";
import { invoke, writeLog } from "../../functions/invocation.ts";
import { answerEvent } from "../../functions/receiveAltinnEvent.ts";
import { createTelemetry } from "../../shared/telemetry/telemetry.ts";
import type { World } from "../harness/world.ts";

/** Everything that somebody could read who is not to read letters. */
export interface Told {
  readonly logs: readonly string[];
  readonly errors: readonly string[];
  readonly answers: readonly string[];
}

/** Runs a world as the functions do, and keeps what they log and throw. */
export class Watched {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly answers: string[] = [];
  readonly #telemetry = createTelemetry(writeLog);
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Runs something as one invocation. */
  async invoke<T>(functionName: string, work: () => Promise<T>): Promise<T | undefined> {
    const context = new InvocationContext({
      functionName,
      logHandler: (_level, ...parts: unknown[]) => void this.lines.push(parts.map(String).join(" ")),
    });
    try {
      return await invoke(
        this.#telemetry,
        context,
        () => work().catch((error: unknown) => this.#note(error)),
        () => ({ outcome: "done" }),
      );
    } catch (error) {
      this.errors.push(textOf(error));
      return undefined;
    }
  }

  /** Handles what is due. */
  async run(): Promise<void> {
    await this.#world.host.run(async (message) => {
      const before = this.errors.length;
      await this.invoke(message.queue, () => this.#world.handle(message));
      if (this.errors.length > before) throw new Error("It is to be tried again");
    });
  }

  async post(body: string): Promise<void> {
    const headers = { "content-type": "application/cloudevents+json" };
    const request = new Request("http://127.0.0.1/api/altinn-events", { method: "POST", headers, body });
    const answer = await this.invoke("receiveAltinnEvent", () => answerEvent(request, this.#world.app));
    this.answers.push(JSON.stringify(answer));
  }

  /** What was thrown inside is looked at as well, and not only what the host gets of it. */
  #note(error: unknown): never {
    this.errors.push(textOf(error));
    throw error;
  }

  get told(): Told {
    return { logs: [...this.lines, ...this.#world.logs], errors: this.errors, answers: this.answers };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name} ${error.message} ${error.stack}` : String(error);
}
