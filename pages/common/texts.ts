// The languages of the pages, and how what is counted and when it was is written in each.

/** BCP 47, as <html lang> has it. */
export const LANGUAGES = ["nb", "nn", "en"] as const;

/** A language of the pages. */
export type Language = (typeof LANGUAGES)[number];

/** What each language calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { nb: "Bokmål", nn: "Nynorsk", en: "English" };

/** Browsers know English dates in many orders; the British one is the one that is read in Norway. */
const LOCALES: Readonly<Record<Language, string>> = { nb: "nb-NO", nn: "nn-NO", en: "en-GB" };

/** The first language of the reader's that there is; a plain "no" is bokmål. Without any, bokmål. */
export function languageOf(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const [primary = ""] = tag.toLowerCase().split("-");
    const found = LANGUAGES.find((language) => language === (primary === "no" ? "nb" : primary));
    if (found) return found;
  }
  return "nb";
}

/** How numbers and times are written. Times are those of the reader's clock. */
export interface Formats {
  number(value: number): string;
  percent(share: number): string;
  /** Day and time, to the minute. */
  dateTime(time: string | number): string;
  day(time: string | number): string;
  /** The time alone, to the minute. */
  clock(time: string | number): string;
  /** So many seconds, in the largest unit that they fill. */
  duration(seconds: number): string;
}

/** The formats of a language. */
export function formatsOf(language: Language): Formats {
  const locale = LOCALES[language];
  const number = new Intl.NumberFormat(locale);
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const at = (time: string | number) => new Date(time);
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    dateTime: (time) => dateTime.format(at(time)),
    day: (time) => day.format(at(time)),
    clock: (time) => clock.format(at(time)),
    duration(seconds) {
      const [value, unit] = largestUnit(seconds);
      return new Intl.NumberFormat(locale, {
        style: "unit",
        unit,
        unitDisplay: "short",
        maximumFractionDigits: 1,
      }).format(value);
    },
  };
}

function largestUnit(seconds: number): [number, "day" | "hour" | "minute" | "second"] {
  if (seconds >= 86_400) return [seconds / 86_400, "day"];
  if (seconds >= 3_600) return [seconds / 3_600, "hour"];
  if (seconds >= 60) return [seconds / 60, "minute"];
  return [seconds, "second"];
}
