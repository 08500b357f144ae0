// What the properties of a style mean for a reader of the text.

/** Properties with their values, in lower case. */
export type Style = ReadonlyMap<string, string>;

/** Whether an element of this style is not seen, with all that is in it. */
export function hidesText(style: Style): boolean {
  return (
    style.get("display") === "none" ||
    /^(?:hidden|collapse)$/.test(style.get("visibility") ?? "") ||
    style.get("mso-hide") === "all" ||
    isZero(style.get("opacity")) ||
    isZero(style.get("max-height")) ||
    (/hidden|clip/.test(style.get("overflow") ?? "") &&
      ["height", "max-width", "width"].some((name) => isZero(style.get(name))))
  );
}

/** Whether text of this style is struck out. */
export function strikesOut(style: Style): boolean {
  return ["text-decoration", "text-decoration-line"].some((name) => style.get(name)?.includes("line-through"));
}

/** Whether text of this size is seen; undefined where the style says nothing, or says it in shares of the size around. */
export function isSeenAtSize(style: Style): boolean | undefined {
  const size =
    style.get("font-size") ?? /(?:^|\s)([\d.]+(?:px|pt|em|rem|%)?)(?:\s*\/|\s)/.exec(style.get("font") ?? "")?.[1];
  if (size === undefined) return undefined;
  if (isZero(size)) return false;
  return /%|(?<!r)em$|^(?:inherit|larger|smaller)$/.test(size) ? undefined : true;
}

function isZero(value: string | undefined): boolean {
  return value !== undefined && Number.parseFloat(value) === 0;
}
