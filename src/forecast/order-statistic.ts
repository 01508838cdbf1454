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
  let n = 0;
  for (let i = 0; i < values.length; i += stride) {
    const value = of(values[i] ?? Number.NaN);
    if (!Number.isNaN(value)) sample[n++] = value;
  }
  return n === 0 ? Number.NaN : selected(sample, n, Math.min(n - 1, Math.floor(p * n)));
}

/** Room for what is looked at. */
const sample = new Float64Array(SAMPLE);

const itself = (value: number): number => value;

/** The value of rank k among the first n, in whose place they are put in order as far as needed (Hoare, 1961). */
function selected(values: Float64Array, n: number, k: number): number {
  let [low, high] = [0, n - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const other = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = other;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return values[k] as number;
}
