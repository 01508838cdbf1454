import type { PointForecast } from './method.ts';
import { seasonalNaive } from './naive.ts';

/**
 * Naive2 of the M4 competition: the last value of the seasonally adjusted series, put back into season; plain naive
 * where the series shows no season of a day.
 *
 * After `Benchmarks and Evaluation.R` of the competition's repository (Mcompetitions/M4-methods): a seasonality test
 * at 90% on the autocorrelation, R's `decompose(type = "multiplicative")`.
 */
export const naive2: PointForecast = (filled, { day }, steps) => {
  const last = filled.at(-1) ?? Number.NaN;
  if (!isSeasonal(filled, day)) return new Float64Array(steps).fill(last);
  const factors = seasonalFactors(filled, day);
  const level = last / (factors.at(-1) as number);
  return seasonalNaive(factors, day, steps).map((factor) => level * factor);
};

/** One-sided 90% of the normal distribution, as the competition has it. */
const CRITICAL = 1.645;

/** Whether the autocorrelation at the season stands out from what the shorter ones explain (Bartlett). */
export function isSeasonal(values: Float64Array, season: number): boolean {
  const n = values.length;
  if (n < 3 * season) return false;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const around = values.map((v) => v - mean);
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (around[i] as number) * (around[i - lag] as number);
    return sum;
  };
  const variance = covariance(0);
  if (variance === 0) return false;
  let squares = 0;
  for (let lag = 1; lag < season; lag++) squares += (covariance(lag) / variance) ** 2;
  const limit = (CRITICAL / Math.sqrt(n)) * Math.sqrt(1 + 2 * squares);
  return Math.abs(covariance(season) / variance) > limit;
}

/** The multiplicative factor of every step: mean ratio to the centred moving average by phase, of mean 1. */
export function seasonalFactors(values: Float64Array, season: number): Float64Array {
  const half = Math.floor(season / 2);
  const even = season % 2 === 0;
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let i = half; i + half < values.length; i++) {
    let trend = 0;
    for (let k = -half; k <= half; k++) {
      const share = even && Math.abs(k) === half ? 0.5 : 1;
      trend += (share * (values[i + k] as number)) / season;
    }
    const ratio = (values[i] as number) / trend;
    if (!Number.isFinite(ratio)) continue;
    sums[i % season] = (sums[i % season] as number) + ratio;
    counts[i % season] = (counts[i % season] as number) + 1;
  }
  const figure = sums.map((sum, p) => sum / (counts[p] as number));
  const mean = figure.reduce((a, b) => a + b, 0) / season;
  return values.map((_, i) => (figure[i % season] as number) / mean);
}
