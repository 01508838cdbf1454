import { offsetOf } from './logs.ts';
import { type Method, type PointForecast, QUANTILES } from './method.ts';

/** Leads whose residuals are judged together: up to a quarter, a half, the whole of the way. */
const BLOCK_ENDS = [0.25, 0.5, 1];

/**
 * Quantiles for a method that knows only points: split-conformal on the logarithms, from so many origins of the past,
 * a day apart, by block of leads (Lei and others, 2018: the ⌈(n + 1) q⌉th smallest residual). An origin that would
 * leave the method less than three days is not used; without any, all quantiles are the point.
 */
export function conformal(name: string, point: PointForecast, pastOrigins: number): Method {
  return {
    name,
    forecast({ filled, seasons }, steps) {
      const began = performance.now();
      const residuals = residualsOf(point, filled, seasons, steps, pastOrigins);
      const fitted = performance.now();
      const said = point(filled, seasons, steps);
      const offset = offsetOf(filled);
      const ends = BLOCK_ENDS.map((share) => Math.ceil(share * steps));
      const blockOf = Array.from({ length: steps }, (_, h) => ends.findIndex((end) => h < end));
      const paths = QUANTILES.map((q) => {
        const shifts = residuals.map((block) => orderStatistic(block, q));
        return said.map((v, h) => Math.max(0, (v + offset) * Math.exp(shifts[blockOf[h] ?? 0] ?? 0) - offset));
      });
      return { point: said, paths, fitS: (fitted - began) / 1000, predictS: (performance.now() - fitted) / 1000 };
    },
  };
}

/** Sorted residuals of each block. */
function residualsOf(
  point: PointForecast,
  filled: Float64Array,
  seasons: { readonly day: number; readonly week: number },
  steps: number,
  pastOrigins: number,
): Float64Array[] {
  const offset = offsetOf(filled);
  const ends = BLOCK_ENDS.map((share) => Math.ceil(share * steps));
  const found: number[][] = ends.map(() => []);
  const wholeDays = Math.ceil(steps / seasons.day);
  for (let k = 0; k < pastOrigins; k++) {
    const end = filled.length - (wholeDays + k) * seasons.day; // the same hour of the day as the origin's
    if (end < 3 * seasons.day) break;
    const said = point(filled.subarray(0, end), seasons, steps);
    for (let h = 0; h < steps; h++) {
      const was = Math.log((filled[end + h] as number) + offset);
      const log = Math.log(Math.max(0, said[h] as number) + offset);
      found[ends.findIndex((to) => h < to)]?.push(was - log);
    }
  }
  return found.map((block) => Float64Array.from(block).toSorted());
}

export function orderStatistic(sorted: Float64Array, q: number): number {
  if (sorted.length === 0) return 0;
  const rank = Math.ceil((sorted.length + 1) * q);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] as number;
}
