// The inbox over HTTP: who may call it, what it says of letters and notifications, and the bytes of attachments.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClientKey } from "../../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../../local/altinn-simulator/start.ts";
import { inboxHtml } from "../../../local/inboxBody.ts";
import { organization } from "../../../local/parties.ts";
import type { Letter } from "../../../pages/inbox/model.ts";
import { altinnToken, call, flatten } from "./caller.ts";

const DAY = 24 * 3_600_000;

let directory: string;
let simulator: Simulator;
let token: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "kept-"));
  simulator = await startSimulator({ clock: "manual", filesDirectory: directory });
  token = await altinnToken(simulator, await createClientKey());
});
afterAll(async () => {
  await simulator.close();
  await rm(directory, { recursive: true, force: true });
});

const content = {
  messageTitle: "For {{recipientName}}",
  messageBody: "Dear {{recipientName}}\n\n<b onclick=x>bold</b>",
};

/** Sends a letter and has it published; its id. */
async function send(change: Readonly<Record<string, unknown>>, file?: readonly [name: string, text: string]) {
  const correspondence = { resourceId: "r", sendersReference: "s", content, ...change };
  const body = { correspondence, recipients: [organization(0)] };
  const form = new FormData();
  for (const [name, value] of flatten(body)) form.append(name, value);
  if (file !== undefined) form.append("attachments", new Blob([file[1]]), file[0]);
  const answer =
    file === undefined
      ? await call(simulator, token, "POST", "/correspondence", body)
      : await call(simulator, token, "POST", "/correspondence/upload", form);
  const [, id] = /"correspondenceId":"([^"]+)"/.exec(answer.text) ?? [];
  if (id === undefined) throw new Error(answer.text);
  await simulator.control.advance(5_000);
  return id;
}

async function letter(id: string): Promise<Letter> {
  return JSON.parse(await (await fetch(`${simulator.url}/_inbox/letters/${id}`)).text());
}

/** A call with headers that fetch does not let through; the status. */
function statusOf(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const calling = request(`${simulator.url}${path}`, { method, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    calling.once("error", reject).end();
  });
}

describe("the simulator's own pages", () => {
  it.each([
    ["another site's page", "POST", "/_control/faults", { origin: "https://attacker.example" }],
    ["a page without an origin", "POST", "/_control/faults", { origin: "null" }],
    ["another port of this machine", "DELETE", "/_control/faults", { origin: "http://127.0.0.1:1" }],
    ["another site's script", "GET", "/_inbox/letters", { "sec-fetch-site": "cross-site" }],
    ["another port's script", "GET", "/_control/events", { "sec-fetch-site": "same-site" }],
    ["a name that was made to point here", "GET", "/_inbox/letters", { host: "attacker.example" }],
    ["a name that was made to point here, for the page", "GET", "/inbox/page.js", { host: "attacker.example:80" }],
  ])("refuse %s", async (_, method, path, headers) => {
    expect(await statusOf(method, path, headers)).toBe(403);
    expect(simulator.control.faults()).toEqual([]);
  });

  it("take programs, and their own page", async () => {
    expect(await statusOf("GET", "/_inbox/letters", {})).toBe(200);
    const own = { origin: simulator.url, "sec-fetch-site": "same-origin" };
    expect(await statusOf("DELETE", "/_control/faults", own)).toBe(204);
    const host = new URL(simulator.url).host.replace("127.0.0.1", "localhost");
    expect(await statusOf("DELETE", "/_control/faults", { host, origin: `http://${host}` })).toBe(204);
  });

  it("are reached by a link, are not counted, and run nothing of others", async () => {
    simulator.control.fault({ status: 503 });
    simulator.control.clearCalls();
    expect(await statusOf("GET", "/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" })).toBe(200);
    expect(simulator.control.calls()).toEqual([]);
    simulator.control.clearFaults();
    const { headers } = await fetch(simulator.url);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });
});

describe("a letter in the inbox", () => {
  it("has the recipient's name in it, and no HTML of the sender's", async () => {
    const externalReferences = [{ referenceType: "Generic", referenceValue: "case-1" }];
    const { title, bodyHtml, place, actions, isRead, references } = await letter(await send({ externalReferences }));
    expect(references).toEqual([
      ["Generic", "case-1"],
      ["DialogportenDialogId", expect.any(String)],
    ]);
    const name = "Eksempelbedrift 310000000";
    expect([title, place, actions, isRead]).toEqual([`For ${name}`, "inbox", ["archived", "purgedByRecipient"], false]);
    expect(bodyHtml).toContain(`Dear ${name}`);
    expect(bodyHtml).not.toContain("onclick");
    // Whatever Altinn hands out.
    expect(inboxHtml("[run](javascript:x) [go](https://www.example.com/) <b onclick=x>")).toBe(
      '<p><a>run</a> <a href="https://www.example.com/">go</a> </p>',
    );
  });

  it("is not there for anybody but its owner, and no longer once purged", async () => {
    expect(
      (await fetch(`${simulator.url}/_inbox/letters/${simulator.control.takeKey(crypto.randomUUID())}`)).status,
    ).toBe(404);
    const id = await send({});
    await simulator.control.act(id, "purgedByRecipient");
    expect(await letter(id)).toMatchObject({ place: "purged", actions: [] });
  });

  it("has the messages that tell of it, with their keywords filled in", async () => {
    const id = await send({
      messageSender: "Tester",
      notification: {
        notificationChannel: "EmailAndSms",
        emailSubject: "To $recipientNumber$",
        emailBody: "From $sendersName$ to $correspondenceRecipientName$ $unknown$",
        emailContentType: "Html",
        smsBody: "Hi $recipientName$",
        sendReminder: true,
        reminderNotificationChannel: "SmsPreferred",
        reminderEmailSubject: "R",
        reminderEmailBody: "R",
        reminderSmsBody: "Read it",
      },
    });
    const [email, sms, reminder, ...more] = (await letter(id)).messages;
    expect(more).toEqual([]);
    expect(email).toMatchObject({
      channel: "email",
      to: "mottaker@example.com",
      subject: "To 310000000",
      body: "From Tester to Eksempelbedrift 310000000 $unknown$",
      isHtml: true,
      state: "sent",
    });
    expect(sms).toMatchObject({
      channel: "sms",
      to: "+4799999999",
      body: "Hi Eksempelbedrift 310000000",
      isHtml: false,
    });
    expect(reminder).toMatchObject({ channel: "sms", body: "Read it", isReminder: true, state: "planned" });
    expect(reminder?.at).toBe((email?.at ?? 0) + 7 * DAY);
    await simulator.control.act(id, "notificationFailed");
    expect((await letter(id)).messages.map(({ state }) => state)).toEqual(["failed", "failed", "planned"]);
    await simulator.control.act(id, "read");
    expect((await letter(id)).messages[2]?.state).toBe("notNeeded");
  });

  it("is told of in Altinn's own words, at the addresses that the letter gives", async () => {
    const id = await send({
      content: { ...content, language: "nn" },
      notification: {
        notificationTemplate: "GenericAltinnMessage",
        notificationChannel: "Email",
        emailBody: "Fristen er kort.",
        customRecipients: [{ emailAddress: "a@example.com" }, { mobileNumber: "+4790000001" }],
        overrideRegisteredContactInformation: true,
      },
    });
    expect((await letter(id)).messages).toMatchObject([
      {
        to: "a@example.com",
        subject: "Ein melding har blitt motteke i Altinn",
        body: "Hei. Eksempelbedrift 310000000 har motteke ei ny melding frå Eksempeletaten. Fristen er kort. Logg deg inn i Altinn for å sjå denne meldinga.",
      },
      { channel: "sms", to: "+4790000001", subject: null },
    ]);
  });
});

describe("an attachment", () => {
  const attachments = (fileName: string) => ({
    content: { ...content, attachments: [{ fileName, sendersReference: "f" }] },
  });

  it("is to be saved, never shown; that it was is noted once", async () => {
    const id = await send(attachments("vedtak (1).html"), ["vedtak (1).html", "<script>x</script>"]);
    const [file] = (await letter(id)).attachments;
    expect(file).toMatchObject({ name: "vedtak (1).html", size: 18, isKept: true });
    for (const _ of [1, 2]) {
      const answer = await fetch(`${simulator.url}/_inbox/letters/${id}/files/${file?.id}`);
      expect(await answer.text()).toBe("<script>x</script>");
      expect(answer.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''vedtak%20%281%29.html");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
    expect((await letter(id)).history.filter(({ status }) => status === "AttachmentsDownloaded")).toHaveLength(1);
    await simulator.control.act(id, "purgedByRecipient");
    expect((await fetch(`${simulator.url}/_inbox/letters/${id}/files/${file?.id}`)).status).toBe(404);
  });

  it("is not kept if it is infected", async () => {
    const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!", "$H+H*"].join("");
    const before = await readdir(directory);
    const id = await send(attachments("a.txt"), ["a.txt", eicar]);
    expect(await readdir(directory)).toEqual(before);
    expect(await letter(id)).toMatchObject({ place: "failed", attachments: [{ isKept: false }] });
  });
});

describe("recipients", () => {
  it("do for so many letters what they were told to, and then what all others do", async () => {
    const control = `${simulator.url}/_control`;
    const told = { recipient: organization(0), rule: "read after 1 s", letters: 1 };
    await fetch(`${control}/rules`, { method: "POST", body: JSON.stringify(told) });
    expect(simulator.control.lifeRules().own).toEqual([told]);
    const [first, second] = [await send({}), await send({})];
    expect([(await letter(first)).isRead, (await letter(second)).isRead]).toEqual([true, false]);
    expect(simulator.control.lifeRules().own).toEqual([]);
    await fetch(`${control}/rules`, { method: "POST", body: JSON.stringify({ rule: "read after 1 s" }) });
    expect((await letter(await send({}))).isRead).toBe(true);
    expect((await fetch(`${control}/rules`, { method: "POST", body: '{"rule":"x"}' })).status).toBe(400);
    simulator.control.setDefaultLifeRule("none");
  });
});
