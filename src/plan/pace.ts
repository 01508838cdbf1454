import { counted } from '../figures.ts';
import type { Problem } from '../placement/problem.ts';
import { withFewerStarts } from './fewer-starts.ts';
import { drainsOf, loadOf, slice, startsOf, type PacedPool } from './fillings.ts';
import type { Bay, Load } from './parking.ts';
import { neededForLoad, putOff } from './put-off.ts';
import { at, firstNodes, roadOf, standing, type Road } from './road.ts';
import { withinPace, type Allowance, type Paced as PacedGroup } from './shrink-pace.ts';

export interface PaceLimits {
  /** most nodes started and drained in one cycle; absent = no limit */
  readonly startsPerCycle?: number;
  readonly drainsPerCycle?: number;
  /** false: what is wanted saves less than getting there costs, so nothing drains; growth for the load goes on */
  readonly worthwhile: boolean;
  /** groups of which no load was ever seen: nodes for them alone are no growth for load */
  readonly unseen?: ReadonlySet<string>;
  /** groups whose replicas may be let go only so fast */
  readonly paced?: readonly PacedGroup[];
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

interface PutOff {
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
 * 1. Drains are chosen first: none where it is held or nothing is saved by it, the dearest nodes first, no more than the
 *    limit and no faster than the replicas on them may be let go. What is not chosen stays.
 * 2. Growth whose work the staying nodes carry is put off: it would only be paid for twice. Such work waits on nodes of
 *    its own zone and purchase, where no rule can tell the difference, or elsewhere while every rule is still kept.
 * 3. The other growth is for `load` when even the nodes that are about to drain could not do without it, for want of
 *    room or because a rule of safety would be broken; else for `cost`.
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
  const { drains: chosen, keptBy } = chosenDrains(road, limits);
  const staying = pools.map((pool, i) => drainsOf(pool) - at(chosen, i));
  const late = putOff(road, staying);
  const going = pools.map((pool, i) => startsOf(pool) - at(late.waits, i));
  const needed = neededForLoad(road, going, late, chosen);
  const forLoad = new Set([...needed].filter((i) => !onlyFor(limits.unseen, road, i)));
  const order = [...road.growth.filter((i) => forLoad.has(i)), ...road.growth.filter((i) => !forLoad.has(i))];
  const starts = firstNodes(order, going, limits.startsPerCycle ?? Infinity);
  const cut = going.map((n, i) => n - at(starts, i));
  const end = cut.some((n) => n > 0)
    ? withFewerStarts(road, starts, chosen, staying)
    : {
        after: standing(pools, late.waits, late.lot),
        uncovered: new Map<string, number>(),
        drains: chosen,
        misses: false,
      };

  const causeOf = (i: number): Move['cause'] => (forLoad.has(i) ? 'load' : 'cost');
  const moves: Move[] = [
    ...order.map((pool) => ({ pool, to: from(pools, pool) + at(starts, pool), cause: causeOf(pool) })),
    ...road.drains.map((pool) => ({ pool, to: from(pools, pool) - at(end.drains, pool), cause: 'cost' as const })),
  ];
  return {
    moves: moves.filter(({ pool, to }) => to !== from(pools, pool)),
    puttingOff: [
      ...startsPutOff(pools, order, limits, {
        starts,
        cut,
        waits: late.waits,
        // what is cut without anything being missed was not so urgent after all
        causeOf: (i) => (end.misses ? causeOf(i) : 'cost'),
      }),
      ...drainsPutOff(road, limits, keptBy, { staying, given: chosen.map((n, i) => n - at(end.drains, i)) }),
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
  nodes: {
    readonly starts: readonly number[];
    readonly cut: readonly number[];
    readonly waits: readonly number[];
    readonly causeOf: (pool: number) => PutOff['cause'];
  },
): readonly PutOff[] {
  const part = (pool: number, first: number, n: number, cause: PutOff['cause'], reason: string): PutOff[] => {
    const carries = loadOf(slice(pools[pool]?.fillings ?? [], first, first + n));
    return n > 0 ? [{ kind: 'start', pool, nodes: n, cause, carries, reason }] : [];
  };
  const limited = `no more than ${counted(startsPerCycle ?? Infinity, 'node')} ${startsPerCycle === 1 ? 'starts' : 'start'} in one cycle (churn.startsPerCycle)`;
  const carried = 'nodes that may not drain yet carry its work until then';
  const startedTo = (i: number): number => from(pools, i) + at(nodes.starts, i);
  return [
    ...order.flatMap((i) => part(i, startedTo(i), at(nodes.cut, i), nodes.causeOf(i), limited)),
    ...order.flatMap((i) => part(i, startedTo(i) + at(nodes.cut, i), at(nodes.waits, i), 'cost', carried)),
  ];
}

function drainsPutOff(
  { pools, drains }: Road,
  { drainsPerCycle, worthwhile }: PaceLimits,
  keptBy: Allowance['keptBy'],
  nodes: { readonly staying: readonly number[]; readonly given: readonly number[] },
): readonly PutOff[] {
  const part = (pool: number, n: number, reason: string): PutOff[] =>
    n > 0 ? [{ kind: 'drain', pool, nodes: n, cause: 'cost', carries: new Map(), reason }] : [];
  const limited = worthwhile
    ? `no more than ${counted(drainsPerCycle ?? Infinity, 'node')} ${drainsPerCycle === 1 ? 'drains' : 'drain'} in one cycle (churn.drainsPerCycle)`
    : 'the whole move would cost more than it saves (churn.payback)';
  const early = 'what takes over its work has not all started yet';
  return [
    ...drains.flatMap((i) => part(i, at(nodes.staying, i), pools[i]?.held ?? keptBy.get(i) ?? limited)),
    ...drains.flatMap((i) => part(i, at(nodes.given, i), early)),
  ];
}

function chosenDrains({ pools, drains }: Road, limits: PaceLimits): Allowance {
  if (!limits.worthwhile) return { drains: pools.map(() => 0), keptBy: new Map() };
  const free = drains.filter((i) => pools[i]?.held === undefined);
  const { drains: may, keptBy } = withinPace(pools, free, pools.map(drainsOf), limits.paced ?? []);
  return { drains: firstNodes(free, may, limits.drainsPerCycle ?? Infinity), keptBy };
}

/** Whether the new nodes of a pool hold replicas of these groups and of no other. */
function onlyFor(groups: ReadonlySet<string> | undefined, { pools }: Road, i: number): boolean {
  const pool = pools[i];
  if (!pool || !groups || groups.size === 0) return false;
  const carried = [...loadOf(slice(pool.fillings, pool.from, pool.goal)).keys()];
  return carried.length > 0 && carried.every((group) => groups.has(group));
}

const from = (pools: readonly PacedPool[], i: number): number => pools[i]?.from ?? 0;
