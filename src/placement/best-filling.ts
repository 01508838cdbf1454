import { dot } from './dual.ts';
import type { Instance } from './instance.ts';
import { ItemList, itemsOn } from './items.ts';
import { KnapsackSearch } from './knapsack-search.ts';
import type { Master } from './master.ts';

const NODES = 30_000;

/**
 * The best filling of one candidate at some duals, worthwhile or not; undefined when nothing is worth anything on it.
 *
 * @param thoroughly false: a greedy one will do
 */
export function bestFilling(
  instance: Instance,
  master: Master,
  dual: Float64Array,
  o: number,
  thoroughly = true,
): { readonly filling: Int32Array; readonly value: number } | undefined {
  const { groups, resources } = instance;
  const items = itemsOn(instance, o, new ItemList(groups.length, resources), (g, l) =>
    dot(master.replicaTerms[g * instance.locations.length + l] ?? [], dual),
  );
  if (items.count === 0) return undefined;
  const capacity = instance.capacity.subarray(o * resources, (o + 1) * resources);
  const weights = new Float64Array(resources).fill(1 / resources);
  const knapsack = new KnapsackSearch(groups.length, resources);
  const { counts, value } = thoroughly
    ? knapsack.searched(items, capacity, 0, weights, NODES)
    : knapsack.quick(items, capacity, 0, weights);
  return { filling: items.spread(counts, groups.length), value };
}
