// The sender's own letters, one by one: shown, and purged before they are published.

import { type Answer, codedError, jsonAnswer, modelFailure } from "./answer.ts";
import { purge } from "./life.ts";
import { isUuid } from "./model/values.ts";
import type { Correspondence } from "./state.ts";
import { hasBeen, isPurged } from "./statuses.ts";
import { details, overview } from "./views.ts";
import type { World } from "./world.ts";

/** `GET /correspondence/{id}`. */
export function showOverview(world: World, id: string): Answer {
  return withLetter(world, id, (letter) =>
    isPurged(letter.statuses) ? codedError(1001) : jsonAnswer(200, overview(world, letter)),
  );
}

/** `GET /correspondence/{id}/details`. */
export function showDetails(world: World, id: string): Answer {
  return withLetter(world, id, (letter) => jsonAnswer(200, details(world, letter)));
}

/** `DELETE /correspondence/{id}/purge`. */
export function purgeBySender(world: World, id: string): Answer {
  return withLetter(world, id, (letter) => {
    if (isPurged(letter.statuses)) return codedError(1014);
    if (hasBeen(letter.statuses, "Published")) return codedError(1013);
    if (letter.isTransmission) return codedError(1043);
    purge(world, world.now(), letter, "PurgedByAltinn");
    return jsonAnswer(200, letter.id);
  });
}

function withLetter(world: World, id: string, answer: (letter: Correspondence) => Answer): Answer {
  if (!isUuid(id)) return modelFailure({ correspondenceId: [`The value '${id}' is not valid.`] });
  const letter = world.correspondences.get(id.toLowerCase());
  if (letter === undefined) return codedError(1001);
  return letter.owner === world.options.owner ? answer(letter) : codedError(4001);
}
