// What Altinn's parser finds in running text besides CommonMark: addresses, formulas, attributes in braces, task boxes.
import type { MarkdownIt, StateCore, StateInline } from "markdown-it";

/** Adds the rules. */
export function addInlines(reader: MarkdownIt): void {
  reader.inline.ruler.at("text", readText);
  reader.inline.ruler.before("escape", "address", readAddress);
  reader.inline.ruler.after("address", "formula", readFormula);
  reader.inline.ruler.after("formula", "attributes", readAttributes);
  reader.inline.ruler.before("link", "box", readBox);
  reader.core.ruler.at("inline", readInlines);
}

/** Signs at which another rule may have something to read. */
const endsText = new Set('\n!"#$%&*+-:<=>@[\\]^_`{}~');
const address = /(?:https?:\/\/|ftp:\/\/|mailto:|tel:|www\.)[^\s<]/iy;

function readText(state: StateInline, silent: boolean): boolean {
  let pos = state.pos;
  while (pos < state.posMax && !endsText.has(state.src[pos] ?? "") && !(pos > state.pos && isAddressAt(state, pos)))
    pos++;
  if (pos === state.pos || isAddressAt(state, state.pos)) return false;
  if (!silent) state.pending += state.src.slice(state.pos, pos);
  state.pos = pos;
  return true;
}

function isAddressAt(state: StateInline, pos: number): boolean {
  if (!/[hfmtw]/i.test(state.src[pos] ?? "") || !/^[\s*_~(]?$/.test(state.src[pos - 1] ?? "")) return false;
  address.lastIndex = pos;
  return address.test(state.src);
}

/** A bare address becomes a link, if its host has a point in it. */
function readAddress(state: StateInline, silent: boolean): boolean {
  if (state.linkLevel > 0 || !isAddressAt(state, state.pos)) return false;
  const found = bareAddress(state.src.slice(state.pos, state.posMax));
  if (found === undefined) {
    // Read as text up to the next sign that may mean something.
    if (!silent) state.pending += state.src[state.pos] ?? "";
    state.pos++;
    return true;
  }
  if (!silent) {
    const open = state.push("link_open", "a", 1);
    open.attrs = [["href", state.md.normalizeLink(/^www\./i.test(found) ? `http://${found}` : found)]];
    state.push("text", "", 0).content = found.replace(/^(?:mailto|tel):/i, "");
    state.push("link_close", "a", -1);
  }
  state.pos += found.length;
  return true;
}

function bareAddress(text: string): string | undefined {
  const all = /^[^\s<]+/.exec(text)?.[0] ?? "";
  let open = 0;
  let end = 0;
  for (; end < all.length; end++) {
    if (all[end] === "(") open++;
    else if (all[end] === ")" && --open < 0) break;
  }
  const found = all
    .slice(0, end)
    .replace(/[?!.,:*_~]+$/, "")
    .replace(/&[A-Za-z0-9]+;$/, "");
  if (/^tel:/i.test(found)) return found.length > 4 ? found : undefined;
  const host = /^(?:https?:\/\/|ftp:\/\/|mailto:[^@]+@)([^/?#:]*)|^(www\.[^/?#:]*)/i.exec(found);
  const name = host?.[1] ?? host?.[2] ?? "";
  return /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}-]+)+$/u.test(name) ? found : undefined;
}

/** `$…$` and `$$…$$`, by the rules for emphasis; no digit may follow. */
function readFormula(state: StateInline, silent: boolean): boolean {
  if (state.src[state.pos] !== "$" || state.src[state.pos - 1] === "$") return false;
  const opening = state.scanDelims(state.pos, false);
  const width = Math.min(2, opening.length);
  if (!opening.can_open || opening.length > 2) return false;
  const start = state.pos + width;
  for (let pos = start; pos < state.posMax; pos++) {
    if (state.src[pos] === "\\") pos++;
    else if (state.src[pos] === "$") {
      const closing = state.scanDelims(pos, false);
      if (closing.length < width) {
        pos += closing.length - 1;
        continue;
      }
      if (!closing.can_close || /\d/.test(state.src[pos + closing.length] ?? "")) return false;
      if (!silent) {
        const text = state.src.slice(start, pos + closing.length - width);
        state.push("html_inline", "", 0).content = `<span class="math">\\(${state.md.utils.escapeHtml(text)}\\)</span>`;
      }
      state.pos = pos + closing.length;
      return true;
    }
  }
  return false;
}

/** Attributes in braces say nothing to a reader, and are gone. */
function readAttributes(state: StateInline, silent: boolean): boolean {
  const end = endOfAttributes(state.src, state.pos);
  if (end === undefined || end > state.posMax) return false;
  // What stands here counts for what comes before: text alone.
  if (!silent) state.push("html_inline", "", 0);
  state.pos = end;
  return true;
}

const attribute = /\s*(?:[#.][^\s}]{2,}|[A-Za-z_:][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s}"'][^\s}]*))?(?=[\s}]))/y;
const closing = /\s*\}/y;

/** Where the attributes end that begin at `start`; undefined: that is no such thing. */
export function endOfAttributes(text: string, start: number): number | undefined {
  if (text[start] !== "{" || text[start - 1] === "{") return undefined;
  for (let pos = start + 1; ; ) {
    closing.lastIndex = pos;
    if (closing.test(text)) return closing.lastIndex;
    attribute.lastIndex = pos;
    if (!attribute.test(text)) return undefined;
    pos = attribute.lastIndex;
  }
}

/** Documents whose running text stands in a point of a list at the moment: only there are boxes read. */
const inPoint = new WeakSet<object>();

/** As markdown-it's own rule, and tells `readBox` where the text stands. */
function readInlines(state: StateCore): void {
  state.tokens.forEach((token, index) => {
    if (token.type !== "inline") return;
    if (state.tokens[index - 2]?.type === "list_item_open") inPoint.add(state.env);
    token.children ??= [];
    state.md.inline.parse(token.content, state.md, state.env, token.children);
    inPoint.delete(state.env);
  });
}

/** `[ ]` and `[x]` are boxes anywhere in a point's first paragraph. */
function readBox(state: StateInline, silent: boolean): boolean {
  const box = state.src.slice(state.pos, state.pos + 3);
  if (!inPoint.has(state.env) || !/^\[[ xX]\]$/.test(box)) return false;
  const checked = box === "[ ]" ? "" : ' checked="checked"';
  if (!silent) state.push("html_inline", "", 0).content = `<input type="checkbox"${checked} />`;
  state.pos += 3;
  return true;
}
