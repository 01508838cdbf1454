import type { Problem } from '../placement/problem.ts';
import { breachesOf, type Breaches } from './breach.ts';
import { goalBays, keptBy, type PacedPool } from './fillings.ts';
import { drainOrder, growthOrder } from './move-order.ts';
import { parkingFor, type Bay, type Park } from './parking.ts';
import { usableFor } from './usable.ts';

/** What the pace is set with: the pools, the order of their moves, and the two questions that are asked on the way. */
export interface Road {
  readonly pools: readonly PacedPool[];
  readonly growth: readonly number[];
  readonly drains: readonly number[];
  readonly park: Park;
  readonly breaches: Breaches;
  /** by how much the goal itself misses the rules of each group: no more is asked of the way there */
  readonly breachAtGoal: ReadonlyMap<string, number>;
}

export function roadOf(pools: readonly PacedPool[], problem: Pick<Problem, 'groups' | 'offerings'>): Road {
  const usable = usableFor(problem);
  const breaches = breachesOf(problem.groups, usable);
  const goal = standing(pools, [], keptBays(pools));
  return {
    pools,
    growth: growthOrder(pools, usable),
    drains: drainOrder(pools),
    park: parkingFor(problem.groups),
    breaches,
    breachAtGoal: new Map(breaches.groups.map((group) => [group, breaches.of(group, goal)])),
  };
}

/** Nodes that run now and stay, with what they hold in the end. */
export const keptBays = (pools: readonly PacedPool[]): readonly Bay[] => goalBays(pools, (p) => [0, keptBy(p)]);

/** The new nodes without those that wait, and the lot of nodes that run. */
export const standing = (
  pools: readonly PacedPool[],
  waits: readonly number[],
  lot: readonly Bay[],
): readonly Bay[] => [...goalBays(pools, (p, i) => [keptBy(p), p.goal - at(waits, i)]), ...lot];

/** The first `limit` of the nodes, pool by pool in the order given. */
export function firstNodes(order: readonly number[], nodes: readonly number[], limit: number): readonly number[] {
  const taken = nodes.map(() => 0);
  let left = limit;
  for (const i of order) {
    taken[i] = Math.min(left, at(nodes, i));
    left -= at(taken, i);
  }
  return taken;
}

export function poolAt({ pools }: Pick<Road, 'pools'>, i: number): PacedPool {
  const found = pools[i];
  if (!found) throw new RangeError(`there is no pool number ${i}`);
  return found;
}

/** Numbers kept beside the pools, by index. */
export const at = (numbers: readonly number[], i: number): number => numbers[i] ?? 0;
