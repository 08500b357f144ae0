// What recipients do with their letters by themselves.
import { useState } from "preact/hooks";
import type { Misbehaviour } from "./model.ts";
import { Input, optionsOf, Section, Select, type Texts } from "./parts.tsx";
import type { Telling } from "./server.ts";
import { HABIT_NAMES, HABITS, type Habit } from "./words.ts";

/** The habits of all, and of single recipients. */
export function Recipients({ texts, data, telling }: { texts: Texts; data: Misbehaviour; telling: Telling }) {
  const { words } = texts;
  const { byDefault, own } = data.lifeRules;
  const [number, setNumber] = useState("");
  const [habit, setHabit] = useState<Habit>("reads");
  const options = optionsOf(HABIT_NAMES, words.recipients.habits);
  const usual = HABIT_NAMES.find((name) => HABITS[name] === byDefault);
  const add = async (event: Event) => {
    event.preventDefault();
    if (await telling("POST", "rules", { recipient: recipientOf(number), rule: HABITS[habit] })) setNumber("");
  };
  return (
    <Section id="recipients" heading={words.recipients.heading} hint={words.recipients.hint}>
      <Select<Habit | "other">
        id="habit-of-all"
        label={words.recipients.everybody}
        value={usual ?? "other"}
        options={usual === undefined ? [["other", byDefault], ...options] : options}
        onChange={(chosen) => {
          if (chosen !== "other") void telling("POST", "rules", { rule: HABITS[chosen] });
        }}
      />
      <form class="stack form" onSubmit={(event) => void add(event)}>
        <Input
          id="habit-number"
          label={words.recipients.number}
          hint={words.recipients.numberHint}
          value={number}
          onChange={setNumber}
        />
        <Select id="habit" label={words.recipients.habit} value={habit} options={options} onChange={setHabit} />
        <button class="ds-button" type="submit">
          {words.recipients.add}
        </button>
      </form>
      <h3 class="ds-heading" data-size="2xs">
        {words.recipients.own}
      </h3>
      {own.length === 0 && <p class="ds-paragraph">{words.recipients.none}</p>}
      <ul class="plain waiting">
        {own.map(({ recipient, rule, letters }) => {
          const name = HABIT_NAMES.find((known) => HABITS[known] === rule);
          const short = recipient.slice(recipient.lastIndexOf(":") + 1);
          return (
            <li key={recipient} class="row apart">
              <span class="break">
                <strong>{short}</strong>
                <br />
                {name === undefined ? rule : words.recipients.habits[name]}, {words.recipients.letters(letters)}
              </span>
              <button
                class="ds-button"
                type="button"
                data-variant="tertiary"
                data-size="sm"
                aria-label={`${words.faults.remove}: ${short}`}
                onClick={() => void telling("DELETE", `rules/${encodeURIComponent(recipient)}`)}
              >
                {words.faults.remove}
              </button>
            </li>
          );
        })}
      </ul>
      <h3 class="ds-heading" data-size="2xs">
        {words.recipients.special}
      </h3>
      <ul>
        {words.recipients.specials.map(({ what, does }) => (
          <li key={what}>
            {what} {does}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** The URN of a number: nine digits are an organisation, eleven a person. What is neither goes as it is. */
function recipientOf(text: string): string {
  const number = text.replaceAll(/\s/gu, "");
  if (/^\d{9}$/u.test(number)) return `urn:altinn:organization:identifier-no:${number}`;
  return /^\d{11}$/u.test(number) ? `urn:altinn:person:identifier-no:${number}` : text.trim();
}
