import type { ColumnModel } from './columns.ts';
import { billOf } from './cost.ts';
import { improved } from './improve.ts';
import type { Instance } from './instance.ts';
import { namedNodes } from './named.ts';
import { reluctant } from './objectives.ts';
import type { PlacedNodes, Placement } from './placement.ts';
import { polish } from './polish.ts';
import type { Problem } from './problem.ts';
import { type Standing, startless, withoutIdle } from './standing-fleet.ts';
import { violations } from './verify.ts';

/** Below this share of today's bill moving is so much cheaper that staying is not tried. */
const MOVING = 0.9;
/** Rounding differs by this share from one cycle to the next: a fleet that followed it would never come to rest. */
const NOISE = 1e-2;

/** The bill with what it costs to get there. */
export const costOf = ({ usdPerHour, cost }: Placement): number => usdPerHour + cost.change;

/** What an answer may be weighed against. */
export interface Ways {
  /** the fleet as it stands; absent = not known, or it keeps the rules no longer */
  readonly standing: Standing | undefined;
  /** whole nodes looked for anew, with what runs as good as paid for; undefined where none are found */
  readonly rounded: () => readonly PlacedNodes[] | undefined;
  /** nodes as an answer, with its proof */
  readonly proven: (nodes: readonly PlacedNodes[]) => Placement;
  readonly dual: Float64Array;
}

/**
 * Whether to move: the fleet as it stands, unless another saves more than noise; then one that keeps most of it, where
 * that does; else the answer found with no regard to it. So once what runs is known each move saves more than noise.
 */
export function settledOn(problem: Problem, model: ColumnModel, moved: Placement, ways: Ways): Placement {
  const { standing, proven } = ways;
  const still = standing && proven(standing.nodes);
  if (still && isNoSaving(moved, still)) return still;
  if (!problem.change || moved.usdPerHour < MOVING * runningBill(problem)) return moved;
  const saves = (answer: Placement): boolean => isNoSaving(moved, answer) && !(still && isNoSaving(answer, still));
  if (standing) {
    const drawn = proven(drawnIn(problem, model, standing, ways.dual));
    if (saves(drawn)) return drawn;
  }
  const nodes = ways.rounded();
  const stayed = nodes ? proven(nodes) : moved;
  const best = saves(stayed) ? stayed : moved;
  return standing ? best : (unmoved(problem, model.instance, [stayed, moved], proven) ?? best);
}

/** Whether one costs so little less than the other that it may be for rounding alone. */
const isNoSaving = (one: Placement, other: Placement): boolean => costOf(other) <= costOf(one) * (1 + NOISE);

/** What today's nodes cost without egress; 0 where none run. */
function runningBill(problem: Problem): number {
  const counts = new Map<string, number>();
  for (const r of problem.running) counts.set(r.offering, (counts.get(r.offering) ?? 0) + r.count);
  const nodes = problem.offerings.map((candidate) => ({ candidate, count: counts.get(candidate.id) ?? 0 }));
  return billOf(problem, nodes).usdPerHour;
}

/** The fleet as it stands with the search let loose on it, starts so dear that what runs is kept where it can be. */
function drawnIn(problem: Problem, model: ColumnModel, standing: Standing, dual: Float64Array): readonly PlacedNodes[] {
  const { instance } = model;
  const priced = reluctant(problem);
  const whole = standing.filled.map(({ candidate, count, filling }) => ({ pattern: { candidate, filling }, count }));
  const nodes = namedNodes(instance, improved(priced, model, polish(priced, instance, { nodes: whole }), dual));
  return violations(problem, nodes, {}).length === 0 ? nodes : standing.nodes;
}

/**
 * Where nobody knows what runs on the nodes: an answer on nodes that all run, where one is found that costs no more than
 * noise. All of them, or else without those that it leaves idle; so of a fleet that carries its load nodes only ever go,
 * until none does.
 */
function unmoved(
  problem: Problem,
  instance: Instance,
  answers: readonly Placement[],
  proven: Ways['proven'],
): Placement | undefined {
  const found = answers.flatMap(({ nodes }) => startless(problem, instance, nodes) ?? []);
  const fewer = found.map((standing) => namedNodes(instance, withoutIdle(instance, standing)));
  const cheapest = Math.min(...answers.map(costOf));
  return [...found.map(({ nodes }) => nodes), ...fewer]
    .filter((nodes) => violations(problem, nodes, {}).length === 0)
    .map(proven)
    .find((answer) => costOf(answer) <= cheapest * (1 + NOISE));
}
