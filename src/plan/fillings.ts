import type { Candidate } from '../placement/problem.ts';
import type { Bay, Load } from './parking.ts';

/** Nodes that hold the same replicas. */
export interface Filling {
  readonly nodes: number;
  /** replicas on EACH of the nodes */
  readonly replicas: Readonly<Record<string, number>>;
}

/** A pool on its way from the size it has to the size that the placement wants. */
export interface PacedPool {
  readonly name: string;
  readonly candidate: Candidate;
  /** list price of one node */
  readonly usdPerHour: number;
  readonly from: number;
  readonly goal: number;
  /** what the goal's nodes hold; the first min(from, goal) of them run already */
  readonly fillings: readonly Filling[];
  /** why none of its nodes may be drained in this cycle */
  readonly held?: string;
}

export const keptBy = (pool: PacedPool): number => Math.min(pool.from, pool.goal);
export const startsOf = (pool: PacedPool): number => Math.max(0, pool.goal - pool.from);
export const drainsOf = (pool: PacedPool): number => Math.max(0, pool.from - pool.goal);

/** What the nodes from number `start` to before `end` hold. Nodes beyond the fillings hold nothing. */
export function slice(fillings: readonly Filling[], start: number, end: number): readonly Filling[] {
  const cut: Filling[] = [];
  let first = 0;
  for (const { nodes, replicas } of fillings) {
    const within = Math.min(end, first + nodes) - Math.max(start, first);
    if (within > 0) cut.push({ nodes: within, replicas });
    first += nodes;
  }
  const empty = end - Math.max(start, first);
  return empty > 0 ? [...cut, { nodes: empty, replicas: {} }] : cut;
}

export function loadOf(fillings: readonly Filling[]): Load {
  const load = new Map<string, number>();
  for (const { nodes, replicas } of fillings) {
    for (const [group, each] of Object.entries(replicas)) load.set(group, (load.get(group) ?? 0) + each * nodes);
  }
  return load;
}

export function together(loads: readonly Load[]): Load {
  const sum = new Map<string, number>();
  for (const load of loads) for (const [group, n] of load) sum.set(group, (sum.get(group) ?? 0) + n);
  return sum;
}

/** The goal's nodes from `start` to before `end`, with what they hold. */
export function goalBays(pools: readonly PacedPool[], range: (pool: PacedPool, i: number) => [number, number]): Bay[] {
  return pools.flatMap((pool, i) =>
    slice(pool.fillings, ...range(pool, i)).map((filling) => ({ pool: i, candidate: pool.candidate, ...filling })),
  );
}

/** So many nodes of each pool with nothing on them: their work is placed anew. */
export function emptyBays(pools: readonly PacedPool[], nodes: readonly number[]): Bay[] {
  return pools.flatMap(({ candidate }, pool) => {
    const n = nodes[pool] ?? 0;
    return n > 0 ? [{ pool, candidate, nodes: n, replicas: {} }] : [];
  });
}
