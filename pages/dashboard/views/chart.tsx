// Letters by the hour, as a chart; and as a table, for whoever does not see it.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { FiguresAnswer } from "../../../shared/figures/answer.ts";
import { useReader } from "../reader.ts";
import { Table } from "./parts.tsx";

const HEIGHT = 220;

/** In seconds, as the chart counts. */
const HOUR = 3_600;

/** What is drawn, from the bottom of each bar up. */
const LAYERS = ["read", "unread", "failed"] as const;

/** The colours of each, in the design system's words. */
const COLOURS: Readonly<Record<(typeof LAYERS)[number], string>> = {
  read: "--ds-color-success-base-default",
  unread: "--ds-color-accent-base-default",
  failed: "--ds-color-danger-base-default",
};

/** How many letters of a period have fared so. */
function layersOf(period: FiguresAnswer["periods"][number]) {
  const failed = Object.values(period.failed).reduce((sum, count) => sum + count, 0);
  return { read: period.read, unread: Math.max(period.sent - period.read, 0), failed };
}

/** Bars that stand on each other. */
export function HoursChart({ figures }: { readonly figures: FiguresAnswer }) {
  const { words, format, scheme } = useReader();
  const place = useRef<HTMLDivElement>(null);
  const rows = figures.periods.map((period) => ({ at: period.from, ...layersOf(period) }));

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const text = colour("--ds-color-neutral-text-subtle");
    const line = colour("--ds-color-neutral-border-subtle");
    const tops = stacked(rows);
    const axis = {
      stroke: text,
      grid: { stroke: line, width: 1 },
      ticks: { stroke: line, width: 1 },
      font: "12px sans-serif",
    };
    const chart = new uPlot(
      {
        width: Math.max(element.clientWidth, 200),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: true, range: (_chart, first, last) => [first, last + HOUR] },
          y: { range: (_chart, _least, most) => [0, Math.max(most, 1) * 1.05] },
        },
        axes: [
          { ...axis, values: (_chart, times) => times.map((time) => format.clock(time * 1_000)) },
          {
            ...axis,
            values: (_chart, counts) => counts.map((count) => (Number.isInteger(count) ? format.number(count) : "")),
          },
        ],
        // The highest first: what stands before it covers it.
        series: [
          {},
          ...[...LAYERS].reverse().map((layer) => ({
            label: words.figures[layer],
            fill: colour(COLOURS[layer]),
            width: 0,
            points: { show: false },
            paths: uPlot.paths.bars?.({ size: [0.7, 40], align: 1 }) ?? (() => null),
          })),
        ],
      },
      [rows.map(({ at }) => Date.parse(at) / 1_000), ...tops.reverse()],
      element,
    );
    const resize = new ResizeObserver(() =>
      chart.setSize({ width: Math.max(element.clientWidth, 200), height: HEIGHT }),
    );
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [figures, words, scheme]);

  return (
    <figure class="chart">
      <div ref={place} aria-hidden="true" />
      <figcaption class="row quiet">
        {LAYERS.map((layer) => (
          <span key={layer} class="row key">
            <span class={`swatch swatch-${layer}`} aria-hidden="true" />
            {words.figures[layer]}
          </span>
        ))}
      </figcaption>
      <details class="ds-details" data-size="sm">
        <summary>{words.showTable}</summary>
        <Table
          label={words.overview.perHour}
          columns={[
            { name: words.overview.hour },
            ...LAYERS.map((layer) => ({ name: words.figures[layer], isNumber: true })),
          ]}
        >
          {rows.map(({ at, ...counts }) => (
            <tr key={at}>
              <th scope="row">{format.dateTime(at)}</th>
              {LAYERS.map((layer) => (
                <td key={layer} class="number">
                  {format.number(counts[layer])}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
}

/** Where each layer ends, the lowest first. */
function stacked(rows: readonly Readonly<Record<(typeof LAYERS)[number], number>>[]): number[][] {
  return LAYERS.map((_layer, index) =>
    rows.map((row) => LAYERS.slice(0, index + 1).reduce((sum, layer) => sum + row[layer], 0)),
  );
}
