// What the simulator stands for in a run: it is told to misbehave, and asked what letters there are.
import { z } from "zod";
import type { Incoming } from "../local/altinn-simulator/incoming.ts";
import { statusSchema } from "../local/altinn-simulator/statuses.ts";
import { EXAMPLE_INCOMING_RESOURCE } from "../local/start/appSettings.ts";
import { persistently } from "./persistently.ts";
import type { IncomingLetter } from "./received.ts";
import type { Action } from "./schedule.ts";

const correspondencesSchema = z.array(
  z.object({
    correspondenceId: z.string(),
    resourceId: z.string(),
    /** As whom it was sent: an organisation number. */
    owner: z.string(),
    recipient: z.string(),
    created: z.number(),
    statuses: z.array(statusSchema),
    /** The request as it came: the JSON body, or the form's fields by name. */
    request: z.unknown(),
  }),
);

const receivedSchema = z.array(
  z.object({
    correspondenceId: z.string(),
    resourceId: z.string(),
    isConfirmationNeeded: z.boolean(),
    files: z.array(z.object({ attachmentId: z.string() })),
    statuses: z.array(statusSchema),
  }),
);

const jsonBody = z.object({
  correspondence: z.object({ sendersReference: z.string(), isConfirmationNeeded: z.boolean().default(false) }),
});
const formFields = z
  .object({
    "correspondence.sendersReference": z.string(),
    "correspondence.isConfirmationNeeded": z.string().default("false"),
  })
  .transform((fields) => ({
    correspondence: {
      sendersReference: fields["correspondence.sendersReference"],
      isConfirmationNeeded: fields["correspondence.isConfirmationNeeded"] === "true",
    },
  }));
const requestSchema = z.union([jsonBody, formFields]);

/** A letter that exists, or did before it was purged. */
export interface AltinnLetter {
  readonly correspondenceId: string;
  readonly reference: string;
  readonly recipient: string;
  readonly isConfirmationNeeded: boolean;
  /** In epoch milliseconds of the app's time. */
  readonly created: number;
  readonly resourceId: string;
  /** As whom it was sent: an organisation number. */
  readonly owner: string;
  /** Every status that it has reached, in this order. */
  readonly statuses: readonly string[];
}

export interface Altinn {
  letters(): Promise<readonly AltinnLetter[]>;
  /** Does what an action asks of Altinn. */
  perform(action: Extract<Action, { kind: "fault" | "eventRule" | "releaseEvents" | "revokeTokens" }>): Promise<void>;
  /** No fault any more, and events that were held go out. */
  recover(): Promise<void>;
  setRule(recipient: string, rule: string): Promise<void>;
  /** Somebody else sends a letter to the organisation. */
  sendToUs(letter: Omit<Incoming, "resourceId">): Promise<void>;
  /** Those letters, as Altinn has them. */
  incoming(): Promise<readonly IncomingLetter[]>;
}

/** @param url the simulator, without a slash at the end */
export function connectAltinn(url: string): Altinn {
  async function call(method: string, path: string, body?: object): Promise<Response> {
    // A fault that is asked for twice is one more.
    const response = await persistently(() =>
      fetch(`${url}/_control/${path}`, {
        method,
        ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      }),
    );
    if (!response.ok) throw new Error(`The simulator answered ${response.status} to ${method} /_control/${path}`);
    return response;
  }
  const tell = async (method: string, path: string, body?: object): Promise<void> => {
    await (await call(method, path, body)).arrayBuffer();
  };

  return {
    async letters() {
      const found = correspondencesSchema.parse(await (await call("GET", "correspondences")).json());
      return found.map(({ correspondenceId, resourceId, owner, recipient, created, statuses, request }) => {
        const { sendersReference, isConfirmationNeeded } = requestSchema.parse(request).correspondence;
        return {
          correspondenceId,
          resourceId,
          owner,
          reference: sendersReference,
          recipient,
          isConfirmationNeeded,
          created,
          statuses: statuses.map(({ status }) => status),
        };
      });
    },
    perform(action) {
      switch (action.kind) {
        case "fault":
          return tell("POST", "faults", action.fault);
        case "eventRule":
          return tell("POST", "event-rules", action.rule);
        case "releaseEvents":
          return tell("POST", "events/release", { order: action.order });
        case "revokeTokens":
          return tell("DELETE", "tokens");
      }
    },
    async recover() {
      await tell("DELETE", "faults");
      await tell("DELETE", "event-rules");
      await tell("POST", "events/release", { order: "given" });
    },
    setRule: (recipient, rule) => tell("POST", "rules", { recipient, rule }),
    sendToUs: (letter) => tell("POST", "incoming", { resourceId: EXAMPLE_INCOMING_RESOURCE, ...letter }),
    async incoming() {
      const found = receivedSchema.parse(await (await call("GET", "received")).json());
      const ours = found.filter(({ resourceId }) => resourceId === EXAMPLE_INCOMING_RESOURCE);
      return ours.map(({ correspondenceId, isConfirmationNeeded, files, statuses }) => {
        const confirmed = statuses.find(({ status }) => status === "Confirmed");
        return {
          correspondenceId,
          isConfirmationNeeded,
          files: files.map(({ attachmentId }) => attachmentId),
          ...(confirmed === undefined ? {} : { confirmedAt: confirmed.at }),
        };
      });
    },
  };
}
