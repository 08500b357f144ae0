// How the page talks with the simulator that serves it.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { RecipientAction } from "./model.ts";

/** Milliseconds between two looks at what polls. */
const PAUSE = 1_000;

/** What was asked for, and whether the simulator still answers. */
export interface Polled<T> {
  /** Undefined: nothing was answered yet. */
  readonly data: T | undefined;
  readonly isLost: boolean;
  /** Asks at once; resolves when what came shows. */
  refresh(): Promise<void>;
}

/** JSON that is asked for every second, as long as the page is looked at. */
export function usePolled<T>(path: string): Polled<T> {
  const [data, setData] = useState<T>();
  const [isLost, setLost] = useState(false);
  const last = useRef("");
  const refresh = useCallback(async () => {
    try {
      const answer = await fetch(path);
      const text = await answer.text();
      if (!answer.ok) throw new Error(text);
      setLost(false);
      // What is the same is not shown anew.
      if (text !== last.current) setData(JSON.parse(text));
      last.current = text;
    } catch {
      setLost(true);
    }
  }, [path]);
  useEffect(() => {
    let timer: number | undefined;
    let isOver = false;
    const look = async () => {
      window.clearTimeout(timer);
      if (document.visibilityState === "visible") await refresh();
      if (!isOver) timer = window.setTimeout(look, PAUSE);
    };
    const show = () => void look();
    show();
    document.addEventListener("visibilitychange", show);
    return () => {
      isOver = true;
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", show);
    };
  }, [refresh]);
  return { data, isLost, refresh };
}

/** JSON; undefined: there is nothing at that path. Rejects when the simulator does not answer. */
export async function ask<T>(path: string): Promise<T | undefined> {
  const answer = await fetch(path);
  return answer.ok ? answer.json() : undefined;
}

/** Tells the simulator's control something. Rejects with what it says when it refuses. */
export async function tell(method: "POST" | "DELETE", path: string, body?: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`_control/${path}`, {
    method,
    ...(body === undefined ? {} : { headers, body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error((await answer.text()) || String(answer.status));
}

/** Tells the control something, as {@link tell} does, and shows what came of it. Resolves to whether it was taken. */
export type Telling = (...told: Parameters<typeof tell>) => Promise<boolean>;

/** Does with a letter what its recipient would. */
export function act(letterId: string, action: RecipientAction | "read" | "replied"): Promise<void> {
  return tell("POST", `correspondences/${letterId}/${action}`);
}
