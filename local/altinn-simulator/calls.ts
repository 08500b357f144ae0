// Counts and remembers the calls that were made to the simulator.

/** One call. */
export interface Call {
  readonly method: string;
  /** The route's name, such as `/correspondence/{id}`; the path itself for what the simulator does not serve. */
  readonly route: string;
  readonly path: string;
  /** Null while it is under way, 0 when the connection was cut instead of an answer. */
  readonly status: number | null;
  /** Simulated milliseconds. */
  readonly time: number;
  /** The trace that it was made in, as its header says (W3C Trace Context); null where it has none. */
  readonly traceparent: string | null;
}

/** The log of calls. */
export class CallLog {
  #calls: { -readonly [name in keyof Call]: Call[name] }[] = [];

  /** Notes a call that begins; the function notes how it ended. */
  begin(begun: Omit<Call, "status">): (status: number) => void {
    const call: { -readonly [name in keyof Call]: Call[name] } = { ...begun, status: null };
    this.#calls.push(call);
    return (status) => {
      call.status = status;
    };
  }

  list(): Call[] {
    return this.#calls.map((call) => ({ ...call }));
  }

  /** How many calls there were of a method and a route (its name or a path); either may be left out. */
  count(method?: string, route?: string): number {
    return this.#calls.filter(
      (call) =>
        (method === undefined || call.method === method.toUpperCase()) &&
        (route === undefined || call.route === route || call.path === route),
    ).length;
  }

  /** The number of calls by `METHOD route`. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { method, route } of this.#calls) {
      const name = `${method} ${route}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  clear(): void {
    this.#calls = [];
  }
}
