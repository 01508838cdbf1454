import { billOf, egressOf } from '../placement/cost.ts';
import type { PlacedNodes, Placement } from '../placement/placement.ts';
import type { Candidate, Problem } from '../placement/problem.ts';
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
  const counted = countedNodes(market, filled);
  const bill = billOf(problem, counted);
  const cost = {
    list: bill.list,
    contracts: bill.contracts,
    committed: bill.committed,
    egress: egressOfNodes(problem, nodes, solver),
    change: changeOf(problem, counted),
  };
  const usdPerHour = bill.usdPerHour + cost.egress;
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

function countedNodes(market: Market, filled: readonly Filled[]): { candidate: Candidate; count: number }[] {
  const count = new Map<number, number>();
  for (const n of filled) count.set(n.offering, (count.get(n.offering) ?? 0) + n.count);
  return [...count].flatMap(([o, n]) => {
    const candidate = market.offerings[o];
    return candidate && n > 0 ? [{ candidate, count: n }] : [];
  });
}

/** Without a solver callers reach every replica of their peers alike, as a cluster does that knows no localities. */
function egressOfNodes(problem: Problem, nodes: readonly PlacedNodes[], solver: LinearSolver | undefined): number {
  if (problem.rules.flows.length === 0) return 0;
  const byId = new Map(problem.offerings.map((o) => [o.id, o]));
  const replicas = new Map<string, Map<string, number>>();
  for (const node of nodes) {
    const o = byId.get(node.offering);
    if (!o) continue;
    const where = `${o.provider}/${o.region}`;
    for (const [group, each] of Object.entries(node.replicas)) {
      const there = replicas.get(group) ?? new Map<string, number>();
      replicas.set(group, there.set(where, (there.get(where) ?? 0) + each * node.count));
    }
  }
  const needed = new Map(problem.groups.map((g) => [g.name, g.replicas]));
  return egressOf(problem.rules.flows, replicas, needed, solver ?? NO_SOLVER);
}

const NO_SOLVER: LinearSolver = {
  name: 'none',
  open: () => ({
    addColumns: () => undefined,
    setColumnBounds: () => undefined,
    setColumnCosts: () => undefined,
    setRowBounds: () => undefined,
    solve: () => ({ status: 'failed', reason: 'there is no solver' }),
    close: () => undefined,
  }),
};

function changeOf(problem: Problem, counted: readonly { candidate: Candidate; count: number }[]): number {
  if (!problem.change) return 0;
  const { launchUsd, openUsd = 0, horizonHours } = problem.change;
  const running = new Map<string, number>();
  for (const r of problem.running) running.set(r.offering, (running.get(r.offering) ?? 0) + r.count);
  let usd = 0;
  for (const { candidate, count } of counted) {
    const before = running.get(candidate.id) ?? 0;
    usd += Math.max(0, count - before) * launchUsd + (before === 0 ? openUsd : 0);
  }
  return usd / horizonHours;
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
