// What a recipient does with a letter once it is published: `read after 2 s, confirmed after 1 m`.

import { type Action, actions } from "./state.ts";

/** Each step counts from the publishing, in simulated milliseconds. */
export type LifeRule = readonly { readonly action: Action; readonly afterMs: number }[];

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a rule: steps `<action> after <number> <ms|s|m|h|d>` separated by commas, or `none`. Throws on anything else. */
export function parseLifeRule(text: string): LifeRule {
  if (text.trim() === "" || text.trim() === "none") return [];
  return text.split(",").map((step) => {
    const match = /^\s*(\w+)\s+after\s+(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/u.exec(step);
    const action = actions.find((name) => name.toLowerCase() === match?.[1]?.toLowerCase());
    const unit = units[match?.[3] ?? ""];
    if (match === null || action === undefined || unit === undefined) {
      throw new Error(
        `not a step of a life rule: "${step.trim()}" (such as "read after 2 s"; actions: ${actions.join(", ")})`,
      );
    }
    return { action, afterMs: Number(match[2]) * unit };
  });
}
