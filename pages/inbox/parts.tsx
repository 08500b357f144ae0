// What several views are made of.
import type { ComponentChildren } from "preact";
import type { Formats } from "../common/texts.ts";
import type { LetterRow, Place } from "./model.ts";
import type { Words } from "./words.ts";

/** How a view says things. */
export interface Texts {
  readonly words: Words;
  readonly formats: Formats;
}

/** A part of a page under a heading of its own. */
export function Section(props: {
  readonly id: string;
  readonly heading: string;
  readonly hint?: string;
  readonly children: ComponentChildren;
}) {
  const { id, heading, hint, children } = props;
  return (
    <section class="ds-card" aria-labelledby={id}>
      <h2 class="ds-heading" data-size="xs" id={id}>
        {heading}
      </h2>
      {hint && <p class="ds-paragraph quiet">{hint}</p>}
      {children}
    </section>
  );
}

/** A list to choose from, with its label. */
export function Select<Key extends string>(props: {
  readonly id: string;
  readonly label: string;
  readonly value: Key;
  readonly options: readonly (readonly [key: Key, text: string])[];
  readonly onChange: (key: Key) => void;
}) {
  const { id, label, value, options, onChange } = props;
  return (
    <div class="ds-field">
      <label class="ds-label" for={id}>
        {label}
      </label>
      <select
        class="ds-input"
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = options.find(([key]) => key === currentTarget.value);
          if (chosen) onChange(chosen[0]);
        }}
      >
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A line to write in, with its label. */
export function Input(props: {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Digits alone are taken. */
  readonly isNumber?: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { id, label, hint, isNumber = false, value, onChange } = props;
  return (
    <div class="ds-field">
      <label class="ds-label" for={id}>
        {label}
      </label>
      {hint && (
        <div class="quiet" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <input
        class="ds-input"
        id={id}
        type="text"
        required
        autocomplete="off"
        inputMode={isNumber ? "numeric" : undefined}
        pattern={isNumber ? "[0-9]+" : undefined}
        aria-describedby={hint ? `${id}-hint` : undefined}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </div>
  );
}

/** The keys of a table of texts, each with its text, as a list to choose from has them. */
export function optionsOf<Key extends string>(
  keys: readonly Key[],
  texts: Readonly<Record<Key, string>>,
): [Key, string][] {
  return keys.map((key) => [key, texts[key]]);
}

/** What became of a letter, as a coloured word. */
export function StatusTag({ texts, letter }: { texts: Texts; letter: LetterRow }) {
  const { words } = texts;
  const text = letter.place === "coming" ? words.places.coming : words.statuses[letter.status];
  return <Tag color={PLACE_COLOURS[letter.place]} text={text} />;
}

const PLACE_COLOURS: Readonly<Record<Place, Colour>> = {
  inbox: "success",
  coming: "neutral",
  failed: "danger",
  purged: "warning",
};

/** The colours of the design system that mean something here. */
export type Colour = "neutral" | "info" | "success" | "warning" | "danger";

/** A coloured word. */
export function Tag({ color, text }: { color: Colour; text: string }) {
  return (
    <span class="ds-tag" data-color={color} data-size="sm">
      {text}
    </span>
  );
}
