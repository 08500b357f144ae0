// The letter between Altinn's two steps: what its Markdown said as HTML, before it is written as Markdown anew.

/** How running text is marked. */
export type Mark = "strong" | "emphasis" | "struck" | "raised" | "lowered";

/** A piece of running text. A text may still lose the white space at its end while it is read. */
export type Inline =
  | { readonly kind: "text"; text: string }
  | { readonly kind: Mark; readonly children: readonly Inline[] }
  | { readonly kind: "link"; readonly address: string; readonly title: string; readonly children: readonly Inline[] }
  | { readonly kind: "image"; readonly address: string; readonly alt: string }
  | { readonly kind: "code" | "formula" | "footnoteMark"; readonly text: string }
  | { readonly kind: "break" };

/** A cell of a table; `align` is empty where nothing was said. */
export interface Cell {
  readonly align: "" | "left" | "center" | "right";
  readonly blocks: readonly Block[];
}

/** A point of a list; `checked` is set where it begins with a task box. */
export interface Item {
  readonly checked: boolean | undefined;
  readonly blocks: readonly Block[];
}

/** A row of a table. */
export interface Row {
  readonly head: boolean;
  readonly cells: readonly Cell[];
}

/** A block of the letter. Entries of definitions are terms (running text) or what is said of them (blocks). */
export type Block =
  | { readonly kind: "paragraph"; readonly children: readonly Inline[] }
  | { readonly kind: "heading"; readonly level: number; readonly children: readonly Inline[] }
  | { readonly kind: "quote" | "group"; readonly blocks: readonly Block[] }
  | {
      readonly kind: "list";
      readonly ordered: boolean;
      readonly start: number;
      readonly tight: boolean;
      readonly items: readonly Item[];
    }
  | { readonly kind: "codeBlock"; readonly language: string; readonly text: string }
  | { readonly kind: "rule" }
  | { readonly kind: "table"; readonly rows: readonly Row[] }
  | {
      readonly kind: "definitions";
      readonly entries: readonly ({ readonly term: readonly Inline[] } | { readonly blocks: readonly Block[] })[];
    };

/** The whole letter; footnotes stand apart, since they are written last. */
export interface Letter {
  readonly blocks: readonly Block[];
  readonly footnotes: readonly { readonly id: string; readonly blocks: readonly Block[] }[];
}
