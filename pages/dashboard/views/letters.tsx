// A table of letters, each with a link to its own page.
import type { Letter } from "../../../shared/finding/letter.ts";
import type { Place } from "../places.ts";
import { useReader } from "../reader.ts";
import { Status, Table, To } from "./parts.tsx";

/** What a letter's address is made of: our id, Altinn's, or the name of its dead letter. */
export function idOf(letter: Letter): string | undefined {
  return letter.dispatchId ?? letter.correspondenceId ?? letter.deadLetter;
}

function placeOf({ direction }: Letter, id: string): Place {
  return { view: direction === "received" ? "receivedLetter" : "letter", id };
}

/** Letters, one a row. */
export function LettersTable({ letters, label }: { readonly letters: readonly Letter[]; readonly label: string }) {
  const { words, format } = useReader();
  return (
    <Table
      label={label}
      columns={[
        { name: words.search.letter },
        { name: words.search.status },
        { name: words.search.since },
        { name: words.search.reference },
      ]}
    >
      {letters.map((letter) => {
        const id = idOf(letter);
        return (
          <tr key={id}>
            <th scope="row" class="id">
              {id === undefined ? "–" : <To place={placeOf(letter, id)}>{id}</To>}
            </th>
            <td>
              <Status status={letter.status} direction={letter.direction} />
            </td>
            <td>{format.dateTime(letter.since)}</td>
            <td class="break">{letter.sendersReference}</td>
          </tr>
        );
      })}
    </Table>
  );
}
