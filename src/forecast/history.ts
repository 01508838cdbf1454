import type { ObservedSignal } from '../signals/signal.ts';
import type { Instant } from '../units.ts';
import { cutOutliers, maskOutages } from './clean.ts';
import { quantileIn } from './order-statistic.ts';
import { lagOf, seasonsOf, type Seasons } from './seasons.ts';

/** A series made fit to learn from: trimmed, cleaned and without holes, with what is real marked. */
export interface History {
  readonly startMs: number;
  readonly stepMs: number;
  readonly seasons: Seasons;
  /** load, holes filled from the past; the last entry is the last step that was seen */
  readonly values: Float64Array;
  /** ln(value + offset): effects of load multiply, and a prediction can't fall far under zero */
  readonly logs: Float64Array;
  readonly offset: number;
  /** 1 where a value was seen and believed: only these are scored */
  readonly seen: Uint8Array;
  readonly notes: readonly string[];
}

/** Longer ago than this teaches nothing that six newer weeks don't, and costs time. */
const DAYS_AT_MOST = 42;
/** A bound for seconds-grained series, whatever their days. */
const STEPS_AT_MOST = 65_536;
/** Share of the median that is added before the logarithm, so that single counts near zero don't rule the fit. */
const OFFSET_SHARE = 0.05;

/** undefined when no step up to `until` holds a value. */
export function historyOf(signal: ObservedSignal, until: Instant): History | undefined {
  const stepMs = signal.step * 1000;
  const bound = Math.min(signal.values.length, Math.floor((until - signal.start) / stepMs) + 1);
  const keep = Math.min(STEPS_AT_MOST, Math.ceil((DAYS_AT_MOST * 86_400_000) / stepMs));
  const raw = signal.values.slice(Math.max(0, bound - keep), Math.max(0, bound));
  const seasons = seasonsOf(signal.step);
  const notes: string[] = [];
  maskOutages(raw, seasons, notes);
  cutOutliers(raw, signal.step, notes);
  const from = raw.findIndex((v) => !Number.isNaN(v));
  const to = raw.findLastIndex((v) => !Number.isNaN(v));
  if (from < 0) return undefined;
  const values = raw.subarray(from, to + 1);
  const seen = Uint8Array.from(values, (v) => (Number.isNaN(v) ? 0 : 1));
  const holes = fill(values, seasons);
  if (holes > 0)
    notes.push(`${holes} of ${values.length} steps without a value, bridged from the weeks or days before`);
  const offset = offsetOf(values);
  const logs = values.map((v) => Math.log(v + offset));
  const startMs = signal.start + (Math.max(0, bound - keep) + from) * stepMs;
  return { startMs, stepMs, seasons, values, logs, offset, seen, notes };
}

/** Fills holes from the week before, else the day before, else with the last value. Returns how many there were. */
function fill(values: Float64Array, seasons: Seasons): number {
  let holes = 0;
  const lags = [seasons.week, seasons.day].filter((season) => season !== undefined).map((season) => lagOf(season, 1));
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) continue;
    holes++;
    const lag = lags.find((steps) => i >= steps) ?? 1;
    values[i] = values[i - lag] ?? 0;
  }
  return holes;
}

function offsetOf(values: Float64Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return OFFSET_SHARE * (quantileIn(values, 0.5) || mean) || 1;
}
