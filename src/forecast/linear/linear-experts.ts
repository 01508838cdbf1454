import { LEADS, measureAt, takeWindow, WINDOW, type Measure } from './window.ts';

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
  experts: LinearExperts,
  logs: Float64Array,
  end: number,
  out: Float64Array,
  leads: number = LEADS,
): boolean {
  if (end < WINDOW - 1 || end >= logs.length) return false;
  const windows = new Float64Array(TOGETHER * WINDOW);
  const measure = measureAt(logs, end);
  if (measure.scale > 0) takeWindow(logs, end, measure, windows);
  askWindows(experts, windows, [measure], out, leads);
  return true;
}

/** Windows that are asked together: their room must be for a multiple of so many. */
export const TOGETHER = 4;

/**
 * The same of many windows: each coefficient is fetched once for {@link TOGETHER} of them, of two leads at a time.
 *
 * @param windows measured, window w from w × WINDOW on; all 0 of a series that stands still
 * @param measures of each window, what its answers are told in
 * @param out answers to window w from w × experts × LEADS on
 */
export function askWindows(
  experts: LinearExperts,
  windows: Float64Array,
  measures: readonly Measure[],
  out: Float64Array,
  leads: number,
): void {
  const sums = new Float64Array(2 * TOGETHER);
  const each = experts.coefficients.length * LEADS;
  for (const [e, expert] of byLead(experts).entries()) {
    for (let k = 0; k < leads; k += 2) {
      for (let w = 0; w < measures.length; w += TOGETHER) {
        multiply(expert, k * WINDOW, windows, w * WINDOW, sums);
        const least = Math.min(TOGETHER, measures.length - w);
        for (let i = 0; i < least; i++) {
          const { level, scale } = measures[w + i] as Measure;
          const at = (w + i) * each + e * LEADS + k;
          out[at] = level + scale * (sums[i] as number);
          if (k + 1 < leads) out[at + 1] = level + scale * (sums[TOGETHER + i] as number);
        }
      }
    }
  }
}

/** Two leads of one expert times four windows. */
function multiply(expert: Float64Array, lead: number, windows: Float64Array, window: number, sums: Float64Array): void {
  let a0 = 0;
  let a1 = 0;
  let a2 = 0;
  let a3 = 0;
  let b0 = 0;
  let b1 = 0;
  let b2 = 0;
  let b3 = 0;
  let w = window;
  for (let i = lead; i < lead + WINDOW; i++, w++) {
    const a = expert[i] as number;
    const b = expert[i + WINDOW] as number;
    const w0 = windows[w] as number;
    const w1 = windows[w + WINDOW] as number;
    const w2 = windows[w + 2 * WINDOW] as number;
    const w3 = windows[w + 3 * WINDOW] as number;
    a0 += a * w0;
    a1 += a * w1;
    a2 += a * w2;
    a3 += a * w3;
    b0 += b * w0;
    b1 += b * w1;
    b2 += b * w2;
    b3 += b * w3;
  }
  sums[0] = a0;
  sums[1] = a1;
  sums[2] = a2;
  sums[3] = a3;
  sums[4] = b0;
  sums[5] = b1;
  sums[6] = b2;
  sums[7] = b3;
}

/** Coefficients in the order in which they are read: of each lead those of the whole window. */
const ordered = new WeakMap<LinearExperts, readonly Float64Array[]>();

function byLead(experts: LinearExperts): readonly Float64Array[] {
  const known = ordered.get(experts);
  if (known) return known;
  const made = experts.coefficients.map((expert) => {
    const turned = new Float64Array(expert.length);
    for (let i = 0; i < WINDOW; i++)
      for (let k = 0; k < LEADS; k++) turned[k * WINDOW + i] = expert[i * LEADS + k] as number;
    return turned;
  });
  ordered.set(experts, made);
  return made;
}
