import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, seconds, type Instant } from '../../src/units.ts';

/** Load made for tests: a daily and a weekly pattern with noise, from a seed. */

const MONDAY = Date.UTC(2026, 1, 2);
export const HOUR = 3600;

export interface Shape {
  readonly days: number;
  /** seconds */
  readonly step?: number;
  readonly level?: number;
  /** size of the daily swing against the level */
  readonly swing?: number;
  /** weekends against working days */
  readonly weekend?: number;
  /** standard deviation of the logarithm */
  readonly noise?: number;
  readonly seed?: number;
}

export function loadOf(shape: Shape): ObservedSignal {
  const { days, step = HOUR, level = 1000, swing = 0.5, weekend = 0.6, noise = 0, seed = 1 } = shape;
  const random = randomFrom(seed);
  const values = Float64Array.from({ length: Math.round((days * 86_400) / step) }, (_, i) => {
    const day = (i * step) / 86_400;
    const wave = 1 + swing * Math.sin(2 * Math.PI * (day - 0.4));
    const week = Math.floor(day) % 7 >= 5 ? weekend : 1;
    return level * wave * week * Math.exp(noise * normal(random));
  });
  return signalOf(values, step);
}

export function signalOf(values: ArrayLike<number>, step = HOUR): ObservedSignal {
  return {
    name: 'connections',
    market: 'eu',
    unit: 'connections',
    source: 'made for a test',
    start: instant(MONDAY),
    step: seconds(step),
    values: Float64Array.from(values),
    faults: [],
  };
}

/** The first `days` of a signal, as it was known then, and what came after. */
export function split(
  signal: ObservedSignal,
  days: number,
): { past: ObservedSignal; future: Float64Array; at: Instant } {
  const n = Math.round((days * 86_400) / signal.step);
  return {
    past: { ...signal, values: signal.values.slice(0, n) },
    future: signal.values.slice(n),
    at: instant(signal.start + (n - 1) * signal.step * 1000),
  };
}

export function changed(signal: ObservedSignal, change: (value: number, i: number) => number): ObservedSignal {
  return { ...signal, values: signal.values.map(change) };
}

/** mulberry32 */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
