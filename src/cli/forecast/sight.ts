import type { Instant } from '../../units.ts';
import { middleOf, pathOf, timeOf, type SeriesTold } from './outcome.ts';

/** What a picture of a forecast shows: as much of the past as makes its pattern plain, and all that is ahead. */
export interface Sight {
  /** time of past[0], or of median[0] where nothing was seen */
  readonly start: Instant;
  readonly stepMs: number;
  /** NaN is a gap */
  readonly past: Float64Array;
  readonly median: Float64Array;
  /** the widest band that was asked for; of one without a lower or upper quantile the median is that side */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** its quantiles; absent where no other than the median was asked for */
  readonly band?: readonly [number, number];
}

/** So much more of the past than of what is ahead. */
const PAST_TIMES = 1.5;
/** Of the past at least two days, that a day's pattern is seen, where that does not leave the forecast too small. */
const PAST_LEAST_S = 172_800;
const PAST_TIMES_AT_MOST = 4;

export function sightOf({ signal, forecast }: SeriesTold, quantiles: readonly number[]): Sight {
  const ahead = forecast.mean.length;
  const wanted = Math.max(PAST_TIMES * ahead, Math.min(PAST_LEAST_S / forecast.step, PAST_TIMES_AT_MOST * ahead));
  const until = Math.round((forecast.origin - signal.start) / (forecast.step * 1000)) + 1;
  const from = Math.max(0, until - Math.round(wanted));
  const past = signal.values.slice(from, until);
  const [lowest, highest] = [Math.min(0.5, ...quantiles), Math.max(0.5, ...quantiles)];
  return {
    start: timeOf(forecast, -past.length),
    stepMs: forecast.step * 1000,
    past,
    median: middleOf(forecast),
    low: pathOf(forecast, lowest),
    high: pathOf(forecast, highest),
    ...(lowest < highest && { band: [lowest, highest] as const }),
  };
}

export interface Scale {
  readonly bottom: number;
  readonly top: number;
  /** round values within, ascending */
  readonly ticks: readonly number[];
}

/** A value of the past this many times all that is ahead is cut off: one broken reading would flatten the rest. */
const CUT_FROM = 5;
/** Load is drawn from zero, unless all of it lies above this share of the largest. */
const RAISED_FROM = 0.6;

export function scaleFrom({ past, median, low, high }: Sight, intervals: number): Scale {
  const ahead = largest(high, largest(median, 0));
  const seen = largest(past, 0);
  const most =
    ahead > 0 && seen > CUT_FROM * ahead
      ? largest(
          past.filter((v) => v <= CUT_FROM * ahead),
          ahead,
        )
      : Math.max(seen, ahead);
  const least = Math.min(smallest(past, Infinity), smallest(low, Infinity));
  const floor = least > RAISED_FROM * most ? least : 0;
  if (!(most > floor)) return { bottom: 0, top: most > 0 ? most : 1, ticks: [0, most > 0 ? most : 1] };
  const unit = roundUp((most - floor) / intervals);
  const bottom = Math.floor(floor / unit) * unit;
  const count = Math.max(1, Math.ceil((most - bottom) / unit - 1e-9));
  return {
    bottom,
    top: bottom + count * unit,
    ticks: Array.from({ length: count + 1 }, (_, i) => Number((bottom + i * unit).toPrecision(12))),
  };
}

const largest = (values: Float64Array, from: number): number => values.reduce((a, b) => (b > a ? b : a), from);
const smallest = (values: Float64Array, from: number): number => values.reduce((a, b) => (b < a ? b : a), from);

/** 1, 2, 2.5 or 5 times a power of ten, the first that is not less. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5, 10].find((n) => n * power >= value * (1 - 1e-9)) ?? 10) * power;
}
