// A model of Altinn and Maskinporten: what the simulator decides, asked without HTTP, and late, twice or never where the odds say so.

import type { AltinnLetter } from "../chaos/altinn.ts";
import { BEHAVIOURS } from "../chaos/recipients.ts";
import { type Answer, emptyAnswer, jsonAnswer } from "../local/altinn-simulator/answer.ts";
import * as attachments from "../local/altinn-simulator/attachments.ts";
import { retryDelays } from "../local/altinn-simulator/delivery.ts";
import { isPush, perform } from "../local/altinn-simulator/engine.ts";
import { initializeByForm, initializeByJson } from "../local/altinn-simulator/letters.ts";
import { act } from "../local/altinn-simulator/life.ts";
import { listCorrespondences } from "../local/altinn-simulator/lists.ts";
import { purgeBySender, showDetails, showOverview } from "../local/altinn-simulator/ownLetters.ts";
import type { ReceivedFile } from "../local/altinn-simulator/receivedFile.ts";
import {
  type Action,
  type AltinnEvent,
  type Attachment,
  type Correspondence,
  emptyState,
} from "../local/altinn-simulator/state.ts";
import { createWorld, type World } from "../local/altinn-simulator/world.ts";
import { EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import { HOUR, MINUTE, SECOND } from "../shared/clock.ts";
import type { Fates } from "./fates.ts";
import type { Odds } from "./odds.ts";
import type { Timeline } from "./timeline.ts";

/** A call as it reaches Altinn. */
export interface AltinnCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** A letter with its files, as {@link AltinnCall.body} of an upload brings it: what streams otherwise. */
export interface WholeUpload {
  readonly fields: readonly (readonly [string, string])[];
  readonly files: readonly ReceivedFile[];
}

/** What the model takes from outside. */
export interface AltinnOptions {
  readonly timeline: Timeline;
  readonly fates: Fates;
  odds(): Odds;
}

const PLATFORM = "https://altinn.simulated";
const API = "/correspondence/api/v1";
const TOKEN_LIFE = 30 * MINUTE;

/** Altinn as the instances call it. */
export class ModelAltinn {
  readonly url = PLATFORM;
  readonly issuer = `${PLATFORM}/maskinporten/`;
  readonly #world: World;
  readonly #options: AltinnOptions;
  /** Tokens that are taken, and when each expires. */
  readonly #tokens = new Map<string, number>();
  #issued = 0;
  /** How often each letter was posted, by the name of the call, which has its key. */
  readonly posts = new Map<string, number>();
  /** Attachments whose bytes came by themselves. */
  readonly #uploaded = new Set<string>();
  /** How long things take, in milliseconds. */
  readonly #pace = { scanMs: 20 * SECOND, publishMs: 5 * SECOND };
  /** Hand an event to a webhook; false if that did not take it. */
  readonly subscribers: ((event: AltinnEvent) => Promise<boolean>)[] = [];
  #armedFor: number | undefined;

  constructor(options: AltinnOptions) {
    this.#options = options;
    const { timeline } = options;
    const state = emptyState();
    const rules = Object.values(BEHAVIOURS).flatMap(({ rule, recipients }) =>
      recipients.map((recipient): [string, string] => [recipient, rule]),
    );
    state.lifeRules = Object.fromEntries(rules);
    this.#world = createWorld(
      state,
      Object.assign(this.#pace, { owner: "991825827", platformUrl: PLATFORM, lifeRule: "read after 2 m" }),
      () => timeline.now,
      () => this.#arm(),
    );
    // One subscription to everything, which has been validated.
    state.subscriptions.push({
      id: 1,
      endPoint: "webhook",
      resourceFilter: `urn:altinn:resource:${EXAMPLE_RESOURCE}`,
      subjectFilter: null,
      typeFilter: null,
      createdBy: "",
      created: timeline.now,
      validated: true,
    });
  }

  /** Every letter that was ever made. */
  letters(): AltinnLetter[] {
    return this.#world.state.correspondences.map((letter) => ({
      correspondenceId: letter.id,
      reference: letter.request.correspondence?.sendersReference ?? "",
      recipient: letter.recipient,
      isConfirmationNeeded: letter.request.correspondence?.isConfirmationNeeded === true,
      created: letter.created,
      statuses: letter.statuses.map(({ status }) => status),
    }));
  }

  /** The names of files that were uploaded by themselves, and that no letter uses and nobody purged. */
  unusedUploads(): string[] {
    return this.#unused().map(({ fileName }) => fileName);
  }

  #unused(): Attachment[] {
    return this.#world.state.attachments
      .filter(({ id, correspondenceIds }) => this.#uploaded.has(id) && correspondenceIds.length === 0)
      .filter(({ statuses }) => !["Purged", "Failed"].includes(statuses.at(-1)?.status ?? ""));
  }

  /** Files as Altinn has them, by name and last status. */
  files(): readonly (readonly [string, string | undefined])[] {
    return this.#world.state.attachments.map(({ fileName, statuses }) => [fileName, statuses.at(-1)?.status]);
  }

  /** The scan of each file takes so long from now on. */
  scanFor(milliseconds: number): void {
    this.#pace.scanMs = milliseconds;
  }

  /** Every file that there is expires. */
  expireFiles(): void {
    const at = this.#options.timeline.now;
    for (const { statuses } of this.#world.state.attachments) statuses.push({ status: "Expired", text: "Expired", at });
  }

  /** Somebody purges the files that were uploaded by themselves and that no letter uses. */
  purgeUnused(): void {
    for (const { id } of this.#unused()) attachments.purgeAttachment(this.#world, id);
  }

  /** From now on this recipient does with letters that are published what the rule says. */
  setRule(recipient: string, rule: string): void {
    this.#world.state.lifeRules[recipient] = rule;
  }

  /** This happens to all letters to a recipient. */
  act(recipient: string, action: Action): void {
    const { timeline } = this.#options;
    for (const letter of this.#world.state.correspondences)
      if (letter.recipient === recipient) act(this.#world, timeline.now, letter, action);
  }

  /** All tokens that there are become invalid. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** Answers a call that has arrived, and does what it asks for. */
  answer(call: AltinnCall): Answer {
    const { method, url } = call;
    const path = url.pathname;
    const token = this.#tokenAnswer(call);
    if (token !== undefined) return token;
    const bearer = call.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    if ((this.#tokens.get(bearer) ?? 0) <= this.#options.timeline.now) return emptyAnswer(401);
    const world = this.#world;
    const [, kind, written = "", what] = path.slice(API.length).split("/");
    const id = kind === "attachment" ? decodeURIComponent(written).toLowerCase() : decodeURIComponent(written);
    switch (
      `${method} ${kind}${id === "" ? "" : id === "upload" ? "/upload" : "/{id}"}${what === undefined ? "" : `/${what}`}`
    ) {
      case "POST correspondence":
        return initializeByJson(world, call.body);
      case "POST correspondence/upload": {
        const whole: WholeUpload = JSON.parse(call.body);
        return initializeByForm(world, {
          fields: whole.fields.map(([field, value]) => [field, value]),
          files: whole.files,
        });
      }
      case "GET correspondence":
        return this.#list(url.searchParams);
      case "GET correspondence/{id}":
        return showOverview(world, id);
      case "GET correspondence/{id}/details":
        return showDetails(world, id);
      case "DELETE correspondence/{id}/purge":
        return purgeBySender(world, id);
      case "POST attachment":
        return attachments.initializeAttachment(world, call.body);
      case "POST attachment/{id}/upload": {
        const file: ReceivedFile = JSON.parse(call.body);
        this.#uploaded.add(id);
        return attachments.uploadAttachment(world, id, file);
      }
      case "GET attachment/{id}":
        return attachments.showAttachment(world, id);
      case "DELETE attachment/{id}":
        return attachments.purgeAttachment(world, id);
      default:
        throw new Error(`The model of Altinn knows no such call: ${method} ${path}`);
    }
  }

  #tokenAnswer({ method, url }: AltinnCall): Answer | undefined {
    switch (`${method} ${url.pathname}`) {
      case "GET /maskinporten/.well-known/oauth-authorization-server":
        return jsonAnswer(200, { issuer: this.issuer, token_endpoint: `${this.issuer}token` });
      case "POST /maskinporten/token":
        return jsonAnswer(200, { access_token: `grant-${++this.#issued}`, token_type: "Bearer", expires_in: 120 });
      case "GET /authentication/api/v1/exchange/maskinporten": {
        const exp = Math.floor((this.#options.timeline.now + TOKEN_LIFE) / SECOND);
        const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
        const token = `${part({ alg: "none" })}.${part({ exp, jti: ++this.#issued })}.`;
        this.#tokens.set(token, exp * SECOND);
        return { status: 200, body: token, contentType: "text/plain" };
      }
      default:
        return undefined;
    }
  }

  /** Lists by status lag: what has just happened is not in them. */
  #list(query: URLSearchParams): Answer {
    const answer = listCorrespondences(this.#world, query);
    const { listLagMs } = this.#options.odds();
    const status = query.get("status");
    if (listLagMs === 0 || status === null || answer.status !== 200) return answer;
    const since = this.#options.timeline.now - listLagMs;
    const { ids }: { ids: string[] } = JSON.parse(String(answer.body));
    const isListed = (letter: Correspondence | undefined) =>
      letter?.statuses.some((entry) => entry.status === status && entry.at <= since) === true;
    return jsonAnswer(200, { ids: ids.filter((id) => isListed(this.#world.correspondences.get(id))) });
  }

  /** Something is on the agenda: the timeline wakes us then. */
  #arm(): void {
    const next = this.#world.nextDue();
    if (next === undefined || (this.#armedFor !== undefined && this.#armedFor <= next)) return;
    this.#armedFor = next;
    this.#options.timeline.at(next, () => {
      this.#armedFor = undefined;
      this.#happen();
      this.#arm();
    });
  }

  #happen(): void {
    const { timeline, fates } = this.#options;
    for (;;) {
      const due = this.#world.takeDue(timeline.now);
      if (due === undefined) return;
      if (!isPush(due.task)) {
        perform(this.#world, due.at, due.task);
        continue;
      }
      const { task } = due;
      if (task.kind !== "push") continue;
      if (task.attempt > 0) continue;
      const about = this.#nameOfEvent(task.eventId);
      if (fates.happens("event lost", about)) continue;
      const late = fates.happens("event late", about) ? fates.share(`lateness of ${about}`) ** 2 * 12 * HOUR : 0;
      const copies = fates.happens("event repeated", about) ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        timeline.after(late + fates.share(about) * SECOND, () => void this.#push(task.eventId, 0));
      }
    }
  }

  /** An event, by its type and the reference of its letter: its own id, and the letter's, differ from telling to telling. */
  #nameOfEvent(eventId: string): string {
    const event = this.#world.state.events.findLast(({ id }) => id === eventId);
    const letter = this.#world.correspondences.get(event?.resourceinstance ?? "");
    return `${event?.type.split(".").at(-1)} ${letter?.request.correspondence?.sendersReference ?? ""} ${letter?.recipient ?? ""}`;
  }

  async #push(eventId: string, attempt: number): Promise<void> {
    const event = this.#world.state.events.findLast(({ id }) => id === eventId);
    if (event === undefined) return;
    const taken = await Promise.all(this.subscribers.map((push) => push(event)));
    if (taken.every((isTaken) => isTaken)) return;
    const wait = retryDelays[attempt];
    if (wait !== undefined) this.#options.timeline.after(wait, () => void this.#push(eventId, attempt + 1));
  }
}
