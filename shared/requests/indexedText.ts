// Texts that Altinn's database indexes: those that don't fit its index make every try fail with 500.

// PostgreSQL: an index row has room for 2,704 bytes, of which 12 go to headers. A text is compressed first (pglz),
// and the compressed form kept if it saves at least a quarter.
const room = 2692;
const worthwhile = 0.75;
// The estimate below finds other matches than PostgreSQL does; what is refused must surely fail.
const margin = 0.97;

/** Whether a text fits Altinn's index, or might: some 2,600 characters do always, more if they compress. */
export function fitsIndex(text: string): boolean {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length <= room) return true;
  const compressed = compressedSize(bytes) * margin;
  return compressed <= bytes.length * worthwhile && compressed <= room;
}

const window = 4095;
const longestMatch = 273;

// The size after replacing repetitions by references: 2 or 3 bytes each, literals 1, and a bit for every item.
function compressedSize(bytes: Buffer): number {
  const positions = new Map<number, number[]>();
  let size = 0;
  let items = 0;
  let at = 0;
  const remember = (position: number): void => {
    const key = keyAt(bytes, position);
    const known = positions.get(key);
    if (known === undefined) positions.set(key, [position]);
    else known.push(position);
  };
  while (at < bytes.length) {
    const length = matchLength(bytes, at, positions.get(keyAt(bytes, at)) ?? []);
    size += length < 3 ? 1 : length < 18 ? 2 : 3;
    items++;
    const next = at + (length < 3 ? 1 : length);
    for (; at < next; at++) remember(at);
  }
  return size + items / 8;
}

function keyAt(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

function matchLength(bytes: Buffer, at: number, candidates: readonly number[]): number {
  let best = 0;
  for (let index = candidates.length - 1; index >= 0 && best < longestMatch; index--) {
    const from = candidates[index] ?? 0;
    if (at - from > window) break;
    let length = 0;
    while (length < longestMatch && at + length < bytes.length && bytes[from + length] === bytes[at + length]) length++;
    if (length > best) best = length;
  }
  return best;
}
