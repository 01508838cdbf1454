import type { ObservedSignal } from '../../signals/signal.ts';
import type { Instant } from '../../units.ts';

/** Means of ln(load + offset) over any stretch of a series, each at once. */
export interface LogSums {
  /** NaN unless at least half of the steps that begin in [from, to) were seen */
  mean(from: number, to: number): number;
}

/**
 * @param offset added to load before the logarithm, so that an hour without any counts and does not count for ever
 * @param leftOut 1 where a step is not to be used
 */
export function logSumsOf(signal: ObservedSignal, until: Instant, offset: number, leftOut: Uint8Array): LogSums {
  const { values } = signal;
  const startMs: number = signal.start;
  const stepMs = signal.step * 1000;
  const length = Math.min(values.length, Math.floor((until - startMs) / stepMs) + 1);
  const sums = new Float64Array(Math.max(0, length) + 1);
  const counts = new Int32Array(Math.max(0, length) + 1);
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    const used = leftOut[i] === 0 && value >= 0;
    sums[i + 1] = (sums[i] as number) + (used ? Math.log(value + offset) : 0);
    counts[i + 1] = (counts[i] as number) + (used ? 1 : 0);
  }
  const stepAt = (ms: number): number => Math.min(sums.length - 1, Math.max(0, Math.ceil((ms - startMs) / stepMs)));
  return {
    mean: (from, to) => {
      const a = stepAt(from);
      const b = stepAt(to);
      const n = (counts[b] as number) - (counts[a] as number);
      const whole = Math.max(1, Math.round((to - from) / stepMs));
      return 2 * n >= whole ? ((sums[b] as number) - (sums[a] as number)) / n : Number.NaN;
    },
  };
}
