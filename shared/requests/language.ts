// Languages as others write them, and what Altinn calls them.

const asAltinnWrites: ReadonlyMap<string, string> = new Map([
  ["no", "nb (bokmål) or nn (nynorsk)"],
  ["nor", "nb (bokmål) or nn (nynorsk)"],
  ["nob", "nb"],
  ["nno", "nn"],
  ["eng", "en"],
]);

/** What to write instead of a language that Altinn does not take, as a sentence after a space; empty where nobody can tell. */
export function languageHint(written: string): string {
  const [language = "", region] = written.trim().toLowerCase().split(/[-_]/);
  const known = ["nb", "nn", "en"].includes(language) && region !== undefined ? language : asAltinnWrites.get(language);
  return known === undefined ? "" : ` Write ${known}.`;
}
