import type { ObservedSignal } from '../../signals/signal.ts';
import type { Instant } from '../../units.ts';
import { quantileIn } from '../order-statistic.ts';
import { evidenceFrom, type Occurrence, type Past } from './evidence.ts';
import type { LocalTime } from './local-time.ts';
import { logSumsOf } from './log-sums.ts';
import { stepsIn } from './shift.ts';
import type { EventWindow } from './window.ts';

/** What one market's past shows of its events: also what other markets may learn from. */
export interface Lessons {
  readonly past: Past;
  readonly seen: readonly Occurrence[];
  /** added to load before the logarithm */
  readonly offset: number;
}

/** Of the median: keeps an hour without load from counting for ever, and is too little to bend an effect. */
const OFFSET = 0.02;

/**
 * Holds every past window against ordinary stretches of the same series, of which there may be years. Undefined where
 * nothing was seen.
 *
 * @param until nothing later is looked at
 */
export function learnEvents(
  signal: ObservedSignal,
  windows: readonly EventWindow[],
  { local, restDay, until }: { local: LocalTime; restDay: number; until: Instant },
): Lessons | undefined {
  const usual = quantileIn(signal.values, 0.5);
  if (Number.isNaN(usual)) return undefined;
  const offset = Math.max(OFFSET * usual, Number.MIN_VALUE);
  const sumsWithout = (leftOut: (window: EventWindow) => boolean) =>
    logSumsOf(signal, until, offset, maskOf(windows.filter(leftOut), signal));
  const past: Past = {
    local,
    restDay,
    stepMs: signal.step * 1000,
    from: signal.start,
    until,
    ordinary: sumsWithout(() => true),
    days: sumsWithout(({ kind }) => kind === 'midnight' || kind === 'declared' || kind === 'outage'),
    all: sumsWithout(({ kind }) => kind === 'outage'),
  };
  return { past, seen: evidenceFrom(windows, past), offset };
}

/** 1 where a step begins within any of the windows. */
export function maskOf(windows: readonly EventWindow[], { start, step, values }: ObservedSignal): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (const window of windows) {
    const [first, end] = stepsIn(window, start, step * 1000, values.length);
    mask.fill(1, first, end);
  }
  return mask;
}
