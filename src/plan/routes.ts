import type { Offering } from '../catalog/offering.ts';
import type { PlacedNodes } from '../placement/placement.ts';
import type { Candidate } from '../placement/problem.ts';
import type { ObservedPool } from '../ports.ts';
import { slice, type Filling, type PacedPool } from './fillings.ts';
import type { PlanInput } from './from-placement.ts';
import { holdsOf } from './hold.ts';
import { poolSizes, type PoolSize } from './pool-sizes.ts';
import { poolsByOffering, templateFinder } from './reachable.ts';

/** A pool with its offering, before and after. */
export interface PoolRoute extends PacedPool {
  readonly offering: Offering;
  readonly min: number;
  readonly max: number;
  readonly template?: string;
}

/** Every pool of the fleet, and every one that must be opened, with the size and the fillings that the placement wants. */
export function routesFrom(input: PlanInput, offerings: ReadonlyMap<string, Offering>): readonly PoolRoute[] {
  const { fleet, observation, problem, placement } = input;
  const own = poolsByOffering(observation.pools);
  const candidates = new Map(problem.offerings.map((candidate) => [candidate.id, candidate]));
  const decided = placement.status !== 'infeasible';
  const placed = fillingsByOffering(decided ? placement.nodes : []);
  const templates = templateFinder(fleet);
  const taken = new Set(observation.pools.map(({ name }) => name));
  const hold = holdsOf(input);
  return [...new Set([...own.keys(), ...placed.keys()])].toSorted().flatMap((id) => {
    const offering = offerings.get(id);
    if (!offering && placed.has(id)) throw new Error(`the placement holds ${id}, which the observation does not have`);
    if (!offering) return [];
    const candidate = candidates.get(id) ?? asCandidate(offering);
    const fillings = placed.get(id) ?? [];
    const pools = own.get(id) ?? [];
    const wanted = fillings.reduce((sum, f) => sum + f.nodes, 0);
    const sizes = decided ? poolSizes(offering, wanted, pools, templates(offering), taken) : pools.map(unchanged);
    const held = hold(candidate);
    return withFillings(sizes, fillings).map(({ pool, ...size }) => ({
      ...size,
      name: pool,
      offering,
      candidate,
      usdPerHour: offering.price.usdPerHour,
      ...(held !== undefined && { held }),
    }));
  });
}

function fillingsByOffering(nodes: readonly PlacedNodes[]): ReadonlyMap<string, readonly Filling[]> {
  const fillings = new Map<string, Filling[]>();
  for (const { offering, count, replicas } of nodes) {
    if (count === 0) continue;
    const known = fillings.get(offering);
    if (known) known.push({ nodes: count, replicas });
    else fillings.set(offering, [{ nodes: count, replicas }]);
  }
  return fillings;
}

/** An offering that the problem left out, because no group may use it, still has nodes to count. */
const asCandidate = (offering: Offering): Candidate => ({ ...offering, usdPerHour: offering.price.usdPerHour });

const unchanged = ({ name, min, max, target }: ObservedPool): PoolSize => ({
  pool: name,
  min,
  max,
  from: target,
  goal: target,
});

/**
 * Hands an offering's fillings out to its pools: to the nodes that run already first, so that as much of the work as
 * can be stays on nodes that are there.
 */
function withFillings(
  sizes: readonly PoolSize[],
  fillings: readonly Filling[],
): readonly (PoolSize & { readonly fillings: readonly Filling[] })[] {
  let next = 0;
  const take = (nodes: number): readonly Filling[] => slice(fillings, next, (next += nodes));
  const kept = sizes.map((size) => take(Math.min(size.from, size.goal)));
  return sizes.map((size, i) => ({
    ...size,
    fillings: [...(kept[i] ?? []), ...take(Math.max(0, size.goal - size.from))],
  }));
}
