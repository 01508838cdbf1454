import type { Instance } from './instance.ts';

/** Nodes of one candidate, filled alike. */
export interface Filled {
  readonly candidate: number;
  readonly count: number;
  readonly filling: Int32Array;
}

/** Candidates of a location that are filled on trial, those first that cost least for their size. */
const TRIED = 16;

/**
 * Whole nodes in one location for so many replicas of each group: the filling that gives most worth for its price, as
 * often as the replicas allow, then the next best.
 *
 * @param wanted replicas of each group; what found no node is left in it
 * @param worth what one replica of each group counts for
 * @param left nodes of each candidate that can still be had; what is taken is taken off
 */
export function nodesIn(
  instance: Instance,
  members: readonly number[],
  wanted: Float64Array,
  worth: Float64Array,
  left: Float64Array,
): Filled[] {
  const { groups } = instance;
  const nodes: Filled[] = [];
  const trial = new Int32Array(groups.length);
  const best = new Int32Array(groups.length);
  const orders = ordersOf(instance, members, worth);
  for (;;) {
    const here = [...groups.keys()].filter((g) => (wanted[g] ?? 0) > 0);
    if (here.length === 0) return nodes;
    const [chosen, count] = bestOf(
      instance,
      tried(instance, members, here, left),
      wanted,
      worth,
      left,
      orders,
      trial,
      best,
    );
    if (chosen < 0) return nodes;
    left[chosen] = (left[chosen] ?? 0) - count;
    for (const g of here) wanted[g] = (wanted[g] ?? 0) - count * (best[g] ?? 0);
    nodes.push({ candidate: chosen, count, filling: best.slice() });
  }
}

/** The candidates worth a trial: open to a group that is still wanted, and for each such group its cheapest. */
function tried(instance: Instance, members: readonly number[], here: readonly number[], left: Float64Array): number[] {
  const { fits, candidates } = instance;
  const width = candidates.length;
  const chosen = new Set<number>();
  for (const o of members) {
    if (chosen.size >= TRIED) break;
    if ((left[o] ?? 0) > 0 && here.some((g) => (fits[g * width + o] ?? 0) > 0)) chosen.add(o);
  }
  for (const g of here) {
    const o = members.find((m) => (left[m] ?? 0) > 0 && (fits[g * width + m] ?? 0) > 0);
    if (o !== undefined) chosen.add(o);
  }
  return [...chosen];
}

/** Groups in the order in which each candidate is filled: the largest first, or those first that suit its shape. */
type Orders = (o: number) => readonly (readonly number[])[];

function ordersOf(instance: Instance, members: readonly number[], worth: Float64Array): Orders {
  const { groups, need, capacity, resources } = instance;
  const all = [...groups.keys()];
  const bySize = all.toSorted((a, b) => (worth[b] ?? 0) - (worth[a] ?? 0) || a - b);
  const known = new Map<number, readonly (readonly number[])[]>();
  const room = new Set(members);
  return (o) => {
    const before = known.get(o);
    if (before) return before;
    const takes = Float64Array.from(all, (g) => {
      let most = 0;
      for (let r = 0; r < resources; r++) {
        const have = capacity[o * resources + r] as number;
        if (have > 0) most = Math.max(most, (need[g * resources + r] as number) / have);
      }
      return (worth[g] as number) / most;
    });
    const bySuit = all.toSorted((a, b) => (takes[b] ?? 0) - (takes[a] ?? 0) || a - b);
    const orders = [bySize, bySuit];
    if (room.has(o)) known.set(o, orders);
    return orders;
  };
}

/** The candidate with the cheapest filling, how many nodes of it are filled alike, and in `best` the filling. */
function bestOf(
  instance: Instance,
  members: readonly number[],
  wanted: Float64Array,
  worth: Float64Array,
  left: Float64Array,
  orders: Orders,
  trial: Int32Array,
  best: Int32Array,
): readonly [candidate: number, count: number] {
  let chosen = -1;
  let bestPrice = Infinity;
  for (const o of members) {
    for (const order of orders(o)) {
      const total = fillOne(instance, o, order, wanted, worth, trial);
      if (total <= 0) continue;
      const price = (instance.candidates[o]?.usdPerHour ?? 0) / total;
      if (price >= bestPrice) continue;
      bestPrice = price;
      chosen = o;
      best.set(trial);
    }
  }
  if (chosen < 0) return [-1, 0];
  let count = left[chosen] ?? 0;
  for (let g = 0; g < best.length; g++) {
    const each = best[g] as number;
    if (each > 0) count = Math.min(count, Math.floor((wanted[g] as number) / each));
  }
  return [chosen, count];
}

/** One node filled in an order; what it is worth. */
function fillOne(
  { fits, candidates, need, capacity, resources }: Instance,
  o: number,
  order: readonly number[],
  wanted: Float64Array,
  worth: Float64Array,
  filling: Int32Array,
): number {
  const free = capacity.slice(o * resources, (o + 1) * resources);
  let total = 0;
  filling.fill(0);
  for (const g of order) {
    let n = Math.min(wanted[g] as number, fits[g * candidates.length + o] as number);
    if (n <= 0) continue;
    for (let r = 0; r < resources && n > 0; r++) {
      const each = need[g * resources + r] as number;
      if (each > 0) n = Math.min(n, Math.floor((free[r] as number) / each + 1e-9));
    }
    if (n <= 0) continue;
    for (let r = 0; r < resources; r++) {
      free[r] = Math.max(0, (free[r] as number) - n * (need[g * resources + r] as number));
    }
    filling[g] = n;
    total += n * (worth[g] as number);
  }
  return total;
}
