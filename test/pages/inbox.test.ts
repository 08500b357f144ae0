// The simulator's inbox in a real browser: a letter arrives and is dealt with, Altinn is told to misbehave, and everybody can
// use the page.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClientKey } from "../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../local/altinn-simulator/start.ts";
import { organization, person } from "../../local/parties.ts";
import { openBrowser } from "../harness/browser.ts";
import { picture } from "../harness/picture.ts";
import { allScopes, altinnToken, call, flatten } from "../local/altinn-simulator/caller.ts";

const NARROW = { width: 320, height: 640 };

let directory: string;
let simulator: Simulator;
let token: string;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "inbox-"));
  [simulator, browser] = await Promise.all([
    startSimulator({ filesDirectory: directory, scanMs: 1, publishMs: 1 }),
    openBrowser(),
  ]);
  token = await altinnToken(simulator, await createClientKey(), allScopes);
  page = await newPage("nb-NO");
});
afterAll(async () => {
  await browser.close();
  await simulator.close();
  await rm(directory, { recursive: true, force: true });
});

async function newPage(locale: string): Promise<Page> {
  const context = await browser.newContext({ locale, acceptDownloads: true, reducedMotion: "reduce" });
  return context.newPage();
}

/** Shows a view as on a first visit. */
async function open(view: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${simulator.url}/${view}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Sends a letter with everything that can be done with one; its id. */
async function send(title: string, change: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const form = new FormData();
  const correspondence = {
    resourceId: "example-letters",
    sendersReference: "reference",
    content: {
      language: "en",
      messageTitle: title,
      messageBody:
        "# Heading\n\nHello {{recipientName}}, **read** this [page](https://www.example.com/).\n\n" +
        "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">\n\n| a | b |\n|---|---|\n| 1 | 2 |",
      attachments: [{ fileName: "decision.html", sendersReference: "file" }],
    },
    isConfirmationNeeded: true,
    dueDateTime: "2099-12-31T12:00:00Z",
    replyOptions: [{ linkURL: "https://www.example.com/answer", linkText: "Answer us" }],
    notification: { notificationChannel: "Email", emailSubject: "A letter", emailBody: "For $recipientName$." },
    ...change,
  };
  for (const [name, value] of flatten({ correspondence, recipients: [organization(0)] })) form.append(name, value);
  form.append("attachments", new Blob(["<p>Decided</p>"]), "decision.html");
  const answer = await call(simulator, token, "POST", "/correspondence/upload", form);
  const [, id] = /"correspondenceId":"([^"]+)"/.exec(answer.text) ?? [];
  if (id === undefined) throw new Error(answer.text);
  return id;
}

function statusesOf(id: string): readonly string[] {
  const letter = simulator.control.correspondences().find(({ correspondenceId }) => correspondenceId === id);
  return letter?.statuses.map(({ status }) => status) ?? [];
}

function row(title: string) {
  return page.getByRole("listitem").filter({ hasText: title }).getByRole("link");
}

describe("the inbox", () => {
  it("shows a letter that arrives; what its recipient does with it is what Altinn tells", async () => {
    await open("#/");
    await page.getByText("npm run send").waitFor();
    const id = await send("Decision");
    await row("Decision").getByText("Ulest").waitFor();
    expect(statusesOf(id)).not.toContain("Read");

    await row("Decision").click();
    await row("Decision").getByText("Lest", { exact: true }).waitFor();
    expect(statusesOf(id)).toContain("Read");
    expect(simulator.control.events()).toContainEqual(
      expect.objectContaining({ type: "no.altinn.correspondence.correspondencereceiverread", resourceinstance: id }),
    );
    const letter = page.getByRole("article");
    await letter.getByText("Hello Eksempelbedrift 310000000").waitFor();
    expect(await letter.locator("script, img").count()).toBe(0);
    expect(await page.title()).toBe("Innboks – Altinn");
    await page.getByText("For Eksempelbedrift 310000000.").waitFor();
    await picture(page, "inbox");

    await page.getByRole("button", { name: "Bekreft" }).click();
    await expect.poll(() => statusesOf(id)).toContain("Confirmed");
    await page.getByRole("button", { name: "Answer us" }).click();
    await expect.poll(() => statusesOf(id)).toContain("Replied");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Last ned decision.html" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("decision.html");
    await file.saveAs(join(directory, "downloaded"));
    expect(await readFile(join(directory, "downloaded"), "utf8")).toBe("<p>Decided</p>");
    expect(statusesOf(id)).toContain("AttachmentsDownloaded");
    await page.getByRole("button", { name: "Arkiver" }).click();
    await expect.poll(() => statusesOf(id)).toContain("Archived");

    await page.getByRole("button", { name: "Slett" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Slett" }).click();
    await letter.getByText("Mottakeren ser ikke dette brevet").waitFor();
    expect(statusesOf(id)).toContain("PurgedByRecipient");
    expect(await page.getByRole("button", { name: "Bekreft" }).count()).toBe(0);
    await page.getByText("Ikke i noen innboks (1)").waitFor();
  });

  it("does not read what its recipient can't see", async () => {
    const id = await send("Later", { requestedPublishTime: "2099-01-01T12:00:00Z" });
    await open(`#/letters/${id}`);
    await page.getByText("Mottakeren ser ikke dette brevet").waitFor();
    expect(statusesOf(id)).not.toContain("Read");
    await page.goto(`${simulator.url}/#/letters/00000000-0000-4000-8000-000000000000`);
    await page.getByRole("alert").getByText("ikke noe slikt brev").waitFor();
  });

  it("shows one recipient's letters alone", async () => {
    const another = organization(3);
    await send("For one");
    await sendTo(another, "For another");
    await open("#/");
    await row("For one").waitFor();
    await page.getByLabel("Innboksen til").selectOption(another);
    await expect.poll(() => row("For one").count()).toBe(0);
    await row("For another").waitFor();
  });

  it("says so when the simulator does not answer, and goes on when it does", async () => {
    await open("#/");
    await page.route("**/_inbox/**", (route) => route.abort());
    await page.getByRole("alert").waitFor();
    await page.unroute("**/_inbox/**");
    await page.getByRole("alert").waitFor({ state: "detached" });
  });
});

/** Sends a plain letter; the status of the answer. */
async function sendTo(recipient: string, messageTitle: string): Promise<number> {
  const content = { messageTitle, messageBody: "Text" };
  const correspondence = { resourceId: "example-letters", sendersReference: "reference", content };
  return (await call(simulator, token, "POST", "/correspondence", { correspondence, recipients: [recipient] })).status;
}

describe("the page for misbehaving", () => {
  it("spoils calls as often as it is told, and counts them", async () => {
    await open("#/misbehaving");
    await page.getByRole("region", { name: "Kall som er gjort" }).getByRole("button", { name: "Nullstill" }).click();
    await page.getByText("Ingen kall ennå.").waitFor();
    const faults = page.getByRole("region", { name: "Kall som går galt" });
    await faults.getByLabel("Kall", { exact: true }).selectOption("POST /correspondence");
    await faults.getByLabel("Statuskode").fill("503");
    await faults.getByLabel("Hvor mange ganger").selectOption("2");
    await faults.getByRole("button", { name: "La det gå galt" }).click();
    await faults.getByText("(503), 2 ganger").waitFor();
    expect(await sendTo(organization(0), "Spoilt")).toBe(503);
    await faults.getByText("(503), 1 gang").waitFor();
    await page.getByRole("row", { name: "POST /correspondence 1" }).waitFor();
    await faults.getByRole("button", { name: "Fjern" }).click();
    await faults.getByText("Alt går som det skal.").waitFor();
    expect(await sendTo(organization(0), "Not spoilt")).toBe(200);
    await page.getByRole("row", { name: "POST /correspondence 2" }).waitFor();

    await faults.getByLabel("Statuskode").fill("99");
    await faults.getByRole("button", { name: "La det gå galt" }).click();
    await page.getByRole("alert").getByText("status").waitFor();
  });

  it("holds events back, and lets them go", async () => {
    await open("#/misbehaving");
    const events = page.getByRole("region", { name: "Hendelser som går galt" });
    await events.getByLabel("Hva som skjer").selectOption("hold");
    await events.getByLabel("Hvor mange ganger").selectOption("1");
    await events.getByRole("button", { name: "La dem gå galt" }).click();
    await events.getByText("Holdes tilbake, 1 gang").waitFor();
    await sendTo(organization(0), "Held");
    await events.getByText("1 hendelse holdes tilbake").waitFor();
    await events.getByRole("button", { name: "omvendt" }).click();
    await events.getByText("Alle hendelser kommer fram.").waitFor();
    expect(simulator.control.heldEvents()).toBe(0);
  });

  it("lets recipients act by themselves, and what is due happen at once", async () => {
    await open("#/misbehaving");
    const recipients = page.getByRole("region", { name: "Hva mottakere gjør selv" });
    const [, number = ""] = /(\d{11})$/.exec(person(0)) ?? [];
    await recipients.getByLabel("Mottaker", { exact: true }).fill(number);
    await recipients.getByLabel("Gjør").selectOption("confirms");
    await recipients.getByRole("button", { name: "Bruk for mottakeren" }).click();
    await recipients.getByText("Leser og bekrefter, Alle brev").waitFor();
    await sendTo(person(0), "By itself");
    await expect
      .poll(() => simulator.control.correspondences().find(({ recipient }) => recipient === person(0))?.status)
      .toBe("Published");
    await page.getByRole("button", { name: "Den neste timen" }).click();
    await expect
      .poll(() => simulator.control.correspondences().find(({ recipient }) => recipient === person(0))?.status)
      .toBe("Confirmed");
    await recipients.getByRole("button", { name: `Fjern: ${number}` }).click();
    await recipients.getByText("Ingen.").waitFor();
    await recipients.getByLabel("Alle andre").selectOption("reads");
    await expect.poll(() => simulator.control.lifeRules().byDefault).toBe("read after 5 s");
    await recipients.getByLabel("Alle andre").selectOption("none");
    await expect.poll(() => simulator.control.lifeRules().byDefault).toBe("none");
  });
});

describe("everybody", () => {
  it("finds no barrier in any view, light or dark, and nothing sideways on a narrow screen", async () => {
    // So that there is something of everything to see.
    simulator.control.addEventRule({ hold: true, times: 1 });
    simulator.control.setLifeRule(organization(9), "archived after 1 d");
    const id = await send("For everybody");
    await open("#/");
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const views = [
      ["#/", () => row("For everybody").waitFor()],
      [`#/letters/${id}`, () => page.getByText("For Eksempelbedrift 310000000.").waitFor()],
      ["#/misbehaving", () => page.getByRole("region", { name: "Tid" }).waitFor()],
    ] as const;
    simulator.control.fault({ status: 500, times: "always", path: "/nowhere" });
    simulator.control.addEventRule({ hold: true, type: "correspondencepurged" });
    for (const [view, isShown] of views) {
      await page.evaluate(`location.hash = ${JSON.stringify(view)}`);
      await isShown();
      for (const scheme of ["light", "dark"] as const) {
        await page.getByLabel("Lys eller mørk").selectOption(scheme);
        expect([view, scheme, await barriers()]).toEqual([view, scheme, []]);
      }
      if (view.includes("letters")) {
        await page.getByRole("button", { name: "Slett" }).click();
        expect([view, "dialog", await barriers()]).toEqual([view, "dialog", []]);
        await page.keyboard.press("Escape");
      }
      await page.setViewportSize(NARROW);
      expect([view, await page.evaluate("document.documentElement.scrollWidth")]).toEqual([view, NARROW.width]);
      await page.setViewportSize({ width: 1280, height: 800 });
    }
    simulator.control.clearFaults();
    simulator.control.clearEventRules();
    simulator.control.removeLifeRule(organization(9));
    await simulator.control.releaseEvents();
  });

  it("gets on by keyboard alone", async () => {
    const id = await send("By keyboard");
    await open("#/");
    await row("By keyboard").waitFor();
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Gå til innholdet");
    await page.keyboard.press("Enter");
    await tabTo("By keyboard");
    await page.keyboard.press("Enter");
    await expect.poll(() => focused()).toBe("By keyboard");
    await tabTo("Bekreft at brevet er mottatt");
    await page.keyboard.press("Enter");
    await expect.poll(() => statusesOf(id)).toContain("Confirmed");
    await tabTo("Slett");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    expect(await focused()).toBe("Slett");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => statusesOf(id)).toContain("PurgedByRecipient");
  });

  it("reads it in a language of theirs, and finds it again so", async () => {
    const english = await newPage("en-GB");
    await english.goto(`${simulator.url}/#/misbehaving`);
    await english.getByRole("heading", { name: "Calls that go wrong" }).waitFor();
    await english.getByLabel("Language").selectOption("nn");
    await english.getByRole("heading", { name: "Kall som går gale" }).waitFor();
    await english.reload();
    await english.getByRole("heading", { name: "Kall som går gale" }).waitFor();
    expect(await english.locator("html").getAttribute("lang")).toBe("nn");
  });
});

/** What axe finds wrong: the rule and the first element. */
async function barriers(): Promise<string[]> {
  return page.evaluate(
    "axe.run().then((found) => found.violations.map(({ id, nodes }) => id + ': ' + nodes[0]?.html))",
  );
}

/** The text of what has the focus. */
async function focused(): Promise<string> {
  return page.evaluate("document.activeElement?.textContent ?? ''");
}

/** Goes on with the tabulator until an element with this text has the focus. */
async function tabTo(text: string): Promise<void> {
  for (let steps = 0; steps < 60; steps++) {
    await page.keyboard.press("Tab");
    if ((await focused()).includes(text)) return;
  }
  throw new Error(`No way to "${text}" by the tabulator`);
}
