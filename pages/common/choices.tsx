// What a reader chooses on every page: the language, and light or dark. Kept in the browser alone.
import { LANGUAGE_NAMES, LANGUAGES, type Language, languageOf } from "./texts.ts";

/** Light, dark, or as the reader's system has it. */
export const SCHEMES = ["auto", "light", "dark"] as const;

/** One of {@link SCHEMES}. */
export type Scheme = (typeof SCHEMES)[number];

/** What was chosen on an earlier visit, or else what the browser asks for. */
export function readChoices(): { readonly language: Language; readonly scheme: Scheme } {
  const language = LANGUAGES.find((known) => known === stored("language"));
  const scheme = SCHEMES.find((known) => known === stored("scheme"));
  return { language: language ?? languageOf(navigator.languages), scheme: scheme ?? "auto" };
}

/** Shows the page as chosen, and keeps that for the next visit. */
export function applyChoices({ language, scheme }: { readonly language: Language; readonly scheme: Scheme }): void {
  document.documentElement.lang = language;
  document.documentElement.dataset.colorScheme = scheme;
  store("language", language);
  store("scheme", scheme);
}

/** The two lists to choose from. */
export function Choices(props: {
  readonly language: Language;
  readonly scheme: Scheme;
  readonly words: { readonly language: string; readonly scheme: string } & Readonly<Record<Scheme, string>>;
  readonly onChange: (chosen: { readonly language: Language; readonly scheme: Scheme }) => void;
}) {
  const { language, scheme, words, onChange } = props;
  return (
    <div class="row">
      <select
        class="ds-input choice"
        aria-label={words.language}
        value={language}
        onChange={({ currentTarget }) => {
          const chosen = LANGUAGES.find((known) => known === currentTarget.value);
          if (chosen) onChange({ language: chosen, scheme });
        }}
      >
        {LANGUAGES.map((known) => (
          <option key={known} value={known} lang={known}>
            {LANGUAGE_NAMES[known]}
          </option>
        ))}
      </select>
      <select
        class="ds-input choice"
        aria-label={words.scheme}
        value={scheme}
        onChange={({ currentTarget }) => {
          const chosen = SCHEMES.find((known) => known === currentTarget.value);
          if (chosen) onChange({ language, scheme: chosen });
        }}
      >
        {SCHEMES.map((known) => (
          <option key={known} value={known}>
            {words[known]}
          </option>
        ))}
      </select>
    </div>
  );
}

// A browser may refuse to keep anything: then the choice holds for this visit.
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // See above.
  }
}
