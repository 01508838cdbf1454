import { counted, duration } from '../../figures.ts';
import { bad, good, type Checked, type Trouble } from '../../trouble.ts';
import { instant, isoOf, seconds, type Seconds } from '../../units.ts';
import { disorder, tooLong } from '../csv-trouble.ts';
import { onGrid } from '../grid.ts';
import type { ObservedSignal } from '../signal.ts';
import type { RawSeries, SeriesFile } from './read.ts';
import { spacingOf } from './spacing.ts';
import type { TimeStyle } from './time-style.ts';

/** Series on one grid, and what a reader must know of how they came to be on it. */
export interface Gridded {
  readonly step: Seconds;
  readonly style: TimeStyle;
  readonly signals: readonly ObservedSignal[];
  readonly notes: readonly string[];
}

/** Steps that forecasts are made for. */
export const SHORTEST_STEP = seconds(60);
export const LONGEST_STEP = seconds(3600);
/** Small numbers that rise by one count steps; of what length they do not say. */
const ASSUMED_STEP = seconds(3600);

/**
 * Rows → series on a grid of `step`; absent = as far as the rows lie apart.
 *
 * A step is named by its beginning and stands where the rows stand (21:42, 21:47, … stays so). Rows finer than the step
 * become its mean, and a last step that is not over yet is left out: a part of an hour is no hour.
 */
export function toSignals(read: SeriesFile, stated?: Seconds): Checked<Gridded> {
  const { file, kind, series } = read;
  const times = series.map((s) => s.times);
  const apart = spacingOf(times, kind === 'number' ? undefined : 1000);
  const counts = kind === 'number' && (apart === undefined || apart === 1000);
  const notes: string[] = [];
  if (counts && stated === undefined) notes.push(`times are numbers of steps: taken for hours; --step tells otherwise`);
  const found = counts ? good(stated ?? ASSUMED_STEP) : stepFor(apart, stated, file);
  if (!found.ok) return found;
  const step = found.value;
  if (step < SHORTEST_STEP || step > LONGEST_STEP) return bad(stepOutside(file, step, stated !== undefined));
  const finer = !counts && apart !== undefined && apart < (step * 1000) / 1.5;
  if (finer)
    notes.push(`rows are ${duration(apart / 1000)} apart: each step of ${duration(step)} is the mean of its rows`);
  const signals: ObservedSignal[] = [];
  const troubles: Trouble[] = [];
  for (const one of series) {
    const raw = counts ? { ...one, times: one.times.map((t) => t * step) } : one;
    const signal = signalOf(raw, { file, step, ...(finer && { apart }) });
    if (signal.ok) signals.push(signal.value);
    else troubles.push(...signal.troubles);
  }
  return troubles.length > 0
    ? bad(...troubles.slice(0, 50))
    : good({ step, style: styleOf(read, step, counts), signals, notes });
}

function styleOf({ kind, iso }: SeriesFile, step: Seconds, counts: boolean): TimeStyle {
  if (kind === 'number') return counts ? { kind: 'steps', step } : { kind: 'seconds' };
  return kind === 'iso' ? (iso ?? { kind: 'iso', separator: 'T', seconds: false, zone: 'Z', offsetMs: 0 }) : { kind };
}

function stepFor(apart: number | undefined, stated: Seconds | undefined, file: string): Checked<Seconds> {
  if (stated !== undefined) {
    if (apart === undefined || apart <= stated * 1000 * 1.5) return good(stated);
    const most = duration(apart / 1000);
    return bad({
      file: 'command line',
      at: '--step',
      value: duration(stated),
      problem: `the rows of ${file} are ${most} apart, so most steps would be empty`,
      remedy: `leave it out or write ${most}`,
    });
  }
  if (apart !== undefined) return good(seconds(Math.max(apart / 1000, Math.min(SHORTEST_STEP, 60))));
  return bad({ file, problem: 'its rows have no common distance in time', remedy: 'state the step, like --step 5m' });
}

const stepOutside = (file: string, step: Seconds, stated: boolean): Trouble => {
  const range = `a step is from ${duration(SHORTEST_STEP)} to ${duration(LONGEST_STEP)}`;
  return stated
    ? {
        file: 'command line',
        at: '--step',
        value: duration(step),
        problem: 'it is too short or too long',
        remedy: range,
      }
    : { file, problem: `its rows are ${duration(step)} apart`, remedy: `${range}: bring the series in finer steps` };
};

interface Onto {
  readonly file: string;
  readonly step: Seconds;
  /** ms between rows, where they are finer than the step */
  readonly apart?: number;
}

function signalOf(raw: RawSeries, { file, step, apart }: Onto): Checked<ObservedSignal> {
  const stepMs = step * 1000;
  const phase = apart === undefined ? phaseOf(raw.times, stepMs) : 0;
  // half a step on, so that a row that comes a little early still counts for its own step
  const shift = apart === undefined ? stepMs / 2 - phase : 0;
  const times = raw.times.map((t) => t + shift);
  const rows = { count: times.length, times, columns: [raw.values], place: (row: number) => `line ${raw.lines[row]}` };
  const grids = onGrid(rows, step, {
    tooLong: (row) => bad(tooLong({ file, timeColumn: 'time', step }, { times: raw.times, lines: raw.lines }, row)),
    disorder: (fault) => bad(disorder(file, fault, rows.count)),
  });
  if (!grids.ok) return grids;
  const [grid] = grids.value;
  if (!grid) return bad({ file, problem: 'has no rows', remedy: 'write a line for every step' });
  const latest = raw.times.reduce((a, b) => Math.max(a, b), -Infinity);
  const unfinished = apart !== undefined && latest + apart < grid.start + grid.values.length * stepMs;
  const values = unfinished && grid.values.length > 1 ? grid.values.subarray(0, -1) : grid.values;
  return good({
    name: raw.id,
    market: '',
    unit: '',
    source: `csv ${file}`,
    step,
    start: instant(grid.start + phase),
    values,
    faults: grid.faults.map((f) => (f.kind === 'gap' && phase !== 0 ? { ...f, first: laterBy(f.first, phase) } : f)),
  });
}

const laterBy = (iso: string, ms: number): string => isoOf(instant(Date.parse(iso) + ms));

/** Where in a step the rows stand, in whole ms: what most have in common, else their circular mean, 0 when near it. */
function phaseOf(times: Float64Array, stepMs: number): number {
  const inStep = times.map((t) => t - Math.floor(t / stepMs) * stepMs);
  const counts = new Map<number, number>();
  for (const p of inStep) counts.set(p, (counts.get(p) ?? 0) + 1);
  const [phase = 0, most = 0] = [...counts].toSorted(([a, n], [b, m]) => m - n || a - b)[0] ?? [];
  if (most >= 0.5 * times.length) return phase;
  let [x, y] = [0, 0];
  for (const p of inStep) {
    x += Math.cos((2 * Math.PI * p) / stepMs);
    y += Math.sin((2 * Math.PI * p) / stepMs);
  }
  const mean = Math.round((Math.atan2(y, x) / (2 * Math.PI)) * stepMs);
  return Math.abs(mean) < 0.1 * stepMs ? 0 : (mean + stepMs) % stepMs;
}

/** What of a series was not taken for a load, one sentence a kind. */
export const faultNotes = ({ faults }: Pick<ObservedSignal, 'faults'>): readonly string[] =>
  faults.map(({ kind, count, first }) => `${counted(count, FAULT[kind][0], FAULT[kind][1])}, the first at ${first}`);

const FAULT = {
  gap: ['step without a row: a gap, not zero', 'steps without a row: gaps, not zeros'],
  'not-a-number': ['row without a number: a gap', 'rows without a number: gaps'],
  negative: ['negative value left out', 'negative values left out'],
  'time-backwards': ['row out of order left out', 'rows out of order left out'],
  duplicate: ['row repeats a time', 'rows repeat a time'],
} as const satisfies Record<ObservedSignal['faults'][number]['kind'], readonly [string, string]>;
