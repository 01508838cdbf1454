import type { ObservedSignal } from '../signals/signal.ts';
import { instant, type Instant } from '../units.ts';
import { fit, type Fitted, type FitOptions } from './fit.ts';
import { windowOf } from './history.ts';
import { grownFrom } from './refit.ts';

/** What was learnt of one series at the last time of the day at which it is learnt. */
export interface DailyFit {
  readonly at: Instant;
  readonly fitted: Fitted;
}

/**
 * Learns a series once a day and goes on from there, which costs a twentieth as much as learning it at every decision.
 * When is set by the series' name and market alone, a minute of the day that is its own so that not all are learnt at
 * once. So what comes out rests on what was observed and on nothing else: whether `earlier` is there shows in the time it
 * takes and in no bit of the answer, and a stored observation decides alike.
 *
 * @param earlier what an earlier decision has left; used where it is what would be learnt now
 * @returns besides the series as learnt, what the next decision may be given
 */
export function fitDaily(
  signal: ObservedSignal,
  options: FitOptions & { readonly until: Instant },
  earlier?: DailyFit,
): { readonly fitted: Fitted; readonly daily: DailyFit } {
  const at = lastTime(signal, options.until);
  if (earlier?.at === at && sameWindow(earlier.fitted, signal, at)) {
    const grown = grownFrom(earlier.fitted, signal, options);
    if (grown === 'all is needed') return { fitted: fit(signal, options), daily: earlier };
    if (grown !== 'another past') return { fitted: grown, daily: { at, fitted: grown } };
  }
  const then = fit(signal, { ...options, until: at });
  const grown = grownFrom(then, signal, options);
  return typeof grown === 'string'
    ? { fitted: fit(signal, options), daily: { at, fitted: then } }
    : { fitted: grown, daily: { at, fitted: grown } };
}

/** A past that begins later than it did, because only so many days are observed, would be learnt otherwise now. */
function sameWindow({ learnt }: Fitted, signal: ObservedSignal, at: Instant): boolean {
  return learnt?.ground.history.windowMs === windowOf(signal, at);
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** The newest time up to then at which this series is learnt. */
function lastTime({ name, market }: ObservedSignal, until: Instant): Instant {
  const ofDay = (hashOf(`${name}\n${market}`) % (DAY_MS / MINUTE_MS)) * MINUTE_MS;
  return instant(until - ((((until - ofDay) % DAY_MS) + DAY_MS) % DAY_MS));
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01_00_01_93);
  return hash >>> 0;
}
