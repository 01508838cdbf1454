import type { Problem } from '../problem.ts';

/**
 * Groups × offerings × stretches up to which all stretches are solved as one program. Beyond it each is placed by
 * itself and joined on the exact bill: a large fleet's rounding costs it little, and one program would cost minutes.
 */
const TOGETHER = 12_000;

export const smallEnough = ({ groups, offerings }: Problem, stretches: number): boolean =>
  groups.length * offerings.length * stretches <= TOGETHER;
