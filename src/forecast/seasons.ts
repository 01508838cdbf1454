import type { Seconds } from '../units.ts';

/** Season lengths in steps, whole or not; absent where the step is too coarse to see them. */
export interface Seasons {
  readonly day?: number;
  readonly week?: number;
}

const DAY_S = 86_400;
const WEEK_S = 604_800;

/**
 * A season needs at least two steps.
 *
 * @param stated lengths in place of a day and a week: the shortest, and the longest where there are several
 */
export function seasonsOf(step: Seconds, stated: readonly Seconds[] = []): Seasons {
  const lengths = stated.map((length) => length / step).filter((steps) => steps >= 2);
  if (lengths.length > 0) {
    const [day, week] = [Math.min(...lengths), Math.max(...lengths)];
    return { day, ...(week > day && { week }) };
  }
  return {
    ...(DAY_S / step >= 2 && { day: DAY_S / step }),
    ...(WEEK_S / step >= 2 && { week: WEEK_S / step }),
  };
}

/** Steps from a time to the same time `times` seasons before. A step that does not divide the day lands on the nearest. */
export const lagOf = (season: number, times: number): number => Math.round(season * times);
