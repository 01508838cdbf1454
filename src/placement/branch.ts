import type { LinearSolver } from '../ports.ts';
import type { ColumnModel } from './columns.ts';
import type { Whole } from './dive.ts';
import { compressed } from './sparse.ts';

/** More nodes than this are rounded as well by diving, and more columns make the search long. */
export const NODES = 160;
const COLUMNS = 900;
const SEARCH_NODES = 300;
const NEARLY = 1e-6;

/**
 * Whole nodes for a model of few by branch and bound over the columns it has: where a handful of nodes decide,
 * rounding one fraction after the other goes astray.
 *
 * @param searchNodes of the search tree, after which the best found is given
 * @returns undefined when the search finds nothing in the nodes it may look at
 */
export function branch(
  model: ColumnModel,
  solver: LinearSolver,
  dual: Float64Array,
  searchNodes = SEARCH_NODES,
): Whole | undefined {
  const { instance, master } = model;
  model.broaden(dual);
  const kept = cheapest(model, dual);
  const linear = solver.open(
    { lower: Float64Array.from(master.rows, (r) => r.lower), upper: Float64Array.from(master.rows, (r) => r.upper) },
    searchNodes,
  );
  try {
    const auxiliary = master.auxiliary.filter((a) => a.kind !== 'missing');
    linear.addColumns(compressed(auxiliary));
    linear.addColumns({
      ...compressed(kept.map((p) => ({ cost: model.priceOf(p), upper: NODES * 4, entries: model.entriesOf(p) }))),
      whole: true,
    });
    const answer = linear.solve();
    if (answer.status !== 'optimal' && answer.status !== 'found') return undefined;
    const nodes = kept.flatMap((p, i) => {
      const pattern = model.patterns[p];
      const count = Math.round(answer.primal[auxiliary.length + i] ?? 0);
      return pattern && count > NEARLY ? [{ pattern, count }] : [];
    });
    const missing = new Float64Array(instance.groups.length);
    instance.groups.forEach((group, g) => {
      const placed = nodes.reduce((sum, { pattern, count }) => sum + count * (pattern.filling[g] ?? 0), 0);
      missing[g] = Math.max(0, group.replicas - placed);
    });
    return missing.some((n) => n > 0) ? undefined : { nodes, missing };
  } finally {
    linear.close();
  }
}

/** The columns that cost least beyond what they are worth at the duals, in their own order. */
function cheapest(model: ColumnModel, dual: Float64Array): number[] {
  const beyond = model.patterns.map((_, p) => ({
    p,
    cost: model.priceOf(p) - model.entriesOf(p).reduce((sum, { row, value }) => sum + value * (dual[row] ?? 0), 0),
  }));
  return beyond
    .toSorted((a, b) => a.cost - b.cost || a.p - b.p)
    .slice(0, COLUMNS)
    .map(({ p }) => p)
    .toSorted((a, b) => a - b);
}
