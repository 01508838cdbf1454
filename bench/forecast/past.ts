import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant } from '../../src/units.ts';
import { filled } from './fill.ts';
import { type Past, seasonSteps } from './method.ts';
import { type Outcome, scaleOf } from './metrics.ts';
import { seasonalNaive } from './naive.ts';

export interface Window {
  readonly past: Past;
  readonly outcome: Outcome;
}

/**
 * What was known at one step of a recorded series, and what came.
 *
 * @param origin index of the last known value
 * @param keep at most so many values of the past
 */
export function windowAt(signal: ObservedSignal, origin: number, steps: number, keep: number): Window {
  const from = Math.max(0, origin + 1 - keep);
  const values = signal.values.slice(from, origin + 1);
  const start = instant(signal.start + from * signal.step * 1000);
  return windowOf({ ...signal, start, values }, signal.values.slice(origin + 1, origin + 1 + steps));
}

export function windowOf(signal: ObservedSignal, was: Float64Array): Window {
  const seasons = seasonSteps(signal.step);
  const past = { signal, seasons, filled: filled(signal.values, seasons) };
  const naive = seasonalNaive(past.filled, seasons.day, was.length);
  return { past, outcome: { was, naive, scale: scaleOf(signal.values, seasons.day) } };
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Origins spread evenly over the second half of a series, each moved on within a day by multiples of the golden ratio,
 * so that they see all hours of the day.
 *
 * @returns indices, ascending; fewer where the half is short
 */
export function originsOf(length: number, day: number, steps: number, count: number): number[] {
  const first = Math.floor(length / 2);
  const last = length - 1 - steps;
  if (last < first) return [];
  const jitter = Math.min(day, Math.floor((last - first) / count));
  const origins = Array.from({ length: count }, (_, i) => {
    const even = first + Math.floor(((last - first) * i) / count);
    return even + Math.floor(jitter * ((i * GOLDEN) % 1));
  });
  return [...new Set(origins)];
}
