import type { SeasonSteps } from './method.ts';

/**
 * A series without gaps: a missing step takes the value of a week before, else of a day before, else the last one
 * seen; what lies before the first value takes that one. Nothing later than a gap fills it, but at the beginning.
 */
export function filled(values: Float64Array, { day, week }: SeasonSteps): Float64Array {
  const out = Float64Array.from(values);
  const first = out.findIndex((v) => !Number.isNaN(v));
  if (first < 0) return out.fill(0);
  out.fill(out[first] as number, 0, first);
  for (let i = first + 1; i < out.length; i++) {
    if (!Number.isNaN(out[i])) continue;
    const from = i - week >= 0 ? i - week : i - day >= 0 ? i - day : i - 1;
    out[i] = out[from] as number;
  }
  return out;
}
