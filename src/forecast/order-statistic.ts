/** Values looked at: enough for a quantile in the bulk to within a per cent or two. */
const SAMPLE = 1000;

/**
 * The p-quantile of the values that are not NaN; NaN when there are none. Long series are sampled at even distances,
 * an odd number of steps apart so that a job on the hour is not all that is seen.
 *
 * @param of what is taken of each value
 */
export function quantileIn(values: Float64Array, p: number, of: (value: number) => number = itself): number {
  const stride = values.length <= SAMPLE ? 1 : Math.ceil(values.length / SAMPLE) | 1;
  const sample = new Float64Array(Math.ceil(values.length / stride));
  let n = 0;
  for (let i = 0; i < values.length; i += stride) {
    const value = of(values[i] ?? Number.NaN);
    if (!Number.isNaN(value)) sample[n++] = value;
  }
  return sample.subarray(0, n).sort()[Math.min(n - 1, Math.floor(p * n))] ?? Number.NaN;
}

const itself = (value: number): number => value;
