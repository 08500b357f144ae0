// Pictures for the docs, taken where tests have a page before them anyway: `npm run pictures`.
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Page } from "playwright-core";

const FOLDER = resolve(import.meta.dirname, "../../docs/images");

/** Takes a picture of what is in the window, if pictures are wanted. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.PICTURES !== "1") return;
  await mkdir(FOLDER, { recursive: true });
  await page.screenshot({ path: resolve(FOLDER, `${name}.png`) });
}
