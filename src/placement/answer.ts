import type { LinearSolver } from '../ports.ts';
import { billOf, egressOf } from './cost.ts';
import type { CostParts, PlacedNodes, Placement } from './placement.ts';
import type { Problem } from './problem.ts';

/** Nodes as an answer: what they cost part by part, the bound, the gap and the prices that prove it. */
export function assembled(
  problem: Problem,
  nodes: readonly PlacedNodes[],
  method: string,
  bound: number,
  duals: ReadonlyMap<string, number>,
  solver: LinearSolver,
  perLoad: ReadonlyMap<string, number> = new Map(),
): Placement {
  const cost = costOf(problem, nodes, solver);
  const usdPerHour = cost.list - cost.contracts + cost.committed + cost.egress;
  // the bound is exact arithmetic on rounded figures: never print one above a placement that exists
  const lowerBoundUsdPerHour = Math.min(bound, usdPerHour);
  return {
    status: 'placed',
    method,
    cost,
    usdPerHour,
    lowerBoundUsdPerHour,
    gap: lowerBoundUsdPerHour > 0 ? usdPerHour / lowerBoundUsdPerHour - 1 : usdPerHour > 0 ? Infinity : 0,
    nodes,
    unplaced: {},
    conflict: [],
    certificate: {
      groupPrices: Object.fromEntries(
        problem.groups.map((g) => [
          g.name,
          Math.max(0, (duals.get(`group/${g.name}`) ?? 0) + (perLoad.get(g.name) ?? 0)),
        ]),
      ),
      availabilityPrices: pricesOf(duals, 'available/', -1),
      rulePrices: rulePrices(duals),
    },
    duals,
  };
}

/** What nodes with their replicas cost an hour, part by part. */
export function costOf(problem: Problem, nodes: readonly PlacedNodes[], solver: LinearSolver): CostParts {
  const byId = new Map(problem.offerings.map((o) => [o.id, o]));
  const replicas = new Map<string, Map<string, number>>();
  const counted = nodes.flatMap((n) => {
    const candidate = byId.get(n.offering);
    if (!candidate) return [];
    const where = `${candidate.provider}/${candidate.region}`;
    for (const [group, each] of Object.entries(n.replicas)) {
      const there = replicas.get(group) ?? new Map<string, number>();
      replicas.set(group, there.set(where, (there.get(where) ?? 0) + each * n.count));
    }
    return [{ candidate, count: n.count }];
  });
  const merged = new Map<string, { candidate: (typeof counted)[number]['candidate']; count: number }>();
  for (const n of counted) {
    const known = merged.get(n.candidate.id);
    merged.set(n.candidate.id, { candidate: n.candidate, count: n.count + (known?.count ?? 0) });
  }
  const bill = billOf(problem, [...merged.values()]);
  const needed = new Map(problem.groups.map((g) => [g.name, g.replicas]));
  return {
    list: bill.list,
    contracts: bill.contracts,
    committed: bill.committed,
    egress: egressOf(problem.rules.flows, replicas, needed, solver),
    change: changeCost(problem, merged),
  };
}

function changeCost(problem: Problem, after: ReadonlyMap<string, { count: number }>): number {
  if (!problem.change) return 0;
  const before = new Map<string, number>();
  for (const r of problem.running) before.set(r.offering, (before.get(r.offering) ?? 0) + r.count);
  const { launchUsd, openUsd = 0, horizonHours } = problem.change;
  let usd = 0;
  for (const [id, { count }] of after) {
    const running = before.get(id) ?? 0;
    usd += Math.max(0, count - running) * launchUsd + (count > 0 && running === 0 ? openUsd : 0);
  }
  return usd / horizonHours;
}

/** The commitments' own price: paid whatever is placed, so it belongs to the bound as it does to the cost. */
export const sunk = (problem: Problem): number => problem.rules.commitments.reduce((sum, k) => sum + k.usdPerHour, 0);

function pricesOf(duals: ReadonlyMap<string, number>, prefix: string, sign: number): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, y] of duals)
    if (name.startsWith(prefix) && Math.abs(y) > 1e-9) out[name.slice(prefix.length)] = sign * y;
  return out;
}

const RULES = ['vendorShareAtMost/', 'spotAtMost/', 'zoneSkew/', 'survive/', 'reconnect/', 'atLeast/'];

function rulePrices(duals: ReadonlyMap<string, number>): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, y] of duals)
    if (Math.abs(y) > 1e-9 && RULES.some((r) => name.startsWith(r))) out[name] = Math.abs(y);
  return out;
}
