import type { Placement } from './placement.ts';
import type { Candidate, Problem } from './problem.ts';

/** What it would take for an offering to enter a placement. */
export interface Entry {
  /** a node of it is worth this much at the placement's dual prices: below this $/h it would be chosen */
  readonly entersAtUsdPerHour: number;
  /** the filling that is worth that much: replicas of each group on one node */
  readonly filling: Readonly<Record<string, number>>;
}

/** undefined when no group may use the offering or none fits on it. */
export function entryOf(_problem: Problem, _placement: Placement, _candidate: Candidate): Entry | undefined {
  return undefined;
}
