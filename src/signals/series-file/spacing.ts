/** Differences looked at: more say the same. */
const MOST = 100_000;
/** A difference is the spacing of the rows when at least this share of them have it … */
const COMMON = 0.5;
/** … else the round one that the median is this near to: clocks that drift, exporters that wait for a scrape. */
const NEAR = 0.1;
/** … and as many differences are so near to it. */
const ALIKE = 0.25;
const ROUND_S = [
  1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 240, 300, 600, 900, 1200, 1800, 3600, 7200, 14_400, 21_600, 86_400,
];

/**
 * How far the rows of a series lie apart, in the unit of `times`; undefined where they have no common distance.
 *
 * @param series times of each series, in the order of the file
 * @param unit how many units of `times` a second has; absent = only a common distance counts
 */
export function spacingOf(series: readonly Float64Array[], unit?: number): number | undefined {
  const apart = differences(series);
  if (apart.length === 0) return undefined;
  const common = mostFrequent(apart);
  if (common.times >= COMMON * apart.length) return common.value;
  const median = apart[Math.floor(apart.length / 2)] ?? 0;
  const round = unit === undefined ? undefined : ROUND_S.find((s) => Math.abs(median / unit - s) <= NEAR * s);
  if (unit === undefined || round === undefined) return undefined;
  const like = apart.filter((d) => Math.abs(d / unit - round) <= ALIKE * round).length;
  return like >= COMMON * apart.length ? round * unit : undefined;
}

function differences(series: readonly Float64Array[]): Float64Array {
  const most = Math.ceil(MOST / Math.max(1, series.length));
  const apart: number[] = [];
  for (const times of series) {
    for (let i = 1; i < Math.min(times.length, most); i++) {
      const d = Math.abs((times[i] ?? 0) - (times[i - 1] ?? 0));
      if (d > 0) apart.push(d);
    }
  }
  return Float64Array.from(apart).toSorted();
}

/** Of a sorted list; the smallest among equals. */
function mostFrequent(sorted: Float64Array): { value: number; times: number } {
  let best = { value: sorted[0] ?? 0, times: 0 };
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (end < sorted.length && sorted[end] === sorted[i]) end++;
    if (end - i > best.times) best = { value: sorted[i] ?? 0, times: end - i };
    i = end;
  }
  return best;
}
