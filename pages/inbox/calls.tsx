// The calls that were made to Altinn, counted.
import type { Misbehaviour } from "./model.ts";
import { Section, type Texts } from "./parts.tsx";
import type { Telling } from "./server.ts";

/** A table of them. */
export function Calls({ texts, data, telling }: { texts: Texts; data: Misbehaviour; telling: Telling }) {
  const { words, formats } = texts;
  const calls = Object.entries(data.calls).sort(([, one], [, two]) => two - one);
  return (
    <Section id="calls" heading={words.calls.heading} hint={words.calls.hint}>
      {calls.length === 0 ? (
        <p class="ds-paragraph">{words.calls.none}</p>
      ) : (
        <>
          <table class="ds-table" data-size="sm">
            <thead>
              <tr>
                <th scope="col">{words.calls.route}</th>
                <th scope="col" class="number">
                  {words.calls.count}
                </th>
              </tr>
            </thead>
            <tbody>
              {calls.map(([route, count]) => (
                <tr key={route}>
                  <td class="break">{route}</td>
                  <td class="number">{formats.number(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <button
            class="ds-button"
            type="button"
            data-variant="secondary"
            data-size="sm"
            onClick={() => void telling("DELETE", "calls")}
          >
            {words.calls.clear}
          </button>
        </>
      )}
    </Section>
  );
}
