import { covers } from '../placement/contract-rows.ts';
import type { Problem } from '../placement/problem.ts';
import type { Market } from './market.ts';
import { nothing, roomFor } from './room.ts';

/** A price per replica for every group such that no node can hold more worth than it costs. */
export interface ResourcePrices {
  /** $/h a replica of g; 0 for one that fits nowhere */
  readonly groupPrices: Float64Array;
  /** $/h that a node of an offering is worth beyond its price, for those of which none can be had */
  readonly availabilityPrices: ReadonlyMap<number, number>;
  /** $/h of commitments, paid whatever is placed */
  readonly committed: number;
  /** Σ replicas × group price + committed: no placement of all replicas is billed less */
  readonly bound: number;
}

/**
 * A lower bound without a solver, by prices per unit of each resource.
 *
 * Take any weights w on the resources. A node of offering o costs v_o = price_o / (w · capacity_o) per weighted unit, and
 * a replica of g is priced at w · request_g times the smallest v_o among the offerings it fits on. Whatever fills a node
 * of o uses at most w · capacity_o, each unit at v_o or less: it is never worth more than the node. So every w gives a
 * bound; the search takes each weight in turn up and down by powers of two, then finer.
 */
export function resourcePrices(market: Market): ResourcePrices {
  const { groups } = market;
  const paid = Float64Array.from(market.offerings, (o, i) => (market.price[i] as number) * factor(market.problem, o));
  const usable = usableSets(market);
  const limited = limitedResources(market, usable);
  const { groupPrices, weights } = bestPrices(market, paid, usable, limited);
  const worth = groups.reduce((sum, group, g) => sum + group.replicas * (groupPrices[g] as number), 0);
  const { commitments } = market.problem.rules;
  const committed = commitments.reduce((sum, k) => sum + k.usdPerHour, 0);
  // what is covered costs nothing on top; at most this much can be
  const kept = worth > 0 ? Math.max(0, 1 - coverable(market.problem) / worth) : 0;
  const fair = groupPrices.map((y) => y * kept);
  const availabilityPrices = soldOut(market, paid, fair, weights);
  return { groupPrices: fair, availabilityPrices, committed, bound: worth * kept + committed };
}

/** Nothing limits what can be paid for an offering that cannot be had: prices need not stay below its own. */
function soldOut(
  market: Market,
  paid: Float64Array,
  groupPrices: Float64Array,
  weights: Float64Array,
): ReadonlyMap<number, number> {
  const out = new Map<number, number>();
  const sizeOf = (of: Float64Array, row: number): number =>
    weights.reduce((sum, w, r) => (w > 0 ? sum + w * (of[row * market.resources + r] as number) : sum), 0);
  market.offerings.forEach((_, o) => {
    if ((market.atMost[o] as number) > 0) return;
    let unit = 0;
    market.groups.forEach((_group, g) => {
      const size = sizeOf(market.need, g);
      if (size > 0 && market.sets.has(market.allowed[g] as number, o))
        unit = Math.max(unit, (groupPrices[g] as number) / size);
    });
    const beyond = unit * sizeOf(market.capacity, o) - (paid[o] as number);
    if (beyond > 0) out.set(o, beyond);
  });
  return out;
}

/** Offerings that each group may use and has room on. */
function usableSets(market: Market): Int32Array {
  const empty = nothing(market);
  return Int32Array.from(market.groups, (_, g) => {
    const room = (o: number): boolean =>
      (market.atMost[o] as number) > 0 && roomFor(market, g, market.capacity, o, empty, 0) > 0;
    return market.sets.of([...market.sets.members(market.allowed[g] as number)].filter(room));
  });
}

/** Resources that every usable node has a limit of and some group asks for: only those can carry a price. */
function limitedResources(market: Market, usable: Int32Array): number[] {
  const { resources, capacity, need, groups, sets } = market;
  const offerings = new Set([...market.offerings.keys()].filter((o) => market.atMost[o] === 0));
  for (const set of new Set(usable)) for (const o of sets.members(set)) offerings.add(o);
  return Array.from({ length: resources }, (_, r) => r).filter(
    (r) =>
      groups.some((_, g) => (need[g * resources + r] as number) > 0) &&
      [...offerings].every((o) => Number.isFinite(capacity[o * resources + r] as number)),
  );
}

/** Sweeps over the weights; more change the bound by less than a thousandth. */
const SWEEPS = 4;
const STEPS = [64, 16, 4, 2, 1.4, 1.2, 1.1, 1.03, 1.01];

function bestPrices(
  market: Market,
  paid: Float64Array,
  usable: Int32Array,
  limited: readonly number[],
): { readonly groupPrices: Float64Array; readonly weights: Float64Array } {
  const prices = (weights: Float64Array): Float64Array => pricesBy(market, paid, usable, weights);
  const value = (y: Float64Array): number =>
    market.groups.reduce((sum, group, g) => sum + group.replicas * (y[g] as number), 0);
  let best: Float64Array = new Float64Array(market.groups.length);
  let bestWeights = new Float64Array(market.resources);
  const attempt = (weights: Float64Array<ArrayBuffer>): boolean => {
    const y = prices(weights);
    if (!(value(y) > value(best))) return false;
    [best, bestWeights] = [y, weights];
    return true;
  };
  const units = unitPrices(market, paid, usable, limited);
  for (const r of limited) attempt(only(units, r));
  attempt(units);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const r of limited) {
      for (const step of STEPS) {
        for (const by of [step, 1 / step]) {
          const next = bestWeights.slice();
          next[r] = ((next[r] as number) || (units[r] as number) / step) * by;
          attempt(next);
        }
      }
      const without = bestWeights.slice();
      without[r] = 0;
      attempt(without);
    }
  }
  return { groupPrices: best, weights: bestWeights };
}

function pricesBy(market: Market, paid: Float64Array, usable: Int32Array, weights: Float64Array): Float64Array {
  const { resources, capacity, need, sets, problem } = market;
  // the ladder leaves out what a lower list price beats, which discounts may turn round
  const sellers = (set: number): Int32Array =>
    problem.rules.discounts.length === 0 ? sets.ladder(set) : sets.members(set);
  const perUnit = new Map<number, number>();
  return Float64Array.from(usable, (set, g) => {
    let v = perUnit.get(set);
    if (v === undefined) {
      v = Infinity;
      for (const o of sellers(set)) {
        let size = 0;
        for (let r = 0; r < resources; r++) {
          const w = weights[r] as number;
          if (w > 0) size += w * (capacity[o * resources + r] as number);
        }
        if (size > 0) v = Math.min(v, (paid[o] as number) / size);
      }
      perUnit.set(set, v);
    }
    if (v === Infinity) return 0;
    let size = 0;
    for (let r = 0; r < resources; r++) size += (weights[r] as number) * (need[g * resources + r] as number);
    return v * size;
  });
}

/** The cheapest unit of each resource that can be bought. */
function unitPrices(
  market: Market,
  paid: Float64Array,
  usable: Int32Array,
  limited: readonly number[],
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(market.resources);
  for (const r of limited) {
    let unit = Infinity;
    for (const set of new Set(usable))
      for (const o of market.sets.members(set)) {
        const have = market.capacity[o * market.resources + r] as number;
        if (have > 0) unit = Math.min(unit, (paid[o] as number) / have);
      }
    out[r] = unit === Infinity ? 0 : unit;
  }
  return out;
}

function only(weights: Float64Array, r: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(weights.length);
  out[r] = weights[r] as number;
  return out;
}

/** The smallest share of a list price that is ever billed: every discount at its deepest tier. */
function factor(problem: Problem, o: { readonly provider: string; readonly purchase: string }): number {
  const discount = problem.rules.discounts.find(
    (d) => d.provider === o.provider && (d.on === 'all' || o.purchase === 'on-demand'),
  );
  return 1 - Math.max(0, ...(discount?.tiers ?? []).map((t) => t.discount));
}

/** Most $/h at list price that all commitments together can cover. */
function coverable(problem: Problem): number {
  let usd = 0;
  for (const k of problem.rules.commitments) {
    const rate = problem.rules.resourceRates.get(k.id);
    if (k.kind === 'spend') usd += k.usdPerHour / (1 - k.discount);
    else if (k.kind === 'resources') usd += rate ? rate.vcpu * k.vcpu + (rate.gib * k.memory) / 1024 : 0;
    else usd += k.count * Math.max(0, ...problem.offerings.filter((o) => covers(k, o)).map((o) => o.usdPerHour));
  }
  return usd;
}
