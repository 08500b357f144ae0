// A mutex by key within this process: work under one key is done piece by piece, in the order in which it was asked for.

/** Does a piece of work when all that was asked for before it under the same key has ended, whichever way. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Turns for one kind of keys. Nothing is kept of a key once its last piece of work has ended. */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const own = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, own);
    const forget = () => {
      if (last.get(key) === own) last.delete(key);
    };
    own.then(forget, forget);
    return own;
  };
}
