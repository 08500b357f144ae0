// Events that are to go wrong on their way to the app.
import { useState } from "preact/hooks";
import { TIMES, type Times, timesOf } from "./faults.tsx";
import type { EventRule, Misbehaviour } from "./model.ts";
import { Input, optionsOf, Section, Select, type Texts } from "./parts.tsx";
import type { Telling } from "./server.ts";
import { EVENT_KINDS, type EventKind } from "./words.ts";

/** The events of letters, as the last part of their type. */
const TYPES = [
  "correspondenceinitialized",
  "correspondencepublished",
  "correspondencepublishfailed",
  "correspondencereceiverread",
  "correspondencereceiverconfirmed",
  "correspondencereceiverneverread",
  "correspondencereceiverneverconfirmed",
  "correspondencepurged",
  "correspondencenotificationcreationfailed",
  "correspondencenotificationdelivered",
  "correspondencenotificationfailed",
  "attachmentpublished",
  "attachmentuploadfailed",
  "notificationcreated",
] as const;

const MINUTE = 60_000;

/** The form and what it has led to. */
export function EventRules({ texts, data, telling }: { texts: Texts; data: Misbehaviour; telling: Telling }) {
  const { words } = texts;
  const [type, setType] = useState("");
  const [kind, setKind] = useState<EventKind>("lose");
  const [minutes, setMinutes] = useState("1");
  const [times, setTimes] = useState<Times>("always");
  const add = (event: Event) => {
    event.preventDefault();
    const rule: EventRule = {
      ...(type === "" ? {} : { type }),
      ...ruleOf(kind, Number(minutes)),
      times: timesOf(times),
    };
    void telling("POST", "event-rules", rule);
  };
  return (
    <Section id="events" heading={words.events.heading} hint={words.events.hint}>
      <form class="stack form" onSubmit={add}>
        <Select
          id="event-type"
          label={words.events.type}
          value={type}
          options={[["", words.events.anyType], ...TYPES.map((each) => [each, each] as const)]}
          onChange={setType}
        />
        <Select
          id="event-kind"
          label={words.events.kind}
          value={kind}
          options={optionsOf(EVENT_KINDS, words.events.kinds)}
          onChange={setKind}
        />
        {kind === "late" && (
          <Input id="event-minutes" isNumber label={words.events.minutes} value={minutes} onChange={setMinutes} />
        )}
        <Select
          id="event-times"
          label={words.faults.times}
          value={times}
          options={TIMES.map((each) => [each, words.faults.timesOf(timesOf(each))] as const)}
          onChange={setTimes}
        />
        <button class="ds-button" type="submit">
          {words.events.add}
        </button>
      </form>
      <Rules texts={texts} rules={data.eventRules} telling={telling} />
      {data.heldEvents > 0 && <Held texts={texts} count={data.heldEvents} telling={telling} />}
    </Section>
  );
}

function Rules(props: { readonly texts: Texts; readonly rules: readonly EventRule[]; readonly telling: Telling }) {
  const { texts, rules, telling } = props;
  const { words } = texts;
  if (rules.length === 0) return <p class="ds-paragraph">{words.events.none}</p>;
  return (
    <>
      <h3 class="ds-heading" data-size="2xs">
        {words.events.active}
      </h3>
      <ul class="plain waiting">
        {rules.map((rule, index) => (
          <li key={index} class="break">
            <strong>{rule.type ?? words.events.anyType}</strong>
            <br />
            {ruleText(texts, rule)}, {words.faults.timesOf(rule.times ?? "always")}
          </li>
        ))}
      </ul>
      <button
        class="ds-button"
        type="button"
        data-variant="secondary"
        data-size="sm"
        onClick={() => void telling("DELETE", "event-rules")}
      >
        {words.events.clear}
      </button>
    </>
  );
}

function Held({ texts, count, telling }: { texts: Texts; count: number; telling: Telling }) {
  const { words } = texts;
  const release = (order: "given" | "reversed") => void telling("POST", "events/release", { order });
  return (
    <div class="ds-alert" data-color="warning">
      <p class="ds-paragraph">{words.events.held(count)}</p>
      <div class="row">
        <button class="ds-button" type="button" data-size="sm" onClick={() => release("given")}>
          {words.events.release}
        </button>
        <button
          class="ds-button"
          type="button"
          data-variant="secondary"
          data-size="sm"
          onClick={() => release("reversed")}
        >
          {words.events.releaseReversed}
        </button>
      </div>
    </div>
  );
}

function ruleOf(kind: EventKind, minutes: number): EventRule {
  switch (kind) {
    case "lose":
      return { lose: true };
    case "twice":
      return { repeat: 1 };
    case "late":
      return { delayMs: minutes * MINUTE };
    case "hold":
      return { hold: true };
  }
}

/** A rule in words; others than this page's may have been set over HTTP. */
function ruleText({ words, formats }: Texts, { lose, hold, repeat, delayMs }: EventRule): string {
  const { kinds } = words.events;
  if (lose) return kinds.lose;
  if (hold) return kinds.hold;
  const parts = [
    ...(repeat === undefined ? [] : [repeat === 1 ? kinds.twice : `${kinds.twice} (+${repeat})`]),
    ...(delayMs === undefined ? [] : [`${kinds.late} (${formats.duration(delayMs / 1_000)})`]),
  ];
  return parts.join(", ");
}
