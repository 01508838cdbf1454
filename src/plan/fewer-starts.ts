import { emptyBays, goalBays, keptBy, loadOf, slice, together } from './fillings.ts';
import type { Bay, Load } from './parking.ts';
import { locationOf } from './put-off.ts';
import { at, firstNodes, poolAt, type Road } from './road.ts';

export interface End {
  readonly after: readonly Bay[];
  readonly uncovered: Load;
  readonly drains: readonly number[];
  /** work is left without a node, or a rule is missed that the goal keeps: the cut has reached the load */
  readonly misses: boolean;
}

/** The most drains, in their order, that leave room for all work and miss no rule by more than without any drain. */
export function withFewerStarts(
  road: Road,
  starts: readonly number[],
  chosen: readonly number[],
  staying: readonly number[],
): End {
  const attempt = (nodes: number): Attempt => {
    const drains = firstNodes(road.drains, chosen, nodes);
    const stay = staying.map((n, i) => n + at(chosen, i) - at(drains, i));
    const parked = parkAll(road, starts, stay);
    return { ...parked, drains, missed: missedOn(road, parked.after) };
  };
  const none = attempt(0);
  let best = none;
  let high = none.uncovered.size > 0 ? 0 : chosen.reduce((sum, n) => sum + n, 0);
  for (let low = 1; low <= high;) {
    const nodes = Math.ceil((low + high) / 2);
    const tried = attempt(nodes);
    if (tried.uncovered.size === 0 && tried.missed.every((by, g) => by <= at(none.missed, g))) {
      best = tried;
      low = nodes + 1;
    } else high = nodes - 1;
  }
  const { missed, ...end } = best;
  return { ...end, misses: end.uncovered.size > 0 || missed.some((by) => by > 0) };
}

interface Attempt extends Omit<End, 'misses'> {
  /** by how much each group's rules are missed beyond what the goal itself misses them */
  readonly missed: readonly number[];
}

const missedOn = ({ breaches, breachAtGoal }: Road, bays: readonly Bay[]): readonly number[] =>
  breaches.groups.map((group) => Math.max(0, breaches.of(group, bays) - (breachAtGoal.get(group) ?? 0)));

/** All work whose nodes do not start, on what runs: in its own place where there is room, elsewhere where not. */
function parkAll(road: Road, starts: readonly number[], stay: readonly number[]): Pick<End, 'after' | 'uncovered'> {
  const { pools } = road;
  let bays: readonly Bay[] = [...goalBays(pools, (p, i) => [0, keptBy(p) + at(starts, i)]), ...emptyBays(pools, stay)];
  const left: Load[] = [];
  for (const [i, { fillings, candidate, goal }] of pools.entries()) {
    const work = loadOf(slice(fillings, keptBy(poolAt(road, i)) + at(starts, i), goal));
    const parked = road.park(bays, work, (c) => locationOf(c) === locationOf(candidate));
    bays = parked.bays;
    left.push(parked.left);
  }
  const parked = road.park(bays, together(left));
  return { after: parked.bays, uncovered: parked.left };
}
