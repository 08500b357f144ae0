// What the tests of the host share: the fixture apps' folders, and the object through which an app shows what it saw.
import { fileURLToPath } from "node:url";

/** The folder of a fixture app. */
export function fixtureApp(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/functions-apps/${name}`, import.meta.url));
}

/** What the fixture apps put in `seen`, by what saw it. */
export interface Seen {
  readonly hook?: string;
  readonly function?: string;
  readonly message?: unknown;
  readonly metadata?: Record<string, unknown>;
  readonly timer?: { readonly isPastDue: boolean; readonly scheduleStatus: { readonly next: string } };
  readonly atStart?: boolean;
  readonly http?: string;
  readonly before?: string;
}

/** Shared with the apps, which run in the same process. */
export interface Fixture {
  readonly seen: Seen[];
  /** What the HTTP function "waits" waits for. */
  gate?: Promise<void>;
  onMessage?: (message: unknown, context: { readonly triggerMetadata: Record<string, unknown> }) => unknown;
  onTick?: () => unknown;
}

/** A fresh fixture, which apps loaded from now on use. */
export function shareFixture(): Fixture {
  const fixture: Fixture = { seen: [] };
  Reflect.set(globalThis, "fixture", fixture);
  return fixture;
}

/** A promise and what resolves it. */
export function openGate(): { readonly promise: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}
