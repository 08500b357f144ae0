// The model of Altinn against the simulator over HTTP, each called by the app's own client: the same calls have the same outcomes.
import { Readable } from "node:stream";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { BEHAVIOURS, RESERVED, UNKNOWN } from "../../chaos/recipients.ts";
import { type ClientKey, createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { EXAMPLE_RESOURCE } from "../../local/start/appSettings.ts";
import { createAltinnClient } from "../../shared/altinn/altinnClient.ts";
import type { CorrespondenceApi } from "../../shared/altinn/correspondenceApi.ts";
import type { UploadFile } from "../../shared/altinn/fileBody.ts";
import { CORRESPONDENCE_STATUSES } from "../../shared/altinn/statuses.ts";
import { type Clock, DAY, HOUR, MINUTE, SECOND, timestamp } from "../../shared/clock.ts";
import { toFormFields } from "../../shared/requests/initializeBody.ts";
import { readSettings, type Settings } from "../../shared/settings/settings.ts";
import { altinnClient } from "../../simulation/altinnClient.ts";
import { givenFates } from "../../simulation/fates.ts";
import { Life } from "../../simulation/life.ts";
import { CALM } from "../../simulation/odds.ts";
import { simulatedSettings } from "../../simulation/settings.ts";
import { Timeline } from "../../simulation/timeline.ts";
import { SimulatedWorld } from "../../simulation/world.ts";
import { answered } from "./answered.ts";

const STARTS_AT = Date.UTC(2026, 2, 2, 8);

let key: ClientKey;
let settings: Settings;
beforeAll(async () => {
  key = await createClientKey();
  settings = await simulatedSettings();
});

/** A file as it is sent: what is said of it, and what comes. `fails`: it cannot be opened. */
interface SentFile {
  readonly fileName: string;
  readonly bytes: string | "fails";
  /** How many more bytes are announced than come. */
  readonly announced: number;
}

/** A letter; publish times count from now, ids of attachments by their place among those that were told. */
interface Letter {
  readonly key: string;
  readonly recipient: string;
  readonly content: object;
  readonly more: object;
  readonly publishInMs?: number;
  readonly existing: readonly number[];
}

/** One call, or time that passes. A letter or an attachment is given by its place among the ids that were told. */
type Step =
  | { readonly kind: "initialize"; readonly letter: Letter }
  | { readonly kind: "upload"; readonly letter: Letter; readonly files: readonly SentFile[] }
  | { readonly kind: "findByKey"; readonly resource: string; readonly key: string }
  | { readonly kind: "list"; readonly resource: string; readonly status: number; readonly sinceMs: number }
  | {
      readonly kind: "overview" | "details" | "purge" | "attachment" | "purgeAttachment";
      readonly id: number;
      readonly as: As;
    }
  | { readonly kind: "initializeAttachment"; readonly body: object }
  | { readonly kind: "uploadAttachment"; readonly id: number; readonly as: As; readonly file: SentFile }
  | { readonly kind: "wait"; readonly milliseconds: number }
  | { readonly kind: "revokeTokens" };

type CallStep = Exclude<Step, { kind: "wait" | "revokeTokens" }>;

/** How an id is written. */
type As = "is" | "capitals" | "spaced";

const NOBODYS = "01a1fbfd-f566-7e1a-a723-876e8fe16fde";
const KEYS = ["a", "b", "c", "d", "e"].map((digit) => `0000000${digit}-0000-4000-8000-000000000000`);
// Put together here, so that no scanner objects to this file.
const VIRUS = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!", "$H+H*"].join("");
const RECIPIENTS = [
  BEHAVIOURS.read.recipients[0],
  BEHAVIOURS.confirm.recipients[0],
  BEHAVIOURS.purge.recipients[0],
  BEHAVIOURS.download.recipients[0],
];

/** Files that come as they are announced: of others the simulator may refuse the first bytes before the last are missing. */
const file: fc.Arbitrary<SentFile> = fc.record({
  fileName: fc.constantFrom("vedtak.pdf", "vedtak.pdf", "beløp 1;2.csv", "eicar.txt", "vedtak"),
  bytes: fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "Vedtak. ".repeat(200), VIRUS)),
  announced: fc.constant(0),
});
const recipient = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...RECIPIENTS) },
  { weight: 1, arbitrary: fc.constantFrom(RESERVED, UNKNOWN, "0192:991825827", "nobody") },
);
const content = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<object>(
      { messageTitle: "" },
      { messageTitle: "<b>Vedtak</b>" },
      { messageBody: "x".repeat(30_001) },
      { language: "de" },
      { messageTitle: "Vedtak\r\nnummer «2» 😀" },
    ),
  },
);
const more = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<object>(
      { isConfirmationNeeded: true, dueDateTime: "2027-03-01T12:00:00Z" },
      { isConfirmationNeeded: true },
      { resourceId: "no-such-resource" },
      { ignoreReservation: true },
      { propertyList: { "a b": "1", æ: "2" } },
      { externalReferences: [{ referenceType: "Generic", referenceValue: "1" }] },
      { notification: { notificationTemplate: "GenericAltinnMessage", notificationChannel: "Email" } },
    ),
  },
);
const letter: fc.Arbitrary<Letter> = fc.record(
  {
    key: fc.constantFrom(...KEYS),
    recipient,
    content,
    more,
    publishInMs: fc.constantFrom(-DAY, MINUTE, HOUR),
    existing: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(3), { maxLength: 2 }) },
    ),
  },
  { requiredKeys: ["key", "recipient", "content", "more", "existing"] },
);
const resource = fc.constantFrom(EXAMPLE_RESOURCE, `urn:altinn:resource:${EXAMPLE_RESOURCE}`, "no-such-resource");
const id = fc.nat(3);
const as = fc.constantFrom<As>("is", "is", "is", "capitals", "spaced");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("initialize"), letter }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("upload"), letter, files: fc.array(file, { maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("findByKey"), resource, key: fc.constantFrom(...KEYS) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("list"),
      resource,
      status: fc.nat(),
      sinceMs: fc.constantFrom(-HOUR, MINUTE, 2 * DAY),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom("overview", "details", "purge", "attachment", "purgeAttachment"),
      id,
      as,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("initializeAttachment"),
      body: fc.oneof(
        fc.record({
          resourceId: fc.constantFrom(EXAMPLE_RESOURCE, EXAMPLE_RESOURCE, "no-such-resource"),
          fileName: fc.constantFrom("vedtak.pdf", "eicar.txt", ""),
          sendersReference: fc.constant("1"),
        }),
        fc.constantFrom({}, { resourceId: EXAMPLE_RESOURCE, fileName: "a.pdf", checksum: "0".repeat(32) }),
      ),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("uploadAttachment"), id, as, file }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("wait"),
      milliseconds: fc.oneof(
        fc.integer({ min: 0, max: 10 * MINUTE }),
        fc.constantFrom(5 * SECOND, 20 * SECOND, 30 * MINUTE, DAY),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revokeTokens") }) },
);

/** Makes calls, and tells their outcomes with ids by when they first came. */
class Caller {
  readonly #api: CorrespondenceApi;
  readonly #ids: string[] = [];
  readonly #letters: string[] = [];
  readonly #attachments: string[] = [];

  constructor(api: CorrespondenceApi) {
    this.#api = api;
  }

  /** Of a call that is made up at a time, whenever it arrives. */
  async outcome(step: CallStep, now: number): Promise<unknown> {
    const outcome = await this.#call(step, now);
    if ("kind" in outcome && outcome.kind === "sent") {
      this.#letters.push(outcome.correspondenceId);
      this.#attachments.push(...outcome.attachmentIds);
    }
    if ("attachmentId" in outcome) this.#attachments.push(String(outcome.attachmentId));
    return JSON.parse(JSON.stringify(outcome).replace(UUID, (one) => this.#named(one)));
  }

  #call(step: CallStep, now: number) {
    const api = this.#api;
    switch (step.kind) {
      case "initialize":
        return api.initialize(this.#body(step.letter, [], now));
      case "upload":
        return api.initializeAndUpload(toFormFields(this.#body(step.letter, step.files, now)), step.files.map(toSend));
      case "findByKey":
        return api.findByIdempotentKey(step.resource, step.key);
      case "list":
        return api.listByStatus({
          resourceId: step.resource,
          status: CORRESPONDENCE_STATUSES[step.status % CORRESPONDENCE_STATUSES.length] ?? "Published",
          from: new Date(now - step.sinceMs),
          to: new Date(now + HOUR),
        });
      case "overview":
        return api.overview(idOf(this.#letters, step));
      case "details":
        return api.details(idOf(this.#letters, step));
      case "purge":
        return api.purge(idOf(this.#letters, step));
      case "attachment":
        return api.attachment(idOf(this.#attachments, step));
      case "purgeAttachment":
        return api.purgeAttachment(idOf(this.#attachments, step));
      case "initializeAttachment":
        return api.initializeAttachment(step.body);
      case "uploadAttachment":
        return api.uploadAttachment(idOf(this.#attachments, step), toSend(step.file));
    }
  }

  #body(letter: Letter, files: readonly SentFile[], now: number): Readonly<Record<string, unknown>> {
    const attachments = files.map(({ fileName }) => ({ fileName, sendersReference: fileName }));
    return {
      correspondence: {
        resourceId: EXAMPLE_RESOURCE,
        sendersReference: "1",
        content: {
          language: "nb",
          messageTitle: "Vedtak",
          messageBody: "# Vedtak",
          ...letter.content,
          ...(attachments.length > 0 ? { attachments } : {}),
        },
        ...(letter.publishInMs === undefined ? {} : { requestedPublishTime: timestamp(now + letter.publishInMs) }),
        ...letter.more,
      },
      recipients: [letter.recipient],
      ...(letter.existing.length === 0
        ? {}
        : { existingAttachments: letter.existing.map((place) => this.#attachments[place] ?? NOBODYS) }),
      idempotentKey: letter.key,
    };
  }

  #named(id: string): string {
    if (!this.#ids.includes(id)) this.#ids.push(id);
    return `id ${this.#ids.indexOf(id)}`;
  }
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

function idOf(ids: readonly string[], { id, as }: { readonly id: number; readonly as: As }): string {
  const written = ids[id] ?? NOBODYS;
  return as === "is" ? written : as === "capitals" ? written.toUpperCase() : `${written.slice(1)} /`;
}

function toSend({ fileName, bytes, announced }: SentFile): UploadFile {
  const content = Buffer.from(bytes === "fails" ? "bytes" : bytes);
  return {
    fileName,
    sizeBytes: Math.max(content.length + announced, 0),
    async open() {
      if (bytes === "fails") throw new Error("The file is gone");
      return Readable.from([content], { objectMode: false });
    },
  };
}

function ofModel({ around, timeline }: SimulatedWorld): Caller {
  const { altinn } = altinnClient(
    new Life(1, around),
    around,
    clockOf(() => timeline.now),
    { maskinporten: settings.maskinporten },
  );
  const inTime = <A extends readonly unknown[], T>(call: (...given: A) => Promise<T>) => {
    return (...given: A) => answered(timeline, call(...given));
  };
  const api: CorrespondenceApi = {
    initialize: inTime(altinn.initialize),
    initializeAndUpload: inTime(altinn.initializeAndUpload),
    findByIdempotentKey: inTime(altinn.findByIdempotentKey),
    overview: inTime(altinn.overview),
    details: inTime(altinn.details),
    listByStatus: inTime(altinn.listByStatus),
    attachment: inTime(altinn.attachment),
    purge: inTime(altinn.purge),
    initializeAttachment: inTime(altinn.initializeAttachment),
    uploadAttachment: inTime(altinn.uploadAttachment),
    purgeAttachment: inTime(altinn.purgeAttachment),
  };
  return new Caller(api);
}

/** A world in which nothing goes wrong, nothing lags, and every call takes a millisecond. */
function calmWorld(): SimulatedWorld {
  const odds = { ...CALM, indexLagMs: 0, latencyMs: 0 };
  return new SimulatedWorld({ seed: 1, settings, odds, fates: () => givenFates(1, []) }, new Timeline(STARTS_AT));
}

function ofSimulator(simulator: Simulator, now: () => number): Caller {
  const read = readSettings({
    CORRESPONDENCE_STORAGE: "UseDevelopmentStorage=true",
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: simulator.platformUrl,
    ALTINN_SUBSCRIPTION_KEY: "simulated",
    ALTINN_RESOURCES: EXAMPLE_RESOURCE,
    MASKINPORTEN_ISSUER: simulator.maskinportenIssuer,
    MASKINPORTEN_CLIENT_ID: "simulated",
    MASKINPORTEN_JWK: key.base64,
  });
  if (!read.ok) throw new Error(`The settings are wrong: ${read.problems.map(({ key: name }) => name).join(", ")}`);
  return new Caller(createAltinnClient(read.settings, clockOf(now)).altinn);
}

function clockOf(now: () => number): Clock {
  return { now, elapsed: now, scale: 1 };
}

async function compare(steps: readonly Step[]): Promise<void> {
  const world = calmWorld();
  let now = world.timeline.now;
  const simulator = await startSimulator({
    clock: { now: () => now },
    rule: "read after 2 m",
    scanMs: 20 * SECOND,
    publishMs: 5 * SECOND,
  });
  for (const { rule, recipients } of Object.values(BEHAVIOURS)) {
    for (const one of recipients) simulator.control.setLifeRule(one, rule);
  }
  const [model, overHttp] = [ofModel(world), ofSimulator(simulator, () => now)];
  try {
    for (const [index, one] of steps.entries()) {
      if (one.kind === "wait") await world.timeline.run(world.timeline.now + one.milliseconds);
      else if (one.kind === "revokeTokens") {
        world.around.altinn.revokeTokens();
        simulator.control.revokeTokens();
      } else {
        const begun = world.timeline.now;
        const outcome = await model.outcome(one, begun);
        now = world.timeline.now;
        await simulator.control.advance();
        expect(outcome, `of step ${index}, ${one.kind}`).toEqual(await overHttp.outcome(one, begun));
      }
    }
  } finally {
    await simulator.close();
  }
}

test("any calls have the same outcomes by the model and by the simulator over HTTP, at any time", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), compare), {
    numRuns: 15,
    endOnFailure: true,
  });
});

test("a file that is gone, shorter or longer than announced fails the call in both, and may be sent again", async () => {
  const letter: Letter = {
    key: NOBODYS,
    recipient: BEHAVIOURS.read.recipients[0],
    content: {},
    more: {},
    existing: [],
  };
  const whole: SentFile = { fileName: "vedtak.pdf", bytes: "Vedtak", announced: 0 };
  const wrong: SentFile[] = [
    { ...whole, bytes: "fails" },
    { ...whole, announced: 1 },
    { ...whole, announced: -1 },
  ];
  const body = { resourceId: EXAMPLE_RESOURCE, fileName: "vedtak.pdf", sendersReference: "1" };
  await compare([
    { kind: "initializeAttachment", body },
    ...[...wrong, whole].flatMap((file): Step[] => [
      { kind: "uploadAttachment", id: 0, as: "is", file },
      { kind: "attachment", id: 0, as: "is" },
      { kind: "upload", letter, files: [whole, file] },
    ]),
    { kind: "wait", milliseconds: MINUTE },
    { kind: "attachment", id: 0, as: "is" },
    { kind: "details", id: 0, as: "is" },
  ]);
});
