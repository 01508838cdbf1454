import type { History } from './history.ts';
import { lagOf } from './seasons.ts';

/** What the day of the week adds. */
export interface WeekdayChange {
  /** ln load at step i less ln load `days` earlier; 0 where no earlier week can say */
  of(i: number, days: number): number;
  /** the usual level at each step by the earlier weeks: where it is known at both, its difference is what `of` says */
  readonly levels: Float64Array;
}

/**
 * Half of the time over which the same change of earlier weeks is averaged. Longer blurs midnight, where Sunday turns
 * into Monday; shorter carries over the noise of single hours. Of 1 to 24 h, 12 h did best on real load.
 */
const HALF_WINDOW_MS = 6 * 3_600_000;
const WEEKS = 3;
const FADE = 0.7;

/**
 * Yesterday is no model of today when yesterday was a Sunday. What the same pair of days differed by in the last three
 * weeks is added, so that a base of days knows the week as well.
 *
 * @param ahead steps that must lie between what is used and the time it is used for
 * @param since the first step it is wanted of
 */
export function weekdayChange({ logs, seasons, stepMs }: History, ahead: number, since = 0): WeekdayChange {
  const { day, week } = seasons;
  if (day === undefined || week === undefined) return { levels: new Float64Array(0), of: () => 0 };
  const half = Math.round(HALF_WINDOW_MS / stepMs);
  const first = Math.max(0, Math.floor(since));
  const level = centredMean(logs, half, Math.max(0, first - lagOf(week, WEEKS) - half));
  const lags = Array.from({ length: WEEKS }, (_, k) => lagOf(week, k + 1)).filter((lag) => lag - half >= ahead);
  const levels = weightedMeans(level, lags, first);
  const of = (i: number, days: number): number => {
    const back = lagOf(day, days);
    const whole = (levels[i] ?? Number.NaN) - (levels[i - back] ?? Number.NaN);
    if (!Number.isNaN(whole)) return whole;
    // near the beginning not all of the weeks are there
    let weight = 1;
    let weights = 0;
    let sum = 0;
    for (const lag of lags) {
      const change = (level[i - lag] ?? Number.NaN) - (level[i - lag - back] ?? Number.NaN);
      if (!Number.isNaN(change)) {
        sum += weight * change;
        weights += weight;
      }
      weight *= FADE;
    }
    return weights > 0 ? sum / weights : 0;
  };
  return { levels, of };
}

/** The mean level of the earlier weeks at every step; NaN where one of them is missing. */
function weightedMeans(level: Float64Array, lags: readonly number[], since: number): Float64Array {
  const all = lags.reduce((total, _, k) => total + FADE ** k, 0);
  const sums = new Float64Array(level.length + (lags[0] ?? 0));
  for (const [k, lag] of lags.entries()) {
    const weight = FADE ** k / all;
    sums.fill(Number.NaN, 0, Math.max(since, lag));
    for (let i = Math.max(since, lag); i < sums.length; i++) {
      sums[i] = (sums[i] as number) + weight * (level[i - lag] ?? Number.NaN);
    }
  }
  return sums;
}

/** Mean from i − half to i + half; NaN where that reaches over an end or back beyond `since`. */
function centredMean(values: Float64Array, half: number, since: number): Float64Array {
  const means = new Float64Array(values.length).fill(Number.NaN);
  const width = 2 * half + 1;
  let sum = 0;
  for (let i = since; i < values.length; i++) {
    sum += values[i] ?? 0;
    if (i >= since + width) sum -= values[i - width] ?? 0;
    if (i >= since + width - 1) means[i - half] = sum / width;
  }
  return means;
}
