// Organisations and persons for tests and measurements, all of them made up.
import { controlDigit } from "../shared/requests/recipients.ts";

/** An organisation number with the right control digit, made up: the `index`-th of a fixed series from 310000000. */
export function organizationNumber(index = 0): string {
  let found = -1;
  for (let stem = 31_000_000; ; stem++) {
    const digit = controlDigit(digitsOf(stem, 8), [3, 2, 7, 6, 5, 4, 3, 2]);
    if (digit < 10) found++;
    if (found === index) return `${stem}${digit}`;
  }
}

/** A national identity number with right control digits and an impossible month (synthetic: month + 80). */
export function personNumber(index = 0): string {
  let found = -1;
  for (let serial = 900; ; serial--) {
    const stem = `018149${String(serial).padStart(3, "0")}`;
    const first = controlDigit(digitsOf(stem, 9), [3, 7, 6, 1, 8, 9, 4, 5, 2]);
    const second = controlDigit(digitsOf(`${stem}${first}`, 10), [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    if (first < 10 && second < 10) found++;
    if (found === index) return `${stem}${first}${second}`;
    if (serial === 0) throw new RangeError("There are not that many.");
  }
}

function digitsOf(stem: number | string, length: number): number[] {
  return [...String(stem).slice(0, length)].map(Number);
}

/** The `index`-th made-up organisation as a recipient. */
export function organization(index = 0): string {
  return `urn:altinn:organization:identifier-no:${organizationNumber(index)}`;
}

/** The `index`-th made-up person as a recipient. */
export function person(index = 0): string {
  return `urn:altinn:person:identifier-no:${personNumber(index)}`;
}
