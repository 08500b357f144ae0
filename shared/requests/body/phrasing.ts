// Running text of Markdown: its words, and the same on one line.
import type { PhrasingContent } from "mdast";

/** Text beside text as one text: whether a sign needs an escape depends on those around it. */
export function joinTexts(nodes: readonly PhrasingContent[]): PhrasingContent[] {
  const joined: PhrasingContent[] = [];
  for (const node of nodes) {
    const last = joined.at(-1);
    if (node.type !== "text" || last?.type !== "text") joined.push(node);
    else joined[joined.length - 1] = { type: "text", value: last.value + node.value };
  }
  return joined;
}

/**
 * Running text on one line. Where numbers on both sides of a break would become one there is a comma instead of it.
 *
 * @param between what stands for a break between words: a comma where each line says something of its own
 */
export function oneLine(nodes: readonly PhrasingContent[], between: " " | ", "): PhrasingContent[] {
  const spaced = nodes.map((node, index): PhrasingContent => {
    if (node.type !== "break")
      return "children" in node ? { ...node, children: oneLine(node.children, between) } : node;
    const [before, after] = [textIn(nodes[index - 1]).at(-1) ?? "", textIn(nodes[index + 1]).charAt(0)];
    const isComma = (/\d/.test(before) && /\d/.test(after)) || (between === ", " && /[\p{L}\p{N})]/u.test(before));
    return { type: "text", value: isComma ? ", " : " " };
  });
  return joinTexts(spaced);
}

/** The text of a node with all that is in it. */
export function textIn(node: PhrasingContent | undefined): string {
  if (node === undefined) return "";
  if ("children" in node) return node.children.map(textIn).join("");
  return node.type === "text" || node.type === "inlineCode" ? node.value : "";
}
