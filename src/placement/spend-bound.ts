import { greedy } from './greedy.ts';
import { type Instance, instanceOf } from './instance.ts';
import type { Problem } from './problem.ts';
import { pruned } from './prune.ts';

/** A greedy placement may be cheaper than one that keeps every rule. */
const MARGIN = 1.15;

/**
 * List $/h that hardly any good placement exceeds at one provider, up to which tiered discounts are averaged: a greedy
 * placement's whole list cost and some more. Infinity without tiers.
 */
export function spendBoundOf(problem: Problem, instance?: Instance): number {
  if (problem.rules.discounts.every((d) => d.tiers.length <= 1)) return Infinity;
  const within = instance ?? instanceOf(problem, pruned(problem));
  return (
    MARGIN *
    greedy(within).nodes.reduce(
      (sum, n) => sum + n.count * (within.candidates[n.pattern.candidate]?.usdPerHour ?? 0),
      0,
    )
  );
}

/** List $/h that no placement costing so much or less can spend; the best one costs no more than any known. */
export function mostSpent({ rules }: Problem, usdPerHour: number): number {
  const largest = Math.max(0, ...rules.discounts.flatMap((d) => d.tiers.map((t) => t.discount)));
  return rules.discounts.every((d) => d.tiers.length <= 1) ? 0 : usdPerHour / (1 - Math.min(largest, 0.99));
}
