import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseAltinnEvent } from "../../shared/altinn/cloudEvent.ts";

const base = {
  id: "1faa107f-3c0a-4fa6-9fce-7cee8838e258",
  specversion: "1.0",
  type: "no.altinn.correspondence.correspondencepublished",
  source: "https://platform.tt02.altinn.no/correspondence/api/v1/correspondence",
  resource: "urn:altinn:resource:my-resource",
  resourceinstance: "DA4CEACC-ad44-4e54-99b6-b58e3c13c785",
  subject: "urn:altinn:person:identifier-no:02014900120",
  time: "2026-04-19T07:22:19.438039Z",
};

describe("an event", () => {
  it("is kept without its subject", () => {
    expect(parseAltinnEvent({ ...base, news: true })).toEqual({
      kind: "event",
      event: {
        id: base.id,
        type: "correspondencepublished",
        about: "correspondence",
        instanceId: "da4ceacc-ad44-4e54-99b6-b58e3c13c785",
        resourceId: "my-resource",
        time: Date.parse("2026-04-19T07:22:19.438Z"),
      },
    });
  });

  it.each([
    ["No.Altinn.Correspondence.CorrespondencePublished", base.source, "correspondencepublished", "correspondence"],
    ["no.altinn.correspondence.attachmentpublished", ".../attachment/", "attachmentpublished", "attachment"],
    [
      "no.altinn.correspondence.correspondencenotificationfailed",
      "x/notification",
      "correspondencenotificationfailed",
      "notification",
    ],
    ["no.altinn.correspondence.attachmentpublished", "urn:elsewhere", "attachmentpublished", "attachment"],
    ["no.altinn.correspondence.somethingnew", base.source, "somethingnew", "correspondence"],
    ["no.altinn.correspondence.somethingnew", "urn:elsewhere", "somethingnew", "other"],
    ["com.example.Thing", "urn:elsewhere", "com.example.thing", "other"],
  ])("%s from %s", (type, source, told, about) => {
    expect(parseAltinnEvent({ ...base, type, source })).toMatchObject({ kind: "event", event: { type: told, about } });
  });

  it("of another kind needs no instance", () => {
    const { resource: _resource, resourceinstance: _instance, ...rest } = base;
    const event = parseAltinnEvent({ ...rest, type: "com.example.thing", source: "urn:x" });
    expect(event).toMatchObject({ kind: "event", event: { about: "other", instanceId: "" } });
  });

  it("asks whether it is welcome", () => {
    const { time: _time, ...rest } = { ...base, type: "platform.events.validatesubscription" };
    expect(parseAltinnEvent(rest)).toEqual({ kind: "validation" });
  });

  it("has a time without a zone in UTC", () => {
    const event = parseAltinnEvent({ ...base, time: "2026-04-19T07:22:19" });
    expect(event).toMatchObject({ event: { time: Date.parse("2026-04-19T07:22:19Z") } });
  });
});

describe("what is no event", () => {
  it.each<[object, string]>([
    [{ id: undefined }, "id"],
    [{ id: "" }, "id"],
    [{ source: 7 }, "source"],
    [{ type: undefined }, "type"],
    [{ specversion: "0.3" }, "specversion"],
    [{ resource: undefined }, "resource"],
    [{ resourceinstance: "02014900120" }, "resourceinstance"],
    [{ resourceinstance: undefined }, "resourceinstance"],
    [{ time: undefined }, "time"],
    [{ time: "yesterday" }, "time"],
    [{ time: "2026-13-19T07:22:19Z" }, "time"],
  ])("%j", (change, name) => {
    const parsed = parseAltinnEvent({ ...base, ...change });
    expect(parsed).toEqual({ kind: "invalid", problems: [expect.stringMatching(new RegExp(`^${name}: must be`))] });
    expect(JSON.stringify(parsed)).not.toMatch(/02014900120|yesterday/);
  });

  it.each([[undefined], [null], ["text"], [[base]], [7]])("%j", (value) => {
    expect(parseAltinnEvent(value)).toEqual({ kind: "invalid", problems: ["The event must be a JSON object."] });
  });
});

it("takes every recorded event", () => {
  const recorded = z
    .array(z.object({ type: z.string() }).loose())
    .parse(JSON.parse(readFileSync(new URL("../recorded/events.json", import.meta.url), "utf8")));
  for (const event of recorded) {
    const isValidation = event.type === "platform.events.validatesubscription";
    expect(parseAltinnEvent(event).kind).toBe(isValidation ? "validation" : "event");
  }
});
