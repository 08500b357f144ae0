// A history in words, as short as can be: what is dropped, what is written and sent, what goes wrong, and what is wrong in the end.
import type { Telling } from "./history.ts";
import type { Moment } from "./world.ts";
import type { Violation } from "./wrong.ts";

/** What only looks is left out, unless something went wrong with it. */
const LOOKS = /^(?:GET|HEAD|FIND|LIST|PEEK|COUNT) |^ends$/;
/** What every instance does for itself. */
const CHORES = /(?:contact|sweep)\.json|maskinporten|\(timer\)|figures\/|RECEIVE GET \/correspondence$/;

/** The lines of a history. */
export function tell(telling: Telling, moments: readonly Moment[], violations: readonly Violation[]): string[] {
  const drops = telling.plan.drops.map(({ at, text }) => ({ at, line: `dropped: ${short(text, 160)}` }));
  const happened = moments
    .filter(({ what, more }) => isUnusual(more) || !(LOOKS.test(what) || CHORES.test(`${what} ${more}`)))
    .map(({ at, instance, what, more }) => {
      const who = instance === 0 ? "" : `instance ${instance}: `;
      return { at, line: `${who}${short(what, 160)}${more === "" ? "" : `: ${short(more, 160)}`}` };
    });
  return [
    ...[...drops, ...happened].toSorted((a, b) => a.at - b.at).map(({ at, line }) => `${clock(at)}  ${line}`),
    ...violations.map(({ kind, text }) => `${kind}: ${text}`),
  ];
}

function isUnusual(more: string): boolean {
  return more !== "" && !more.includes("(timer)");
}

/** Days, hours, minutes, seconds and milliseconds since the beginning. */
function clock(at: number): string {
  const days = Math.floor(at / 86_400_000);
  return `${days > 0 ? `day ${days} ` : ""}${new Date(at).toISOString().slice(11, 23)}`;
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
