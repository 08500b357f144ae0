// The inbox over HTTP: the page, letters as their recipients see them, and what the simulator was told to misbehave in.

import type { Misbehaviour } from "../../../pages/inbox/model.ts";
import { type Answer, emptyAnswer, jsonAnswer } from "../answer.ts";
import type { SimulatorClock } from "../clock.ts";
import type { Control } from "../control.ts";
import type { KeptFiles } from "../keptFiles.ts";
import { type Call, type Handle, type Route, route } from "../route.ts";
import { mediaTypeOf } from "../rules/fileNames.ts";
import { hasBeen } from "../statuses.ts";
import type { World } from "../world.ts";
import { attachmentsOf, findLetter, listLetters, openedLetter, placeOf } from "./letters.ts";
import { pageFile } from "./page.ts";

/** What the inbox is made of. */
export interface InboxParts {
  readonly world: World;
  readonly clock: SimulatorClock;
  readonly control: Control;
  readonly kept: KeptFiles | undefined;
  /** The routes that can be told to misbehave. */
  readonly routes: readonly Route[];
  readonly counts: () => Record<string, number>;
}

/** The routes of the inbox. */
export function inboxRoutes(parts: InboxParts): Route[] {
  const { world, kept } = parts;
  return [
    page("/", () => pageFile("index.html")),
    page("/inbox/page.css", () => pageFile("page.css")),
    page("/inbox/page.js", () => pageFile("page.js")),
    route("GET", "/_inbox/letters", () => jsonAnswer(200, listLetters(world))),
    route("GET", "/_inbox/letters/{id}", ({ params }) => openLetter(world, params.id ?? "", kept !== undefined)),
    route("GET", "/_inbox/letters/{id}/files/{file}", (call) => download(parts, call)),
    route("GET", "/_inbox/misbehaviour", () => jsonAnswer(200, misbehaviour(parts))),
  ];
}

/** A file of the page: it holds nothing that another site must not see, and may be reached from one by a link. */
function page(path: string, handle: Handle): Route {
  return { ...route("GET", path, handle), name: `/_page${path}` };
}

async function openLetter(world: World, id: string, keeps: boolean): Promise<Answer> {
  const letter = findLetter(world, id);
  if (letter === undefined) return emptyAnswer(404);
  // Loaded for the first letter that is opened: most simulators show none.
  const { shownTo } = await import("../../inboxBody.ts");
  return jsonAnswer(200, openedLetter(world, letter, shownTo, keeps));
}

/** The bytes of an attachment, which Altinn notes in the letter's statuses. Always to be saved: an HTML file runs nowhere. */
async function download({ world, control, kept }: InboxParts, { params }: Call): Promise<Answer> {
  const letter = findLetter(world, params.id ?? "");
  if (letter === undefined || placeOf(letter) !== "inbox") return emptyAnswer(404);
  const file = attachmentsOf(world, letter).find(({ id }) => id === params.file);
  const bytes = file?.sha256 == null ? undefined : await kept?.read(file.sha256);
  if (file === undefined || bytes === undefined) return emptyAnswer(404);
  if (!hasBeen(letter.statuses, "AttachmentsDownloaded")) await control.act(letter.id, "attachmentsDownloaded");
  return {
    status: 200,
    body: bytes,
    contentType: mediaTypeOf(file.fileName),
    headers: { "content-disposition": `attachment; filename*=UTF-8''${headerText(file.fileName)}` },
  };
}

/** A text as a header takes it (RFC 8187). */
function headerText(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/gu, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

function misbehaviour({ control, clock, routes, counts }: InboxParts): Misbehaviour {
  return {
    now: control.now(),
    timeScale: clock.scale,
    routes: routes.map(({ method, name }) => ({ method, name })),
    faults: control.faults(),
    calls: counts(),
    eventRules: control.eventRules(),
    heldEvents: control.heldEvents(),
    lifeRules: control.lifeRules(),
  };
}
