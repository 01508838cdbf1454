import type { PointForecast } from './method.ts';

/** The last value carried on. */
export const persistence: PointForecast = (filled, _seasons, steps) =>
  new Float64Array(steps).fill(filled.at(-1) ?? Number.NaN);

/** The latest season repeated. Where less than one was seen: the last value. */
export function seasonalNaive(filled: Float64Array, season: number, steps: number): Float64Array {
  if (filled.length < season) return new Float64Array(steps).fill(filled.at(-1) ?? Number.NaN);
  const from = filled.length - season;
  return Float64Array.from({ length: steps }, (_, h) => filled[from + (h % season)] as number);
}

export const dailyNaive: PointForecast = (filled, { day }, steps) => seasonalNaive(filled, day, steps);
export const weeklyNaive: PointForecast = (filled, { day, week }, steps) =>
  seasonalNaive(filled, filled.length >= week ? week : day, steps);

/** What a week is believed less than the one after it. */
const FADE = 0.6;

/** Mean of the same step of past weeks, each week back counting 0.6 of the one after it; of days, under a week. */
export const weeklyMean: PointForecast = (filled, { day, week }, steps) => {
  const season = filled.length >= week ? week : day;
  return Float64Array.from({ length: steps }, (_, h) => {
    let sum = 0;
    let weight = 0;
    for (let i = filled.length - season + (h % season), w = 1; i >= 0; i -= season, w *= FADE) {
      sum += w * (filled[i] as number);
      weight += w;
    }
    return weight > 0 ? sum / weight : (filled.at(-1) ?? Number.NaN);
  });
};
