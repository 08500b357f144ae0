// Errands of producers that change their minds: a letter is taken back, in time or too late.
import { MINUTE, timestamp } from "../shared/clock.ts";
import {
  anyone,
  type Errand,
  gap,
  type Making,
  mayEnd,
  named,
  oneRequest,
  severalReaders,
  someFiles,
} from "./errand.ts";

/** Not published for a while, so that it can still be purged when the cancel comes. */
export function takenBack(making: Making): Errand {
  return withCancel(oneRequest(making, [anyone(making)], { ...named(making), ...publishedMuchLater(making) }), making);
}

/** Whether the cancel is in time is left to chance. */
export function takenBackAtOnce(making: Making): Errand {
  return withCancel(oneRequest(making, [anyone(making)], named(making)), making);
}

export function takenBackBeforehand(making: Making): Errand {
  const { drops, ...rest } = takenBackAtOnce(making);
  const [request, cancel] = drops;
  return {
    ...rest,
    drops:
      request && cancel
        ? [
            { ...cancel, at: 0 },
            { ...request, at: cancel.at },
          ]
        : drops,
  };
}

export function takenBackFromMany(making: Making): Errand {
  const more = { ...named(making), ...publishedMuchLater(making) };
  return withCancel(oneRequest(making, severalReaders(making, 5, 20), more), making);
}

export function takenBackFromManyWithFiles(making: Making): Errand {
  const more = { ...named(making), ...publishedMuchLater(making), attachments: someFiles(making) };
  return withCancel(oneRequest(making, severalReaders(making, 3, 6), more), making);
}

/** Of a request that never comes. */
export function ofNothing({ index }: Making): Errand {
  return { drops: [{ at: 0, text: JSON.stringify({ cancel: { requestId: `request-${index}-never` } }) }] };
}

function withCancel(errand: Errand, making: Making): Errand {
  const { id: requestId } = named(making);
  const { drops, ...rest } = mayEnd(errand, "cancelled");
  return { ...rest, drops: [...drops, { at: gap(making), text: JSON.stringify({ cancel: { requestId } }) }] };
}

function publishedMuchLater({ now, random, hasTime }: Making): { letter: object } {
  const minutes = hasTime ? random.between(10, 40) : random.between(3, 8);
  return { letter: { requestedPublishTime: timestamp(now + minutes * MINUTE) } };
}
