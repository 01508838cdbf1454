import type { LinearSolver } from '../ports.ts';
import { discounted, covers } from './contract-rows.ts';
import type { Candidate, Flow, Problem } from './problem.ts';
import { compressed } from './sparse.ts';

/** What nodes are billed an hour. */
export interface Bill {
  /** nodes at list price */
  readonly list: number;
  /** what commitments cover and discounts take off */
  readonly contracts: number;
  /** what commitments cost, used or not */
  readonly committed: number;
  /** list − contracts + committed */
  readonly usdPerHour: number;
}

/**
 * The bill of so many nodes of each candidate, exactly: commitments in the vendors' published order (zonal reserved,
 * regional reserved, resource commitments, plans of one family, plans of the whole provider), then discount tiers on
 * what is left.
 */
export function billOf(
  problem: Problem,
  nodes: readonly { readonly candidate: Candidate; readonly count: number }[],
): Bill {
  let list = 0;
  /** list $/h of on-demand usage that nothing covers yet, and the vCPUs and GiB behind it */
  const open = nodes
    .filter((n) => n.count > 0)
    .map(({ candidate, count }) => {
      list += candidate.usdPerHour * count;
      return { candidate, uncovered: candidate.usdPerHour * count, count };
    });
  for (const k of problem.rules.commitments.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))) {
    const usage = open.filter((u) => u.uncovered > 0 && covers(k, u.candidate));
    if (k.kind === 'reserved-nodes') {
      let left = k.count;
      for (const u of usage) {
        const nodesCovered = Math.min(left, u.uncovered / u.candidate.usdPerHour);
        u.uncovered = Math.max(0, u.uncovered - nodesCovered * u.candidate.usdPerHour);
        left -= nodesCovered;
      }
    } else {
      let left = k.kind === 'spend' ? k.usdPerHour / (1 - k.discount) : resourceCover(problem, k.id, k, usage);
      for (const u of usage) {
        const taken = Math.min(left, u.uncovered);
        u.uncovered -= taken;
        left -= taken;
      }
    }
  }
  const committed = problem.rules.commitments.reduce((sum, k) => sum + k.usdPerHour, 0);
  const billed = afterDiscounts(problem, open);
  return { list, contracts: list - billed, committed, usdPerHour: billed + committed };
}

type Usage = { readonly candidate: Candidate; uncovered: number; readonly count: number };

function rank(k: Problem['rules']['commitments'][number]): number {
  if (k.kind === 'reserved-nodes') return k.zone === undefined ? 1 : 0;
  if (k.kind === 'resources') return 2;
  return k.family === undefined && k.region === undefined ? 4 : 3;
}

/** vCPUs and memory are covered each apart, at the family's list rates. */
function resourceCover(
  problem: Problem,
  id: string,
  k: { readonly vcpu: number; readonly memory: number },
  usage: readonly Usage[],
): number {
  const rate = problem.rules.resourceRates.get(id);
  if (!rate) return 0;
  let vcpu = 0;
  let gib = 0;
  for (const u of usage) {
    const uncoveredNodes = u.uncovered / u.candidate.usdPerHour;
    vcpu += uncoveredNodes * u.candidate.vcpu;
    gib += (uncoveredNodes * u.candidate.memory) / 1024;
  }
  return rate.vcpu * Math.min(k.vcpu, vcpu) + rate.gib * Math.min(k.memory / 1024, gib);
}

function afterDiscounts(problem: Problem, usage: readonly Usage[]): number {
  let billed = 0;
  const eligible = problem.rules.discounts.map(() => 0);
  for (const u of usage) {
    const i = problem.rules.discounts.findIndex(
      (d) => d.provider === u.candidate.provider && (d.on === 'all' || u.candidate.purchase === 'on-demand'),
    );
    if (i < 0) billed += u.uncovered;
    else eligible[i] = (eligible[i] ?? 0) + u.uncovered;
  }
  problem.rules.discounts.forEach((d, i) => (billed += discounted(d, eligible[i] ?? 0)));
  return billed;
}

/**
 * Least egress in $/h for replicas that stand where they stand: load is split over the places so that no place
 * carries more than its replicas can, and callers reach the peers that make the bill least (a transport problem).
 *
 * @param replicas group → place `provider/region` → replicas there
 * @param needed group → replicas that carry the whole load
 */
export function egressOf(
  flows: readonly Flow[],
  replicas: ReadonlyMap<string, ReadonlyMap<string, number>>,
  needed: ReadonlyMap<string, number>,
  solver: LinearSolver,
): number {
  const live = flows.filter((f) => replicas.has(f.from) && (f.to === 'internet' || replicas.has(f.to)));
  if (live.length === 0) return 0;
  const rows: { lower: number; upper: number }[] = [];
  const columns: { cost: number; upper: number; entries: { row: number; value: number }[] }[] = [];
  const newRow = (lower: number, upper: number): number => rows.push({ lower, upper }) - 1;
  const shares = new Map<
    string,
    Map<string, { cost: number; upper: number; entries: { row: number; value: number }[] }>
  >();
  for (const name of new Set(live.flatMap((f) => [f.from, f.to]).filter((n) => n !== 'internet'))) {
    const there = replicas.get(name) ?? new Map<string, number>();
    const placed = [...there.values()].reduce((a, b) => a + b, 0);
    if (placed === 0) return 0;
    const whole = Math.min(needed.get(name) ?? placed, placed);
    const sum = newRow(1, 1);
    const byPlace = new Map(
      [...there].map(([place, n]) => [place, { cost: 0, upper: n / whole, entries: [{ row: sum, value: 1 }] }]),
    );
    shares.set(name, byPlace);
    columns.push(...byPlace.values());
  }
  for (const flow of live) {
    const from = shares.get(flow.from) ?? new Map<string, never>();
    if (flow.to === 'internet') {
      for (const [place, share] of from) share.cost += flow.gbPerHour * flow.usdPerGb(place, 'internet');
      continue;
    }
    const balance = (share: { entries: { row: number; value: number }[] }): number => {
      const row = newRow(0, 0);
      share.entries.push({ row, value: 1 });
      return row;
    };
    const out = [...from].map(([place, share]) => ({ place, row: balance(share) }));
    const into = [...(shares.get(flow.to) ?? new Map<string, never>())].map(([place, share]) => ({
      place,
      row: balance(share),
    }));
    for (const a of out) {
      for (const b of into) {
        columns.push({
          cost: flow.gbPerHour * flow.usdPerGb(a.place, b.place),
          upper: 1,
          entries: [
            { row: a.row, value: -1 },
            { row: b.row, value: -1 },
          ],
        });
      }
    }
  }
  const model = solver.open({
    lower: Float64Array.from(rows, (r) => r.lower),
    upper: Float64Array.from(rows, (r) => r.upper),
  });
  try {
    model.addColumns(compressed(columns));
    const answer = model.solve();
    return answer.status === 'optimal' ? answer.objective : spreadEvenly(live, replicas);
  } finally {
    model.close();
  }
}

/** Without a solver: every caller reaches every replica of its peer alike, which is never cheaper than the least. */
function spreadEvenly(flows: readonly Flow[], replicas: ReadonlyMap<string, ReadonlyMap<string, number>>): number {
  let usd = 0;
  for (const flow of flows) {
    const from = portions(replicas.get(flow.from));
    const to = flow.to === 'internet' ? [['internet', 1] as const] : portions(replicas.get(flow.to));
    for (const [a, x] of from) for (const [b, y] of to) usd += flow.gbPerHour * flow.usdPerGb(a, b) * x * y;
  }
  return usd;
}

function portions(there: ReadonlyMap<string, number> | undefined): (readonly [string, number])[] {
  const entries = [...(there ?? [])];
  const sum = entries.reduce((total, [, n]) => total + n, 0);
  return entries.map(([place, n]) => [place, n / sum] as const);
}
