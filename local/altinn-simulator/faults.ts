// Misbehaviour on request: delays, refusals, cut connections, unreadable answers.

import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Answer } from "./answer.ts";

export const faultSchema = z.object({
  method: z.string().optional(),
  /** A route's name, the beginning of a path, or a pattern with `*` or `{...}`. Every call when left out. */
  path: z.string().optional(),
  /** Answered instead of what the call would have given. */
  status: z.number().int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** A text, or JSON. */
  body: z.unknown().optional(),
  contentType: z.string().optional(),
  /** Real milliseconds before anything else happens. */
  delayMs: z.number().nonnegative().optional(),
  /** The connection is cut before or after the work is done. */
  drop: z.enum(["before", "after"]).optional(),
  /** The work is done, then the given status is answered. */
  workFirst: z.boolean().optional(),
  /** The work is done, and the connection is cut after so many bytes of the answer's body. */
  cutAfterBytes: z.number().int().nonnegative().optional(),
  /** The work is done, and its answer can't be read. */
  malformed: z.boolean().optional(),
  /** How many calls it works on. Default: 1. */
  times: z.union([z.number().int().positive(), z.literal("always")]).optional(),
});
/** One misbehaviour. */
export type Fault = z.infer<typeof faultSchema>;

/** A misbehaviour that waits for a call. */
export interface WaitingFault {
  readonly id: string;
  readonly fault: Fault;
  /** How many calls it works on from now on. */
  readonly left: number | "always";
}

/** The misbehaviours that wait for a call. */
export class Faults {
  readonly #waiting: { readonly id: string; readonly fault: Fault; left: number }[] = [];

  /** Adds one; its id. */
  add(fault: Fault): string {
    const id = randomUUID();
    const times = fault.times ?? 1;
    this.#waiting.push({ id, fault, left: times === "always" ? Number.POSITIVE_INFINITY : times });
    return id;
  }

  list(): WaitingFault[] {
    return this.#waiting.map(({ id, fault, left }) => ({ id, fault, left: Number.isFinite(left) ? left : "always" }));
  }

  /** Takes one back; nothing happens when it is used up. */
  remove(id: string): void {
    const index = this.#waiting.findIndex((waiting) => waiting.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  clear(): void {
    this.#waiting.length = 0;
  }

  /** The first that fits a call, used up by one. */
  take(method: string, path: string, route: string, routes: ReadonlySet<string>): Fault | undefined {
    const index = this.#waiting.findIndex(({ fault }) => fits(fault, method, path, route, routes));
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }
}

function fits(fault: Fault, method: string, path: string, route: string, routes: ReadonlySet<string>): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined || fault.path === route) return true;
  if (routes.has(fault.path)) return false;
  if (!/[*{]/u.test(fault.path)) return path.startsWith(fault.path);
  const pattern = fault.path
    .split(/(\*|\{[^}]*\})/u)
    .map((part) => (part === "*" ? ".*" : part.startsWith("{") ? "[^/]+" : escapeText(part)))
    .join("");
  return new RegExp(`^${pattern}$`, "u").test(path);
}

function escapeText(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, "\\$&");
}

/** True when the call's work is not to be done. */
export function replacesWork(fault: Fault): boolean {
  const answers = fault.status !== undefined || fault.body !== undefined;
  return answers && fault.workFirst !== true && fault.malformed !== true && fault.drop !== "after";
}

/** The answer that a fault gives: its own, or a spoilt form of what the work gave. */
export function faultyAnswer(fault: Fault, worked: Answer | undefined): Answer {
  const answers = fault.status !== undefined || fault.body !== undefined;
  const own: Answer = answers
    ? {
        status: fault.status ?? 200,
        body: bodyOf(fault.body),
        contentType: fault.contentType ?? (fault.body === undefined ? null : "application/json"),
      }
    : (worked ?? { status: 200, body: null, contentType: null });
  const answer =
    fault.malformed === true ? { ...own, body: beginningOf(own.body), contentType: "application/json" } : own;
  return { ...answer, headers: { ...answer.headers, ...fault.headers } };
}

/** So much of a body that nobody can read it. */
function beginningOf(body: Answer["body"]): string {
  return (typeof body === "string" ? body : '{"correspondences":[{').slice(0, 20);
}

function bodyOf(body: unknown): string | null {
  if (body === undefined || body === null) return null;
  return typeof body === "string" ? body : JSON.stringify(body);
}
