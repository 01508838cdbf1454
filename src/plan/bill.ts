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
  const counted = sizes.map(({ candidate, nodes }) => ({ candidate, count: nodes }));
  const { list, contracts, committed } = billOf(problem, counted);
  // discounts are taken off what commitments leave: without them the same bill tells what is covered
  const { contracts: covered } = billOf({ ...problem, rules: { ...problem.rules, discounts: [] } }, counted);
  const listed = sizes.reduce((sum, s) => sum + s.listUsdPerHour * s.nodes, 0);
  const interruptions = Math.max(0, list - listed);
  return { list: listed, interruptions, covered, discounts: Math.max(0, contracts - covered), committed, egress };
}

export const totalOf = (bill: Bill): number =>
  bill.list + bill.interruptions - bill.covered - bill.discounts + bill.committed + bill.egress;
