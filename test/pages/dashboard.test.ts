// The dashboard as the built bundle serves it, in a real browser: what is shown, found and done; by keyboard alone; narrow,
// dark, in each language; and who is let in.
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { type FunctionsHost, startFunctionsHost } from "../../local/functions-host/start.ts";
import { organization, person, personNumber } from "../../local/parties.ts";
import { build } from "../../scripts/build.ts";
import { DAY, timestamp } from "../../shared/clock.ts";
import { ROLES } from "../../shared/dashboard/access.ts";
import { readBrake } from "../../shared/pausing/emergencyBrake.ts";
import { createJsonBlobs } from "../../shared/storage/jsonBlobs.ts";
import { CONTAINERS, DOCUMENTS, QUEUES } from "../../shared/storage/names.ts";
import { aPrincipal } from "../builders/principal.ts";
import { openBrowser } from "../harness/browser.ts";
import { picture } from "../harness/picture.ts";
import { type Storage, type StorageAccount, startStorage } from "../harness/storage.ts";
import { RESOURCE } from "../harness/world.ts";
import { aLetter } from "../integration/letters.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const TIME_SCALE = 4;
const SECRET_NAME = "Avslag til Kari Nordmann.pdf";
const OSLOS = "org313721779-letters";
const TITLE = "A title that nobody but its recipient reads";

let storage: Storage;
let account: StorageAccount;
let simulator: Simulator;
let directory: string;
let host: FunctionsHost;
let browser: Browser;
/** The id of a letter to the organisation. */
let received: string;
let settings: Record<string, string>;
const logged: string[] = [];
/** Where pages have asked for anything. */
const asked = new Set<string>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "dashboard-"));
  [storage] = await Promise.all([startStorage(), build({ directory: join(directory, "dist") })]);
  account = await storage.account();
  const key = await createClientKey();
  const clients = [{ clientId: "test-client", keys: [key.publicJwk] }];
  // One clock for both, however long it takes until the host is there: tokens go by it.
  const time = { timeScale: TIME_SCALE, timeOrigin: Date.now() };
  simulator = await startSimulator({ ...time, publishMs: 1, scanMs: 1, clients, subscriptionKey: "key" });
  for (const file of ["host.json", "package.json"]) await copyFile(join(ROOT, file), join(directory, file));
  settings = {
    CORRESPONDENCE_STORAGE: account.connectionString,
    ALTINN_ENVIRONMENT: "tt02",
    ALTINN_PLATFORM_URL: simulator.url,
    MASKINPORTEN_ISSUER: `${simulator.url}/maskinporten/`,
    MASKINPORTEN_CLIENT_ID: "test-client",
    MASKINPORTEN_JWK: key.base64,
    ALTINN_SUBSCRIPTION_KEY: "key",
    ALTINN_RESOURCES: RESOURCE,
    RECEIVE_RESOURCES: "their-letters",
    RECEIVE_ORG: "991825827",
    SENDERS: "blob",
    TIME_ORIGIN: String(time.timeOrigin),
    // No sweep may find first what is to be asked for here.
    CHECK_SCHEDULE: "0 0 0 1 1 *",
  };
  // The one has a letter, the other a queue of its own and no right to a token.
  const state = createJsonBlobs(account.blobs.getContainerClient(CONTAINERS.state));
  await state.create(DOCUMENTS.senders, [
    { name: "oslo", resources: [OSLOS], consumerOrg: "313721779" },
    { name: "voss", resources: ["voss-letters"], ownQueue: true, scopes: ["altinn:not-given"] },
  ]);
  host = await start(settings);
  browser = await openBrowser();
  const content = { messageTitle: TITLE };
  await drop(
    aLetter({ id: "read-one", content, letter: { sendersReference: "2030/1" }, request: { recipients: [person(2)] } }),
  );
  await drop(
    aLetter({
      id: "many",
      letter: { sendersReference: "2030/2" },
      request: { recipients: [organization(2), organization(3)] },
    }),
  );
  await drop(
    aLetter({
      id: "later",
      letter: { sendersReference: "2030/3", requestedPublishTime: timestamp(Date.now() + 40 * DAY) },
    }),
  );
  for (const id of ["refused-1", "refused-2"]) {
    await drop(aLetter({ id, letter: { sendersReference: `2030/${id}`, resourceId: "not-ours" } }));
  }
  const files = [{ fileName: SECRET_NAME, size: 10 }];
  received = simulator.control.sendToOwner({
    resourceId: "their-letters",
    title: TITLE,
    sendersReference: "2030/theirs",
    isConfirmationNeeded: true,
    files: [...files, { ...files[0], fileName: "b.pdf", size: 10, resourceId: "denied-1" }],
  });
  await drop(aLetter({ id: "oslo", letter: { sendersReference: "2030/oslo", resourceId: OSLOS } }));
  await vi.waitFor(() => expect(simulator.control.correspondences()).toHaveLength(5), { timeout: 60_000 });
});
afterAll(async () => {
  await browser?.close();
  await host.stop();
  await simulator.close();
  await rm(directory, { recursive: true });
});

function start(settings: Record<string, string>, only?: readonly string[]): Promise<FunctionsHost> {
  return startFunctionsHost({
    appDirectory: directory,
    port: 0,
    functionKey: "the-function-key",
    settings,
    timeScale: TIME_SCALE,
    onLog: ({ line }) => logged.push(line),
    ...(only === undefined ? {} : { only }),
  });
}

async function drop(request: object): Promise<void> {
  await account.queues.getQueueClient(QUEUES.requests).sendMessage(JSON.stringify(request));
}

/** The dashboard in a window of its own. */
async function open(options: BrowserContextOptions = {}, at = "", base = host.url): Promise<Page> {
  const context = await browser.newContext({
    locale: "en-GB",
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
    ...options,
  });
  // A busy machine takes its time: this is for what hangs.
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  page.on("pageerror", (error) => expect.fail(error.message));
  await page.goto(`${base}/api/dashboard${at}`);
  return page;
}

/** What axe finds wrong with the page as it is, or with a part of it, for people. */
async function faultsOf(page: Page, part = "html"): Promise<string[]> {
  // Through the debugger's own door: the page's policy lets no script in.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(axe.source);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await page.evaluate<axe.AxeResults>(`axe.run("${part}", { runOnly: ${JSON.stringify(tags)} })`);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Language, colours and width in which each view is looked at. */
const LOOKS = [
  ["nb", "dark", 320],
  ["nn", "light", 320],
  ["en", "dark", 1280],
  ["en", "light", 1280],
] as const;

/** What hinders people in a view in every look, and in its dialogs in the first; the page is left in the last look. */
async function barriersIn(page: Page, view: string): Promise<string[]> {
  const found: string[] = [];
  const [language, scheme] = await page.locator("header select").all();
  for (const [chosen, colours, width] of LOOKS) {
    await language?.selectOption(chosen);
    await scheme?.selectOption(colours);
    await page.setViewportSize({ width, height: 900 });
    const look = async (what: string, part?: string) => {
      const faults = await faultsOf(page, part);
      if ((await page.evaluate("document.documentElement.scrollWidth")) !== width) faults.push("goes sideways");
      found.push(...faults.map((fault) => `${view}, ${what}, ${chosen}, ${colours}, ${width}: ${fault}`));
    };
    await look("page");
    if (chosen !== "nb") continue;
    for (const button of await page.locator("main button:has(+ dialog)").all()) {
      await button.click();
      await page.locator("dialog[open] .row button").first().isEnabled();
      await look(`dialog ${await button.textContent()}`, "dialog[open]");
      await page.keyboard.press("Escape");
    }
  }
  return found;
}

/** The letter with this reference, found by searching. */
async function openLetter(page: Page, reference: string): Promise<void> {
  await page.getByRole("link", { name: "Find letters" }).click();
  // The index may not have it yet.
  await expect
    .poll(async () => {
      await page.getByRole("textbox").fill(reference);
      await page.getByRole("textbox").press("Enter");
      await page.getByText(/^(?:\d+ letters?|Nothing is known.*)$/).waitFor();
      return page.getByRole("row").count();
    })
    .toBeGreaterThan(1);
  await page.getByRole("row").nth(1).getByRole("link").click();
  await page.getByRole("heading", { name: "What has happened" }).waitFor();
}

/** Does what a button offers, after what its dialog says; nothing in the dialog hinders anybody. */
async function act(page: Page, button: string, willDo: RegExp): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(willDo).waitFor();
  expect(await faultsOf(page, "dialog[open]")).toEqual([]);
  await dialog.getByRole("button", { name: button }).click();
}

describe("what is shown", () => {
  it("says in one sentence at the top whether anything needs somebody, and shows the app at a glance", async () => {
    const page = await open();
    await page.getByRole("heading", { name: "2 letters were not sent" }).waitFor();
    for (const name of [
      "Letters by the hour",
      "How far they come",
      "What waits, and why",
      "Queues",
      "Not sent",
      "The app",
    ]) {
      await page.getByRole("heading", { name, exact: true }).waitFor();
    }
    await page
      .getByRole("row", { name: /Its resource is not one of ours/ })
      .getByText("2", { exact: true })
      .waitFor();
    expect(await page.locator("canvas").count()).toBe(1);
    await picture(page, "dashboard");
    await page.context().close();
  });

  it("tells a letter's history so that a caseworker understands it, and shows who it is to to nobody", async () => {
    const [letter] = simulator.control.correspondences().filter(({ recipient }) => recipient === person(2));
    await simulator.control.act(letter?.correspondenceId ?? "", "read");
    const page = await open();
    await openLetter(page, "2030/1");
    await act(page, "Check now", /Altinn is asked once/);
    await page.getByRole("listitem").filter({ hasText: "Read by the recipient" }).waitFor();
    const steps = await page.getByRole("listitem").allTextContents();
    expect(steps.findIndex((step) => step.includes("Published: the recipient can see it"))).toBeGreaterThanOrEqual(0);
    const text = (await page.textContent("body")) ?? "";
    expect(text).toContain("urn:altinn:person:identifier-no:***");
    expect(text).not.toContain(personNumber(2));
    expect(text).not.toContain(TITLE);
    // What is passed on names neither reference nor request.
    expect(page.url()).toMatch(/#\/letters\/[0-9a-f-]{36}$/);
    const other = await open({}, new URL(page.url()).hash);
    await other.getByText("2030/1", { exact: true }).waitFor();
    await other.context().close();
    await page.context().close();
  });

  it("shows a request with its progress and its letters", async () => {
    const page = await open();
    await openLetter(page, "2030/2");
    await page.getByRole("link", { name: "many", exact: true }).click();
    await page.getByText("2 of 2 letters sent").first().waitFor();
    expect(await page.getByRole("row").count()).toBe(3);
    expect(page.url()).not.toContain("many");
    await page.goBack();
    await page.getByRole("heading", { name: "What has happened" }).waitFor();
    await page.context().close();
  });
});

describe("received letters", () => {
  it("are counted, found, shown without what they say, and confirmed", async () => {
    await tellOfReceived();
    const page = await open();
    await page.getByRole("link", { name: "Received letters", exact: true }).click();
    const rows = page.getByRole("row");
    // The index may not have it yet.
    await expect
      .poll(async () => {
        await page.getByRole("textbox").fill("310000035");
        await page.getByRole("textbox").press("Enter");
        await page.getByText(/^(?:1 letter|No received letter.*)$/).waitFor();
        return rows.count();
      })
      .toBe(2);
    await rows.nth(1).getByRole("link").click();
    await page.getByText("1 of 2 files could not be had: ask its sender for them.", { exact: false }).waitFor();
    await page.getByRole("row", { name: /Altinn does not let us have it/ }).waitFor();
    await picture(page, "dashboard-received");
    await act(page, "Confirm", /may have legal effect/);
    await page.getByText(/It is asked for/).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Confirmed at Altinn" }).waitFor();
    const text = (await page.textContent("body")) ?? "";
    expect(text).toContain("urn:altinn:organization:identifier-no:310000035");
    expect(text).not.toContain(TITLE);
    expect(text).not.toContain(SECRET_NAME);
    expect(page.url()).toMatch(new RegExp(`#/received/${received}$`));
    await page.context().close();
  });

  /** It is looked for, and received. */
  async function tellOfReceived(): Promise<void> {
    await vi.waitFor(() => {
      const letter = simulator.control.received().find(({ correspondenceId }) => correspondenceId === received);
      expect(letter?.statuses.map(({ status }) => status)).toContain("Published");
    });
    const search = { version: 1, resourceId: "their-letters", from: Date.now() - DAY, to: Date.now() + DAY };
    await account.queues.getQueueClient(QUEUES.receipts).sendMessage(JSON.stringify(search));
    const document = account.blobs
      .getContainerClient(CONTAINERS.inbox)
      .getBlobClient(`${received}/correspondence.json`);
    await expect.poll(() => document.exists(), { timeout: 60_000 }).toBe(true);
  }
});

describe("one sender of several", () => {
  it("is chosen, and then nothing but its letters, queues and brake is shown and done", async () => {
    const page = await open();
    const sender = page.getByRole("combobox", { name: "Sender" });
    await sender.selectOption("voss");
    await page.getByRole("heading", { name: /gives no token/ }).waitFor();
    await page.getByRole("row", { name: /Requests that have come: voss/ }).waitFor();
    await sender.selectOption("oslo");
    await page.getByText("There are no dead letters.").waitFor();
    await act(page, "Pull the brake", /This is about the letters of oslo alone/);
    await page.getByRole("button", { name: "Lift the brake" }).waitFor();
    const state = createJsonBlobs(account.blobs.getContainerClient(CONTAINERS.state));
    expect(await readBrake(state)).toMatchObject({ isOn: false, senders: { oslo: { isOn: true } } });
    await sender.selectOption("");
    await page.getByText("Letters of oslo are stopped").waitFor();
    await page.getByRole("button", { name: "Pull the brake" }).waitFor();
    await sender.selectOption("oslo");
    await act(page, "Lift the brake", /This is about the letters of oslo alone/);
    await page.getByRole("button", { name: "Pull the brake" }).waitFor();
    await page.getByRole("link", { name: "Find letters" }).click();
    for (const [reference, found] of [
      ["2030/1", /^Nothing is known/],
      ["2030/oslo", /^1 letter$/],
    ] as const) {
      await page.getByRole("textbox").fill(reference);
      await page.getByRole("textbox").press("Enter");
      await page.getByText(found).waitFor();
    }
    await page.context().close();
  });
});

describe("what is done", () => {
  it("looks before a replay, and drops for good", async () => {
    const page = await open();
    await page.getByRole("button", { name: /^Show: Its resource/ }).click();
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.getByText("Add it to ALTINN_RESOURCES, and replay.").waitFor();
    await page.getByRole("button", { name: "Replay" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/it will be refused again/).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await act(page, "Drop", /It can not be replayed any more/);
    await page.getByText("The dead letter is dropped.").waitFor();
    const left: string[] = [];
    for await (const { name } of account.blobs.getContainerClient(CONTAINERS.deadLetters).listBlobsFlat())
      left.push(name);
    expect(left).toHaveLength(1);
    await page.context().close();
  });

  it("cancels a letter that is not published yet", async () => {
    const page = await open();
    await openLetter(page, "2030/3");
    await page.getByText("To be published later. As its sender asked for.").waitFor();
    await act(page, "Cancel the letter", /taken back from Altinn if it is not published yet/);
    await page.getByText(/The cancel is on its way/).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Cancelled" }).waitFor();
    await page.context().close();
  });

  it("pulls the brake and lifts it, and notes each in the log", async () => {
    const page = await open();
    const state = createJsonBlobs(account.blobs.getContainerClient(CONTAINERS.state));
    await act(page, "Pull the brake", /Nothing is lost/);
    await page.getByRole("button", { name: "Lift the brake" }).waitFor();
    expect(await readBrake(state)).toMatchObject({ isOn: true, reason: "operator" });
    await page.getByRole("heading", { name: "The emergency brake is on: nothing is sent" }).waitFor();
    await act(page, "Lift the brake", /goes out within six minutes/);
    await page.getByRole("button", { name: "Pull the brake" }).waitFor();
    expect(await readBrake(state)).toMatchObject({ isOn: false });
    expect(logged.filter((line) => line.includes("dashboardActed") && /"brake(?!.*"sender")/.test(line)).length).toBe(
      2,
    );
    await page.context().close();
  });
});

describe("for everybody", () => {
  it("hinders nobody, in any view or dialog, light or dark, in each language, on a narrow screen", async () => {
    const page = await open();
    await page.getByRole("heading", { name: "Queues" }).waitFor();
    const found = await barriersIn(page, "overview");
    await page.getByRole("link", { name: "Find letters" }).click();
    found.push(...(await barriersIn(page, "search")));
    await page.getByRole("textbox").fill("nobody's");
    await page.getByRole("textbox").press("Enter");
    await page.getByText(/^Nothing is known/).waitFor();
    found.push(...(await barriersIn(page, "nothing found")));
    await openLetter(page, "2030/2");
    await page.goBack();
    await page.getByText("2 letters", { exact: true }).waitFor();
    found.push(...(await barriersIn(page, "letters found")));
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.getByRole("link", { name: "many", exact: true }).click();
    await page.getByText("2 of 2 letters sent").first().waitFor();
    found.push(...(await barriersIn(page, "request")));
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("button", { name: /^Show: Its resource/ }).click();
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.getByText("Add it to ALTINN_RESOURCES, and replay.").waitFor();
    found.push(...(await barriersIn(page, "letter that was not sent")));
    await page.getByRole("link", { name: "Received letters", exact: true }).click();
    await page.getByRole("heading", { name: "Find received letters" }).waitFor();
    found.push(...(await barriersIn(page, "received letters")));
    const letter = await open({}, `#/received/${received}`);
    await letter.getByRole("heading", { name: "Files" }).waitFor();
    found.push(...(await barriersIn(letter, "received letter")));
    await letter.context().close();
    await page.context().close();
    expect(found).toEqual([]);
  });

  it("is used by keyboard alone", async () => {
    const page = await open();
    await page.getByRole("heading", { name: "Queues" }).waitFor();
    const focused = () => page.evaluate<string>("document.activeElement.textContent || document.activeElement.id");
    const tabTo = async (text: string) => {
      for (let tabs = 0; tabs < 40 && (await focused()) !== text; tabs++) await page.keyboard.press("Tab");
      expect(await focused()).toBe(text);
    };
    await tabTo("To the content");
    await tabTo("Find letters");
    await page.keyboard.press("Enter");
    await tabTo("asked");
    await page.keyboard.type("2030/2");
    await page.keyboard.press("Enter");
    await page.getByText("2 letters", { exact: true }).waitFor();
    const id = (await page.getByRole("row").nth(1).getByRole("link").textContent()) ?? "";
    await tabTo(id);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What has happened" }).waitFor();
    await tabTo("Check now");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("Check now");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await expect.poll(() => dialog.getByRole("button", { name: "Check now" }).isEnabled()).toBe(true);
    await tabTo("Check now");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "hidden" });
    await expect
      .poll(() => logged.some((line) => line.includes("dashboardActed") && line.includes('"check"')))
      .toBe(true);
    await tabTo("many");
    await page.keyboard.press("Enter");
    await page.getByText("2 of 2 letters sent").first().waitFor();
    await page.context().close();
  });

  it.each([
    ["nb-NO", "nb", "Brev gjennom Altinn", "Hva som venter, og hvorfor"],
    ["nn-NO", "nn", "Brev gjennom Altinn", "Kva som ventar, og kvifor"],
    ["de-DE", "nb", "Brev gjennom Altinn", "Hva som venter, og hvorfor"],
    ["en-GB", "en", "Letters through Altinn", "What waits, and why"],
  ])("speaks to a browser of %s in %s", async (locale, language, title, heading) => {
    const page = await open({ locale });
    await page.getByRole("heading", { name: heading }).waitFor();
    expect(await page.title()).toBe(title);
    expect(await page.getAttribute("html", "lang")).toBe(language);
    await page.context().close();
  });

  it("keeps the language and the colours that were chosen", async () => {
    const page = await open();
    await page.getByRole("combobox", { name: "Language" }).selectOption("nn");
    await page.getByRole("combobox", { name: "Lyst eller mørkt" }).selectOption("dark");
    await page.reload();
    await page.getByRole("heading", { name: "Kva som ventar, og kvifor" }).waitFor();
    expect(await page.getAttribute("html", "data-color-scheme")).toBe("dark");
    await page.context().close();
  });
});

describe("who is let in", () => {
  const ask = (base: string, headers: Record<string, string>, question = "overview", body: object = {}) =>
    fetch(`${base}/api/dashboard/${question}`, {
      method: "POST",
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin", ...headers },
      body: JSON.stringify(body),
    });
  const as = (...roles: string[]) => ({ "x-ms-client-principal": aPrincipal({ roles }) });

  it("serves the page without a frame, a foreign script or a trace in others' caches", async () => {
    const { status, headers } = await fetch(`${host.url}/api/dashboard`);
    expect(status).toBe(200);
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|https?:/);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-frame-options")).toBe("DENY");
  });

  it("asks nobody but the app for anything", async () => {
    const page = await open();
    await page.getByRole("heading", { name: "Queues" }).waitFor();
    await page.context().close();
    expect([...asked].filter((origin) => origin !== "null")).toEqual([host.url]);
  });

  it("takes nothing from another page, and nothing that is too long or no question", async () => {
    expect((await ask(host.url, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await ask(host.url, { "content-type": "text/plain" })).status).toBe(403);
    expect((await fetch(`${host.url}/api/dashboard/overview`)).status).toBe(404);
    expect((await ask(host.url, {}, "letters", { reference: "x".repeat(20_000) })).status).toBe(400);
    expect((await ask(host.url, {}, "no-such-question")).status).toBe(404);
    expect((await ask(host.url, {}, "act", { action: "erase" })).status).toBe(400);
  });

  it("is not there at all in Azure until it is turned on", async () => {
    const azure = await start({ ...settings, WEBSITE_SITE_NAME: "app" });
    expect(azure.functions).toContain("health");
    expect(azure.functions).not.toContain("dashboard");
    expect((await fetch(`${azure.url}/api/dashboard`)).status).toBe(404);
    expect((await ask(azure.url, as(ROLES.act))).status).toBe(404);
    await azure.stop();
  });

  it("lets nobody in by a header while the platform's authentication is off", async () => {
    const azure = await start({ ...settings, WEBSITE_SITE_NAME: "app", DASHBOARD_AUTH: "entra" }, ["dashboard"]);
    expect((await fetch(`${azure.url}/api/dashboard`, { headers: as(ROLES.act) })).status).toBe(403);
    const refused = await ask(azure.url, as(ROLES.act));
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("App Service Authentication is off");
    await azure.stop();
  });

  it("has people sign in, and lets each do what their role says", async () => {
    const environment = { WEBSITE_SITE_NAME: "app", WEBSITE_AUTH_ENABLED: "True", DASHBOARD_AUTH: "entra" };
    const azure = await start({ ...settings, ...environment }, ["dashboard"]);
    const stranger = await fetch(`${azure.url}/api/dashboard`, { redirect: "manual" });
    expect(stranger.status).toBe(302);
    expect(stranger.headers.get("location")).toBe("/.auth/login/aad?post_login_redirect_uri=%2Fapi%2Fdashboard");
    expect((await ask(azure.url, {})).status).toBe(401);
    expect((await ask(azure.url, as("Other.Role"))).status).toBe(403);
    expect((await ask(azure.url, as(ROLES.read), "act", { action: "brakeOn" })).status).toBe(403);
    expect((await ask(azure.url, as(ROLES.act), "act", { action: "brakeOff" })).status).toBe(200);
    expect(
      logged.some((line) => line.includes("dashboardActed") && line.includes("3f2504e0-4f89-11d3-9a0c-0305e82c3301")),
    ).toBe(true);
    const page = await open({ extraHTTPHeaders: as(ROLES.read) }, "", azure.url);
    await expect.poll(() => page.getByRole("button", { name: "Pull the brake" }).isDisabled()).toBe(true);
    await page.context().close();
    await azure.stop();
    expect(logged.join("\n")).not.toContain("kari@agency.example");
  });
});
