// The recorded calls along a letter's life, made to the simulator: the same statuses, codes, fields and events come back.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createClientKey } from "../../../local/altinn-simulator/clientKey.ts";
import { startSimulator } from "../../../local/altinn-simulator/start.ts";
import { allScopes, altinnToken, call } from "./caller.ts";
import { startListener } from "./listener.ts";

const recordedSchema = z.array(
  z.object({
    name: z.string(),
    request: z.object({ method: z.string(), path: z.string(), body: z.unknown().optional() }),
    answer: z.object({ status: z.number(), contentType: z.string().nullable(), body: z.unknown() }),
  }),
);

function recorded(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../recorded/${name}`, import.meta.url), "utf8"));
}

const uuid = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/gu;
const recordedMd5 = "7dd4dae5f7a60afa0e662f242d73e903";
const file = Buffer.from("innhold");
const md5 = createHash("md5").update(file).digest("hex");

/** Ids, times and trace ids differ from run to run; all else is compared as it is. */
function masked(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/00-[\da-f]{32}-[\da-f]{16}-00/gu, "<trace>")
    .replaceAll(uuid, "<uuid>")
    .replaceAll(/\d{4}-\d{2}-\d{2}T[\d:.]+(?:\+00:00|Z)/gu, "<time>")
    .replaceAll(/https?:\/\/(?:platform\.tt02\.altinn\.no|127\.0\.0\.1:\d+)/gu, "<origin>")
    .replaceAll(/subscriptions\/\d+/gu, "subscriptions/<id>")
    .replaceAll(md5, recordedMd5);
  return JSON.parse(text);
}

describe("the recorded answers", () => {
  it("come back from the simulator, and the events with them", async () => {
    const clock = {
      time: Date.parse("2026-11-21T02:44:46Z"),
      now(): number {
        return this.time;
      },
    };
    await using listener = await startListener();
    const simulator = await startSimulator({ clock, publishMs: 1_000, scanMs: 1_000 });
    const { control } = simulator;
    const key = await createClientKey();
    const token = await altinnToken(simulator, key);
    const weak = await altinnToken(simulator, key, "altinn:serviceowner");
    const subscribed = await fetch(`${simulator.url}/events/api/v1/subscriptions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ endPoint: listener.url, resourceFilter: "urn:altinn:resource:my-resource" }),
    });
    expect([subscribed.status, allScopes.length > 0]).toEqual([201, true]);
    const pass = async (milliseconds: number): Promise<void> => {
      clock.time += milliseconds;
      await control.advance();
    };
    await pass(0);

    const ids = new Map<string, string>();
    const actual = (text: string): string => text.replaceAll(uuid, (id) => ids.get(id) ?? id);
    const letter = (): string => ids.get("01a1fbfd-f566-7e1a-a723-876e8fe16fde") ?? "";
    const before: Record<string, () => Promise<void>> = {
      "overview when published": () => pass(2_000),
      "overview when confirmed": async () => {
        await control.act(letter(), "read");
        await pass(40);
        await control.act(letter(), "confirmed");
      },
      "overview when purged by the recipient": () => control.act(letter(), "purgedByRecipient"),
      "overview with notification": () => pass(2_000),
      "overview with attachment when published": () => pass(5_000),
      "overview when failed by a virus": () => pass(5_000),
      "attachment: overview when published": () => pass(5_000),
      "overview of the reserved one, later": () => pass(5_000),
    };
    const tokens: Record<string, string> = { "no token": "", "token without the scope": weak };

    for (const { name, request, answer } of recordedSchema.parse(recorded("answers.json"))) {
      await pass(10);
      await before[name]?.();
      const given = await call(
        simulator,
        tokens[name] ?? token,
        request.method,
        actual(request.path),
        bodyOf(request.body, actual),
      );
      expect({ name, status: given.status, contentType: given.contentType }).toEqual({
        name,
        status: answer.status,
        contentType: answer.contentType,
      });
      expect(masked(given.body), name).toEqual(masked(answer.body));
      learn(ids, answer.body, given.body);
    }
    await pass(5_000);
    const delivered = listener.received.map((event) => JSON.stringify(masked(event)));
    for (const event of z.array(z.looseObject({ type: z.string() })).parse(recorded("events.json"))) {
      const same = delivered.map((text): unknown => JSON.parse(text)).filter((other) => hasType(other, event.type));
      expect(same, event.type).toContainEqual(masked(event));
    }
    await simulator.close();
  });

  it("write traceId twice into a coded error", async () => {
    const simulator = await startSimulator({ clock: "manual" });
    const token = await altinnToken(simulator, await createClientKey());
    const { text } = await call(simulator, token, "GET", "/correspondence/231def13-7960-4bcf-acda-65035d96b84a");
    expect(text.match(/"traceId"/gu)).toHaveLength(2);
    await simulator.close();
  });
});

function hasType(event: unknown, type: string): boolean {
  return z.looseObject({ type: z.string() }).parse(event).type === type;
}

/** A recorded body with today's ids, and with a file where the recording has none to show. */
function bodyOf(body: unknown, actual: (text: string) => string): unknown {
  if (body === undefined) return undefined;
  if (body === "(bytes)") return new Uint8Array(file);
  const text = actual(JSON.stringify(body)).replaceAll(recordedMd5, md5);
  const form = z.looseObject({ attachments: z.string() }).safeParse(body);
  if (!form.success) return JSON.parse(text);
  const fields = new FormData();
  for (const [name, value] of Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text)))) {
    const fileName = /^\(file (.*)\)$/u.exec(value)?.[1];
    if (fileName === undefined) fields.append(name, value);
    else fields.append(name, new File([new Uint8Array(file)], fileName));
  }
  return fields;
}

/** Pairs the recorded ids with today's, where they stand in the same place. */
function learn(ids: Map<string, string>, old: unknown, now: unknown): void {
  const before = JSON.stringify(old).match(uuid) ?? [];
  const after = JSON.stringify(now).match(uuid) ?? [];
  for (const [index, id] of before.entries()) {
    const other = after[index];
    if (other !== undefined && !ids.has(id)) ids.set(id, other);
  }
}
