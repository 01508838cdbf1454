import { LEADS, measureAt, takeWindow, WINDOW } from './window.ts';

/** Linear maps from a measured window to what comes after it; which of them suits a series is for its past to say. */
export interface LinearExperts {
  /** of each expert: what step i of the window adds to lead k + 1, at [i × LEADS + k] */
  readonly coefficients: readonly Float64Array[];
}

/**
 * What every expert says of the 48 hours after step `end`, in logs, at [expert × LEADS + lead − 1].
 *
 * @param leads the hours that are asked; what lies behind them in `out` stays as it is
 * @returns false where the window is not whole; a series that stands still is said to stand
 */
export function askLinear(
  { coefficients }: LinearExperts,
  logs: Float64Array,
  end: number,
  out: Float64Array,
  leads: number = LEADS,
): boolean {
  if (end < WINDOW - 1 || end >= logs.length) return false;
  const measure = measureAt(logs, end);
  if (measure.scale === 0) {
    out.fill(measure.level);
    return true;
  }
  const window = new Float64Array(WINDOW);
  takeWindow(logs, end, measure, window);
  const sum = new Float64Array(leads);
  coefficients.forEach((expert, e) => {
    sum.fill(0);
    // four rows at a time: each sum is fetched and stored a fourth as often
    for (let i = 0; i < WINDOW; i += 4) {
      const [a, b, c, d] = [i * LEADS, (i + 1) * LEADS, (i + 2) * LEADS, (i + 3) * LEADS];
      const [wa, wb] = [window[i] as number, window[i + 1] as number];
      const [wc, wd] = [window[i + 2] as number, window[i + 3] as number];
      for (let k = 0; k < leads; k++) {
        sum[k] =
          (sum[k] as number) +
          wa * (expert[a + k] as number) +
          wb * (expert[b + k] as number) +
          wc * (expert[c + k] as number) +
          wd * (expert[d + k] as number);
      }
    }
    for (let k = 0; k < leads; k++) out[e * LEADS + k] = measure.level + measure.scale * (sum[k] as number);
  });
  return true;
}
