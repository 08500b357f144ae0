// Whose work is being done: the trace that log lines and calls carry, without being handed it.
import { AsyncLocalStorage } from "node:async_hooks";
import { beginTrace, type MaybeTraced, type TraceContext, traceOf } from "./traceContext.ts";

/** A piece of work, about one letter or request at most. */
interface Piece {
  /** Of the letter or request, once that is known. */
  traceparent?: string | undefined;
}

const current = new AsyncLocalStorage<Piece>();

/**
 * Does a piece of work about one letter or request at most: an invocation, or a letter's turn in a sweep. What is followed in
 * it counts to its end, and not beyond.
 */
export function asPiece<T>(work: () => T): T {
  return current.run({}, work);
}

/** The `traceparent` of the letter or request that is worked on; `undefined` where none is known. */
export function currentTraceparent(): string | undefined {
  return current.getStore()?.traceparent;
}

/** What a trace is known by: its own context, or else the id of the request that it begins with. */
export interface Traced extends MaybeTraced {
  /** The producer's id of the request, or what else names what has no request. */
  readonly requestId?: string | undefined;
}

/** The traces of letters and requests. */
export interface Traces {
  /** The trace that something belongs to: given with its request, or else begun with it. */
  of(about: Traced): Promise<TraceContext>;
  /** From here on this piece of work is about that: its log lines and its calls carry the trace. Never rejects. */
  follow(about: Traced | undefined): Promise<void>;
}

/**
 * The traces of one deployment.
 *
 * @param namespace the deployment's. As long as it cannot be read, what came without a trace has none
 */
export function createTraces(namespace: () => Promise<string>): Traces {
  async function of(about: Traced): Promise<TraceContext> {
    const { traceparent, requestId } = about;
    if (traceparent !== undefined || requestId === undefined) return traceOf(about);
    const known = await namespace().catch(() => undefined);
    return known === undefined ? {} : { traceparent: beginTrace(known, requestId) };
  }
  return {
    of,
    async follow(about) {
      const piece = current.getStore();
      if (piece && about) piece.traceparent = (await of(about)).traceparent;
    },
  };
}
