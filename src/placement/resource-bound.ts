import type { Instance } from './instance.ts';

/** A lower bound that needs no solver, with the prices that prove it. */
export interface ResourceBound {
  readonly usdPerHour: number;
  /** by the names of the master problem's rows, as everywhere */
  readonly duals: ReadonlyMap<string, number>;
  /** what one unit of each resource counts for, up to a factor */
  readonly weights: Float64Array;
}

/** How two resources are weighed against each other on trial. */
const MIXES = [0.2, 0.4, 0.6, 0.8];

/**
 * Let y weigh the resources, and let a replica of group g cost at least
 *
 *   p_g = min over offerings o that it may use of  usd_o · (y·need_g) / (y·capacity_o).
 *
 * A filling n of o fits, so Σ n_g·(y·need_g) ≤ y·capacity_o and Σ n_g·p_g ≤ usd_o: no filling is worth more than its
 * node, whatever y. So Σ replicas·p_g is a lower bound; of the weights tried the best is kept. A ceiling on spot tells
 * more: with p taken on demand and q on spot, a filling counts p on demand and p − (p − q) on spot, and the bound is
 * Σ replicas·p − Σ ⌊spotAtMost·replicas⌋·(p − q).
 *
 * @param nodePrice the least that a node of each candidate is ever billed, $/h
 * @param replicas of each group
 */
export function resourceBound(
  instance: Instance,
  nodePrice: ArrayLike<number>,
  replicas: ArrayLike<number> = instance.groups.map((g) => g.replicas),
): ResourceBound {
  const open = openings(instance);
  const bounds = weighings(instance, nodePrice).map((weights) => boundAt(instance, nodePrice, replicas, open, weights));
  const nothing: ResourceBound = { usdPerHour: 0, duals: new Map(), weights: new Float64Array(instance.resources) };
  return bounds.reduce((best, bound) => (bound.usdPerHour > best.usdPerHour ? bound : best), nothing);
}

/** Candidates that each group may use, on demand and on spot. */
function openings({ groups, groupsOn, candidates }: Instance): readonly Open[] {
  const open = groups.map(() => ({ onDemand: [] as number[], spot: [] as number[] }));
  groupsOn.forEach((here, o) => {
    const by = candidates[o]?.purchase === 'spot' ? 'spot' : 'onDemand';
    for (const g of here) open[g]?.[by].push(o);
  });
  return open;
}

interface Open {
  readonly onDemand: readonly number[];
  readonly spot: readonly number[];
}

/** Each resource alone, by its cheapest price; and mixes of cores with each of the others, and of all. */
function weighings(instance: Instance, nodePrice: ArrayLike<number>): readonly Float64Array[] {
  const { resources, candidates, groups, need, capacity } = instance;
  const unit = new Float64Array(resources);
  for (let r = 0; r < resources; r++) {
    if (!groups.some((_, g) => (need[g * resources + r] ?? 0) > 0)) continue;
    let cheapest = Infinity;
    for (let o = 0; o < candidates.length; o++) {
      const have = capacity[o * resources + r] ?? 0;
      const usd = nodePrice[o] ?? 0;
      if (have > 0 && usd > 0) cheapest = Math.min(cheapest, usd / have);
    }
    if (cheapest < Infinity) unit[r] = cheapest;
  }
  const asked = [...unit.keys()].filter((r) => (unit[r] ?? 0) > 0);
  const weighed = (share: (r: number) => number): Float64Array => unit.map((price, r) => price * share(r));
  const [first] = asked;
  return [
    ...asked.map((one) => weighed((r) => (r === one ? 1 : 0))),
    ...asked
      .slice(1)
      .flatMap((other) => MIXES.map((part) => weighed((r) => (r === first ? 1 - part : r === other ? part : 0)))),
    ...(asked.length > 2 ? [weighed(() => 1)] : []),
  ];
}

function boundAt(
  instance: Instance,
  nodePrice: ArrayLike<number>,
  replicas: ArrayLike<number>,
  open: readonly Open[],
  weights: Float64Array,
): ResourceBound {
  const { groups, candidates, need, capacity } = instance;
  const perWorth = Float64Array.from(candidates, (_, o) => (nodePrice[o] ?? 0) / weigh(weights, capacity, o));
  const duals = new Map<string, number>();
  let usdPerHour = 0;
  groups.forEach((group, g) => {
    const onDemand = cheapestOf(perWorth, open[g]?.onDemand ?? []);
    const either = Math.min(onDemand, cheapestOf(perWorth, open[g]?.spot ?? []));
    const size = weigh(weights, need, g);
    const n = replicas[g] ?? 0;
    if (!(either < Infinity) || n <= 0 || size === 0) return;
    const { spotAtMost = 1 } = group;
    const spotSaves = spotAtMost < 1 && onDemand < Infinity ? (onDemand - either) * size : 0;
    const price = either * size + spotSaves;
    duals.set(`group/${group.name}`, price);
    if (spotSaves > 0) duals.set(`spotAtMost/${group.name}`, -spotSaves);
    usdPerHour += n * price - Math.floor(spotAtMost * n + 1e-9) * spotSaves;
  });
  return { usdPerHour, duals, weights };
}

function cheapestOf(perWorth: Float64Array, of: readonly number[]): number {
  let least = Infinity;
  for (let i = 0; i < of.length; i++) {
    const here = perWorth[of[i] as number] as number;
    if (here < least) least = here;
  }
  return least;
}

/** y · the resources of one group, or of one candidate. What nobody asks for weighs nothing, be it endless. */
export function weigh(weights: Float64Array, of: Float64Array, at: number): number {
  let sum = 0;
  for (let r = 0; r < weights.length; r++) {
    const weight = weights[r] as number;
    if (weight > 0) sum += weight * (of[at * weights.length + r] as number);
  }
  return sum;
}
