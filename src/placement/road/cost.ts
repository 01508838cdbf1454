import type { Placement } from '../placement.ts';
import type { Problem } from '../problem.ts';
import { leastChange, startOf } from './road.ts';

/** What it costs to get from the nodes that run to a placement. */
export interface CostOfChange {
  readonly launches: number;
  readonly launchUsd: number;
  /** replicas that leave the node they run on and go on elsewhere */
  readonly moved: number;
  readonly moveUsd: number;
  /** offerings of which no node runs yet, and one is to */
  readonly opened: number;
  readonly openUsd: number;
  /** all of it, once */
  readonly usd: number;
  /** all of it, spread over the horizon */
  readonly usdPerHour: number;
}

/**
 * The least that the change takes: as many nodes and replicas stay as can. A road may cost more where a replica has to
 * be set down on its way or a node lent; it says so itself. Without `change` in the problem all prices are 0.
 */
export function costOfChange(
  problem: Pick<Problem, 'groups' | 'offerings' | 'running' | 'change'>,
  placement: Pick<Placement, 'nodes'>,
): CostOfChange {
  const { launches, moved } = leastChange(startOf(problem, placement));
  const running = new Set(problem.running.filter(({ count }) => count > 0).map(({ offering }) => offering));
  const used = new Set(placement.nodes.filter(({ count }) => count > 0).map(({ offering }) => offering));
  const opened = [...used].filter((id) => !running.has(id)).length;
  const launchUsd = launches * (problem.change?.launchUsd ?? 0);
  const moveUsd = moved * (problem.change?.moveUsdPerReplica ?? 0);
  const openUsd = opened * (problem.change?.openUsd ?? 0);
  const usd = launchUsd + moveUsd + openUsd;
  const usdPerHour = usd / (problem.change?.horizonHours ?? 1);
  return { launches, launchUsd, moved, moveUsd, opened, openUsd, usd, usdPerHour };
}
