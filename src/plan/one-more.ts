import type { GroupDemand } from '../demand/demand.ts';
import type { Placement } from '../placement/placement.ts';

/**
 * What one more replica of a group costs at the margin, in $/h; undefined where the placement has no prices.
 *
 * It needs room (the group's own dual price), for each loss that binds a share of it must stand where that loss does
 * not reach, and where spot is scarce a share of it may use some. Those shares are rows of their own in the bound.
 */
export function oneMoreReplica(
  { name, survive, spotAtMost }: Pick<GroupDemand, 'name' | 'survive' | 'spotAtMost'>,
  { certificate, status }: Pick<Placement, 'certificate' | 'status'>,
): number | undefined {
  if (status === 'infeasible') return undefined;
  const room = certificate.groupPrices[name];
  if (room === undefined) return undefined;
  const priceOf = (rule: string): number =>
    Object.entries(certificate.rulePrices).reduce(
      (sum, [row, price]) => (row === rule || row.startsWith(`${rule}/`) ? sum + price : sum),
      0,
    );
  const safe = (survive?.share ?? 0) * priceOf(`survive/${name}`);
  const cheap = spotAtMost < 1 ? spotAtMost * priceOf(`spotAtMost/${name}`) : 0;
  return Math.max(0, room + safe - cheap);
}
