import { emptyBays, loadOf, slice, startsOf, type PacedPool } from './fillings.ts';
import type { Bay, Load } from './parking.ts';
import { at, keptBays, poolAt, standing, type Road } from './road.ts';

export interface Late {
  /** nodes of each growing pool that need not start yet: its last ones */
  readonly waits: readonly number[];
  /** the nodes that run and stay, with the waiting work on them */
  readonly lot: readonly Bay[];
}

/** Work goes to nodes of its own place first, everybody's before anybody's goes elsewhere. */
export function putOff(road: Road, staying: readonly number[]): Late {
  const { pools } = road;
  let late: Late = { waits: pools.map(() => 0), lot: [...emptyBays(pools, staying), ...keptBays(pools)] };
  // without nodes that stay behind there is nothing to wait for
  if (staying.every((n) => n === 0)) return late;
  for (const where of [IN_PLACE, ANYWHERE]) {
    for (const i of road.growth.toReversed()) late = parkMost(road, i, late, where, startsOf(poolAt(road, i)));
  }
  return late;
}

interface Where {
  readonly inPlace: boolean;
}
const IN_PLACE: Where = { inPlace: true };
const ANYWHERE: Where = { inPlace: false };

/** Lets as many more of a growing pool's nodes wait as their work has room on the lot, up to `most` in all. */
function parkMost(road: Road, i: number, late: Late, { inPlace }: Where, most: number): Late {
  const { fillings, goal, candidate } = poolAt(road, i);
  const waiting = at(late.waits, i);
  let best = late;
  let high = most - waiting;
  for (let low = 1; low <= high;) {
    const nodes = Math.ceil((low + high) / 2);
    const work = loadOf(slice(fillings, goal - waiting - nodes, goal - waiting));
    const parked = road.park(late.lot, work, inPlace ? (c) => locationOf(c) === locationOf(candidate) : undefined);
    const tried = { waits: late.waits.with(i, waiting + nodes), lot: parked.bays };
    if (parked.left.size === 0 && (inPlace || keepsRules(road, tried, work))) {
      best = tried;
      low = nodes + 1;
    } else high = nodes - 1;
  }
  return best;
}

export const locationOf = ({ provider, region, zone, purchase }: PacedPool['candidate']): string =>
  `${provider}/${region}/${zone}/${purchase}`;

function keepsRules(road: Road, { waits, lot }: Late, work: Load): boolean {
  const bays = standing(road.pools, waits, lot);
  return [...work.keys()].every((group) => road.breaches.of(group, bays) <= (road.breachAtGoal.get(group) ?? 0));
}

/** Growing pools whose new nodes cannot all be done without, even if nothing drained. */
export function neededForLoad(
  road: Road,
  going: readonly number[],
  late: Late,
  chosen: readonly number[],
): Set<number> {
  const forLoad = new Set<number>();
  let without: Late = { waits: late.waits, lot: [...late.lot, ...emptyBays(road.pools, chosen)] };
  for (const i of road.growth.toReversed()) {
    if (at(going, i) === 0) continue;
    const all = startsOf(poolAt(road, i));
    const tried = parkMost(road, i, parkMost(road, i, without, IN_PLACE, all), ANYWHERE, all);
    if (at(tried.waits, i) === all) without = tried;
    else forLoad.add(i);
  }
  return forLoad;
}
