import { LEADS, measureAt, takeWindow, WINDOW } from './window.ts';

/** Linear maps from a measured window to what comes after it; which of them suits a series is for its past to say. */
export interface LinearExperts {
  /** of each expert: what step i of the window adds to lead k + 1, at [i × LEADS + k] */
  readonly coefficients: readonly Float64Array[];
}

/**
 * What every expert says of the 48 hours after step `end`, in logs, at [expert × LEADS + lead − 1].
 *
 * @returns false where the window is not whole; a series that stands still is said to stand
 */
export function askLinear(
  { coefficients }: LinearExperts,
  logs: Float64Array,
  end: number,
  out: Float64Array,
): boolean {
  if (end < WINDOW - 1 || end >= logs.length) return false;
  const measure = measureAt(logs, end);
  if (measure.scale === 0) {
    out.fill(measure.level);
    return true;
  }
  const window = new Float64Array(WINDOW);
  takeWindow(logs, end, measure, window);
  const sum = new Float64Array(LEADS);
  coefficients.forEach((expert, e) => {
    sum.fill(0);
    for (let i = 0; i < WINDOW; i++) {
      const x = window[i] as number;
      const row = i * LEADS;
      for (let k = 0; k < LEADS; k++) sum[k] = (sum[k] as number) + x * (expert[row + k] as number);
    }
    for (let k = 0; k < LEADS; k++) out[e * LEADS + k] = measure.level + measure.scale * (sum[k] as number);
  });
  return true;
}
