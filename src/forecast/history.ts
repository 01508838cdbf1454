import type { ObservedSignal } from '../signals/signal.ts';
import type { Instant, Seconds } from '../units.ts';
import { roomFor } from './arena.ts';
import { cutSpikes, leaveOutBefore, maskOutages } from './clean.ts';
import { quantileIn } from './order-statistic.ts';
import { lagOf, seasonsOf, type Seasons } from './seasons.ts';
import { wideningOf, type Widening } from './wide-log.ts';

/** A series made fit to learn from: trimmed, cleaned and without holes, with what is real marked. */
export interface History {
  readonly startMs: number;
  readonly stepMs: number;
  readonly seasons: Seasons;
  /** load, spikes cut; the last entry is the last step that was seen */
  readonly values: Float64Array;
  /** ln(value + offset) of the pattern: spikes taken out, holes filled from the past */
  readonly logs: Float64Array;
  /** ln(value + wide) of load as it came, spikes cut: what a prediction is scored against */
  readonly scored: Float64Array;
  readonly offset: number;
  /** offset of the measure that predictions are scored in */
  readonly wide: number;
  /** from the one measure to the other */
  readonly widening: Widening;
  /** 1 where a value was seen and believed: only these are scored */
  readonly seen: Uint8Array;
  readonly notes: readonly string[];
  /** load as it came, from the first step that was looked at to the last, and when the first began */
  readonly raw: Float64Array;
  readonly windowMs: number;
  /** as it was asked for, of the steps in `raw` */
  readonly excluded?: Uint8Array;
}

/** Longer ago than this teaches nothing that eight newer weeks don't, and costs time. */
const DAYS_AT_MOST = 56;
/** A bound for seconds-grained series, whatever their days. */
const STEPS_AT_MOST = 65_536;
/** Share of the median that is added before the logarithm in which patterns are looked for: it tells small loads apart. */
const OFFSET_SHARE = 0.05;
/**
 * The same for the logarithm in which errors are measured. At 0 errors are taken to grow with load, far above it not to
 * depend on load. From 0.05 to 1 the loss at P99 fell by a fifth on real load, above 1 not any more.
 */
const WIDE_SHARE = 1;

/** When the first step begins that is looked at for a decision at that time. */
export function windowOf({ start, step, values }: ObservedSignal, until: Instant): number {
  const stepMs = step * 1000;
  const bound = Math.min(values.length, Math.floor((until - start) / stepMs) + 1);
  return start + Math.max(0, bound - keptSteps(stepMs)) * stepMs;
}

const keptSteps = (stepMs: number): number => Math.min(STEPS_AT_MOST, Math.ceil((DAYS_AT_MOST * 86_400_000) / stepMs));

export interface HistoryOptions {
  /** 1 for each of the signal's values that is neither learnt from nor scored */
  readonly excluded?: Uint8Array;
  readonly seasons?: readonly Seconds[];
}

/** undefined when no step up to `until` holds a value. */
export function historyOf(signal: ObservedSignal, until: Instant, options: HistoryOptions = {}): History | undefined {
  const stepMs = signal.step * 1000;
  const bound = Math.min(signal.values.length, Math.floor((until - signal.start) / stepMs) + 1);
  const windowMs = windowOf(signal, until);
  const begin = Math.round((windowMs - signal.start) / stepMs);
  const raw = signal.values.slice(begin, Math.max(0, bound));
  const seasons = seasonsOf(signal.step, options.seasons);
  const notes: string[] = [];
  leaveOutBefore(raw, seasons, notes);
  maskOutages(raw, seasons, notes);
  const spikes = cutSpikes(raw, signal.step, notes);
  // what is left out at the very start has nothing before it to be bridged from
  const from = raw.findIndex((v, i) => !Number.isNaN(v) && options.excluded?.[begin + i] !== 1);
  const to = raw.findLastIndex((v) => !Number.isNaN(v));
  if (from < 0) return undefined;
  const values = raw.subarray(from, to + 1);
  const left = (i: number): boolean => options.excluded?.[begin + from + i] === 1;
  const seen = new Uint8Array(values.length);
  const pattern = roomFor(values.length);
  pattern.set(values);
  let holes = 0;
  for (let i = 0; i < values.length; i++) {
    const hole = Number.isNaN(values[i]);
    if (hole) holes++;
    if (!hole && !left(i)) seen[i] = 1;
    if (spikes[from + i] === 1 || left(i)) pattern[i] = Number.NaN;
  }
  fill(pattern, seasons);
  if (holes > 0)
    notes.push(`${holes} of ${values.length} steps without a value, bridged from the weeks or days before`);
  const usual = usualOf(pattern);
  const offset = OFFSET_SHARE * usual;
  const wide = WIDE_SHARE * usual;
  const startMs = signal.start + (begin + from) * stepMs;
  const logs = logsOf(pattern, offset);
  const scored = logsOf(values, wide);
  const window = [begin, Math.max(0, bound)] as const;
  return {
    startMs,
    stepMs,
    seasons,
    values,
    logs,
    scored,
    offset,
    wide,
    widening: wideningOf(offset, wide),
    seen,
    notes,
    raw: sameOr(values, signal.values.subarray(...window)),
    windowMs,
    ...(options.excluded && { excluded: options.excluded.slice(...window) }),
  };
}

/** Why something learnt can't be gone on with: it was learnt from something else, or what has come needs all of it. */
export type WhyNot = 'another past' | 'all is needed';
const UNABLE: WhyNot = 'all is needed';

/**
 * The same series a few steps later: only what is new is looked at, by the measures of then. Nothing of `was` is changed.
 * Within an arena the answer's series are of its room.
 *
 * @returns why not: the past is another than it was or too old, or among the new steps are zeros, spikes or such as are
 *   left out, of which only the whole past can tell
 */
export function grownHistory(
  was: History,
  signal: ObservedSignal,
  until: Instant,
  options: HistoryOptions,
): History | WhyNot {
  const { startMs, stepMs, windowMs, seasons, raw, excluded, offset, wide } = was;
  const n = was.values.length;
  const begun = (signal.start - windowMs) / stepMs;
  // where a step of the history lies among the signal's
  const slid = (signal.start - startMs) / stepMs;
  const bound = Math.min(signal.values.length, Math.floor((until - signal.start) / stepMs) + 1);
  const now = seasonsOf(signal.step, options.seasons);
  const alike = signal.step * 1000 === stepMs && now.day === seasons.day && now.week === seasons.week;
  const first = Math.max(0, begun);
  if (!alike || !Number.isInteger(begun) || windowOf(signal, until) < windowMs) return 'another past';
  if (bound + begun < raw.length || first >= raw.length) return 'another past';
  for (let i = first; i < raw.length; i++) {
    const [today, then] = [signal.values[i - begun] as number, raw[i] as number];
    if (today !== then && (today === today || then === then)) return 'another past';
    if ((options.excluded?.[i - begun] ?? 0) !== (excluded?.[i] ?? 0)) return 'another past';
  }
  let end = bound + slid;
  while (end > n && Number.isNaN(signal.values[end - 1 - slid])) end--;
  if ((end - n) * stepMs > DAY_MS) return 'another past';
  const lags = [seasons.week, seasons.day, 1].flatMap((season) => (season === undefined ? [] : [lagOf(season, 1)]));
  const most = MOST_USUAL * wide;
  if ((was.values[n - 1] as number) > most) return UNABLE;
  const grown = (of: Float64Array): Float64Array => {
    const longer = roomFor(end);
    longer.set(of);
    return longer;
  };
  const [values, logs, scored] = [grown(was.values), grown(was.logs), grown(was.scored)];
  const seen = new Uint8Array(end);
  seen.set(was.seen);
  for (let i = n; i < end; i++) {
    const value = signal.values[i - slid] as number;
    if (value <= 0 || value > most || options.excluded?.[i - slid] === 1) return UNABLE;
    const hole = Number.isNaN(value);
    const lag = lags.find((steps) => i >= steps) ?? 1;
    values[i] = value;
    logs[i] = hole ? (logs[i - lag] as number) : Math.log(value + offset);
    scored[i] = Math.log(value + wide);
    seen[i] = hole ? 0 : 1;
  }
  return { ...was, values, logs, scored, seen };
}

const DAY_MS = 86_400_000;
/** Beyond so many times the usual load a step may be a spike: those are over ten times the 90th percentile. */
const MOST_USUAL = 5;

/** One array for both where nothing was cleaned. */
function sameOr(values: Float64Array, raw: Float64Array): Float64Array {
  const alike = values.length === raw.length;
  return alike && values.every((v, i) => v === raw[i] || (v !== v && Number.isNaN(raw[i]))) ? values : raw.slice();
}

/** Fills holes from the week before, else the day before, else with the last value. */
function fill(values: Float64Array, seasons: Seasons): void {
  const lags = [seasons.week, seasons.day].filter((season) => season !== undefined).map((season) => lagOf(season, 1));
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    const lag = lags.find((steps) => i >= steps) ?? 1;
    values[i] = values[i - lag] ?? 0;
  }
}

function logsOf(values: Float64Array, offset: number): Float64Array {
  const logs = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) logs[i] = Math.log((values[i] as number) + offset);
  return logs;
}

function usualOf(values: Float64Array): number {
  const middle = quantileIn(values, 0.5);
  return middle || values.reduce((sum, v) => sum + v, 0) / values.length || 1;
}
