// Where a text stops being JSON, and why, in words that show nothing of the text itself.

/** The first place at which a text is no JSON. */
export interface JsonFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** What is wrong there, as the end of a sentence. */
  readonly what: string;
}

type Expected = "value" | "first value" | "name" | "first name" | "colon" | "comma" | "end";

/** The fault of a text that `JSON.parse` refuses; undefined for one that it takes. In one pass, on any depth. */
export function findJsonFault(text: string): JsonFault | undefined {
  const open: string[] = [];
  let expected: Expected = "value";
  let at = 0;
  const afterValue = (): Expected => (open.length === 0 ? "end" : "comma");
  for (;;) {
    at = afterWhiteSpace(text, at);
    const sign = text[at];
    if (sign === undefined)
      return expected === "end" ? undefined : faultAt(text, at, "it ends too early, as if cut off");
    const closing = open.at(-1) === "{" ? "}" : "]";
    if (sign === closing && (expected === "comma" || expected.startsWith("first"))) {
      open.pop();
      expected = afterValue();
      at++;
    } else if (expected === "comma" && sign === ",") {
      expected = open.at(-1) === "{" ? "name" : "value";
      at++;
    } else if (expected === "colon" && sign === ":") {
      expected = "value";
      at++;
    } else if (expected.endsWith("name") && sign === '"') {
      const end = endOfString(text, at);
      if (typeof end !== "number") return end;
      at = end;
      expected = "colon";
    } else if (expected.endsWith("value")) {
      if (sign === "{" || sign === "[") {
        open.push(sign);
        expected = sign === "{" ? "first name" : "first value";
        at++;
        continue;
      }
      const end = sign === '"' ? endOfString(text, at) : endOfWord(text, at);
      if (end === undefined) return faultAt(text, at, whatIsWrong(sign, expected, text[at + 1]));
      if (typeof end !== "number") return end;
      at = end;
      expected = afterValue();
    } else return faultAt(text, at, whatIsWrong(sign, expected, text[at + 1]));
  }
}

function whatIsWrong(sign: string, expected: Expected, next: string | undefined): string {
  if (sign === "'") return "single quotes stand where JSON has double ones";
  if (/[\u2018-\u201f\u00ab\u00bb]/.test(sign)) return "typographic quotation marks stand where JSON has plain ones";
  if (sign === "/" && (next === "/" || next === "*")) return "a comment stands there, and JSON has none";
  if (sign === "\0") return "a NUL character stands there";
  switch (expected) {
    case "name":
      return sign === "}" ? "a comma stands before a closing brace" : "a name in double quotes is missing";
    case "first name":
      return "a name in double quotes is missing";
    case "value":
    case "first value":
      if (sign === "]" || sign === "}") return "a comma or colon stands there with nothing after it";
      return "something stands there that is no JSON (that is texts in double quotes, numbers, true, false and null)";
    case "colon":
      return "a colon after the name is missing";
    case "comma":
      return "a comma or a closing bracket is missing";
    case "end":
      return "more follows after the end, and a message holds one request";
  }
}

/** The place after a text in quotes; or what is wrong within it. */
function endOfString(text: string, start: number): number | JsonFault {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return faultAt(text, at, "a line break or another control character stands in a text: write \\n");
    if (code !== 0x5c) continue;
    const escaped = text[at + 1] ?? "";
    const length = escaped === "u" && /^[0-9a-f]{4}$/i.test(text.slice(at + 2, at + 6)) ? 6 : 2;
    if (length === 2 && !/^["\\/bfnrt]$/.test(escaped)) {
      const isCut = at + (escaped === "u" ? 5 : 1) >= text.length;
      if (isCut) break;
      return faultAt(text, at, "a backslash stands there that escapes nothing: write two of them");
    }
    at += length - 1;
  }
  return faultAt(text, text.length, "it ends within a text, as if cut off");
}

/** The place after a number or a word of JSON; undefined where there is none. */
function endOfWord(text: string, start: number): number | undefined {
  const word = /(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)/y;
  word.lastIndex = start;
  return word.test(text) ? word.lastIndex : undefined;
}

function afterWhiteSpace(text: string, start: number): number {
  let at = start;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return at;
}

function faultAt(text: string, at: number, what: string): JsonFault {
  let line = 1;
  let start = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) {
    line++;
    start = next + 1;
  }
  return { line, column: at - start + 1, what };
}
