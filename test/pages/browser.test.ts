// A page as it is built shows in a real browser, and asks for nothing but its own files.
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildPage } from "../../scripts/buildPages.ts";
import { openBrowser } from "../harness/browser.ts";
import { listen } from "../harness/listen.ts";

const TYPES = { html: "text/html", css: "text/css", js: "text/javascript" } as const;

let site: { readonly url: string; close(): Promise<void> };
beforeAll(async () => {
  const files = new Map((await buildPage("dashboard")).map(({ name, contents }) => [name as string, contents]));
  site = await listen(
    createServer((request, response) => {
      const name = request.url?.slice("/dashboard/".length) || "index.html";
      const contents = files.get(name);
      const type = TYPES[name.split(".").at(-1) as keyof typeof TYPES];
      response.writeHead(contents ? 200 : 404, { "content-type": `${type}; charset=utf-8` }).end(contents);
    }),
  );
});
afterAll(() => site.close());

it("shows the page, and asks for nothing but its own files", async () => {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(site.url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(asked.filter((url) => !url.startsWith("data:")).map((url) => url.slice(site.url.length))).toEqual([
    "/",
    "/dashboard/page.css",
    "/dashboard/page.js",
  ]);
  await browser.close();
});
