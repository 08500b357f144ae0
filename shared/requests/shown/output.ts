// What has been written of a letter so far, and how much more may be.
import { giveUp } from "./blockWork.ts";

/**
 * So much is written for one letter, in characters: what stands in quotations and lists is written once for each of them,
 * and a letter of 30,000 characters stands in few.
 */
const mostWritten = 3_000_000;

/** What has been written. Its end decides whether a space comes to stand at the beginning of a line. */
export class Output {
  #parts: string[] = [];
  #room = mostWritten;
  /** Table cells keep line ends; link texts escape brackets alone; one emphasis inside the same counts once. */
  readonly inside = { cell: 0, link: 0, strong: 0, emphasis: 0, struck: 0, raised: 0 };

  /** Writes. Throws for `ifReadable` when it is more than for any letter. */
  add(...texts: readonly string[]): void {
    for (const text of texts) {
      this.#room -= text.length;
      if (this.#room < 0) giveUp();
      if (text !== "") this.#parts.push(text);
    }
  }

  /** Also where nothing is written yet. */
  endsInSpace(): boolean {
    return /(^|[ \n])$/.test(this.#parts.at(-1)?.slice(-1) ?? "");
  }

  /** What is written meanwhile, taken back. */
  capture(write: () => void): string {
    const before = this.#parts.length;
    write();
    return this.#parts.splice(before).join("");
  }

  /** Takes back spaces and line ends at the end. */
  trimEnd(): void {
    for (let last = this.#parts.pop(); last !== undefined; last = this.#parts.pop()) {
      const trimmed = last.replace(/(?<![ \n])[ \n]+$/, "");
      if (trimmed === "") continue;
      this.#parts.push(trimmed);
      return;
    }
  }

  /** All of it. */
  text(): string {
    return this.#parts.join("");
  }
}
