import type { LinearSolver } from '../ports.ts';
import { CHEAPEST, intoShare, paidPart, type SharePrices } from './cell-prices.ts';
import type { Placement } from './placement.ts';
import type { Problem } from './problem.ts';
import { compressed } from './sparse.ts';

/** An answer to one cell, with what it means to the whole. */
export interface Proposal {
  readonly placement: Placement;
  /** $/h at true prices, egress included */
  readonly usdPerHour: number;
  /** what it is chosen by: `usdPerHour` and the cost of change */
  readonly weighed: number;
  /** provider → list $/h */
  readonly spend: ReadonlyMap<string, number>;
}

export const totalOf = ({ spend }: Proposal): number => [...spend.values()].reduce((a, b) => a + b, 0);

/** An answer to a cell, whatever prices it was found at, as a proposal. For a {@link priceable} problem. */
export function proposalOf(problem: Problem, placement: Placement): Proposal {
  const paid = paidPart(problem);
  const byId = new Map(problem.offerings.map((o) => [o.id, o]));
  const spend = new Map<string, number>();
  let usdPerHour = placement.cost.egress;
  for (const { offering, count } of placement.nodes) {
    const o = byId.get(offering);
    if (!o) continue;
    const list = o.usdPerHour * count;
    usdPerHour += list * paid(o.provider, o.purchase);
    spend.set(o.provider, (spend.get(o.provider) ?? 0) + list);
  }
  return { placement, usdPerHour, weighed: usdPerHour + placement.cost.change, spend };
}

export interface Mix {
  /** part of each proposal, by cell; each cell's add up to 1 */
  readonly parts: readonly (readonly number[])[];
  /** what proves that no mix of these proposals is cheaper */
  readonly prices: SharePrices;
  readonly usdPerHour: number;
}

/**
 * The cheapest mix of proposals that keeps the vendor shares (Dantzig and Wolfe, 1960), and its prices.
 *
 * Nodes without replicas may be bought to dilute a share; that keeps prices where no node costs less than
 * {@link CHEAPEST} of what is paid for it. Such nodes are no proposal: a mix with them can't be had.
 */
export function mixOf(
  problem: Problem,
  cells: readonly (readonly Proposal[])[],
  solver: LinearSolver,
): Mix | undefined {
  const diluting = new Map<string, Column>();
  const paid = paidPart(problem);
  for (const { provider, purchase } of problem.offerings) {
    const entries = shareEntries(problem, cells.length, (capped, share) => intoShare(provider, capped, share));
    const cost = paid(provider, purchase) * (1 - CHEAPEST);
    diluting.set(`${provider}/${purchase}`, { cost, upper: MOST, entries });
  }
  const solved = solve(problem, cells, solver, { cost: (p) => p.usdPerHour, more: [...diluting.values()] });
  if (!solved) return undefined;
  const { primal, dual } = solved;
  let at = 0;
  const parts = cells.map((proposals) => proposals.map(() => Math.max(0, primal[at++] ?? 0)));
  const capped = cappedProviders(problem);
  const prices = new Map(capped.map(([p], i) => [p, Math.max(0, -(dual[cells.length + i] ?? 0))]));
  return { parts, prices, usdPerHour: solved.objective };
}

/** One whole proposal for each cell, so that the vendor shares are kept at least cost; undefined when none is known. */
export function chosen(
  problem: Problem,
  cells: readonly (readonly Proposal[])[],
  solver: LinearSolver,
): readonly Proposal[] | undefined {
  const solved = solve(problem, cells, solver, { cost: (p) => p.weighed, whole: true });
  if (!solved) return undefined;
  let at = 0;
  const picks = cells.map((proposals) => proposals.filter(() => (solved.primal[at++] ?? 0) > 0.5)[0]);
  return picks.every((p) => p !== undefined) ? picks : undefined;
}

/** $/h of nodes without replicas: far more than any fleet, and still well scaled. */
const MOST = 1e9;

interface Column {
  readonly cost: number;
  readonly upper: number;
  readonly entries: readonly { readonly row: number; readonly value: number }[];
}

interface Wanted {
  readonly cost: (proposal: Proposal) => number;
  readonly whole?: boolean;
  readonly more?: readonly Column[];
}

/** Rows: one for each cell, whose parts add up to 1, then one for each capped provider. */
function solve(
  problem: Problem,
  cells: readonly (readonly Proposal[])[],
  solver: LinearSolver,
  { cost, whole = false, more = [] }: Wanted,
): { readonly primal: Float64Array; readonly dual: Float64Array; readonly objective: number } | undefined {
  const columns: Column[] = cells.flatMap((proposals, c) =>
    proposals.map((p) => ({
      cost: cost(p),
      upper: 1,
      entries: [{ row: c, value: 1 }, ...sharesOf(problem, cells, p)],
    })),
  );
  const capped = cappedProviders(problem);
  const model = solver.open({
    lower: Float64Array.from([...cells.map(() => 1), ...capped.map(() => -Infinity)]),
    upper: Float64Array.from([...cells.map(() => 1), ...capped.map(() => 0)]),
  });
  try {
    model.addColumns({ ...compressed([...columns, ...more]), whole });
    const answer = model.solve();
    return answer.status === 'optimal' ? answer : undefined;
  } finally {
    model.close();
  }
}

function sharesOf(problem: Problem, cells: readonly unknown[], proposal: Proposal): Column['entries'] {
  const total = totalOf(proposal);
  return shareEntries(problem, cells.length, (capped, share) => (proposal.spend.get(capped) ?? 0) - share * total);
}

function shareEntries(
  problem: Problem,
  from: number,
  value: (capped: string, share: number) => number,
): Column['entries'] {
  return cappedProviders(problem).map(([capped, share], i) => ({ row: from + i, value: value(capped, share) }));
}

const cappedProviders = (problem: Problem): [string, number][] =>
  [...problem.rules.vendorShareAtMost].toSorted(([a], [b]) => (a < b ? -1 : 1));
