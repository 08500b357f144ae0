// Where Altinn is told to misbehave: its calls, its events, its recipients, its time.
import { useState } from "preact/hooks";
import { Calls } from "./calls.tsx";
import { EventRules } from "./events.tsx";
import { Faults } from "./faults.tsx";
import type { Misbehaviour } from "./model.ts";
import { Section, type Texts } from "./parts.tsx";
import { Recipients } from "./recipients.tsx";
import { type Telling, tell, usePolled } from "./server.ts";

const HOUR = 3_600_000;

/** The whole view. */
export function Misbehaving({ texts }: { texts: Texts }) {
  const { words } = texts;
  const { data, isLost, refresh } = usePolled<Misbehaviour>("_inbox/misbehaviour");
  const [problem, setProblem] = useState("");
  const telling: Telling = async (method, path, body) => {
    let isTaken = true;
    try {
      await tell(method, path, body);
      setProblem("");
    } catch (error) {
      isTaken = false;
      setProblem(`${words.notDone} ${error instanceof Error ? error.message : String(error)}`);
    }
    await refresh();
    return isTaken;
  };
  return (
    <>
      <h1 class="ds-heading" data-size="md">
        {words.misbehaving}
      </h1>
      {problem !== "" && (
        <div class="ds-alert break" data-color="danger" role="alert">
          {problem}
        </div>
      )}
      {data !== undefined && (
        <div class="columns" aria-busy={isLost}>
          <Faults texts={texts} data={data} telling={telling} />
          <Calls texts={texts} data={data} telling={telling} />
          <EventRules texts={texts} data={data} telling={telling} />
          <Recipients texts={texts} data={data} telling={telling} />
          <Time texts={texts} data={data} telling={telling} />
        </div>
      )}
    </>
  );
}

function Time({ texts, data, telling }: { texts: Texts; data: Misbehaviour; telling: Telling }) {
  const { words, formats } = texts;
  const steps = [
    [words.time.hour, HOUR],
    [words.time.day, 24 * HOUR],
    [words.time.week, 7 * 24 * HOUR],
  ] as const;
  return (
    <Section id="time" heading={words.time.heading}>
      <p class="ds-paragraph">
        {words.time.now}: <strong>{formats.dateTime(data.now)}</strong>
        {data.timeScale !== 1 && <> {words.time.speed(formats.number(data.timeScale))}</>}
      </p>
      <p class="ds-paragraph quiet">{words.time.hint}</p>
      <p class="ds-paragraph">
        <code class="break">npm start -- --time-scale 60</code>
      </p>
      <div class="row">
        {steps.map(([text, advanceMs]) => (
          <button
            key={advanceMs}
            class="ds-button"
            type="button"
            data-variant="secondary"
            data-size="sm"
            onClick={() => void telling("POST", "clock", { advanceMs })}
          >
            {text}
          </button>
        ))}
      </div>
    </Section>
  );
}
