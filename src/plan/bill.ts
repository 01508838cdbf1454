import { billOf } from '../placement/cost.ts';
import type { Candidate, Problem } from '../placement/problem.ts';
import type { Bill } from './plan.ts';

/** So many nodes of one offering. */
export interface Sized {
  readonly candidate: Candidate;
  /** list price of one node, without what interruptions are expected to cost */
  readonly listUsdPerHour: number;
  readonly nodes: number;
}

/** The bill that placement minimises, with the expected cost of interruptions told apart from what the cloud charges. */
export function billFor(problem: Problem, sizes: readonly Sized[], egress: number): Bill {
  const { list, contracts, committed } = billOf(
    problem,
    sizes.map(({ candidate, nodes }) => ({ candidate, count: nodes })),
  );
  const listed = sizes.reduce((sum, s) => sum + s.listUsdPerHour * s.nodes, 0);
  return { list: listed, interruptions: Math.max(0, list - listed), contracts, committed, egress };
}

export const totalOf = (bill: Bill): number =>
  bill.list + bill.interruptions - bill.contracts + bill.committed + bill.egress;
