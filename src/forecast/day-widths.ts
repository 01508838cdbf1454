import type { Points } from './blocks.ts';
import type { History } from './history.ts';

/** The day is cut into so many parts. */
const PARTS = 24;

/** Of each part of the day how many times as large errors are there as over the whole day. */
export type DayWidths = Float64Array;

/** Errors are alike all day. */
export const EVEN: DayWidths = new Float64Array(PARTS).fill(1);

/** Errors of one block of leads, and the part of the day in which each came. */
export interface Timed {
  /** in logs */
  readonly residuals: Float64Array;
  readonly parts: Uint8Array;
  /** from the first origin to the last */
  readonly days: number;
}

/** A part of the day learns from so many on either side, the further the less. */
const REACH = 2;
/** That all parts are alike counts like so many days. */
const EVEN_DAYS = 5;

/**
 * How much larger errors are at some times of the day than at others: load is easier foretold at night than in the
 * evening, and a quantile that is right over the whole day is too wide in the one and too narrow in the other. All blocks
 * of leads tell it together, each measured by its own mean error.
 *
 * @returns with a mean near 1; {@link EVEN} where nothing is known
 */
export function dayWidthsOf(blocks: readonly Timed[]): DayWidths {
  const sums = new Float64Array(PARTS);
  const counts = new Float64Array(PARTS);
  let told = 0;
  let days = 0;
  for (const block of blocks) {
    const { residuals, parts } = block;
    let mean = 0;
    for (const residual of residuals) mean += Math.abs(residual) / residuals.length;
    if (!(mean > 0)) continue;
    told++;
    days = Math.max(days, block.days);
    for (let p = 0; p < residuals.length; p++) {
      const part = parts[p] as number;
      sums[part] = (sums[part] as number) + Math.abs(residuals[p] as number) / mean / residuals.length;
      counts[part] = (counts[part] as number) + 1 / residuals.length;
    }
  }
  if (!(days > 0)) return EVEN;
  const even = (EVEN_DAYS / days) * (told / PARTS);
  return Float64Array.from({ length: PARTS }, (_, part) => {
    let sum = 0;
    let count = 0;
    for (let off = -REACH; off <= REACH; off++) {
      const other = (part + off + PARTS) % PARTS;
      const share = 1 - Math.abs(off) / (REACH + 1);
      sum += share * ((sums[other] as number) + even);
      count += share * ((counts[other] as number) + even);
    }
    return sum / count;
  });
}

/** The part of the day of a step of the history, or after it; without days the first. */
export function partOf({ seasons: { day } }: Pick<History, 'seasons'>, step: number): number {
  if (day === undefined) return 0;
  return Math.min(PARTS - 1, Math.floor(((step % day) / day) * PARTS));
}

/** The part of the day that each point's target lies in. */
export function partsOf(history: Pick<History, 'seasons'>, { count, origins, leads }: Points): Uint8Array {
  const parts = new Uint8Array(count);
  for (let p = 0; p < count; p++) parts[p] = partOf(history, (origins[p] as number) + (leads[p] as number));
  return parts;
}

/** Residuals as multiples of how large they usually are at that time of the day. */
export function evened(residuals: Float64Array, parts: Uint8Array, widths: DayWidths): Float64Array {
  const alike = new Float64Array(residuals.length);
  for (let p = 0; p < alike.length; p++) alike[p] = (residuals[p] as number) / (widths[parts[p] as number] as number);
  return alike;
}
