import { appraisalOf, enteringPrice, entryAt, type Appraisal, type Entry } from './enter.ts';
import { Knapsack } from './knapsack.ts';
import type { Placement } from './placement.ts';
import type { Candidate, Problem } from './problem.ts';
import { pruned } from './prune.ts';
import { dot } from './dual.ts';

/** The price cut that would bring a vendor into a placement. */
export interface BreakEven {
  readonly provider: string;
  /**
   * Share that comes off all the vendor's prices when its first offering enters. 0: it costs as much as what was
   * chosen; 1: it does not enter for nothing.
   */
  readonly discount: number;
  /** the offering that enters first */
  readonly offering: string;
  /** what a node of it costs now */
  readonly usdPerHour: number;
  readonly entry: Entry;
}

/** A vendor with no more than this share of the list $/h is barely used. */
const BARELY = 0.01;
/** Duals are exact to the solver's tolerance: nearer to its price than this, an offering is as good as chosen. */
const EVEN = 1e-4;
/** Offerings whose bound is nearer than this to the best are not told apart by it. */
const NEAR = 1e-3;

/**
 * For each vendor that a placement leaves out, or all but leaves out, the least discount at which it could come in:
 * with less, the placement's duals prove that the vendor saves nothing. Where they are not the only ones that prove
 * the bound it may take more; {@link vendorEntries} tells what, for the price of solving again. Vendors that no group
 * may use are left out, and a placement without duals (a fallback) tells of none.
 *
 * @returns the nearest to entering first
 */
export function breakEvens(problem: Problem, placement: Placement): readonly BreakEven[] {
  if (placement.duals.size === 0) return [];
  const spared = sparedVendors(problem, placement);
  const fronts = spared.flatMap((provider) => frontOf(problem, provider));
  if (fronts.length === 0) return [];
  const appraisal = appraisalOf(problem, placement, fronts);
  const from = appraisal.instance.candidates.length - fronts.length;
  return spared
    .flatMap((provider) => {
      const own = fronts.flatMap((c, i) => (c.provider === provider ? [from + i] : []));
      return firstOf(appraisal, own) ?? [];
    })
    .toSorted((a, b) => a.discount - b.discount || (a.provider < b.provider ? -1 : 1));
}

/** Vendors of the problem with no node in a placement, or barely one. */
function sparedVendors(problem: Problem, placement: Placement): readonly Candidate['provider'][] {
  const spend = listByProvider(problem, placement);
  const total = [...spend.values()].reduce((sum, usd) => sum + usd, 0);
  return [...new Set(problem.offerings.map((o) => o.provider))].filter(
    (provider) => (spend.get(provider) ?? 0) <= BARELY * total,
  );
}

/** Offerings of a vendor that it has nothing better than itself: they compete with each other, not with its rivals. */
export function frontOf(problem: Problem, provider: string): readonly Candidate[] {
  const own = problem.offerings.filter((o) => o.provider === provider);
  return own.length === 0 ? [] : pruned({ ...problem, offerings: own });
}

/** $/h at list price by provider, as placed. */
function listByProvider(problem: Problem, placement: Placement): ReadonlyMap<string, number> {
  const byId = new Map<string, Candidate>(problem.offerings.map((o) => [o.id, o]));
  const spend = new Map<string, number>();
  for (const { offering, count } of placement.nodes) {
    const candidate = byId.get(offering);
    if (!candidate) continue;
    spend.set(candidate.provider, (spend.get(candidate.provider) ?? 0) + candidate.usdPerHour * count);
  }
  return spend;
}

/**
 * The one of some candidates whose price is nearest to what it is worth. Fillings are looked for in the order of what
 * a quick bound leaves possible, and no further once none of the rest can be nearer.
 */
function firstOf(appraisal: Appraisal, candidates: readonly number[]): BreakEven | undefined {
  const quick = quickBounds(appraisal);
  const { instance } = appraisal;
  const hopes = candidates
    .flatMap((o) => {
      const candidate = instance.candidates[o];
      const most = candidate && (instance.groupsOn[o]?.length ?? 0) > 0 ? quick(o) : undefined;
      return candidate && most !== undefined ? [{ o, candidate, ratio: most / candidate.usdPerHour }] : [];
    })
    .toSorted(
      (a, b) =>
        b.ratio - a.ratio ||
        a.candidate.usdPerHour - b.candidate.usdPerHour ||
        (a.candidate.id < b.candidate.id ? -1 : 1),
    );
  let best: { ratio: number; answer: BreakEven } | undefined;
  for (const { o, candidate, ratio: most } of hopes) {
    // nothing is worth more than it costs at duals that prove a bound
    if (best && (most <= best.ratio + NEAR || best.ratio >= 1 - EVEN)) break;
    const entry = entryAt(appraisal, o);
    if (!entry) continue;
    const ratio = entry.entersAtUsdPerHour / candidate.usdPerHour;
    if (best && ratio <= best.ratio) continue;
    const { id: offering, provider, usdPerHour } = candidate;
    const discount = ratio >= 1 - EVEN ? 0 : 1 - ratio;
    best = { ratio, answer: { provider, discount, offering, usdPerHour, entry } };
  }
  return best?.answer;
}

/** An upper bound on the price at which a candidate enters. */
function quickBounds(appraisal: Appraisal): (o: number) => number | undefined {
  const { groups, resources, locations, locationOf, groupsOn, fits, candidates, need, capacity } = appraisal.instance;
  const { master, dual } = appraisal;
  const worth = Float64Array.from(master.replicaTerms, (terms) => dot(terms, dual));
  const knapsack = new Knapsack(groups.length, resources);
  return (o) => {
    const l = locationOf[o] ?? 0;
    const on = [...(groupsOn[o] ?? [])].filter((g) => (worth[g * locations.length + l] ?? 0) > 0);
    if (on.length === 0) return enteringPrice(appraisal, o, 0);
    const items = {
      count: on.length,
      value: Float64Array.from(on, (g) => worth[g * locations.length + l] ?? 0),
      most: Int32Array.from(on, (g) => Math.min(fits[g * candidates.length + o] ?? 0, groups[g]?.replicas ?? 0)),
      need: Float64Array.from(on.flatMap((g) => [...need.subarray(g * resources, (g + 1) * resources)])),
    };
    const weights = new Float64Array(resources).fill(1 / resources);
    const { bound } = knapsack.quick(items, capacity.subarray(o * resources, (o + 1) * resources), 0, weights);
    return enteringPrice(appraisal, o, bound);
  };
}
