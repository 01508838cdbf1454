import { costOf } from '../placement/answer.ts';
import { NO_SOLVER } from '../placement/no-solver.ts';
import type { PlacedNodes, Placement } from '../placement/placement.ts';
import type { LinearSolver } from '../ports.ts';
import type { Market } from './market.ts';
import { resourcePrices } from './resource-prices.ts';
import { unkept } from './unkept.ts';

/** Nodes that are alike, by numbers. */
export interface Filled {
  readonly offering: number;
  readonly count: number;
  /** group → replicas on EACH of the nodes */
  readonly filling: ReadonlyMap<number, number>;
}

/** What a strategy leaves behind. */
export interface Outcome {
  readonly nodes: readonly Filled[];
  /** replicas of each group without a place */
  readonly unplaced: Int32Array;
}

/**
 * A strategy's nodes as an answer like any other: billed as the placement's own are, bounded without a solver, and with
 * the rules it did not keep named.
 */
export function answerOf(
  method: string,
  market: Market,
  { nodes: filled, unplaced: missing }: Outcome,
  solver: LinearSolver | undefined,
): Placement {
  const { problem, groups } = market;
  const nodes = namedNodes(market, filled);
  const unplaced: Record<string, number> = {};
  groups.forEach((group, g) => {
    if ((missing[g] as number) > 0) unplaced[group.name] = missing[g] as number;
  });
  // without a solver callers reach every replica of their peers alike, as a cluster does that knows no localities
  const cost = costOf(problem, nodes, solver ?? NO_SOLVER);
  const usdPerHour = cost.list - cost.contracts + cost.committed + cost.egress;
  return {
    status: statusOf(groups, unplaced),
    method,
    cost,
    usdPerHour,
    ...proved(market, usdPerHour),
    nodes,
    unplaced,
    conflict: [...placeless(unplaced), ...unkept(problem, nodes, unplaced)],
    duals: new Map(),
  };
}

function namedNodes(market: Market, filled: readonly Filled[]): PlacedNodes[] {
  const merged = new Map<string, { offering: string; count: number; replicas: Record<string, number> }>();
  for (const { offering, count, filling } of filled) {
    if (count <= 0) continue;
    const sorted = [...filling].filter(([, n]) => n > 0).toSorted(([a], [b]) => a - b);
    const key = `${offering}|${sorted.join('|')}`;
    const known = merged.get(key);
    if (known) known.count += count;
    else {
      const id = market.offerings[offering]?.id ?? '';
      const replicas = Object.fromEntries(sorted.map(([g, n]) => [market.groups[g]?.name ?? '', n]));
      merged.set(key, { offering: id, count, replicas });
    }
  }
  return [...merged]
    .toSorted(([a, x], [b, y]) => (x.offering === y.offering ? (a < b ? -1 : 1) : x.offering < y.offering ? -1 : 1))
    .map(([, node]) => node);
}

function statusOf(
  groups: readonly { readonly replicas: number }[],
  unplaced: Readonly<Record<string, number>>,
): Placement['status'] {
  const missing = Object.values(unplaced).reduce((sum, n) => sum + n, 0);
  const asked = groups.reduce((sum, g) => sum + g.replicas, 0);
  return missing === 0 ? 'placed' : missing < asked ? 'partial' : 'infeasible';
}

/**
 * The bound with its certificate. It bounds a placement of all replicas; nodes that leave some out may cost less, and
 * the prices are then lowered to that cost, which keeps them valid.
 */
function proved(market: Market, usdPerHour: number): Pick<Placement, 'lowerBoundUsdPerHour' | 'gap' | 'certificate'> {
  const { groupPrices, availabilityPrices, committed, bound } = resourcePrices(market);
  const lowerBoundUsdPerHour = Math.min(bound, usdPerHour);
  const scale = bound > committed ? Math.max(0, (lowerBoundUsdPerHour - committed) / (bound - committed)) : 0;
  return {
    lowerBoundUsdPerHour,
    gap: lowerBoundUsdPerHour > 0 ? usdPerHour / lowerBoundUsdPerHour - 1 : usdPerHour > 0 ? Infinity : 0,
    certificate: {
      groupPrices: Object.fromEntries(
        market.groups.map((group, g) => [group.name, (groupPrices[g] as number) * scale]),
      ),
      availabilityPrices: Object.fromEntries(
        [...availabilityPrices].map(([o, y]) => [market.offerings[o]?.id ?? '', y]),
      ),
      rulePrices: {},
    },
  };
}

function placeless(unplaced: Readonly<Record<string, number>>): string[] {
  return Object.entries(unplaced).map(
    ([group, n]) => `${n} ${n === 1 ? 'replica' : 'replicas'} of ${group} found no node that may be had and fits`,
  );
}
