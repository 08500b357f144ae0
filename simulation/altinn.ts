// A model of Altinn and Maskinporten: what the simulator decides, asked without HTTP, and late, twice or never where the odds say so.

import type { AltinnLetter } from "../chaos/altinn.ts";
import { BEHAVIOURS } from "../chaos/recipients.ts";
import { type Answer, codedError, emptyAnswer, jsonAnswer } from "../local/altinn-simulator/answer.ts";
import * as attachments from "../local/altinn-simulator/attachments.ts";
import { retryDelays } from "../local/altinn-simulator/delivery.ts";
import { isPush, perform } from "../local/altinn-simulator/engine.ts";
import { ownerUrn } from "../local/altinn-simulator/events.ts";
import { type Incoming, sendToOwner } from "../local/altinn-simulator/incoming.ts";
import { initializeByForm, initializeByJson } from "../local/altinn-simulator/letters.ts";
import { act, addAttachmentStatus } from "../local/altinn-simulator/life.ts";
import { listCorrespondences } from "../local/altinn-simulator/lists.ts";
import { madeUpChecksum } from "../local/altinn-simulator/madeUpFile.ts";
import { purgeBySender, showDetails, showOverview } from "../local/altinn-simulator/ownLetters.ts";
import type { ReceivedFile } from "../local/altinn-simulator/receivedFile.ts";
import * as recipient from "../local/altinn-simulator/recipientLetters.ts";
import { lookUpResource } from "../local/altinn-simulator/rules/resources.ts";
import {
  type Action,
  type AltinnEvent,
  type Attachment,
  type Correspondence,
  emptyState,
} from "../local/altinn-simulator/state.ts";
import { hasBeen, isPurged } from "../local/altinn-simulator/statuses.ts";
import { createWorld, type World, worldOf } from "../local/altinn-simulator/world.ts";
import { EXAMPLE_INCOMING_RESOURCE, EXAMPLE_ORGANISATION, EXAMPLE_RESOURCE } from "../local/start/appSettings.ts";
import type { RecipientAction } from "../shared/altinn/recipientActions.ts";
import { HOUR, SECOND } from "../shared/clock.ts";
import { ModelTokens } from "./altinnTokens.ts";
import type { Fates } from "./fates.ts";
import type { Odds } from "./odds.ts";
import { SENDERS_RESOURCES } from "./senders.ts";
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

/** A file of a letter to the organisation. */
export interface IncomingFile {
  readonly attachmentId: string;
  readonly size: number;
  /** Its MD5, in hex, is the one that Altinn tells, or none is told. */
  readonly isAsTold: boolean;
  /** Why it cannot be had, or could not at some time. */
  readonly lacks: ReadonlySet<string>;
}

/** A letter to the organisation, as Altinn has it. */
export interface IncomingLetter {
  readonly correspondenceId: string;
  readonly reference: string;
  readonly isConfirmationNeeded: boolean;
  /** Every status that it has reached, in this order. */
  readonly statuses: readonly string[];
  readonly files: readonly IncomingFile[];
  /** What was done with it by the app's calls, and when each was first done, in epoch milliseconds. */
  readonly done: Readonly<Partial<Record<RecipientAction, number>>>;
}

/** Altinn as the instances call it. */
export class ModelAltinn {
  readonly url = PLATFORM;
  readonly issuer = `${PLATFORM}/maskinporten/`;
  readonly #world: World;
  readonly #options: AltinnOptions;
  readonly #tokens: ModelTokens;
  /** What was done by calls with letters to the organisation, by id. */
  readonly #done = new Map<string, Partial<Record<RecipientAction, number>>>();
  /** How often each letter was posted, and each to the organisation asked for, by the name of the call. */
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
    // The organisation does with its letters what the app does, and the plan.
    state.lifeRules = { ...Object.fromEntries(rules), [ownerUrn(EXAMPLE_ORGANISATION)]: "none" };
    this.#world = createWorld(
      state,
      Object.assign(this.#pace, { owner: EXAMPLE_ORGANISATION, platformUrl: PLATFORM, lifeRule: "read after 2 m" }),
      () => timeline.now,
      () => this.#arm(),
    );
    this.#tokens = new ModelTokens({ now: () => timeline.now, issuer: this.issuer, owner: EXAMPLE_ORGANISATION });
    for (const resource of [EXAMPLE_RESOURCE, ...SENDERS_RESOURCES]) this.#subscribe(resource);
    this.#subscribe(EXAMPLE_INCOMING_RESOURCE, ownerUrn(EXAMPLE_ORGANISATION));
  }

  /** A subscription to everything on a resource, or all about a subject, which has been validated. */
  #subscribe(resource: string, subjectFilter: string | null = null): void {
    const { subscriptions } = this.#world.state;
    subscriptions.push({
      id: subscriptions.length + 1,
      endPoint: "webhook",
      resourceFilter: `urn:altinn:resource:${resource}`,
      subjectFilter,
      typeFilter: null,
      createdBy: "",
      created: this.#options.timeline.now,
      validated: true,
    });
  }

  /** Somebody else sends a letter to the organisation; its id. */
  sendToUs(letter: Omit<Incoming, "resourceId">): string {
    return sendToOwner(this.#world, { resourceId: EXAMPLE_INCOMING_RESOURCE, ...letter });
  }

  /** This happens to a letter to the organisation, if it is published; all of its files can expire. */
  actOnIncoming(id: string, action: Action | "expired"): void {
    const { timeline } = this.#options;
    const letter = this.#world.correspondences.get(id);
    if (letter === undefined || !hasBeen(letter.statuses, "Published") || isPurged(letter.statuses)) return;
    if (action !== "expired") act(this.#world, timeline.now, letter, action);
    else for (const file of this.#filesOf(letter)) addAttachmentStatus(file, "Expired", timeline.now);
  }

  /** The letters to the organisation that were published. */
  incoming(): IncomingLetter[] {
    return this.#world.state.correspondences
      .filter((letter) => !isOwn(letter) && hasBeen(letter.statuses, "Published"))
      .map((letter) => ({
        correspondenceId: letter.id,
        reference: letter.request.correspondence?.sendersReference ?? "",
        isConfirmationNeeded: letter.request.correspondence?.isConfirmationNeeded === true,
        statuses: letter.statuses.map(({ status }) => status),
        files: this.#filesOf(letter).map(incomingFile),
        done: this.#done.get(letter.id) ?? {},
      }));
  }

  /** What a letter to the organisation, and one of its files, are called in the names of calls: without Altinn's ids. */
  nameOfIncoming(id: string, attachmentId?: string): string {
    const letter = this.#world.correspondences.get(id);
    const reference = letter?.request.correspondence?.sendersReference ?? "nobody's letter";
    return attachmentId === undefined ? reference : `${reference} file ${letter?.attachmentIds.indexOf(attachmentId)}`;
  }

  #filesOf({ attachmentIds }: Correspondence): Attachment[] {
    return attachmentIds.flatMap((id) => this.#world.attachments.get(id) ?? []);
  }

  /** Every letter that was ever made. */
  letters(): AltinnLetter[] {
    return this.#world.state.correspondences.filter(isOwn).map((letter) => ({
      correspondenceId: letter.id,
      reference: letter.request.correspondence?.sendersReference ?? "",
      recipient: letter.recipient,
      resourceId: letter.resourceId,
      owner: letter.owner,
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
    this.#tokens.revoke();
  }

  /** Answers a call that has arrived, and does what it asks for. */
  answer(call: AltinnCall): Answer {
    const { method, url, headers } = call;
    const path = url.pathname;
    const authorization = headers.get("authorization");
    if (!path.startsWith(API)) {
      const token = this.#tokens.answer(method, path, call.body, authorization);
      if (token !== undefined) return token;
    }
    const bearer = this.#tokens.bearer(authorization);
    if (bearer === undefined) return emptyAnswer(401);
    const { organisation, isSender } = bearer;
    const world = organisation === EXAMPLE_ORGANISATION ? this.#world : worldOf(this.#world, organisation);
    const [, kind, written = "", what, which = ""] = path.slice(API.length).split("/");
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
        return this.#list(world, url.searchParams);
      case "GET correspondence/{id}":
        return isSender ? showOverview(world, id) : recipient.showToRecipient(world, id);
      case "GET correspondence/{id}/details":
        return showDetails(world, id);
      case "DELETE correspondence/{id}/purge":
        return isSender ? purgeBySender(world, id) : this.#note("purge", id, recipient.purgeByRecipient(world, id));
      case "POST correspondence/{id}/markasread":
        return isSender ? codedError(4001) : this.#note("read", id, recipient.markAsRead(world, id));
      case "POST correspondence/{id}/confirm":
        return isSender ? codedError(4001) : this.#note("confirm", id, recipient.confirm(world, id));
      case "GET correspondence/{id}/attachment":
        return isSender ? codedError(4001) : recipient.downloadMadeUp(world, id, which);
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

  #note(action: RecipientAction, id: string, answer: Answer): Answer {
    if (answer.status !== 200) return answer;
    this.#done.set(id, { [action]: this.#options.timeline.now, ...this.#done.get(id) });
    return answer;
  }

  /** Lists lag: what has just happened is not in them, and a key that has just been used may be found by one call and not the next. */
  #list(world: World, query: URLSearchParams): Answer {
    const answer = listCorrespondences(world, query);
    const { fates, timeline } = this.#options;
    const { listLagMs, lookUpLagMs } = this.#options.odds();
    if (answer.status !== 200) return answer;
    const key = query.get("idempotentKey");
    if (key !== null) {
      if (lookUpLagMs === 0) return answer;
      const since = timeline.now - lookUpLagMs * fates.share(`look-up of ${key}`);
      return this.#only(answer, ({ created }) => created <= since);
    }
    const status = query.get("status");
    if (listLagMs === 0 || status === null) return answer;
    const since = timeline.now - listLagMs;
    return this.#only(answer, ({ statuses }) => statuses.some((entry) => entry.status === status && entry.at <= since));
  }

  #only(answer: Answer, isListed: (letter: Correspondence) => boolean): Answer {
    const { ids }: { ids: string[] } = JSON.parse(String(answer.body));
    const known = ids.filter((id) => {
      const letter = this.#world.correspondences.get(id);
      return letter !== undefined && isListed(letter);
    });
    return jsonAnswer(200, { ids: known });
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

/** True of a letter that was sent by this API, and not by somebody else to the organisation. */
function isOwn({ received }: Correspondence): boolean {
  return received !== null;
}

function incomingFile({ id, size, checksum, resourceId, statuses }: Attachment): IncomingFile {
  const had = (status: string) => statuses.some((entry) => entry.status === status);
  const lacks = new Set<string>();
  if (had("Expired")) lacks.add("expired");
  if (had("Purged")) lacks.add("purged");
  if (!lookUpResource(resourceId).access) lacks.add("refused");
  const isAsTold = checksum === "" || checksum === madeUpChecksum(id, size ?? 0);
  return { attachmentId: id, size: size ?? 0, isAsTold, lacks };
}
