import type { Problem } from '../placement/problem.ts';
import {
  drainsOf,
  emptyBays,
  goalBays,
  keptBy,
  loadOf,
  slice,
  startsOf,
  together,
  type PacedPool,
} from './fillings.ts';
import { drainOrder, growthOrder } from './move-order.ts';
import { parkingFor, type Bay, type Load, type Park } from './parking.ts';
import { rulesOf, type Broken } from './rules-kept.ts';

export interface PaceLimits {
  /** most nodes started and drained in one cycle; absent = no limit */
  readonly startsPerCycle?: number;
  readonly drainsPerCycle?: number;
}

export interface Paced {
  /** the moves of this cycle in the order they are made: growth first */
  readonly moves: readonly Move[];
  readonly puttingOff: readonly PutOff[];
  /** the nodes when every move is made; `pool` is the index in the pools given */
  readonly after: readonly Bay[];
  /** replicas for which no node is left that could hold them, because starts were cut */
  readonly uncovered: Load;
}

export interface Move {
  readonly pool: number;
  readonly to: number;
  readonly cause: 'load' | 'cost';
}

export interface PutOff {
  readonly kind: 'start' | 'drain';
  readonly pool: number;
  readonly nodes: number;
  readonly cause: 'load' | 'cost';
  /** the work that waits with the nodes; nothing for a drain */
  readonly carries: Load;
  readonly reason: string;
}

/**
 * Which of the wanted changes are made in this cycle.
 *
 * 1. Drains are chosen first: none where it is held, the dearest nodes first, no more than the limit. What is not
 *    chosen stays.
 * 2. Growth whose work the staying nodes carry is put off: it would only be paid for twice.
 * 3. The other growth is for `load` when the nodes that are about to drain could not do without it (there is no room
 *    for its work on them, or a rule of safety would be broken), else for `cost`.
 * 4. Starts are cut to their limit, `load` before `cost`. Then as many drains are given up, the cheapest nodes first,
 *    as it takes for what remains to carry all the work. So at no point is there less than the demand needs, unless
 *    the limit keeps growth from the load itself; that is answered as `uncovered`, and the gate holds.
 */
export function pace(
  pools: readonly PacedPool[],
  problem: Pick<Problem, 'groups' | 'offerings'>,
  limits: PaceLimits,
): Paced {
  const road = roadOf(pools, problem);
  const chosen = chosenDrains(road, limits.drainsPerCycle ?? Infinity);
  const staying = pools.map((pool, i) => drainsOf(pool) - at(chosen, i));
  const late = putOff(road, staying);
  const going = pools.map((pool, i) => startsOf(pool) - at(late.waits, i));
  const forLoad = neededForLoad(road, going, late, chosen);
  const order = [...road.growth.filter((i) => forLoad.has(i)), ...road.growth.filter((i) => !forLoad.has(i))];
  const starts = firstNodes(order, going, limits.startsPerCycle ?? Infinity);
  const cut = going.map((n, i) => n - at(starts, i));
  const end = cut.some((n) => n > 0)
    ? withFewerStarts(road, starts, chosen, staying)
    : { after: standing(pools, late.waits, late.lot), uncovered: new Map<string, number>(), drains: chosen };

  const causeOf = (i: number): Move['cause'] => (forLoad.has(i) ? 'load' : 'cost');
  const moves: Move[] = [
    ...order.map((pool) => ({ pool, to: from(pools, pool) + at(starts, pool), cause: causeOf(pool) })),
    ...road.drains.map((pool) => ({ pool, to: from(pools, pool) - at(end.drains, pool), cause: 'cost' as const })),
  ];
  return {
    moves: moves.filter(({ pool, to }) => to !== from(pools, pool)),
    puttingOff: [
      ...startsPutOff(pools, order, limits, { starts, cut, waits: late.waits }).map((p) => ({
        ...p,
        cause: causeOf(p.pool),
      })),
      ...drainsPutOff(road, limits, { staying, given: chosen.map((n, i) => n - at(end.drains, i)) }),
    ],
    after: end.after,
    uncovered: end.uncovered,
  };
}

/** Of a pool's new nodes the first start now, those after them are cut by the limit, and the last wait for drains. */
function startsPutOff(
  pools: readonly PacedPool[],
  order: readonly number[],
  { startsPerCycle }: PaceLimits,
  nodes: { readonly starts: readonly number[]; readonly cut: readonly number[]; readonly waits: readonly number[] },
): readonly Omit<PutOff, 'cause'>[] {
  const part = (pool: number, first: number, n: number, reason: string): Omit<PutOff, 'cause'>[] => {
    const carries = loadOf(slice(pools[pool]?.fillings ?? [], first, first + n));
    return n > 0 ? [{ kind: 'start', pool, nodes: n, carries, reason }] : [];
  };
  const limited = `no more than ${startsPerCycle} nodes start in one cycle (churn.startsPerCycle)`;
  const carried = 'nodes that may not drain yet carry its work until then';
  const startedTo = (i: number): number => from(pools, i) + at(nodes.starts, i);
  return [
    ...order.flatMap((i) => part(i, startedTo(i), at(nodes.cut, i), limited)),
    ...order.flatMap((i) => part(i, startedTo(i) + at(nodes.cut, i), at(nodes.waits, i), carried)),
  ];
}

function drainsPutOff(
  { pools, drains }: Road,
  { drainsPerCycle }: PaceLimits,
  nodes: { readonly staying: readonly number[]; readonly given: readonly number[] },
): readonly PutOff[] {
  const part = (pool: number, n: number, reason: string): PutOff[] =>
    n > 0 ? [{ kind: 'drain', pool, nodes: n, cause: 'cost', carries: new Map(), reason }] : [];
  const limited = `no more than ${drainsPerCycle} nodes drain in one cycle (churn.drainsPerCycle)`;
  const early = 'what takes over its work has not all started yet';
  return [
    ...drains.flatMap((i) => part(i, at(nodes.staying, i), pools[i]?.held ?? limited)),
    ...drains.flatMap((i) => part(i, at(nodes.given, i), early)),
  ];
}

interface Road {
  readonly pools: readonly PacedPool[];
  readonly growth: readonly number[];
  readonly drains: readonly number[];
  readonly park: Park;
  readonly broken: Broken;
  /** rules that the goal does not keep either decide nothing here */
  readonly brokenAnyway: ReadonlySet<string>;
}

function roadOf(pools: readonly PacedPool[], problem: Pick<Problem, 'groups' | 'offerings'>): Road {
  const broken = rulesOf(problem);
  return {
    pools,
    growth: growthOrder(pools, problem),
    drains: drainOrder(pools),
    park: parkingFor(problem.groups),
    broken,
    brokenAnyway: broken(standing(pools, [], [])),
  };
}

function chosenDrains({ pools, drains }: Road, limit: number): readonly number[] {
  const free = drains.filter((i) => pools[i]?.held === undefined);
  return firstNodes(free, pools.map(drainsOf), limit);
}

/** The first `limit` of the nodes, pool by pool in the order given. */
function firstNodes(order: readonly number[], nodes: readonly number[], limit: number): readonly number[] {
  const taken = nodes.map(() => 0);
  let left = limit;
  for (const i of order) {
    taken[i] = Math.min(left, at(nodes, i));
    left -= at(taken, i);
  }
  return taken;
}

interface Late {
  /** nodes of each growing pool that need not start yet */
  readonly waits: readonly number[];
  /** growing pools that must start whatever room there is: without them a rule is broken */
  readonly must: ReadonlySet<number>;
  /** the staying nodes with the waiting work on them */
  readonly lot: readonly Bay[];
}

function putOff(road: Road, staying: readonly number[]): Late {
  const { pools } = road;
  const must = new Set<number>();
  for (;;) {
    let lot: readonly Bay[] = emptyBays(pools, staying);
    const waits = pools.map(() => 0);
    for (const i of lot.length === 0 ? [] : road.growth.toReversed()) {
      if (must.has(i)) continue;
      const most = mostParked(road, i, lot);
      waits[i] = most.nodes;
      lot = most.lot;
    }
    const guilty = carriersOf(road, newlyBroken(road, standing(pools, waits, lot)), waits);
    if (guilty.length === 0) return { waits, must, lot };
    for (const i of guilty) must.add(i);
  }
}

/** As many of a growing pool's last nodes as there is room for their work. */
function mostParked(road: Road, i: number, lot: readonly Bay[]): { nodes: number; lot: readonly Bay[] } {
  const pool = road.pools[i];
  let best = { nodes: 0, lot };
  if (!pool) return best;
  let high = startsOf(pool);
  for (let low = 1; low <= high;) {
    const nodes = Math.ceil((low + high) / 2);
    const parked = road.park(lot, loadOf(slice(pool.fillings, pool.goal - nodes, pool.goal)));
    if (parked.left.size > 0) high = nodes - 1;
    else {
      best = { nodes, lot: parked.bays };
      low = nodes + 1;
    }
  }
  return best;
}

function neededForLoad(road: Road, going: readonly number[], late: Late, chosen: readonly number[]): Set<number> {
  const { pools } = road;
  const forLoad = new Set(late.must);
  for (;;) {
    let lot: readonly Bay[] = [...late.lot, ...emptyBays(pools, chosen)];
    const without = pools.map(() => 0);
    for (const i of road.growth.toReversed()) {
      const pool = pools[i];
      if (!pool || at(going, i) === 0 || forLoad.has(i)) continue;
      const parked = road.park(lot, loadOf(slice(pool.fillings, pool.from, pool.from + at(going, i))));
      if (parked.left.size > 0) forLoad.add(i);
      else {
        without[i] = at(going, i);
        lot = parked.bays;
      }
    }
    const gone = without.map((n, i) => n + at(late.waits, i));
    const guilty = carriersOf(road, newlyBroken(road, standing(pools, gone, lot)), without);
    if (guilty.length === 0) return forLoad;
    for (const i of guilty) forLoad.add(i);
  }
}

function withFewerStarts(
  road: Road,
  starts: readonly number[],
  chosen: readonly number[],
  staying: readonly number[],
): { after: readonly Bay[]; uncovered: Load; drains: readonly number[] } {
  const { pools } = road;
  const running = goalBays(pools, (pool, i) => [0, keptBy(pool) + at(starts, i)]);
  const work = together(pools.map((p, i) => loadOf(slice(p.fillings, keptBy(p) + at(starts, i), p.goal))));
  const attempt = (nodes: number): { after: readonly Bay[]; uncovered: Load; drains: readonly number[] } => {
    const drains = firstNodes(road.drains, chosen, nodes);
    const stay = staying.map((n, i) => n + at(chosen, i) - at(drains, i));
    const parked = road.park([...running, ...emptyBays(pools, stay)], work);
    return { after: parked.bays, uncovered: parked.left, drains };
  };
  let best = attempt(0);
  let high = chosen.reduce((sum, n) => sum + n, 0);
  for (let low = 1; low <= high;) {
    const nodes = Math.ceil((low + high) / 2);
    const tried = attempt(nodes);
    if (tried.uncovered.size > 0 || newlyBroken(road, tried.after).size > 0) high = nodes - 1;
    else {
      best = tried;
      low = nodes + 1;
    }
  }
  return best;
}

/** The goal's nodes without those that wait, and the lot. */
const standing = (pools: readonly PacedPool[], waits: readonly number[], lot: readonly Bay[]): readonly Bay[] => [
  ...goalBays(pools, (pool, i) => [0, pool.goal - at(waits, i)]),
  ...lot,
];

const newlyBroken = (road: Road, bays: readonly Bay[]): ReadonlySet<string> =>
  new Set([...road.broken(bays)].filter((group) => !road.brokenAnyway.has(group)));

/** Pools among whose waiting nodes are some for one of the groups. */
const carriersOf = (road: Road, groups: ReadonlySet<string>, waits: readonly number[]): readonly number[] =>
  groups.size === 0
    ? []
    : road.growth.filter((i) => {
        const pool = road.pools[i];
        const fillings = pool ? slice(pool.fillings, pool.from, pool.goal) : [];
        return at(waits, i) > 0 && [...loadOf(fillings).keys()].some((group) => groups.has(group));
      });

const at = (numbers: readonly number[], i: number): number => numbers[i] ?? 0;
const from = (pools: readonly PacedPool[], i: number): number => pools[i]?.from ?? 0;
