import type { LinearSolver } from '../ports.ts';
import { sunk } from './answer.ts';
import { ColumnModel } from './columns.ts';
import { converge, prove } from './converge.ts';
import { multipliersOf } from './contract-rows.ts';
import { instanceOf } from './instance.ts';
import { masterOf } from './master.ts';
import type { Problem } from './problem.ts';
import { pruned } from './prune.ts';
import { spendBoundOf } from './spend-bound.ts';

/** The optimum of a problem's relaxation, between two figures that are both proven. */
export interface Relaxed {
  /** no placement costs less: the bound of the duals */
  readonly usdPerHour: number;
  /** what the best mixture of filled nodes that was found costs; the optimum lies between the two */
  readonly atMostUsdPerHour: number;
  /** $/h a unit by the master problem's row names */
  readonly duals: ReadonlyMap<string, number>;
}

const ROUNDS = 120;
const MISSING = 1e-6;

/**
 * The relaxation alone, without whole nodes: nodes and replicas may be fractions, fillings are whole.
 *
 * @param spendBound list $/h at one provider up to which tiered discounts are taken as the chord of their cost curve;
 *   two problems are comparable when it is the same
 * @returns undefined when not every replica can be placed, or the solver gives no usable answer
 */
export function relaxed(
  problem: Problem,
  solver: LinearSolver,
  spendBound: number = spendBoundOf(problem),
): Relaxed | undefined {
  const committed = sunk(problem);
  if (problem.groups.every((g) => g.replicas <= 0) && problem.offerings.every((o) => (o.atLeast ?? 0) === 0)) {
    return { usdPerHour: committed, atMostUsdPerHour: committed, duals: new Map() };
  }
  const instance = instanceOf(problem, pruned(problem));
  const factor = multipliersOf(problem.rules.discounts, () => spendBound);
  const master = masterOf(problem, instance, factor);
  const objective = { nodePrice: master.nodeCost, keptCredit: new Float64Array(master.nodeCost.length) };
  const model = new ColumnModel(instance, master, solver, objective);
  try {
    const answer = converge(model, ROUNDS);
    if (answer.status !== 'optimal') return undefined;
    const short = master.auxiliary.some((a, i) => a.kind === 'missing' && (answer.primal[i] ?? 0) > MISSING);
    if (short) return undefined;
    const { usdPerHour, dual } = prove(model);
    return {
      usdPerHour: usdPerHour + committed,
      atMostUsdPerHour: Math.max(answer.objective, usdPerHour) + committed,
      duals: new Map(master.rows.map((row, i) => [row.name, dual[i] ?? 0])),
    };
  } finally {
    model.close();
  }
}
