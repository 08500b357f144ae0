// The app settings of the local start: the same names as in Azure, pointing at what runs on this machine.
import type { Credentials } from "./state.ts";

/** The resource of the example letters. */
export const EXAMPLE_RESOURCE = "example-letters";

/** Every resource that may be sent on. To the simulator one is confidential whose id begins like that. */
export const EXAMPLE_RESOURCES = [EXAMPLE_RESOURCE, "confidential-example-letters"];

/** The resource on which others send to the simulator's organisation. */
export const EXAMPLE_INCOMING_RESOURCE = "example-incoming";

/** The simulator's organisation, if it is not told of another. */
export const EXAMPLE_ORGANISATION = "991825827";

/** A queue that a request may name as its `statusQueue`. */
export const EXAMPLE_STATUS_QUEUE = "example-status";

/** What the simulator's clients send as Ocp-Apim-Subscription-Key. */
export const SUBSCRIPTION_KEY = "local";

export interface AppSettingsOptions {
  readonly connectionString: string;
  /** The simulator, without a slash at the end. */
  readonly altinnUrl: string;
  readonly credentials: Credentials;
  /** The setting SENDERS, where somebody tries several senders. */
  readonly senders?: string | undefined;
}

/** Settings for the environment of the process that runs the app. */
export function appSettings({
  connectionString,
  altinnUrl,
  credentials,
  senders,
}: AppSettingsOptions): Record<string, string> {
  return {
    AzureWebJobsStorage: connectionString,
    FUNCTIONS_WORKER_RUNTIME: "node",
    CORRESPONDENCE_STORAGE: connectionString,
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: altinnUrl,
    ALTINN_SUBSCRIPTION_KEY: SUBSCRIPTION_KEY,
    ALTINN_RESOURCES: EXAMPLE_RESOURCES.join(","),
    MASKINPORTEN_ISSUER: `${altinnUrl}/maskinporten/`,
    MASKINPORTEN_CLIENT_ID: credentials.clientId,
    MASKINPORTEN_JWK: credentials.jwk,
    ALTINN_EVENTS_ADDRESSES: "any",
    STATUS_QUEUES: EXAMPLE_STATUS_QUEUE,
    CHECK_SCHEDULE: "0 */5 * * * *",
    RECEIVE_RESOURCES: EXAMPLE_INCOMING_RESOURCE,
    RECEIVE_ORG: EXAMPLE_ORGANISATION,
    ...(senders === undefined ? {} : { SENDERS: senders }),
  };
}
