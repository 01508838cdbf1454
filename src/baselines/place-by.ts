import type { Placement } from '../placement/placement.ts';
import type { Problem } from '../placement/problem.ts';
import type { LinearSolver } from '../ports.ts';
import { answerOf, type Outcome } from './answer.ts';
import { leastWaste, price } from './cluster-autoscaler/expanders.ts';
import { clusterAutoscaler } from './cluster-autoscaler/cluster-autoscaler.ts';
import { ffd } from './ffd.ts';
import { karpenter } from './karpenter/karpenter.ts';
import { type Market, marketOf } from './market.ts';

/** The ways of the field's autoscalers that a placement can be compared with. */
export const STRATEGIES = ['karpenter', 'ca-least-waste', 'ca-price', 'ffd'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/**
 * What another autoscaler would run for the same problem, as an answer to it: see the README beside this file for what
 * each port does, what it leaves out and whom that favours.
 *
 * @param solver for the egress of a problem with flows; without one, callers reach all replicas of a peer alike
 */
export function placeBy(strategy: Strategy, problem: Problem, solver?: LinearSolver): Placement {
  const market = marketOf(problem);
  return answerOf(strategy, market, WAYS[strategy](market), solver);
}

const WAYS: Readonly<Record<Strategy, (market: Market) => Outcome>> = {
  karpenter,
  'ca-least-waste': (market) => clusterAutoscaler(market, leastWaste),
  'ca-price': (market) => clusterAutoscaler(market, price),
  ffd,
};
