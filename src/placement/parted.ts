import type { LinearSolver } from '../ports.ts';
import type { Items } from './knapsack.ts';
import { compressed } from './sparse.ts';

/** A node filled with parts of replicas: a relaxation of what whole ones can do on it. */
export interface Parts {
  readonly candidate: number;
  /** replicas of each group */
  readonly filling: Float64Array;
}

/**
 * The best filling of a node when replicas may be cut, which no whole one can better; and others that do without one
 * of its groups each, since a relaxation needs many.
 *
 * @param worthwhile fillings worth no more are left out
 * @returns bound Infinity when the solver gives none
 */
export function parted(
  items: Items,
  capacity: Float64Array,
  solver: LinearSolver,
  worthwhile: number,
): { readonly fillings: readonly Float64Array[]; readonly bound: number } {
  const shares = sharesOf(items, capacity);
  const model = solver.open({
    lower: new Float64Array(shares.length).fill(-Infinity),
    upper: new Float64Array(shares.length).fill(1),
  });
  try {
    model.addColumns(
      compressed(
        Array.from({ length: items.count }, (_, i) => ({
          cost: -(items.value[i] ?? 0),
          upper: items.most[i] ?? 0,
          entries: shares.map((share, row) => ({ row, value: share[i] ?? 0 })),
        })),
      ),
    );
    const best = model.solve();
    if (best.status !== 'optimal') return { fillings: [], bound: Infinity };
    const bound = boundOf(items, shares, best.dual);
    if (bound <= worthwhile) return { fillings: [], bound };
    const fillings = [best.primal];
    for (let i = 0; i < items.count; i++) {
      if ((best.primal[i] ?? 0) <= NONE) continue;
      model.setColumnBounds(i, 0, 0);
      const other = model.solve();
      model.setColumnBounds(i, 0, items.most[i] ?? 0);
      if (other.status === 'optimal' && -other.objective > worthwhile) fillings.push(other.primal);
    }
    return { fillings, bound };
  } finally {
    model.close();
  }
}

const NONE = 1e-9;

/** What an item takes of the node, for each resource that any item needs. */
function sharesOf(items: Items, capacity: Float64Array): readonly Float64Array[] {
  return [...capacity.keys()]
    .map((r) =>
      Float64Array.from({ length: items.count }, (_, i) => {
        return (items.need[i * capacity.length + r] ?? 0) / Math.max(capacity[r] ?? 0, 1e-12);
      }),
    )
    .filter((share) => share.some((s) => s > 0));
}

/** The bound in our own arithmetic: by weak duality it holds for any duals. */
function boundOf(items: Items, shares: readonly Float64Array[], dual: Float64Array): number {
  const prices = shares.map((_, row) => Math.max(0, -(dual[row] ?? 0)));
  let bound = prices.reduce((sum, price) => sum + price, 0);
  for (let i = 0; i < items.count; i++) {
    const priced = shares.reduce((sum, share, row) => sum + (prices[row] ?? 0) * (share[i] ?? 0), 0);
    bound += Math.max(0, (items.value[i] ?? 0) - priced) * (items.most[i] ?? 0);
  }
  return bound;
}
