import type { ObservedSignal } from '../../src/signals/signal.ts';
import { type Instant, instant, seconds } from '../../src/units.ts';
import { diceOf } from '../placement/random.ts';

const DAY_S = 86_400;
/** Monday, so that a day's number says whether it is a weekend. */
export const MONDAY = instant(Date.UTC(2026, 0, 5));

export interface Shape {
  readonly days: number;
  readonly stepS: number;
  readonly start?: Instant;
  /** standard deviation of the logarithm of the noise of one step */
  readonly noise?: number;
}

/**
 * Load as a messenger sees it: a low night and two humps a day, quieter weekends, a drift that wanders and comes back,
 * and noise of each step. The same seed gives the same values.
 */
export function syntheticLoad(seed: number, { days, stepS, start = MONDAY, noise = 0.03 }: Shape): ObservedSignal {
  const dice = diceOf(seed, 'load');
  const level = dice.lognormal(10_000, 1);
  const evening = 0.5 + dice.next();
  const weekend = 0.6 + 0.5 * dice.next();
  const phase = dice.next();
  const perDay = DAY_S / stepS;
  const stays = Math.exp(-1 / (0.5 * perDay)); // the drift forgets over half a day
  let drift = 0;
  const values = Float64Array.from({ length: Math.round(days * perDay) }, (_, i) => {
    const at = i / perDay;
    const hour = (at + phase) * 2 * Math.PI;
    const daily = 1.2 - Math.cos(hour) - 0.4 * evening * Math.cos(2 * hour + 0.8);
    const weekly = Math.floor(at) % 7 >= 5 ? weekend : 1;
    drift = stays * drift + Math.sqrt(1 - stays * stays) * Math.log(dice.lognormal(1, 0.06));
    return level * Math.max(0.05, daily) * weekly * Math.exp(drift) * dice.lognormal(1, noise);
  });
  const name = `synthetic-${seed}`;
  return { name, market: '', unit: '', source: 'synthetic', start, step: seconds(stepS), values, faults: [] };
}
