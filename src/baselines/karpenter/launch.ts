import type { Market } from '../market.ts';
import type { Spread } from '../spread.ts';
import type { Claims } from './claims.ts';
import { cheapestFor, type Nodes } from './nodes.ts';

/**
 * Launches claims in the order they were opened: each becomes the cheapest offering it may be that is still to be had,
 * spot as a rule. Where everything is sold out the claim goes and its pods are pending again.
 *
 * Source: kubernetes-sigs/karpenter pkg/cloudprovider/types.go (`OrderByPrice`, `Truncate`) and aws/karpenter-provider-aws
 * pkg/providers/instance (lowest price on demand; an offering without capacity is left out for a while), v1.6 to v1.8
 * (2025). The list of types is cut to the 600 (AWS: 60) cheapest before a launch, which does not change the cheapest.
 *
 * @returns nodes launched
 */
export function launch(
  market: Market,
  claims: Claims,
  nodes: Nodes,
  spreads: readonly (Spread | undefined)[],
  pending: Int32Array,
): number {
  let launched = 0;
  for (let c = 0; c < claims.count; c++) {
    const mask = claims.mask[c] as number;
    const offering = cheapestFor(market, nodes, mask, claims.fill.used, c * market.resources);
    if (offering >= 0) {
      const node = nodes.add(offering);
      claims.fill.each(c, (g, n) => nodes.fill.put(node, g, n));
      launched++;
      continue;
    }
    claims.fill.each(c, (g, n) => {
      pending[g] = (pending[g] as number) + n;
      const spread = spreads[g];
      // all of a claim's offerings lie in one zone once a group that spreads is on it
      if (spread) spread.add(spread.at(market.zoneOf[market.sets.members(mask)[0] as number] as number), -n);
    });
  }
  return launched;
}
