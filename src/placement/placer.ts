import type { Placement } from './placement.ts';
import type { Problem } from './problem.ts';

/** Answers placement problems, here or elsewhere. What can't be solved is answered by a labelled fallback, never thrown. */
export type Placer = (problem: Problem) => Placement | Promise<Placement>;
