// What the differential test puts into each field of a request: nulls, wrong types, boundaries, and awkward texts.

import type { FieldPath } from "./tamper.ts";

/** A field and the values that it is given in turn; undefined leaves it out. */
export interface Variants {
  readonly path: FieldPath;
  readonly values: readonly unknown[];
}

const blanks = ["", " ", "\t\n", "\u0085", "\u00a0", "\ufeff"];
const otherTypes = [undefined, null, 1, 1.5, true, {}, [], [null], [1]];
const lone = "a\ud800";
const nul = "a\0b";

const of = (most: number): string[] => ["a".repeat(most), "a".repeat(most + 1), "😀".repeat(Math.ceil(most / 2))];
const texts = (most?: number): string[] => [...blanks, "æøå", nul, ...(most === undefined ? [] : of(most))];
const anyText = (most?: number): unknown[] => [...texts(most), lone, ...otherTypes];
const yesNo = [...otherTypes, false, "true", ""];
const times = [
  ..."2099-01-01 2099-01-01T08:00 2099-01-01T08:00:00Z 2099-01-01T08:00:00.1234567+01:00 2099-01-01T08:00:00. 2099-01-01T08:00:00.Z".split(
    " ",
  ),
  ..."2099-01-01T08 2099-01-01T08:00:00+0100 2099-01-01T08:00:00+14:00 2099-01-01T08:00:00+14:01 2099-02-29 2096-02-29 2099-13-01".split(
    " ",
  ),
  ..."0001-01-01 0001-01-01T00:00:00+01:00 9999-12-31T23:59:59Z 9999-12-31T23:59:59-01:00 2020-01-01 20990101 2099-01-01t08:00:00z".split(
    " ",
  ),
  "2099-01-01 08:00:00",
  " 2099-01-01",
  "i morgen",
];
const enumeration = (...names: string[]): unknown[] => [
  ...names,
  ...names.map((name) => ` ${name.toLowerCase()} `),
  ...names.map((_, index) => index),
  ...["0", "+1", "1.0", "", " ", "Nonsense", -1, 99, "99", 2_147_483_648, "2147483648"],
  ...otherTypes,
];
const channels = enumeration("Email", "Sms", "EmailPreferred", "SmsPreferred", "EmailAndSms");

const organization = "urn:altinn:organization:identifier-no:310000000";
const recipients = [
  organization,
  ..."0192:310000000 0192:310000001 9908:310000000 310000000 01014900027 11111111111 urn:altinn:party:id:1".split(" "),
  ...["0192:310000000\n", " 0192:310000000", "0192:31000000", "0192:3100000000", `${organization} `, "0192:٣١٠٠٠٠٠٠٠"],
  ...[
    "a@b.no",
    "A@B.NO",
    "a",
    "@b.no",
    "a@",
    "a b@c.no",
    "a@b@c.no",
    "a:b@c.no",
    "a@b.no\n",
    "a\n@b.no",
    "",
    "æ@ø",
  ].map((address) => `urn:altinn:person:idporten-email:${address}`),
  ...["kari", "", "a b", "a:b", "a\n"].map((name) => `urn:altinn:person:legacy-selfidentified:${name}`),
];

const links = [
  ..."https://a.no HTTPS://A.NO http://a.no https:// https:///a https:a.no //a.no a.no ftp://a.no https://a.no/%20 https://a.no/%zz".split(
    " ",
  ),
  ..."https://a.no:8080 https://a.no:99999 https://a.no: https://a.no:x https://[::1]/ https://[zz]/ https://1.2.3.4.5 https://a..no".split(
    " ",
  ),
  ..."https://.a.no https://a.no. https://-a.no https://u:p@a.no https://a.no/#a#b https://a.no/|{} https://a.no/é{b} https://a!b.no".split(
    " ",
  ),
  ..."https://blåbær.no https://xn--a.no https://a.no/[0] https://a.no/a\\b https://a.no/<b> https://a.no/`^ https://a.no/'~!$*();".split(
    " ",
  ),
  ...[
    "https://a.no/a b",
    " https://a.no",
    "https://a.no/\n",
    "https://a.no/a\tb",
    "https://a.no/\u00a0",
    "https://a.no/\u0080",
  ],
  ..."https://a.no/å%20 https://a.no/å?q=%2F https://å.no/%20 https://a.no/😀 https://a@b@c.no https://{a@b.no https://a.no/å#a#b".split(
    " ",
  ),
  `https://a.no/${"a".repeat(242)}`,
  `https://a.no/${"a".repeat(243)}`,
];

const addresses = [
  ..."a@b.no a@b.c a@b.museum a@b.abcdefghijklmn a@b.abcdefghijklmno a@b @b.no a..b@c.no .a@b.no a@-b.no a@b-.no a@b_c.no".split(
    " ",
  ),
  ..."æ@ø.no a@b.næ é@b.no a+b@c.no a/b@c.no a@1.2.3.4 a@[1.2.3.4] a;b@c.no a@b.no;c@d.no a@b.n1 a'b@c.no".split(" "),
  ...['"a b"@c.no', '"a;b"@c.no', '""@c.no', "a b@c.no", "a@b.no ", "a@b.no\n", "a@b.no\n\n", `a@${"b".repeat(64)}.no`],
];
const numbers = [
  ..."+4799999999 004799999999 99999999 4799999999 ++4799999999 +47-99999999 +47*99999999 +47~99999999 +4799999999x".split(
    " ",
  ),
  ..."+4799999999#5 +4799999999;ext=5 (+47)99999999 +(47)99999999 +4712345678 +4758000000000 +47999999999 +46701234567 +1".split(
    " ",
  ),
  ...["+47 99 99 99 99", "+47 9999 9999 abc", "+47abcdefgh", "+1 800 FLOWERS", "+4799999999 ext. 5", "+47\t99999999"],
  ...["+4799999999\n", " +4799999999", "+47٩٩٩٩٩٩٩٩", "＋4799999999", "tel:+4799999999", "+47,99999999", "x", "+"],
];

const titles = [
  ..."**x** _x_ 5*6 R&D &amp; &nbsp; <b>x</b> <3 ~~x~~ x^y^ ++x++ ==x== $x$ $100 --- {.x} [1] [a](b) ![a](b) {{recipientName}} <!--x-->".split(
    " ",
  ),
  ..."{navn} {{navn}} {.a} {.ab} {#a} {:a} {år} {} a{b=c} tel:99 mailto:a@b.no ~a~ 1^2 1^2^3 ++a++ ::a:: $$x$$ $1$".split(
    " ",
  ),
  ...["# x", "- x", "1. x", "> x", "a < b", "`x`", "a\nb", "a|b", ":smile:", "https://a.no", "[^1]: x", "x^2", "C++"],
];

const dialog = { referenceType: "DialogportenDialogId", referenceValue: "0193b2c1-0000-7000-8000-000000000001" };
const transmission = (value: unknown) => ({ referenceType: 6, referenceValue: value });
const references: unknown[] = [
  [dialog],
  [{ ...dialog, referenceValue: "0193b2c1000070008000000000000001" }],
  [{ ...dialog, referenceValue: "{0193b2c1-0000-7000-8000-000000000001}" }],
  [{ ...dialog, referenceValue: "x" }],
  [{ ...dialog, referenceValue: " " }],
  ...["Information", "alert", "3", "0", "9", "", " Request ", "Nonsense"].map((type) => [dialog, transmission(type)]),
  [transmission("Alert")],
  [dialog, transmission("Alert"), transmission("Alert")],
  [{ referenceType: "DialogportenTransmissionId", referenceValue: "x" }],
  Array.from({ length: 10 }, () => ({ referenceType: 0, referenceValue: "v" })),
  Array.from({ length: 11 }, () => ({ referenceType: 0, referenceValue: "v" })),
];
const keyed = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
const properties: unknown[] = [
  {},
  keyed(10),
  keyed(11),
  ...["a".repeat(50), "a".repeat(51), "", " ", "a.b", "a[0]", "æ"].map((key) => ({ [key]: "v" })),
  ...["a".repeat(300), "a".repeat(301), "æ", "{}"].map((value) => ({ k: value })),
];
const ids = [
  "0193b2c1-0000-7000-8000-00000000000f",
  "0193B2C1-0000-7000-8000-00000000000E",
  "00000000-0000-0000-0000-000000000000",
  "{0193b2c1-0000-7000-8000-000000000001}",
  "0193b2c1000070008000000000000001",
  "x",
];
const customRecipients: unknown[] = [
  [],
  [{}],
  [null],
  [{ emailAddress: "a@b.no", mobileNumber: "+4799999999" }],
  [{ emailAddress: "", organizationNumber: "310000000" }],
  [{ emailAddress: null, mobileNumber: null, nationalIdentityNumber: "x" }],
  ...addresses.map((address) => [{ emailAddress: address }]),
  ...numbers.map((number) => [{ mobileNumber: number }]),
];

const overriddenRecipients: unknown[] = [
  [],
  [{}],
  [null],
  [{ recipientToOverride: "x" }],
  ...[null, nul, 1, "x"].map((recipientToOverride) => [{ recipientToOverride, recipients: [] }]),
  ...[null, [null], [{}], [{ emailAddress: "x" }], [{ emailAddress: "a@b.no" }], [{ mobileNumber: "x" }]].map(
    (recipients) => [{ recipientToOverride: "x", recipients }],
  ),
];

const letter = (name: string, values: readonly unknown[]): Variants => ({ path: ["correspondence", name], values });
const content = (name: string, values: readonly unknown[]): Variants => ({
  path: ["correspondence", "content", name],
  values,
});
const notification = (name: string, values: readonly unknown[]): Variants => ({
  path: ["correspondence", "notification", name],
  values,
});
const languages = ["nb", "NN", "En", "no", "n", "nob", " nb", "nb-NO", "   ", "\u0085\u0085\u0085"];
const keyword = ["Hei $recipientName$", "Hei $RECIPIENTNAME$", "Hei $correspondenceRecipientName$"];

/** Every field of a letter without files, as JSON. */
export const letterFields: readonly Variants[] = [
  { path: ["correspondence"], values: otherTypes },
  { path: ["recipients"], values: [...otherTypes, "x", recipients, ["0192:310000000", organization]] },
  { path: ["recipients", 0], values: [...recipients, ...otherTypes, nul, lone] },
  { path: ["recipients", 1], values: recipients },
  { path: ["existingAttachments"], values: [...otherTypes, "x", ...ids.map((id) => [id])] },
  { path: ["idempotentKey"], values: [...ids.slice(2), ...otherTypes] },
  { path: ["unknown"], values: anyText() },
  letter("resourceId", [
    ...anyText(255),
    "urn:altinn:resource:cases",
    "URN:ALTINN:RESOURCE:cases",
    "a:b",
    "urn:altinn:resource:",
  ]),
  letter("sender", anyText()),
  letter("sendersReference", anyText(4096)),
  letter("messageSender", [...anyText(255), ...titles]),
  letter("content", otherTypes),
  content("language", [...anyText(2), ...languages]),
  content("messageTitle", [...anyText(255), ...titles]),
  content("messageSummary", [...anyText(255), ...titles]),
  content("messageBody", [...anyText(30_000), ...titles]),
  content("attachments", otherTypes),
  letter("requestedPublishTime", [...times, ...otherTypes]),
  letter("dueDateTime", [...times, ...otherTypes]),
  letter("externalReferences", [...references, ...otherTypes]),
  {
    path: ["correspondence", "externalReferences", 0, "referenceType"],
    values: enumeration("Generic", "AltinnAppInstance", "AltinnBrokerFileTransfer", "DialogportenDialogId"),
  },
  { path: ["correspondence", "externalReferences", 0, "referenceValue"], values: anyText(5000) },
  letter("propertyList", [...properties, ...otherTypes]),
  { path: ["correspondence", "propertyList", "k"], values: anyText(300) },
  letter("replyOptions", otherTypes),
  { path: ["correspondence", "replyOptions", 0, "linkURL"], values: [...links, ...anyText()] },
  { path: ["correspondence", "replyOptions", 0, "linkText"], values: anyText(300) },
  letter("notification", otherTypes),
  notification("notificationTemplate", enumeration("CustomMessage", "GenericAltinnMessage")),
  notification("notificationChannel", channels),
  notification("reminderNotificationChannel", channels),
  notification("emailContentType", enumeration("Plain", "Html")),
  notification("reminderEmailContentType", enumeration("Plain", "Html")),
  notification("emailSubject", [...anyText(512), ...keyword]),
  notification("emailBody", [...anyText(10_000), ...keyword]),
  notification("smsBody", [...anyText(2144), ...keyword]),
  notification("sendReminder", yesNo),
  notification("reminderEmailSubject", [...anyText(512), ...keyword]),
  notification("reminderEmailBody", [...anyText(10_000), ...keyword]),
  notification("reminderSmsBody", [...anyText(2144), ...keyword]),
  notification("sendersReference", anyText()),
  notification("customRecipients", [...customRecipients, ...otherTypes]),
  notification(
    "customRecipients",
    otherTypes.map((isReserved) => [{ organizationNumber: "310000000", isReserved }]),
  ),
  notification("customRecipient", [{}, { emailAddress: "x" }, { nationalIdentityNumber: "x" }, ...otherTypes]),
  notification("customNotificationRecipients", [...overriddenRecipients, ...otherTypes]),
  notification("overrideRegisteredContactInformation", yesNo),
  ...["ignoreReservation", "isConfirmationNeeded", "isConfidential", "allowForwarding"].map((name) =>
    letter(name, yesNo),
  ),
];

const fileNames = [
  ..."a.pdf a.PDF a a. .pdf a.pptx a.pdf.exe a.exe.pdf con.pdf CON CONSOLE.pdf com0.pdf com1.a.pdf LPT10.txt a:b.pdf a|b.pdf".split(
    " ",
  ),
  ..."a/b.pdf a\\b.pdf a%b.pdf a;b.pdf 文.pdf ..pdf a..pdf dir.pdf/a a.docm a.svg a.dicom a.json a.gz nul.tar.zip COM¹.pdf".split(
    " ",
  ),
  ...["a.pdf ", " a.pdf", "CON .pdf", "a\u007f.pdf", "a\u001f.pdf", "a\u202eb.pdf", "\u200b.pdf", '"a".pdf'],
  `${"a".repeat(251)}.pdf`,
  `${"a".repeat(252)}.pdf`,
];
const checksums = [
  ..."900150983cd24fb0d6963f7d28e17f72 900150983CD24FB0D6963F7D28E17F72 900150983cd24fb0d6963f7d28e17f7".split(" "),
  "0".repeat(33),
];
const days = [0, 1, 14, -1, 100_000, "30", "+30", "-1"];

/** Every field of an attachment on its own. Others' values of `sender` are unknown fields of a letter's attachment. */
export const attachmentFields: readonly Variants[] = [
  { path: ["resourceId"], values: [...anyText(255), "urn:altinn:resource:cases", "a:b"] },
  { path: ["fileName"], values: [...fileNames, ...anyText()] },
  { path: ["displayName"], values: anyText(255) },
  { path: ["sendersReference"], values: anyText(4096) },
  { path: ["isEncrypted"], values: yesNo },
  { path: ["checksum"], values: [...checksums, ...anyText(32)] },
  { path: ["expirationInDays"], values: [...days, ...blanks, ...otherTypes, 2_147_483_648, "1.0"] },
  { path: ["unknown"], values: anyText() },
];

// A form holds texts only, a browser's form changes lone line feeds, and in a form nothing is null.
const inForms = (values: readonly unknown[]): unknown[] =>
  values.filter((value) => typeof value === "string" && !/[\n\r\u007f]/.test(value) && !/\p{Cs}/u.test(value));
const textOnly = new Set(
  "resourceId sendersReference messageSender messageTitle messageSummary messageBody language linkURL linkText emailSubject emailBody smsBody reminderEmailSubject reminderEmailBody reminderSmsBody".split(
    " ",
  ),
);

/** Fields of a letter with one file, as a form. */
export const letterFieldsInForms: readonly Variants[] = [
  ...letterFields
    .filter(({ path }) => textOnly.has(String(path.at(-1))))
    .map(({ path, values }) => ({ path, values: inForms(values) })),
  { path: ["correspondence", "externalReferences"], values: references },
  { path: ["correspondence", "propertyList"], values: properties },
  ...attachmentFields
    .filter(({ path }) => !["resourceId", "isEncrypted", "expirationInDays", "unknown"].includes(String(path[0])))
    .map(({ path, values }) => ({
      path: ["correspondence", "content", "attachments", 0, ...path],
      values: inForms(values),
    })),
  {
    path: ["correspondence", "content", "attachments", 0, "dataLocationType"],
    values: ["newcorrespondenceattachment", "ExistingCorrespondenceAttachment", "2", "7", "x"],
  },
  { path: ["correspondence", "content", "attachments", 0, "expirationInDays"], values: days },
  {
    path: ["correspondence", "notification", "customRecipients"],
    values: customRecipients.slice(3).filter((value) => !JSON.stringify(value).includes("\\n")),
  },
  { path: ["recipients", 0], values: recipients.filter((recipient) => !recipient.includes("\n")) },
];
