// Calls that are to go wrong: which, how and how often.
import { useState } from "preact/hooks";
import type { Fault, Misbehaviour } from "./model.ts";
import { Input, optionsOf, Section, Select, type Texts } from "./parts.tsx";
import type { Telling } from "./server.ts";
import { FAULT_KINDS, type FaultKind } from "./words.ts";

/** How often a fault or a rule works, as lists offer it. */
export const TIMES = ["1", "2", "3", "10", "always"] as const;
export type Times = (typeof TIMES)[number];

/** What the control takes for it. */
export function timesOf(times: Times): number | "always" {
  return times === "always" ? times : Number(times);
}

/** What kinds need a number for, and the number that is proposed. */
const NUMBERS: Readonly<Record<FaultKind, "status" | "seconds" | undefined>> = {
  status: "status",
  workThenStatus: "status",
  dropBefore: undefined,
  dropAfter: undefined,
  late: "seconds",
  malformed: undefined,
};

/** The form and what it has led to. */
export function Faults({ texts, data, telling }: { texts: Texts; data: Misbehaviour; telling: Telling }) {
  const { words } = texts;
  const [route, setRoute] = useState("");
  const [kind, setKind] = useState<FaultKind>("status");
  const [status, setStatus] = useState("500");
  const [seconds, setSeconds] = useState("10");
  const [times, setTimes] = useState<Times>("1");
  const number = NUMBERS[kind];
  const add = (event: Event) => {
    event.preventDefault();
    const [method, path] = route.split(" ");
    const called = route === "" ? {} : { method, path };
    const fault: Fault = { ...called, ...faultOf(kind, Number(status), Number(seconds)), times: timesOf(times) };
    void telling("POST", "faults", fault);
  };
  return (
    <Section id="faults" heading={words.faults.heading} hint={words.faults.hint}>
      <form class="stack form" onSubmit={add}>
        <Select
          id="fault-route"
          label={words.faults.route}
          value={route}
          options={[["", words.faults.anyRoute], ...data.routes.map(({ method, name }) => named(`${method} ${name}`))]}
          onChange={setRoute}
        />
        <Select
          id="fault-kind"
          label={words.faults.kind}
          value={kind}
          options={optionsOf(FAULT_KINDS, words.faults.kinds)}
          onChange={setKind}
        />
        {number === "status" && (
          <Input id="fault-status" isNumber label={words.faults.status} value={status} onChange={setStatus} />
        )}
        {number === "seconds" && (
          <Input id="fault-seconds" isNumber label={words.faults.seconds} value={seconds} onChange={setSeconds} />
        )}
        <Select
          id="fault-times"
          label={words.faults.times}
          value={times}
          options={TIMES.map((each) => [each, words.faults.timesOf(timesOf(each))] as const)}
          onChange={setTimes}
        />
        <button class="ds-button" type="submit">
          {words.faults.add}
        </button>
      </form>
      <Waiting texts={texts} faults={data.faults} telling={telling} />
    </Section>
  );
}

function Waiting(props: { readonly texts: Texts; readonly faults: Misbehaviour["faults"]; readonly telling: Telling }) {
  const { texts, faults, telling } = props;
  const { words } = texts;
  if (faults.length === 0) return <p class="ds-paragraph">{words.faults.none}</p>;
  return (
    <>
      <h3 class="ds-heading" data-size="2xs">
        {words.faults.active}
      </h3>
      <ul class="plain waiting">
        {faults.map(({ id, fault, left }) => {
          const text = [fault.path === undefined ? words.faults.anyRoute : `${fault.method ?? ""} ${fault.path}`];
          return (
            <li key={id} class="row apart">
              <span class="break">
                <strong>{text}</strong>
                <br />
                {faultText(texts, fault)}, {words.faults.timesOf(left)}
              </span>
              <button
                class="ds-button"
                type="button"
                data-variant="tertiary"
                data-size="sm"
                aria-label={`${words.faults.remove}: ${text}`}
                onClick={() => void telling("DELETE", `faults/${id}`)}
              >
                {words.faults.remove}
              </button>
            </li>
          );
        })}
      </ul>
      {faults.length > 1 && (
        <button
          class="ds-button"
          type="button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => void telling("DELETE", "faults")}
        >
          {words.faults.clear}
        </button>
      )}
    </>
  );
}

function named(route: string): readonly [string, string] {
  return [route, route];
}

function faultOf(kind: FaultKind, status: number, seconds: number): Fault {
  switch (kind) {
    case "status":
      return { status };
    case "workThenStatus":
      return { status, workFirst: true };
    case "dropBefore":
      return { drop: "before" };
    case "dropAfter":
      return { drop: "after" };
    case "late":
      return { delayMs: seconds * 1_000 };
    case "malformed":
      return { malformed: true };
  }
}

/** A fault in words; others than this page's may have been set over HTTP. */
function faultText({ words, formats }: Texts, fault: Fault): string {
  const { kinds } = words.faults;
  const { status, workFirst, drop, delayMs, malformed } = fault;
  const parts = [
    ...(delayMs === undefined ? [] : [`${kinds.late} (${formats.duration(delayMs / 1_000)})`]),
    ...(drop === undefined ? [] : [drop === "before" ? kinds.dropBefore : kinds.dropAfter]),
    ...(status === undefined ? [] : [`${workFirst ? kinds.workThenStatus : kinds.status} (${status})`]),
    ...(malformed ? [kinds.malformed] : []),
  ];
  return parts.join(", ");
}
