import { median } from '../placement/table.ts';

/** What is added to a load before its logarithm, so that a zero has one: 5% of the median, over 0. */
export function offsetOf(values: Float64Array): number {
  const positive = values.filter((v) => v > 0);
  return positive.length === 0 ? 1 : 0.05 * median(Array.from(positive));
}
