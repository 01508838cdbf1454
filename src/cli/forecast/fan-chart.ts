import { counted, short } from '../../figures.ts';
import { text } from '../../plan/render/html.ts';
import type { Instant } from '../../units.ts';
import { told as toldTime, type TimeStyle } from '../../signals/series-file/time-style.ts';
import { pathOf, timeOf, type SeriesTold, type Told } from './outcome.ts';
import { peakText, quantileText } from './sections.ts';
import { scaleFrom, sightOf, type Sight } from './sight.ts';
import { timeTicks } from './time-ticks.ts';

/** Of a picture, in its own units: text keeps its size, so a narrow screen is given a narrow picture. */
interface Frame {
  readonly name: 'broad' | 'slim';
  readonly width: number;
  readonly height: number;
  readonly ticks: number;
}
const FRAMES: readonly Frame[] = [
  { name: 'broad', width: 1040, height: 340, ticks: 9 },
  { name: 'slim', width: 350, height: 260, ticks: 4 },
];
const MARGIN = { left: 46, right: 8, top: 10, bottom: 22 };
/** More points than this are more than the picture has columns. */
const MOST_POINTS = 400;
/** Columns of the forecast that tell their figures when pointed at. */
const MOST_POINTED = 200;

/** History, median and a fan of the quantiles as inline SVG, its figures also in words. */
export function fanChart(series: SeriesTold, told: Told): string {
  const sight = sightOf(series, told.quantiles);
  const words = peakText(series, told);
  const label = text(`${series.signal.name}: ${words}`);
  // of one series the headline has said it
  const caption = told.series.length > 1 ? `<b>${text(series.signal.name)}</b> ${text(words)}` : '';
  const drawn = FRAMES.map((frame) => svgOf(series, sight, told, frame, label)).join('\n');
  return `<figure class="fan">${drawn}\n<figcaption>${legend(sight, told)}${caption}</figcaption></figure>`;
}

function svgOf(
  { forecast }: SeriesTold,
  sight: Sight,
  { quantiles, style }: Told,
  frame: Frame,
  label: string,
): string {
  const { past, median } = sight;
  const scale = scaleFrom(sight, 4);
  const wide = frame.width - MARGIN.left - MARGIN.right;
  const high = frame.height - MARGIN.top - MARGIN.bottom;
  const last = past.length + median.length - 1;
  const x = (step: number): string => (MARGIN.left + (last > 0 ? step / last : 0) * wide).toFixed(1);
  const y = (value: number): string => {
    const share = (Math.min(value, scale.top) - scale.bottom) / (scale.top - scale.bottom);
    return (MARGIN.top + (1 - Math.max(0, share)) * high).toFixed(1);
  };
  const ahead = (quantile: number): string[] =>
    thinned(pathOf(forecast, quantile), pickOf(quantile)).map(([h, value]) => `${x(past.length + h)},${y(value)}`);
  const fan = bands(quantiles).map(([low, top, depth]) => {
    const points = [...ahead(top), ...ahead(low).toReversed()].join(' ');
    return `<polygon class="band d${depth}" points="${points}"/>`;
  });
  const now = x(Math.max(0, past.length - 0.5));
  return `<svg class="${frame.name}" viewBox="0 0 ${frame.width} ${frame.height}" role="img" aria-label="${label}">
${scale.ticks.map((v) => `<line class="grid" x1="${MARGIN.left}" x2="${frame.width - MARGIN.right}" y1="${y(v)}" y2="${y(v)}"/><text x="${MARGIN.left - 6}" y="${y(v)}" dy=".35em" text-anchor="end">${short(v)}</text>`).join('\n')}
${fan.join('\n')}
<line class="now" x1="${now}" x2="${now}" y1="${MARGIN.top}" y2="${MARGIN.top + high}"/>
<path class="past" d="${pastPath(past, x, y)}"/><polyline class="median" points="${ahead(0.5).join(' ')}"/>
${timeLabels(sight, style, frame, x)}
${pointed(forecast, quantiles, style, { x, past: past.length, high })}
</svg>`;
}

/** A pen that is lifted over gaps; a value between two gaps is a dot. */
function pastPath(past: Float64Array, x: (step: number) => string, y: (value: number) => string): string {
  const points = extremes(past);
  let path = '';
  let down = false;
  for (const [p, [step, value]] of points.entries()) {
    if (Number.isNaN(value)) down = false;
    else {
      const alone = !down && Number.isNaN(points[p + 1]?.[1] ?? Number.NaN);
      path += `${down ? 'L' : 'M'}${x(step)} ${y(value)}${alone ? 'h.1' : ''}`;
      down = true;
    }
  }
  return path;
}

/** From each quantile to the next, and how near to the middle that is: 1, 2 or 3. */
function bands(quantiles: readonly number[]): readonly (readonly [number, number, number])[] {
  const known = [...new Set([...quantiles, 0.5])].toSorted((a, b) => a - b);
  return known.slice(1).map((top, i) => {
    const low = known[i] ?? 0.5;
    const off = Math.abs((low + top) / 2 - 0.5);
    return [low, top, off > 0.42 ? 1 : off > 0.3 ? 2 : 3] as const;
  });
}

function timeLabels(
  { start, stepMs, past, median }: Sight,
  style: TimeStyle,
  { width, height, ticks }: Frame,
  x: (step: number) => string,
): string {
  const end = (start + (past.length + median.length - 1) * stepMs) as Instant;
  return timeTicks(start, end, style, ticks)
    .map(({ at, label }) => {
      const px = x((at - start) / stepMs);
      const [left, right] = [Number(px) < MARGIN.left + 24, Number(px) > width - 30];
      const anchor = left ? 'start' : right ? 'end' : 'middle';
      return `<line class="tick" x1="${px}" x2="${px}" y1="${height - MARGIN.bottom}" y2="${height - MARGIN.bottom + 4}"/><text x="${px}" y="${height - 6}" text-anchor="${anchor}">${text(label)}</text>`;
    })
    .join('\n');
}

/** Unseen columns over the forecast: pointing at one tells its figures, without a script. */
function pointed(
  forecast: SeriesTold['forecast'],
  quantiles: readonly number[],
  style: TimeStyle,
  { x, past, high }: { readonly x: (step: number) => string; readonly past: number; readonly high: number },
): string {
  const every = Math.ceil(forecast.mean.length / MOST_POINTED);
  const columns: string[] = [];
  for (let h = 0; h < forecast.mean.length; h += every) {
    const [from, to] = [Number(x(past + h - 0.5)), Number(x(past + h - 0.5 + every))];
    const figures = quantiles.map((q) => `${quantileText(q)} ${short(pathOf(forecast, q)[h] ?? Number.NaN)}`);
    const title = `${toldTime(timeOf(forecast, h), style)}: ${figures.join(', ')}`;
    columns.push(
      `<rect x="${from.toFixed(1)}" y="${MARGIN.top}" width="${(to - from).toFixed(1)}" height="${high}"><title>${text(title)}</title></rect>`,
    );
  }
  return `<g class="pointed">${columns.join('')}</g>`;
}

function legend({ past, band }: Sight, { quantiles }: Told): string {
  const marks = [
    ...(past.length > 0 ? ['<span class="key past-key"></span>seen'] : []),
    '<span class="key median-key"></span>median',
    ...(band
      ? [
          `<span class="key band-key"></span>from the ${quantileText(band[0])} to the ${quantileText(band[1])} quantile${quantiles.length > 3 ? `, ${counted(quantiles.length, 'quantile')}` : ''}`,
        ]
      : []),
  ];
  return `<span class="keys">${marks.join('&ensp;')}</span>`;
}

type Point = readonly [step: number, value: number];
type Pick = 'smallest' | 'mean' | 'largest';

/** What is drawn of a quantile where several steps share a column: the outer edge of a band is never drawn too near. */
const pickOf = (quantile: number): Pick => (quantile > 0.5 ? 'largest' : quantile < 0.5 ? 'smallest' : 'mean');

/** One point for each column of steps, at its middle; each step where there are fewer than columns. */
function thinned(path: Float64Array, pick: Pick): readonly Point[] {
  return columnsOf(path.length).map(([from, to]): Point => {
    const values = path.subarray(from, to);
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return [(from + to - 1) / 2, pick === 'smallest' ? least : pick === 'largest' ? most : mean];
  });
}

/** The smallest and the largest value of each column, in the order in which they came; a column of gaps is a gap. */
function extremes(path: Float64Array): readonly Point[] {
  return columnsOf(path.length).flatMap(([from, to]): Point[] => {
    let [least, most] = [-1, -1];
    for (let i = from; i < to; i++) {
      const value = path[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      if (least < 0 || value < (path[least] ?? 0)) least = i;
      if (most < 0 || value > (path[most] ?? 0)) most = i;
    }
    if (least < 0) return [[from, Number.NaN]];
    return [...new Set([Math.min(least, most), Math.max(least, most)])].map((i) => [i, path[i] ?? Number.NaN]);
  });
}

function columnsOf(steps: number): readonly (readonly [from: number, to: number])[] {
  const each = Math.max(1, Math.ceil(steps / MOST_POINTS));
  return Array.from({ length: Math.ceil(steps / each) }, (_, c) => [c * each, Math.min(steps, (c + 1) * each)]);
}
