/** Says of a row that its time contradicts the others: it is left out. */
export const OUT_OF_ORDER = -1;

/**
 * For each row: itself, the first row of the same time when it repeats one, or OUT_OF_ORDER.
 *
 * The longest run of rows whose times never fall is believed, the rest is out of order: so a single wild time in the
 * future costs one row, not every row after it. Rows written newest first throughout count as being in order.
 */
export function orderOf(times: Float64Array, count: number): Int32Array {
  const order = new Int32Array(count).fill(OUT_OF_ORDER);
  const descends = !falls(times, count, -1) && falls(times, count, 1);
  const kept = descends ? Int32Array.from({ length: count }, (_, n) => count - 1 - n) : risingRows(times, count);
  let first = -1;
  for (const i of kept) {
    if (first < 0 || times[i] !== times[first]) first = i;
    order[i] = first;
  }
  return order;
}

/** Whether time × direction ever falls from one row to the next. */
function falls(times: Float64Array, count: number, direction: 1 | -1): boolean {
  for (let i = 1; i < count; i++) if (((times[i] ?? 0) - (times[i - 1] ?? 0)) * direction < 0) return true;
  return false;
}

/** Longest non-decreasing subsequence by patience sorting, O(n log n); the earliest one among equals. */
function risingRows(times: Float64Array, count: number): Int32Array {
  const before = new Int32Array(count);
  /** tops[k]: the row that ends the best run of k + 1 rows */
  const tops = new Int32Array(count);
  let length = 0;
  for (let i = 0; i < count; i++) {
    const t = times[i] ?? 0;
    let low = 0;
    let high = length;
    if (length > 0 && (times[tops[length - 1] ?? 0] ?? 0) <= t) low = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((times[tops[middle] ?? 0] ?? 0) <= t) low = middle + 1;
      else high = middle;
    }
    before[i] = low === 0 ? -1 : (tops[low - 1] ?? -1);
    tops[low] = i;
    if (low === length) length++;
  }
  const rows = new Int32Array(length);
  for (let i = tops[length - 1] ?? -1, k = length - 1; k >= 0; k--) {
    rows[k] = i;
    i = before[i] ?? -1;
  }
  return rows;
}
