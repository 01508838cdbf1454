import type { Instant, Seconds } from '../units.ts';

/** An observed series on a regular grid. A step without a trustworthy value is NaN: a gap, never a zero. */
export interface ObservedSignal {
  readonly name: string;
  readonly market: string;
  readonly unit: string;
  /** where it was read: `csv traffic/eu.csv`, `prometheus http://…` (no secrets) */
  readonly source: string;
  /** time of values[0]; every further value is one step later */
  readonly start: Instant;
  readonly step: Seconds;
  readonly values: Float64Array;
  /** what was wrong with the raw data, made explicit */
  readonly faults: readonly SignalFault[];
}

export interface SignalFault {
  readonly kind: 'gap' | 'not-a-number' | 'negative' | 'time-backwards' | 'duplicate';
  /** how many raw rows or grid steps */
  readonly count: number;
  /** the first place it was seen: a time, or `line 17` */
  readonly first: string;
}

/** Time of the last step that holds a value; undefined when none does. */
export function lastSeen(signal: ObservedSignal): Instant | undefined {
  for (let i = signal.values.length - 1; i >= 0; i--) {
    if (!Number.isNaN(signal.values[i])) return (signal.start + i * signal.step * 1000) as Instant;
  }
  return undefined;
}
