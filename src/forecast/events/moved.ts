import { normalQuantile } from './normal.ts';
import type { Forecast } from '../forecast.ts';
import type { Shift } from './shift.ts';

/**
 * The forecast with its paths multiplied by the shift and drawn apart by its variance: in logs, distances from the
 * median add up as those of independent normal errors would, so paths that did not cross still don't.
 *
 * @param forecast holds the median
 * @param offset in units of load, for distances between paths that come down to nothing
 */
export function movedBy(forecast: Forecast, { mean: by, variance }: Shift, offset: number): Forecast {
  const { quantiles, paths, mean } = forecast;
  const middle = paths[quantiles.indexOf(0.5)];
  if (!middle) throw new RangeError(`a forecast is moved around its median, got quantiles ${quantiles.join(', ')}`);
  const moved = paths.map((path, q) => {
    const z = normalQuantile(quantiles[q] ?? 0.5);
    return path.map((value, i) => {
      if (by[i] === 0 && variance[i] === 0) return value;
      const centre = Math.log((middle[i] ?? 0) + offset);
      const apart = Math.log(value + offset) - centre;
      const wider = Math.sign(z) * Math.hypot(apart, z * Math.sqrt(variance[i] ?? 0));
      return Math.max(0, Math.exp(centre + wider) - offset) * Math.exp(by[i] ?? 0);
    });
  });
  // the mean of e to a normal error lies half its variance higher; of one wider than a factor of e nobody knows
  const means = mean.map((value, i) => value * Math.exp((by[i] ?? 0) + Math.min(1, variance[i] ?? 0) / 2));
  return { ...forecast, paths: moved, mean: means };
}
