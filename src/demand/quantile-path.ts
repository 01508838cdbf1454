import type { Forecast } from '../forecast/forecast.ts';

/**
 * The path of one quantile: one of the forecast's own where it has it, else between its neighbours on the logistic
 * scale ln(q / (1 − q)), on which tails of load are about straight. Above the highest the last two are carried on;
 * under the lowest the lowest is taken, which is more than was asked for.
 */
export function pathAt({ quantiles, paths }: Pick<Forecast, 'quantiles' | 'paths'>, quantile: number): Float64Array {
  const above = quantiles.findIndex((q) => q >= quantile);
  const upper = above < 0 ? quantiles.length - 1 : above;
  const high = paths[upper] ?? new Float64Array(0);
  const low = paths[upper - 1];
  if (quantiles[upper] === quantile || low === undefined) return high;
  const from = logit(quantiles[upper - 1] ?? 0.5);
  const share = (logit(quantile) - from) / (logit(quantiles[upper] ?? 0.5) - from);
  return high.map((value, step) => {
    const start = low[step] ?? value;
    return start + share * (value - start);
  });
}

const logit = (q: number): number => Math.log(q / (1 - q));
