import type { Instant, Seconds } from '../../units.ts';

/**
 * A stretch of time in which load may not be ordinary. Windows of the same key are the same event in other years, or
 * in other markets: they teach one another.
 */
export interface EventWindow {
  /** `12-25`, `lunar new year +1`, `midnight`, `event launch of stickers` */
  readonly key: string;
  /** in words, for people */
  readonly name: string;
  readonly kind: EventKind;
  readonly from: Instant;
  /** exclusive */
  readonly to: Instant;
  /** what its owner says it does; absent = what the past shows */
  readonly stated?: StatedEffect;
}

/**
 * - `holiday`: a whole local day, and `near` one beside a holiday;
 * - `midnight`: the minutes around a new year's;
 * - `declared`: the owner's own, such as a launch;
 * - `outage`: the past there teaches nothing.
 */
export type EventKind = 'holiday' | 'near' | 'midnight' | 'declared' | 'outage';

export interface StatedEffect {
  /** load against an ordinary day */
  readonly times: number;
  /** 80% of outcomes lie within */
  readonly between: readonly [number, number];
  /** over which the effect builds up evenly from nothing */
  readonly ramp: Seconds;
}

/** Days are the ones that a day of rest may stand for. */
export const isDay = ({ kind }: EventWindow): boolean => kind === 'holiday' || kind === 'near';
