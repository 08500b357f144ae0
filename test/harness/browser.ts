// A real browser for tests: Chromium, started once for all files that need it.
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as driver } from "playwright-core";
import { inject } from "vitest";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where the browser listens; absent when no file of the run needs one. */
    browser: string | undefined;
  }
}

/** Starts the browser; its program comes with an npm package, and is unpacked once for the machine. */
export async function startBrowser(): Promise<{ readonly address: string; stop(): Promise<void> }> {
  // Without software GL: no page needs it, and it takes long to unpack.
  chromium.setGraphicsMode = false;
  const server = await driver.launchServer({
    executablePath: await chromium.executablePath(),
    // In a single process, as the package would have it, the browser ends with the first page that is closed.
    args: chromium.args.filter((each) => each !== "--single-process"),
    headless: true,
    host: "127.0.0.1",
  });
  return { address: server.wsEndpoint(), stop: () => server.close() };
}

/** The browser of this run. */
export async function openBrowser(): Promise<Browser> {
  const address = inject("browser");
  if (address === undefined) throw new Error("No browser was started: is this file in test/pages/?");
  return driver.connect(address);
}
