// Every app setting by name: what it means, and what counts when it is not set.

/** A setting, as a reader of the documentation needs it. */
export interface SettingDescription {
  readonly name: string;
  readonly meaning: string;
  /** What counts when it is not set. */
  readonly default?: string;
  readonly required: boolean;
  /** Belongs in a vault. */
  readonly secret: boolean;
}

/** The setting, or the prefix of those, that says where the storage is. */
export const STORAGE = "CORRESPONDENCE_STORAGE";

/** What counts where nothing is set. */
export const defaults = {
  STATUS_QUEUES: "",
  STATUS_QUEUE_ENCODING: "raw",
  MASKINPORTEN_SCOPES: "altinn:serviceowner altinn:correspondence.write altinn:correspondence.read",
  CHECK_SCHEDULE: "0 */15 * * * *",
  GIVE_UP_AFTER_HOURS: "72",
  PUBLISH_WITHIN_HOURS: "24",
  FOLLOW_DAYS: "90",
  DELETE_REQUEST_BLOBS_AFTER_DAYS: "8",
  DELETE_ACCEPTED_REQUESTS_AFTER_DAYS: "30",
  UNKNOWN_FIELDS: "refuse-near",
  CONFIRM_EVENTS: "false",
  EMERGENCY_BRAKE: "false",
  RECEIVE_RESOURCES: "",
  RECEIVE_SINCE_DAYS: "30",
  READ_RECEIVED: "onRequest",
  CONFIRM_RECEIVED: "onRequest",
} as const;

/** Every setting that the app reads. */
export const settingsTable: readonly SettingDescription[] = [
  described(
    STORAGE,
    "Connection string of the storage account with the queues and blobs. Or use the four below.",
    "secret",
  ),
  described(`${STORAGE}__queueServiceUri`, "With the app's identity instead: the account's queue endpoint."),
  described(`${STORAGE}__blobServiceUri`, "With the app's identity: the account's blob endpoint."),
  described(`${STORAGE}__credential`, "With a user-assigned identity: `managedidentity`."),
  described(`${STORAGE}__clientId`, "With a user-assigned identity: its client id."),
  described("ALTINN_RESOURCES", "The ids of the resources that may be sent on, parted by commas.", "required"),
  described("ALTINN_ENVIRONMENT", "`tt02` (test) or `production`.", "required"),
  described("ALTINN_SUBSCRIPTION_KEY", "The key to Altinn's APIs.", "required", "secret"),
  described("ALTINN_PLATFORM_URL", "Altinn's address, if not that of the environment."),
  described("MASKINPORTEN_CLIENT_ID", "The id of the client (integration) at Maskinporten.", "required"),
  described(
    "MASKINPORTEN_JWK",
    "The client's private RSA key: a JWK with `kid`, as JSON or that in base64. Or use the next one.",
    "secret",
  ),
  described(
    "MASKINPORTEN_KEY_VAULT_KEY",
    "Instead: the identifier of a key in Azure Key Vault, with its version. Grants are signed there, and the key never leaves.",
  ),
  described("MASKINPORTEN_ISSUER", "Maskinporten's issuer, if not that of the environment."),
  described("MASKINPORTEN_SCOPES", "The scopes to ask for, parted by spaces."),
  described("MASKINPORTEN_CONSUMER_ORG", "For suppliers: the organisation number that delegated the scopes."),
  described("MASKINPORTEN_SYSTEM_USER_ORG", "With a system user: the organisation number that it belongs to."),
  described(
    "SENDERS",
    "Several senders in one deployment, each with resources, client, limit and queues of its own: a JSON list, or `blob` ([senders](senders.md)).",
  ),
  described(
    "STATUS_QUEUES",
    "Queues, parted by commas, that a request may name as its `statusQueue`; with an encoding of its own as `name:base64`.",
  ),
  described(
    "STATUS_QUEUE_ENCODING",
    "How announcements are put on queues: `raw` JSON, or `base64` of it, which queue triggers of Azure Functions expect.",
  ),
  described("CHECK_SCHEDULE", "When statuses are checked: NCRONTAB, six fields."),
  described("GIVE_UP_AFTER_HOURS", "How long a letter is tried before it is given up."),
  described(
    "PUBLISH_WITHIN_HOURS",
    "When a letter that Altinn has, and has not published, is told as `notPublished`: so long after its publish time.",
  ),
  described("FOLLOW_DAYS", "How long a letter is followed that nobody reads."),
  described(
    "DELETE_REQUEST_BLOBS_AFTER_DAYS",
    "When the blob of a claim check is deleted: so many days after the last letter was sent or has ended, at least 8; or `never`.",
  ),
  described(
    "DELETE_ACCEPTED_REQUESTS_AFTER_DAYS",
    "When a request that was kept whole for later attempts is deleted: so many days after it was accepted, at least 30, once each letter of it is sent or cancelled; or `never`.",
  ),
  described(
    "DASHBOARD_AUTH",
    "`entra`: the dashboard is on, for whoever App Service Authentication vouches for and has an app role. Without it, it is on on one's own machine alone.",
  ),
  described(
    "EMERGENCY_BRAKE",
    "`true`: nothing is sent; what is dropped is accepted and waits. `npm run brake` does the same without a restart.",
  ),
  described("MAX_LETTERS_PER_HOUR", "More letters than this within an hour pull the emergency brake."),
  described(
    "UNKNOWN_FIELDS",
    "Fields of a request that are not known: `refuse` all, `refuse-near` those that look like a known one that is missing, or `pass` all on to Altinn.",
  ),
  described("CONFIRM_EVENTS", "`true`: what an event says is asked of Altinn before it is announced."),
  described(
    "ALTINN_EVENTS_ADDRESSES",
    "The addresses (or ranges, in CIDR notation) that events may come from, parted by commas, if not those of the environment; or `any`.",
  ),
  described(
    "RECEIVE_RESOURCES",
    "The ids of the resources on which your organisation gets letters, parted by commas: those are [received](receiving.md). Without it nothing is.",
  ),
  described("RECEIVE_ORG", "With `RECEIVE_RESOURCES`: the organisation number that the letters are addressed to."),
  described(
    "RECEIVE_SINCE_DAYS",
    "How far back letters are looked for, in days: what was to be published before is not received, at the first start either. At most 60.",
  ),
  described(
    "READ_RECEIVED",
    "When a received letter is marked as read: `onRequest`, or `onStored`, as soon as it is stored and told.",
  ),
  described(
    "CONFIRM_RECEIVED",
    "When a received letter that asks for it is confirmed: `onRequest`, or `onStored`, as soon as it is stored whole and told.",
  ),
];

function described(name: string, meaning: string, ...marks: readonly ("required" | "secret")[]): SettingDescription {
  const preset = Object.entries(defaults).find(([key]) => key === name)?.[1];
  return {
    name,
    meaning,
    ...(preset === undefined || preset === "" ? {} : { default: preset }),
    required: marks.includes("required"),
    secret: marks.includes("secret"),
  };
}
