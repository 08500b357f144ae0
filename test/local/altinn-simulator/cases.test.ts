// The simulator gives the recorded verdict on every recorded case.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createClientKey } from "../../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../../local/altinn-simulator/start.ts";
import { type Case, type Expansion, expandCase, loadCases } from "../../recorded/expand.ts";
import { altinnToken, call, flatten, problem } from "./caller.ts";

/** Cases whose verdict the simulator knowingly does not give, with why. */
const deviations: Readonly<Record<string, string>> = {};

let simulator: Simulator;
let token: string;
let expansion: Expansion;

async function uploadedAttachment(bytes: number): Promise<string> {
  const made = await call(simulator, token, "POST", "/attachment", {
    resourceId: "cases",
    fileName: "felles.pdf",
    sendersReference: "f",
  });
  const id = z.string().parse(made.body);
  await call(simulator, token, "POST", `/attachment/${id}/upload`, new Uint8Array(bytes));
  return id;
}

beforeAll(async () => {
  simulator = await startSimulator({ clock: "manual" });
  token = await altinnToken(simulator, await createClientKey());
  const published = await uploadedAttachment(10);
  const large = await uploadedAttachment(11 * 1024 * 1024);
  await simulator.control.advance(10_000);
  const made = await call(simulator, token, "POST", "/attachment", {
    resourceId: "cases",
    fileName: "tom.pdf",
    sendersReference: "f",
  });
  const initialized = z.string().parse(made.body);
  const foreign = simulator.control.addForeignAttachment();
  expansion = {
    now: new Date(simulator.control.now()),
    existing: { published, large, initialized, foreign, missing: randomUUID() },
  };
});

afterAll(async () => {
  await simulator.close();
});

async function send(recorded: Case) {
  const { request, files } = expandCase(recorded, expansion);
  if (recorded.via === "json") return await call(simulator, token, "POST", "/correspondence", request);
  if (recorded.via === "attachment") return await call(simulator, token, "POST", "/attachment", request);
  const form = new FormData();
  const fields =
    recorded.via === "form" ? Object.entries(z.record(z.string(), z.string()).parse(request)) : flatten(request);
  for (const [name, value] of fields) form.append(name, value);
  for (const { name, content } of files) form.append("attachments", new File([content], name));
  return await call(simulator, token, "POST", "/correspondence/upload", form);
}

const created = z.object({ correspondences: z.array(z.object({ status: z.string() })) });

/** The verdict in the form in which it was recorded. */
function verdictOf(recorded: Case, answer: { status: number; body: unknown }) {
  if (answer.status === 200) {
    const read = created.safeParse(answer.body);
    return {
      status: 200,
      ...(read.success ? { statuses: read.data.correspondences.map(({ status }) => status) } : {}),
    };
  }
  const read = problem.parse(answer.body);
  const fields = Object.entries(read.errors ?? {}).flatMap(([field, messages]) => (messages.length > 0 ? [field] : []));
  return {
    status: answer.status,
    ...(read.errorCode === undefined ? {} : { errorCode: read.errorCode }),
    ...(recorded.fields === undefined && fields.length === 0 ? {} : { fields: fields.sort() }),
  };
}

function expected({ status, errorCode, fields, statuses }: Case) {
  return {
    status,
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(fields === undefined ? {} : { fields: [...fields].sort() }),
    ...(statuses === undefined ? {} : { statuses }),
  };
}

describe("the recorded cases", () => {
  it.each(loadCases().filter(({ name }) => deviations[name] === undefined))("$via $name", async (recorded) => {
    expect(verdictOf(recorded, await send(recorded))).toEqual(expected(recorded));
  });

  it("has few deviations, each of a case that exists", () => {
    const names = new Set(loadCases().map(({ name }) => name));
    expect(Object.keys(deviations).filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(deviations).length / names.size).toBeLessThan(0.03);
  });
});
