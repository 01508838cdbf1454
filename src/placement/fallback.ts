import type { LinearSolver } from '../ports.ts';
import { assembled, sunk } from './answer.ts';
import { multipliersOf } from './contract-rows.ts';
import type { Whole } from './dive.ts';
import { greedy } from './greedy.ts';
import { type Instance, instanceOf } from './instance.ts';
import { masterOf } from './master.ts';
import { namedNodes } from './named.ts';
import { NO_SOLVER } from './no-solver.ts';
import type { PlacedNodes, Placement } from './placement.ts';
import { type FilledNodes, polish } from './polish.ts';
import type { Problem } from './problem.ts';
import { pruned } from './prune.ts';
import { type Kept, regained } from './regained.ts';
import { resourceBound } from './resource-bound.ts';
import { violations } from './verify.ts';

/** How an answer that the solver had no part in was found. */
export const GREEDY = 'greedy-fallback';

export interface FallbackOptions {
  /** leave out what only makes it cheaper */
  readonly hurried?: boolean;
  /** for the bill of traffic alone; absent: callers are taken to reach every replica of their peers alike */
  readonly solver?: LinearSolver;
}

/**
 * A placement and a bound with no solver, labelled `greedy-fallback`: for when that fails, hangs or has no time left.
 * It keeps every rule, or says that it does not: what would break one is not answered, and replicas that it finds no
 * place for are told.
 *
 * @param because why it is not the solver's answer, in words: the first line of its `conflict`
 */
export function fallback(
  problem: Problem,
  because: string,
  { hurried = false, solver = NO_SOLVER }: FallbackOptions = {},
): Placement {
  const instance = instanceOf(problem, pruned(problem));
  const price = billedPrices(problem, instance);
  const whole = greedy(instance, problem.rules.vendorShareAtMost, resourceBound(instance, price));
  const unplaced = Object.fromEntries(
    instance.groups.flatMap((g, i) => ((whole.missing[i] ?? 0) > 0 ? [[g.name, whole.missing[i] ?? 0]] : [])),
  );
  let nodes = namedNodes(instance, flat(whole));
  const broken = brokenBy(problem, nodes, unplaced);
  if (!hurried && broken.length === 0 && Object.keys(unplaced).length === 0) {
    const polished = namedNodes(instance, polish(problem, instance, whole));
    if (violations(problem, polished, {}).length === 0) nodes = polished;
  }
  // nodes that break a rule are no answer, but part of their replicas may have a place
  const nothing: Kept = {
    nodes: [],
    unplaced: Object.fromEntries(problem.groups.flatMap((g) => (g.replicas > 0 ? [[g.name, g.replicas]] : []))),
  };
  const kept = regained(problem, broken.length > 0 ? nothing : { nodes, unplaced });
  const answer = proven(problem, instance, price, kept.nodes, kept.unplaced, solver);
  const filled = answer.nodes.some((n) => Object.keys(n.replicas).length > 0);
  const short = Object.values(kept.unplaced).some((n) => n > 0);
  return {
    ...answer,
    status: short ? (filled ? 'partial' : 'infeasible') : 'placed',
    unplaced: kept.unplaced,
    conflict: [because, ...(short ? broken : [])],
  };
}

/** Nodes that keep every rule as an answer, with the bound that needs no solver. */
export function answerOf(problem: Problem, nodes: readonly PlacedNodes[], solver: LinearSolver): Placement {
  const instance = instanceOf(problem, pruned(problem));
  return proven(problem, instance, billedPrices(problem, instance), nodes, {}, solver);
}

/** The least that a node of each candidate is ever billed, commitments aside, $/h. */
function billedPrices({ rules }: Problem, { candidates }: Instance): readonly number[] {
  const factor = multipliersOf(rules.discounts, () => Infinity);
  return candidates.map((c) => c.usdPerHour * factor(c.provider, c.purchase));
}

/** The cheaper of two answers to the same problem, with the better of their proofs. */
export function cheaperOf(one: Placement, other: Placement): Placement {
  if (one.status !== 'placed' || other.status !== 'placed') return missingIn(other) < missingIn(one) ? other : one;
  const costs = ({ usdPerHour, cost }: Placement): number => usdPerHour + cost.change;
  const nodes = costs(other) < costs(one) ? other : one;
  const proof = other.lowerBoundUsdPerHour > one.lowerBoundUsdPerHour ? other : one;
  const { certificate, duals } = proof;
  const lowerBoundUsdPerHour = Math.min(proof.lowerBoundUsdPerHour, nodes.usdPerHour);
  const gap = lowerBoundUsdPerHour > 0 ? nodes.usdPerHour / lowerBoundUsdPerHour - 1 : nodes.gap;
  return { ...nodes, certificate, duals, lowerBoundUsdPerHour, gap };
}

const missingIn = ({ unplaced }: Placement): number => Object.values(unplaced).reduce((sum, n) => sum + n, 0);

/** The rules that nodes break, read on the replicas that have a place. */
function brokenBy(
  problem: Problem,
  nodes: readonly PlacedNodes[],
  unplaced: Readonly<Record<string, number>>,
): string[] {
  const groups = problem.groups.map((g) => ({ ...g, replicas: g.replicas - (unplaced[g.name] ?? 0) }));
  return violations({ ...problem, groups }, nodes, {});
}

function proven(
  problem: Problem,
  instance: Instance,
  price: readonly number[],
  nodes: readonly PlacedNodes[],
  unplaced: Readonly<Record<string, number>>,
  solver: LinearSolver,
): Placement {
  const replicas = instance.groups.map((g) => g.replicas - (unplaced[g.name] ?? 0));
  const { usdPerHour, duals } = resourceBound(instance, price, replicas);
  const bound = Math.max(0, usdPerHour - coveredAtMost(problem, instance)) + sunk(problem);
  return assembled(problem, nodes, GREEDY, bound, duals, solver);
}

const flat = ({ nodes }: Whole): readonly FilledNodes[] => nodes.map(({ pattern, count }) => ({ ...pattern, count }));

/** The most that commitments take off the bill: they are paid for anyhow. */
function coveredAtMost(problem: Problem, instance: Instance): number {
  if (problem.rules.commitments.length === 0) return 0;
  const { auxiliary } = masterOf(
    problem,
    instance,
    multipliersOf(problem.rules.discounts, () => Infinity),
  );
  return auxiliary.reduce((sum, a) => (a.kind === 'credit' ? sum - a.cost * a.upper : sum), 0);
}
