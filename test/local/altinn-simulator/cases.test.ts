// The simulator gives the recorded verdict on every recorded case and value, save a few that are listed.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createClientKey } from "../../../local/altinn-simulator/clientKey.ts";
import { type Simulator, startSimulator } from "../../../local/altinn-simulator/start.ts";
import { eachAtOnce } from "../../../shared/eachAtOnce.ts";
import {
  type Case,
  type CaseFile,
  type Expansion,
  expandCase,
  letterWith,
  loadCases,
  loadValues,
  type RecordedValue,
} from "../../recorded/expand.ts";
import { altinnToken, call, flatten, problem } from "./caller.ts";

/** Cases whose verdict the simulator knowingly does not give, with why. */
const deviations: Readonly<Record<string, string>> = {
  "dueDateTime: a tick before requestedPublishTime": "times are kept in milliseconds",
  "notification: template -1": "a 400 that names nothing; here it is 3001, as every template that is none",
  'upload: name "a\u007fb.pdf"': "the reader of forms takes no control characters in a file's name",
  "upload: an attachment and a property with a dotted key":
    "recorded as propertyList.<key>, sent here as Key and Value",
  "reply link: https://a.no._o": "why .NET takes a._o and not a.no._o is not known",
};

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

async function send(via: Case["via"], request: unknown, files: readonly CaseFile[]) {
  if (via === "json") return await call(simulator, token, "POST", "/correspondence", request);
  if (via === "attachment") return await call(simulator, token, "POST", "/attachment", request);
  const form = new FormData();
  const fields = via === "form" ? Object.entries(z.record(z.string(), z.string()).parse(request)) : flatten(request);
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
      ...(read.success && recorded.statuses !== undefined
        ? { statuses: read.data.correspondences.map(({ status }) => status) }
        : {}),
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

describe.each(["cases.json", "cases-2.json"] as const)("the recorded cases in %s", (file) => {
  const cases = loadCases(file);

  it.each(cases.filter(({ name }) => deviations[name] === undefined))("$via $name", async (recorded) => {
    const { request, files } = expandCase(recorded, expansion);
    expect(verdictOf(recorded, await send(recorded.via, request, files))).toEqual(expected(recorded));
  });

  it("have few deviations", () => {
    const deviating = cases.filter(({ name }) => deviations[name] !== undefined);
    expect(deviating.length).toBeLessThanOrEqual(file === "cases.json" ? 0 : cases.length * 0.02);
  });
});

it("lists only deviations of cases that are there", () => {
  const names = new Set([...loadCases(), ...loadCases("cases-2.json")].map(({ name }) => name));
  expect(Object.keys(deviations).filter((name) => !names.has(name))).toEqual([]);
});

/** Why the simulator knowingly does not give a value's verdict; undefined where it should. */
function deviationOf({ kind, value }: RecordedValue): string | undefined {
  if (kind === "link" && value.includes("._o/")) return "as https://a.no._o above";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const isUnreadable = kind === "file" && (value === "" || /[\u0000-\u001f\u007f]/.test(value));
  return isUnreadable ? "the reader of forms takes no such name of a file" : undefined;
}

describe("the recorded values", () => {
  const values = loadValues();
  const deviating = values.filter((recorded) => deviationOf(recorded) !== undefined);

  it(`are judged alike, save ${deviating.length} of ${values.length}`, async () => {
    const others: unknown[] = [];
    await eachAtOnce(
      16,
      values.filter((recorded) => !deviating.includes(recorded)),
      async (recorded) => {
        const { request, via } = letterWith(recorded);
        const files = via === "json" ? [] : [{ name: recorded.value, content: new Uint8Array(1) }];
        const answer = await send(via, request, files);
        const errorCode = answer.status === 200 ? undefined : problem.parse(answer.body).errorCode;
        const isAlike = (answer.status === 200) === recorded.taken && errorCode === recorded.errorCode;
        if (!isAlike) others.push({ ...recorded, status: answer.status, says: errorCode });
      },
    );
    expect(others).toEqual([]);
    expect(deviating.length / values.length).toBeLessThanOrEqual(0.02);
  });
});
