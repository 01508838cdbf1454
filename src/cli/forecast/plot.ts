import { short } from '../../figures.ts';
import type { TimeStyle } from '../../signals/series-file/time-style.ts';
import { told as toldTime } from '../../signals/series-file/time-style.ts';
import { sizeOf } from '../../plan/render/lines.ts';
import { instant } from '../../units.ts';
import { quantileText } from './sections.ts';
import { scaleFrom, type Sight } from './sight.ts';

/** What each part of the plot is drawn with. */
export interface Ink {
  readonly past: (text: string) => string;
  readonly median: (text: string) => string;
  readonly band: (text: string) => string;
  readonly axis: (text: string) => string;
}

const same = (text: string): string => text;
export const NO_INK: Ink = { past: same, median: same, band: same, axis: same };

const ROWS = 13;
/** Wider than this the eye loses the line. */
const WIDEST = 120;

type Part = keyof Ink;
const MARK: Readonly<Record<Part, string>> = { past: '•', median: '━', band: '░', axis: '┊' };

/** Recent load, the median and a band, drawn with characters; a line of times and one of what is what underneath. */
export function plotOf(sight: Sight, style: TimeStyle, width: number, ink: Ink = NO_INK): readonly string[] {
  const { past, median, low, high } = sight;
  const scale = scaleFrom(sight, 4);
  const labels = scale.ticks.map(short);
  const margin = Math.max(...labels.map(sizeOf));
  const columns = Math.max(20, Math.min(WIDEST, width) - margin - 4);
  const steps = past.length + median.length;
  const now = Math.round((columns * past.length) / steps);
  const rowOf = (value: number): number => {
    const share = (value - scale.bottom) / (scale.top - scale.bottom);
    return Math.max(0, Math.min(ROWS - 1, ROWS - 1 - Math.round(share * (ROWS - 1))));
  };
  const cells: (Part | undefined)[][] = Array.from({ length: ROWS }, () => Array.from({ length: columns }));
  const put = (part: Part, x: number, from: number, to: number): void => {
    for (let r = Math.min(rowOf(from), rowOf(to)); r <= Math.max(rowOf(from), rowOf(to)); r++) {
      const row = cells[r];
      if (row) row[x] = part;
    }
  };
  for (const row of cells) if (now > 0) row[now] = 'axis';
  for (let x = 0; x < columns; x++) {
    const ahead = x >= now;
    const [first, count] = ahead ? [now, columns - now] : [0, now];
    const of = (path: ArrayLike<number>): number[] => slice(path, x - first, count);
    if (ahead) {
      const [lows, highs, middles] = [of(low), of(high), of(median)];
      if (lows.length > 0) put('band', x, Math.min(...lows), Math.max(...highs));
      if (middles.length > 0) put('median', x, mean(middles), mean(middles));
    } else {
      const seen = of(past).filter((v) => !Number.isNaN(v));
      if (seen.length > 0) put('past', x, Math.min(...seen), Math.max(...seen));
    }
  }
  const tickAt = new Map(scale.ticks.map((value, i) => [rowOf(value), labels[i] ?? '']));
  const lines = cells.map((row, r) => {
    const label = tickAt.get(r);
    return `  ${ink.axis(`${(label ?? '').padStart(margin)} ${label === undefined ? '│' : '┤'}`)}${inked(row, ink)}`;
  });
  return [...lines, ink.axis(timeLine(sight, style, margin, columns, now)), legend(sight, margin, ink)];
}

/** The values that share a column; where there are fewer values than columns, the one whose turn it is. */
function slice(path: ArrayLike<number>, x: number, columns: number): number[] {
  const from = Math.floor((x * path.length) / columns);
  const to = Math.max(from + 1, Math.floor(((x + 1) * path.length) / columns));
  return Array.from({ length: Math.max(0, Math.min(to, path.length) - from) }, (_, i) => path[from + i] ?? Number.NaN);
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Neighbours of one kind are coloured together: a code for each letter makes a slow terminal slower. */
function inked(row: readonly (Part | undefined)[], ink: Ink): string {
  let text = '';
  for (let x = 0; x < row.length;) {
    let end = x;
    while (end < row.length && row[end] === row[x]) end++;
    const part = row[x];
    text += part === undefined ? ' '.repeat(end - x) : ink[part](MARK[part].repeat(end - x));
    x = end;
  }
  return text;
}

/** When the plot begins, where the forecast begins and where it ends. */
function timeLine(
  { past, median, start, stepMs }: Sight,
  style: TimeStyle,
  margin: number,
  columns: number,
  now: number,
): string {
  const at = (step: number): string => toldTime(instant(start + step * stepMs), style);
  const [first, begins, last] = [at(0), at(past.length), at(past.length + median.length - 1)];
  const line = Array.from({ length: margin + 4 + columns }, () => ' ');
  const write = (text: string, from: number): void => {
    const letters = Array.from(text);
    const to = Math.min(from, line.length - letters.length);
    const free = line.slice(Math.max(0, to - 2), to + letters.length + 2).every((c) => c === ' ');
    if (free && to >= 0) letters.forEach((letter, i) => (line[to + i] = letter));
  };
  write(begins, margin + 4 + now - (now > 0 ? Math.floor(begins.length / 2) : 0));
  write(last, line.length - last.length);
  write(first, margin + 4);
  return line.join('').trimEnd();
}

function legend({ past, band }: Sight, margin: number, ink: Ink): string {
  const parts = [
    ...(past.length > 0 ? [`${ink.past(MARK.past)} seen`] : []),
    `${ink.median(MARK.median)} median`,
    ...(band ? [`${ink.band(MARK.band)} ${quantileText(band[0])} to ${quantileText(band[1])} quantile`] : []),
  ];
  return `${' '.repeat(margin + 4)}${parts.join('   ')}`;
}
