/**
 * What linear experts see: the last two weeks of an hourly series, of one size and one spread whatever the service.
 *
 * In: the last 336 hourly logs less the mean of the last 168, over the mean absolute change from one day to the next.
 * Out: the next 48, in the same measure.
 */
export const WINDOW = 336;
export const LEADS = 48;

const DAY = 24;
const WEEK = 168;
/** Logs that change less than this from day to day count as constant. */
const STILL = 1e-9;

/** How a window is measured. */
export interface Measure {
  /** mean of the last week, in logs */
  readonly level: number;
  /** mean absolute change over a day, in logs; 0 = the series stands still */
  readonly scale: number;
}

/** @param end the last step of the window: steps end − 335 … end must exist */
export function measureAt(logs: Float64Array, end: number): Measure {
  let level = 0;
  for (let i = end - WEEK + 1; i <= end; i++) level += logs[i] as number;
  let scale = 0;
  for (let i = end - WINDOW + 1 + DAY; i <= end; i++)
    scale += Math.abs((logs[i] as number) - (logs[i - DAY] as number));
  scale /= WINDOW - DAY;
  return { level: level / WEEK, scale: scale > STILL ? scale : 0 };
}

/** The measured window → `out`, oldest first. */
export function takeWindow(logs: Float64Array, end: number, { level, scale }: Measure, out: Float64Array): void {
  const from = end - WINDOW + 1;
  for (let i = 0; i < WINDOW; i++) out[i] = ((logs[from + i] as number) - level) / scale;
}
