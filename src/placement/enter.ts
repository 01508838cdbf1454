import { bestFilling } from './best-filling.ts';
import { ruledOut } from './eligible.ts';
import { type Instance, instanceOf } from './instance.ts';
import { type Master, masterOf } from './master.ts';
import { type Multipliers, multipliersOf } from './contract-rows.ts';
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

/** A placement's dual prices on the rows of its problem, for its own offerings and some that it left out. */
export interface Appraisal {
  readonly instance: Instance;
  readonly master: Master;
  readonly dual: Float64Array;
  readonly factor: Multipliers;
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
  const appraisal = appraisalOf(problem, placement, [candidate]);
  return entryAt(appraisal, appraisal.instance.candidates.length - 1);
}

/** @param others offerings that are looked at beside those of the program; they come last, in their order */
export function appraisalOf(problem: Problem, placement: Placement, others: readonly Candidate[]): Appraisal {
  const asked = new Set(others.map((c) => c.id));
  const instance = instanceOf(problem, [...pruned(problem).filter((c) => !asked.has(c.id)), ...others]);
  const factor = multipliersOf(problem.rules.discounts, () => Infinity);
  const master = masterOf(problem, instance, factor);
  return {
    instance,
    master,
    factor,
    dual: Float64Array.from(master.rows, (row) => placement.duals.get(row.name) ?? 0),
  };
}

/** Entry of the candidate o of an appraisal. */
export function entryAt(appraisal: Appraisal, o: number): Entry | undefined {
  const { instance, master, dual } = appraisal;
  const best = bestFilling(instance, master, dual, o);
  if (!best) return undefined;
  const entersAtUsdPerHour = enteringPrice(appraisal, o, best.value);
  if (entersAtUsdPerHour === undefined) return undefined;
  const filling: Record<string, number> = {};
  best.filling.forEach((n, g) => {
    const name = instance.groups[g]?.name;
    if (n > 0 && name !== undefined) filling[name] = n;
  });
  return { entersAtUsdPerHour, filling };
}

/** List $/h of candidate o at which a node that carries so much pays for itself; undefined where any price would. */
export function enteringPrice({ instance, master, dual, factor }: Appraisal, o: number, carried: number) {
  const candidate = instance.candidates[o];
  if (!candidate) return undefined;
  let proportional = 0;
  let fixed = 0;
  for (const { row, value } of master.nodeTerms[o] ?? []) {
    // a node on top of the minimum does not help to reach it
    if (master.rows[row]?.name.startsWith('atLeast/')) continue;
    const worth = value * (dual[row] ?? 0);
    if (PROPORTIONAL.some((p) => master.rows[row]?.name.startsWith(p))) proportional += worth / candidate.usdPerHour;
    else fixed += worth;
  }
  const paid = factor(candidate.provider, candidate.purchase) - proportional;
  return paid <= 0 ? undefined : Math.max(0, (carried + fixed) / paid);
}
