import type { LinearSolver } from '../ports.ts';
import type { Instance } from './instance.ts';
import { compressed } from './sparse.ts';

/**
 * One price for each resource, in $/h a unit, such that no node holds more than it costs and the groups' need is worth
 * most. Every price vector of that kind bounds the cost of any placement from below.
 *
 * @returns undefined when the solver finds none
 */
export function resourcePrices(
  { groups, candidates, resources, need, capacity, groupsOn }: Instance,
  nodePrice: Float64Array,
  solver: LinearSolver,
): Float64Array | undefined {
  const used = candidates.flatMap((_, o) => ((groupsOn[o]?.length ?? 0) > 0 ? [o] : []));
  const wanted = new Float64Array(resources);
  groups.forEach((group, g) => {
    for (let r = 0; r < resources; r++) {
      wanted[r] = (wanted[r] ?? 0) + group.replicas * (need[g * resources + r] ?? 0);
    }
  });
  // in units of the whole need, so that cores and MiB are of one size
  const binding = [...wanted.keys()].filter((r) => (wanted[r] ?? 0) > 0);
  const model = solver.open({
    lower: new Float64Array(used.length).fill(-Infinity),
    upper: Float64Array.from(used, (o) => nodePrice[o] ?? 0),
  });
  try {
    model.addColumns(
      compressed(
        binding.map((r) => ({
          cost: -1,
          upper: Infinity,
          entries: used.map((o, row) => ({
            row,
            value: (capacity[o * resources + r] ?? 0) / (wanted[r] ?? 1),
          })),
        })),
      ),
    );
    const answer = model.solve();
    if (answer.status !== 'optimal') return undefined;
    const prices = new Float64Array(resources);
    binding.forEach((r, j) => (prices[r] = (answer.primal[j] ?? 0) / (wanted[r] ?? 1)));
    return prices;
  } finally {
    model.close();
  }
}
