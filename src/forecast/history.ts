import type { ObservedSignal } from '../signals/signal.ts';
import type { Instant } from '../units.ts';
import { cutSpikes, maskOutages } from './clean.ts';
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
  /** ln(value + offset) as it came, spikes cut: what a prediction is scored against */
  readonly scored: Float64Array;
  readonly offset: number;
  /** 1 where a value was seen and believed: only these are scored */
  readonly seen: Uint8Array;
  readonly notes: readonly string[];
}

/** Longer ago than this teaches nothing that six newer weeks don't, and costs time. */
const DAYS_AT_MOST = 42;
/** A bound for seconds-grained series, whatever their days. */
const STEPS_AT_MOST = 65_536;
/**
 * Share of the median that is added before the logarithm. At 0 errors are taken to grow with load, far above it not to
 * depend on load. From 0.05 to 1 the loss at P99 fell by a fifth on real load, above 1 not any more.
 */
const OFFSET_SHARE = 1;

/** undefined when no step up to `until` holds a value. */
export function historyOf(signal: ObservedSignal, until: Instant): History | undefined {
  const stepMs = signal.step * 1000;
  const bound = Math.min(signal.values.length, Math.floor((until - signal.start) / stepMs) + 1);
  const keep = Math.min(STEPS_AT_MOST, Math.ceil((DAYS_AT_MOST * 86_400_000) / stepMs));
  const raw = signal.values.slice(Math.max(0, bound - keep), Math.max(0, bound));
  const seasons = seasonsOf(signal.step);
  const notes: string[] = [];
  maskOutages(raw, seasons, notes);
  const spikes = cutSpikes(raw, signal.step, notes);
  const from = raw.findIndex((v) => !Number.isNaN(v));
  const to = raw.findLastIndex((v) => !Number.isNaN(v));
  if (from < 0) return undefined;
  const values = raw.subarray(from, to + 1);
  const seen = Uint8Array.from(values, (v) => (Number.isNaN(v) ? 0 : 1));
  const pattern = values.map((v, i) => (spikes[from + i] === 1 ? Number.NaN : v));
  fill(pattern, seasons);
  const holes = values.length - seen.reduce((a, b) => a + b, 0);
  if (holes > 0)
    notes.push(`${holes} of ${values.length} steps without a value, bridged from the weeks or days before`);
  const offset = offsetOf(pattern);
  const logOf = (v: number): number => Math.log(v + offset);
  const startMs = signal.start + (Math.max(0, bound - keep) + from) * stepMs;
  return { startMs, stepMs, seasons, values, logs: pattern.map(logOf), scored: values.map(logOf), offset, seen, notes };
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

function offsetOf(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return OFFSET_SHARE * (quantileIn(values, 0.5) || mean) || 1;
}
