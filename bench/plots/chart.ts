// Charts as SVG: lines over two axes, and bars beside their names. Pure. Colours follow the reader's light or dark scheme.

/** One series of a line chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** An axis. */
export interface Axis {
  readonly title: string;
  /** Where the values are ratios of each other, as one, ten and a hundred times as many. Otherwise the axis begins at 0. */
  readonly isLogarithmic?: boolean;
}

export interface LineChart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** A value of y that must not be passed. */
  readonly limit?: { readonly name: string; readonly value: number };
}

export interface BarChart {
  readonly title: string;
  /** What the bars measure. */
  readonly unit: string;
  /** A bar for each; `values` bears the names of `parts`, one after the other from 0. */
  readonly bars: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** What the shades of a bar are: each value counts from 0, the larger behind the smaller. */
  readonly parts: readonly string[];
  readonly limit?: { readonly name: string; readonly value: number };
}

const WIDTH = 760;
const HEIGHT = 400;
const MARGIN = { left: 80, right: 44, bottom: 56 };
/** Where a row of the legend stands, and where the chart begins below its last one. */
const ROW = 22;
const LEGEND_AT = 42;
const BELOW_LEGEND = 56;
/** Five that can be told apart in both schemes, and by people who see colours otherwise (Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];
const STYLE =
  "text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}.page{fill:#fff}" +
  ".grid{stroke:#d0d7de}.limit{stroke:#cf222e;stroke-dasharray:6 4}.warn{fill:#cf222e}" +
  "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.grid{stroke:#30363d}.limit{stroke:#ff7b72}.warn{fill:#ff7b72}}";

/** Lines through points, with a legend above. */
export function lineChart({ title, x, y, series, limit }: LineChart): string {
  const points = series.flatMap((each) => each.points);
  const { drawn: names, bottom: top } = legend(series.map(({ name }) => name));
  const xs = scale(
    points.map(([value]) => value),
    x,
    [MARGIN.left, WIDTH - MARGIN.right],
  );
  const values = points.map(([, value]) => value);
  const ys = scale(limit === undefined ? values : [...values, limit.value], y, [HEIGHT - MARGIN.bottom, top]);
  const grid = [
    ...ys.ticks.map((value) => {
      const at = round(ys.at(value));
      return `${line(MARGIN.left, at, WIDTH - MARGIN.right, at, "grid")}${text(MARGIN.left - 8, at + 4, short(value), "end")}`;
    }),
    ...xs.ticks.map((value) => text(xs.at(value), HEIGHT - MARGIN.bottom + 20, short(value), "middle")),
  ];
  const lines = series.map(({ points: own }, index) => {
    const colour = colourOf(index);
    const path = own.map(([px, py]) => `${round(xs.at(px))},${round(ys.at(py))}`).join(" ");
    const dots = own.length > 40 ? [] : own.map(([px, py]) => dot(xs.at(px), ys.at(py), colour));
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}`;
  });
  const axes = [
    text((MARGIN.left + WIDTH - MARGIN.right) / 2, HEIGHT - 14, x.title, "middle"),
    text(20, top - 16, y.title, "start"),
  ];
  return page(title, HEIGHT, [...grid, ...lines, ...axes, names, limitAcross(limit, ys)]);
}

/** Bars that lie, each beside its name and with its last value at its end. */
export function barChart({ title, unit, bars, parts, limit }: BarChart): string {
  const left = 250;
  const row = 38;
  const { drawn: names, bottom: first } = legend(parts);
  const height = first + bars.length * row + MARGIN.bottom;
  const values = bars.flatMap((bar) => bar.values);
  const xs = scale(limit === undefined ? values : [...values, limit.value], { title: unit }, [left, WIDTH - 60]);
  const bottom = height - MARGIN.bottom;
  const grid = xs.ticks.map((value) => {
    const at = round(xs.at(value));
    return `${line(at, first - 6, at, bottom, "grid")}${text(at, bottom + 18, short(value), "middle")}`;
  });
  const drawn = bars.map(({ name, values: own }, index) => {
    const top = first + index * row;
    const rects = own
      .map((value, part) => ({ value, part }))
      .toSorted((a, b) => b.value - a.value || b.part - a.part)
      .map(({ value, part }) => {
        const width = round(xs.at(value) - left);
        return `<rect x="${left}" y="${top}" width="${width}" height="${row - 14}" fill="${colourOf(part)}"/>`;
      });
    const longest = Math.max(...own);
    const label = own.map(short).join(" / ");
    return `${text(left - 10, top + 17, name, "end")}${rects.join("")}${text(xs.at(longest) + 6, top + 17, label, "start")}`;
  });
  const at = limit === undefined ? 0 : round(xs.at(limit.value));
  const mark =
    limit === undefined
      ? ""
      : `${line(at, first - 6, at, bottom, "limit")}${text(at, first - 12, limit.name, "end", "warn")}`;
  return page(title, height, [...grid, ...drawn, text(left, height - 14, unit, "start"), names, mark]);
}

interface Scale {
  readonly ticks: readonly number[];
  at(value: number): number;
}

function scale(
  values: readonly number[],
  { isLogarithmic = false }: Axis,
  [from, to]: readonly [number, number],
): Scale {
  const most = Math.max(...values, Number.MIN_VALUE);
  if (isLogarithmic) {
    const low = Math.floor(Math.log10(Math.min(...values.filter((value) => value > 0))));
    const high = Math.max(Math.ceil(Math.log10(most)), low + 1);
    const ticks = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
    // 0 has no place on such an axis: it stands at its foot.
    const place = (value: number) => Math.max((Math.log10(Math.max(value, 10 ** low)) - low) / (high - low), 0);
    return { ticks, at: (value) => from + place(value) * (to - from) };
  }
  const rough = most / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((each) => each * unit >= rough) ?? 10) * unit;
  const count = Math.ceil(most / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => index * step);
  return { ticks, at: (value) => from + (value / (count * step)) * (to - from) };
}

function limitAcross(limit: LineChart["limit"], ys: Scale): string {
  if (limit === undefined) return "";
  const at = round(ys.at(limit.value));
  const right = WIDTH - MARGIN.right;
  return `${line(MARGIN.left, at, right, at, "limit")}${text(right, at - 6, limit.name, "end", "warn")}`;
}

/** Names beside their colours, in as many rows as they take; and where the chart below them begins. */
function legend(names: readonly string[]): { readonly drawn: string; readonly bottom: number } {
  let [x, y] = [20, LEGEND_AT];
  const drawn = names.map((name, index) => {
    const width = 40 + name.length * 7;
    if (x + width > WIDTH) [x, y] = [20, y + ROW];
    const entry = `<rect x="${x}" y="${y}" width="14" height="14" fill="${colourOf(index)}"/>${text(x + 20, y + 12, name, "start")}`;
    x += width;
    return entry;
  });
  return { drawn: drawn.join(""), bottom: y + BELOW_LEGEND };
}

function page(title: string, height: number, parts: readonly string[]): string {
  const size = `viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`;
  const head = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img"><title>${escaped(title)}</title><style>${STYLE}</style>`;
  const back = `<rect class="page" width="${WIDTH}" height="${height}" rx="6"/>`;
  return `${[head, back, text(20, 26, title, "start", "title"), ...parts].join("\n")}\n</svg>\n`;
}

function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

function text(x: number, y: number, content: string, anchor: string, kind?: string): string {
  const ofKind = kind === undefined ? "" : ` class="${kind}"`;
  return `<text${ofKind} x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function dot(x: number, y: number, colour: string): string {
  return `<circle cx="${round(x)}" cy="${round(y)}" r="4" fill="${colour}"/>`;
}

const colourOf = (index: number) => COLOURS[index % COLOURS.length] ?? "gray";
const round = (value: number) => Math.round(value * 10) / 10;
const escaped = (content: string) => content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** A number as people read it: 10,000; 0.1. */
function short(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}
