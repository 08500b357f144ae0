// The page of `npm run preview`: a letter as the inbox will show it, with what is sent to tell of it. Nothing on it is
// loaded from elsewhere, and every text of the letter is escaped.
import { createHash } from "node:crypto";
import { inboxHtml } from "../local/inboxBody.ts";
import type { CorrespondenceRequest } from "../shared/requests/parseRequest.ts";
import type { Problem } from "../shared/requests/problem.ts";
import { likeness } from "../shared/requests/shown/likeness.ts";
import { shown } from "../shared/requests/shown/shown.ts";

/** A letter whose request has passed the check. */
export interface Previewed {
  /** The name of the file that it came from. */
  readonly file: string;
  readonly request: CorrespondenceRequest;
  readonly warnings: readonly Problem[];
}

/** The whole page, as HTML. */
export function previewPage({ file, request, warnings }: Previewed): string {
  const { content } = request.correspondence;
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer">\n<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(content.messageTitle)} – preview</title>\n<style>${style}</style>\n</head>\n<body>`,
    `<header><p><strong>Preview of ${escaped(file)}.</strong> A likeness of the inbox, not the inbox: Altinn's rewriting is modelled, and ` +
      `${likeness.right} of ${likeness.pairs} recorded bodies come out as Altinn gave them. Look at important letters in tt02.</p></header>`,
    `<main>\n${letter(request)}\n<aside>${[...notes(warnings), ...notifications(request)].join("\n")}</aside>\n</main>`,
    "</body>\n</html>\n",
  ].join("\n");
}

/** Where the letter says no language, Altinn takes it for Norwegian (bokmål). */
function languageOf({ correspondence }: CorrespondenceRequest): string {
  return correspondence.content.language?.trim().toLowerCase() || "nb";
}

function letter(request: CorrespondenceRequest): string {
  const { correspondence, existingAttachments } = request;
  const { content, messageSender, replyOptions, dueDateTime, requestedPublishTime } = correspondence;
  const sender = messageSender?.trim() ? escaped(messageSender) : "<em>the resource's owner, under its own name</em>";
  const files = (content.attachments ?? []).map((file) => escaped(file.displayName?.trim() || file.fileName));
  const facts = [
    `From ${sender}`,
    `to ${request.recipients.length === 1 ? "one recipient" : `${request.recipients.length} recipients`}`,
    ...(requestedPublishTime ? [`shown from ${escaped(requestedPublishTime)}`] : []),
    ...(dueDateTime ? [`due ${escaped(dueDateTime)}`] : []),
    ...(correspondence.isConfirmationNeeded === true ? ["to be confirmed"] : []),
  ];
  const lang = escaped(languageOf(request));
  return [
    `<article>\n<h1 lang="${lang}">${escaped(content.messageTitle)}</h1>\n<p class="facts">${facts.join(", ")}</p>`,
    content.messageSummary?.trim() ? `<p class="summary" lang="${lang}">${escaped(content.messageSummary)}</p>` : "",
    `<div class="body" lang="${lang}">\n${inboxHtml(shown(content.messageBody))}\n</div>`,
    list("Attachments", [...files, ...existingAttachments.map((id) => `uploaded before: <code>${escaped(id)}</code>`)]),
    list(
      "Ways to answer",
      (replyOptions ?? []).map((reply) => escaped(reply.linkText?.trim() || reply.linkURL)),
    ),
    "</article>",
  ].join("\n");
}

function notes(warnings: readonly Problem[]): string[] {
  const items = warnings.map(({ path, message }) => `<code>${escaped(path)}</code> ${escaped(message)}`);
  return [list("Warnings", items, "warnings")].filter((text) => text !== "");
}

function notifications(request: CorrespondenceRequest): string[] {
  const { notification } = request.correspondence;
  if (!notification) return ["<section><h2>Notifications</h2><p>None is asked for.</p></section>"];
  const channel = notification.notificationChannel ?? "Email";
  const reminderChannel = notification.reminderNotificationChannel ?? channel;
  const isGeneric = /generic|^0$/i.test(String(notification.notificationTemplate ?? ""));
  const { emailSubject, emailBody, smsBody, reminderEmailSubject, reminderEmailBody, reminderSmsBody } = notification;
  const lang = languageOf(request);
  return [
    `<section><h2>Notifications</h2><p>${escaped(String(channel))}${isGeneric ? ": Altinn's own text, and what is below" : ""}</p></section>`,
    message("E-mail", emailSubject, emailBody, lang),
    message("SMS", undefined, smsBody, lang),
    ...(notification.sendReminder === true
      ? [
          `<section><h2>Reminder</h2><p>${escaped(String(reminderChannel))}, after seven days unread</p></section>`,
          message("E-mail, reminder", reminderEmailSubject, reminderEmailBody, lang),
          message("SMS, reminder", undefined, reminderSmsBody, lang),
        ]
      : []),
  ].filter((text) => text !== "");
}

function message(kind: string, subject: string | null | undefined, body: string | null | undefined, lang: string) {
  if (!subject?.trim() && !body?.trim()) return "";
  const head = subject?.trim() ? `<h4 lang="${escaped(lang)}">${escaped(subject)}</h4>` : "";
  return `<section class="message"><h3>${kind}</h3>${head}<pre lang="${escaped(lang)}">${escaped(body ?? "")}</pre></section>`;
}

/** @param items HTML */
function list(title: string, items: readonly string[], name = "list"): string {
  if (items.length === 0) return "";
  return `<section class="${name}"><h2>${title}</h2><ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul></section>`;
}

function escaped(text: string): string {
  const signs: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (sign) => signs[sign] ?? sign);
}

const style = `
:root { color-scheme: light dark; --ink: #1e2b3c; --soft: #5b6675; --paper: #fff; --ground: #f1f4f8; --line: #d5dbe3; --link: #0062ba; --warn: #fff4d6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #a5afbd; --paper: #1a212b; --ground: #0f141b; --line: #364252; --link: #7fb8f0; --warn: #3d3212; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.55 system-ui, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
header { padding: .6rem 1.25rem; font-size: .9rem; color: var(--soft); border-bottom: 1px solid var(--line); }
header p { margin: 0 auto; max-width: 72rem; }
main { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1.25rem; align-items: start; max-width: 72rem; margin: 1.25rem auto; padding: 0 1.25rem; }
@media (max-width: 52rem) { main { grid-template-columns: minmax(0, 1fr); } }
article, aside section { background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: 1.25rem 1.5rem; }
aside { display: grid; gap: 1rem; font-size: .95rem; }
aside section { padding: .85rem 1.1rem; }
article h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; }
article > section h2, aside h2, aside h3 { margin: 0 0 .4rem; font-size: 1rem; }
article > section { border-top: 1px solid var(--line); margin-top: 1.25rem; padding-top: 1rem; }
aside h4 { margin: 0 0 .3rem; font-size: .95rem; }
aside p, aside ul { margin: 0; }
.facts { color: var(--soft); font-size: .95rem; margin: .35rem 0 1rem; }
.summary { font-weight: 600; }
.body h1 { font-size: 1.5rem; } .body h2, .body h3 { font-size: 1.25rem; } .body h4, .body h5, .body h6 { font-size: 1.0625rem; }
.body table { border-collapse: collapse; display: block; overflow-x: auto; } .body th, .body td { border: 1px solid var(--line); padding: .3rem .6rem; text-align: left; }
.body blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--line); }
a { color: var(--link); }
pre { white-space: pre-wrap; margin: 0; font: inherit; } .body pre, code { font-family: ui-monospace, monospace; font-size: .9em; }
ul { padding-left: 1.2rem; } .warnings { background: var(--warn); } .warnings li + li { margin-top: .5rem; }
`;
