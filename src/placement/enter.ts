import { ColumnModel } from './columns.ts';
import { ruledOut } from './eligible.ts';
import { instanceOf } from './instance.ts';
import { masterOf } from './master.ts';
import { multipliersOf } from './contract-rows.ts';
import type { Placement } from './placement.ts';
import type { Candidate, Problem } from './problem.ts';
import { pruned } from './prune.ts';

/** What it would take for an offering to enter a placement. */
export interface Entry {
  /** a node of it is worth this much at the placement's dual prices: below this list $/h it would be chosen */
  readonly entersAtUsdPerHour: number;
  /** the filling that is worth that much: replicas of each group on one node */
  readonly filling: Readonly<Record<string, number>>;
}

/** Rows whose share in a node's worth grows with its list price. */
const PROPORTIONAL = ['vendorShareAtMost/', 'usage/'];

/**
 * The list price at which an offering would enter, from the duals that prove the bound: the worth of its best filling
 * and of what the rules on nodes give or take for it.
 *
 * @returns undefined when no group may use the offering, none fits on it, or the placement has no duals (a fallback)
 */
export function entryOf(problem: Problem, placement: Placement, candidate: Candidate): Entry | undefined {
  if (placement.duals.size === 0) return undefined;
  if (problem.groups.every((g) => g.replicas <= 0 || ruledOut(g, candidate) !== undefined)) return undefined;
  const others = pruned(problem).filter((c) => c.id !== candidate.id);
  const instance = instanceOf(problem, [...others, candidate]);
  const factor = multipliersOf(problem.rules.discounts, () => Infinity);
  const master = masterOf(problem, instance, factor);
  const dual = Float64Array.from(master.rows, (row) => placement.duals.get(row.name) ?? 0);
  const o = instance.candidates.length - 1;
  const best = ColumnModel.bestFilling(instance, master, dual, o);
  if (!best) return undefined;
  let proportional = 0;
  let fixed = 0;
  for (const { row, value } of master.nodeTerms[o] ?? []) {
    const worth = value * (dual[row] ?? 0);
    if (PROPORTIONAL.some((p) => master.rows[row]?.name.startsWith(p))) proportional += worth / candidate.usdPerHour;
    else fixed += worth;
  }
  const paid = factor(candidate.provider, candidate.purchase) - proportional;
  if (paid <= 0) return undefined;
  const filling: Record<string, number> = {};
  best.filling.forEach((n, g) => {
    const name = instance.groups[g]?.name;
    if (n > 0 && name !== undefined) filling[name] = n;
  });
  return { entersAtUsdPerHour: Math.max(0, (best.value + fixed) / paid), filling };
}
