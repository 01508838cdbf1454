import type { ObservedSignal } from '../signals/signal.ts';
import type { Instant, Seconds } from '../units.ts';
import { cutSpikes, leaveOutBefore, maskOutages } from './clean.ts';
import { quantileIn } from './order-statistic.ts';
import { lagOf, seasonsOf, type Seasons } from './seasons.ts';

/** A series made fit to learn from: trimmed, cleaned and without holes, with what is real marked. */
export interface History {
  readonly startMs: number;
  readonly stepMs: number;
  readonly seasons: Seasons;
  /** load, spikes cut; the last entry is the last step that was seen */
  readonly values: Float64Array;
  /** ln(value + offset) of the pattern: spikes taken out, holes filled from the past */
  readonly logs: Float64Array;
  /** {@link wideLog} of load as it came, spikes cut: what a prediction is scored against */
  readonly scored: Float64Array;
  readonly offset: number;
  /** offset of the measure that predictions are scored in */
  readonly wide: number;
  /** 1 where a value was seen and believed: only these are scored */
  readonly seen: Uint8Array;
  readonly notes: readonly string[];
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

export interface HistoryOptions {
  /** 1 for each of the signal's values that is neither learnt from nor scored */
  readonly excluded?: Uint8Array;
  readonly seasons?: readonly Seconds[];
}

/** undefined when no step up to `until` holds a value. */
export function historyOf(signal: ObservedSignal, until: Instant, options: HistoryOptions = {}): History | undefined {
  const stepMs = signal.step * 1000;
  const bound = Math.min(signal.values.length, Math.floor((until - signal.start) / stepMs) + 1);
  const keep = Math.min(STEPS_AT_MOST, Math.ceil((DAYS_AT_MOST * 86_400_000) / stepMs));
  const begin = Math.max(0, bound - keep);
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
  const pattern = values.slice();
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
  return { startMs, stepMs, seasons, values, logs, scored: logsOf(values, wide), offset, wide, seen, notes };
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

/** The measure of errors of a load that was foretold in {@link History.logs}. */
export function wideLog({ offset, wide }: Pick<History, 'offset' | 'wide'>, log: number): number {
  return Math.log(Math.max(0, Math.exp(log) - offset) + wide);
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
