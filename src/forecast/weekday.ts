import { roomFor } from './arena.ts';
import type { History } from './history.ts';
import { lagOf } from './seasons.ts';

/** What the day of the week adds. */
export interface WeekdayChange {
  /**
   * Adds to `out`, from step `from` to step `to`, so many times ln load at each step less ln load `back` steps earlier, a
   * whole number of days, by what earlier weeks show; nothing where none can say.
   */
  add(out: Float64Array, from: number, to: number, back: number, times: number): void;
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
 * @param until the first that it is not wanted of
 */
export function weekdayChange(
  { logs, seasons, stepMs }: History,
  ahead: number,
  since: number,
  until: number,
): WeekdayChange {
  const { day, week } = seasons;
  if (day === undefined || week === undefined) return { add: () => undefined };
  const half = Math.round(HALF_WINDOW_MS / stepMs);
  const first = Math.max(0, Math.floor(since));
  const levelFrom = Math.max(0, first - lagOf(week, WEEKS) - half);
  const level = centredMean(logs, half, levelFrom);
  const lags = Array.from({ length: WEEKS }, (_, k) => lagOf(week, k + 1)).filter((lag) => lag - half >= ahead);
  const levels = weightedMeans(level, lags, first, until);
  /** from here on so many of the weeks are there, at a step and `back` steps before it */
  const there = (weeks: number, back: number): number => levelFrom + half + (lags[weeks - 1] ?? 0) + back;
  return {
    add(out, from, to, back, times) {
      const whole = Math.max(from, there(lags.length, back), first + back);
      for (let i = whole; i < to; i++) {
        out[i] = (out[i] as number) + times * ((levels[i] as number) - (levels[i - back] as number));
      }
      // near the beginning not all of the weeks are there
      for (let weeks = lags.length; weeks > 0; weeks--) {
        const end = Math.min(to, weeks === lags.length ? whole : there(weeks + 1, back));
        const begin = Math.max(from, there(weeks, back));
        const all = allOf(weeks);
        for (let i = begin; i < end; i++) {
          let change = 0;
          for (let w = 0; w < weeks; w++) {
            const lag = lags[w] as number;
            change += FADE ** w * ((level[i - lag] as number) - (level[i - lag - back] as number));
          }
          out[i] = (out[i] as number) + (times * change) / all;
        }
      }
    },
  };
}

/** Weights of so many weeks, added up. */
const allOf = (weeks: number): number => Array.from({ length: weeks }, (_, w) => FADE ** w).reduce((a, b) => a + b, 0);

/** The mean level of the earlier weeks at every step from `since` on; NaN where one of them is missing. */
function weightedMeans(level: Float64Array, lags: readonly number[], since: number, end: number): Float64Array {
  const all = allOf(lags.length);
  const sums = roomFor(end).fill(0, since);
  for (const [k, lag] of lags.entries()) {
    const weight = FADE ** k / all;
    const to = Math.min(end, level.length + lag);
    for (let i = Math.max(since, lag); i < to; i++) {
      sums[i] = (sums[i] as number) + weight * (level[i - lag] as number);
    }
    sums.fill(Number.NaN, since, Math.max(since, lag)).fill(Number.NaN, to);
  }
  return sums;
}

/** Mean from i − half to i + half, for steps from `since` on; NaN where that reaches over an end or back beyond `since`. */
function centredMean(values: Float64Array, half: number, since: number): Float64Array {
  const n = values.length;
  const means = roomFor(n)
    .fill(Number.NaN, since, since + half)
    .fill(Number.NaN, Math.max(since, n - half));
  const width = 2 * half + 1;
  let sum = 0;
  for (let i = since; i < n; i++) {
    sum += values[i] as number;
    if (i >= since + width) sum -= values[i - width] as number;
    if (i >= since + width - 1) means[i - half] = sum / width;
  }
  return means;
}
