import type { ProviderName } from '../../src/catalog/offering.ts';
import { instant, type Instant } from '../../src/units.ts';
import { exponential, normal, type Draw } from './random.ts';
import type { PriceTrace } from './setup.ts';

/** A price over time: it stands, then steps. Drawn only as far as somebody has asked. */
export interface PricePath {
  /** USD an hour at that time, ms */
  at(time: number): number;
  /** USD for running from one time to another, ms */
  cost(from: number, to: number): number;
  /** the steps up to `to`, oldest first, the first at or before `from` */
  steps(from: number, to: number): readonly { readonly at: Instant; readonly usdPerHour: number }[];
}

/** The moment of the next step and the price from then on. */
type Step = readonly [time: number, usdPerHour: number];

export function pricePath(first: Step, next: (last: Step) => Step): PricePath {
  const times = [first[0]];
  const prices = [first[1]];
  /** USD paid from the first step to each */
  const paid = [0];
  let coming = next(first);
  const drawTo = (time: number): void => {
    while (coming[0] <= time) {
      const last = times.length - 1;
      paid.push((paid[last] ?? 0) + ((coming[0] - (times[last] ?? 0)) * (prices[last] ?? 0)) / HOUR_MS);
      times.push(coming[0]);
      prices.push(coming[1]);
      coming = next(coming);
    }
  };
  const indexAt = (time: number): number => {
    drawTo(time);
    let low = 0;
    let high = times.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((times[middle] ?? 0) <= time) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const paidBy = (time: number): number => {
    const i = indexAt(time);
    return (paid[i] ?? 0) + ((time - (times[i] ?? 0)) * (prices[i] ?? 0)) / HOUR_MS;
  };
  return {
    at: (time) => prices[indexAt(time)] ?? 0,
    cost: (from, to) => paidBy(to) - paidBy(from),
    steps: (from, to) => {
      const last = indexAt(to);
      const begin = indexAt(from);
      return times.slice(begin, last + 1).map((time, i) => ({ at: instant(time), usdPerHour: prices[begin + i] ?? 0 }));
    },
  };
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** as far back as AWS tells spot prices; nobody asks for more */
const PAST_MS = 90 * DAY_MS;
const NEVER: Step = [Infinity, 0];

export const steadyPrice = (usdPerHour: number, start: number): PricePath =>
  pricePath([start - PAST_MS, usdPerHour], () => NEVER);

export function tracedPrice({ points }: PriceTrace): PricePath {
  const [first] = points;
  if (!first) throw new RangeError('a price trace needs a point');
  let i = 0;
  return pricePath([first.at, first.usdPerHour], () => {
    const point = points[++i];
    return point ? [point.at, point.usdPerHour] : NEVER;
  });
}

/**
 * How each vendor's spot prices move, by what was measured of them: AWS has a price for each zone, up to 1.7 times
 * apart, which wanders in small steps about once a day; Azure's stands and jumps at the start of a month; Google's
 * steps every 14 days. None rises above the on-demand price.
 */
export function spotPrice(
  provider: ProviderName,
  base: number,
  { start, most, draw }: { readonly start: number; readonly most: number; readonly draw: Draw },
): PricePath {
  const bounded = (usd: number): number => Math.round(Math.min(most, usd) * 1e6) / 1e6;
  const from = start - PAST_MS;
  switch (provider) {
    case 'aws': {
      const level = base * ZONES_APART ** (draw() - 0.5);
      let off = normal(draw) * WANDER_SD;
      return pricePath([from, bounded(level * Math.exp(off))], ([time]) => {
        off = WANDER_KEPT * off + Math.sqrt(1 - WANDER_KEPT ** 2) * WANDER_SD * normal(draw);
        return [time + Math.ceil(exponential(draw, 1 / DAY_MS)), bounded(level * Math.exp(off))];
      });
    }
    case 'azure':
      return pricePath([from, bounded(base)], ([time, usd]) => {
        const jumps = draw() < JUMP_CHANCE ? Math.exp(JUMP_SD * normal(draw)) : 1;
        const month = nextMonth(time);
        return [month, month <= start ? bounded(base) : bounded(usd * jumps)];
      });
    case 'gcp': {
      const phase = Math.floor(draw() * STEP_DAYS * DAY_MS);
      return pricePath([from, bounded(base)], ([time, usd]) =>
        time < start
          ? [start + phase, bounded(usd * googleStep(draw))]
          : [time + STEP_DAYS * DAY_MS, bounded(usd * googleStep(draw))],
      );
    }
    case 'kubernetes':
      return steadyPrice(base, start);
    default:
      return provider satisfies never;
  }
}

const ZONES_APART = 1.7;
/** chosen so that a day's step is about 5% and a price stays within a quarter of its level */
const WANDER_SD = 0.1;
const WANDER_KEPT = 0.88;
/** chosen: a third of the months */
const JUMP_CHANCE = 1 / 3;
const JUMP_SD = 0.1;
const STEP_DAYS = 14;

/** as in 2026: +5% half the time, +10% a fifth, −5% a fifth, else none */
function googleStep(draw: Draw): number {
  const u = draw();
  if (u < 0.5) return 1.05;
  if (u < 0.7) return 1.1;
  return u < 0.9 ? 0.95 : 1;
}

function nextMonth(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
