import type { GroupDemand } from '../demand/demand.ts';
import type { Placement } from '../placement/placement.ts';
import { oneMoreReplica } from './one-more.ts';

/**
 * What a tenth of the misses would cost a group, in $/h over the horizon: the replicas that it needs more on average,
 * each at what one more costs in this plan. Undefined where there is no next nine or the placement has no prices.
 *
 * A price at the margin holds for the next few replicas; a fleet that must grow by much pays more for the last of them.
 */
export function nextNineUsdPerHour(
  demand: GroupDemand,
  placement: Pick<Placement, 'certificate' | 'status'>,
): number | undefined {
  const each = oneMoreReplica(demand, placement);
  return demand.nextNine === undefined || each === undefined ? undefined : demand.nextNine.moreOnAverage * each;
}
