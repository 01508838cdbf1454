import { liveOfferings, type LiveRegion } from '../../src/catalog/live.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { Region } from '../../src/fleet/fleet.ts';
import type { ObservedPool, ProviderParts } from '../../src/ports.ts';
import type { Azure } from './connection.ts';
import { livePrices, pricesIn } from './prices.ts';
import { atMostBy, usagesIn } from './quotas.ts';
import { closedIn, instanceTypeOf, sizesIn, soldIn } from './skus.ts';

/**
 * A region's offerings as Azure tells them, over what the package knows. Whatever part does not answer leaves the
 * package's: a price with its own age, a size with no word on restrictions or quota.
 *
 * Spot eviction rates are shown in Azure's portal and not in this list, so the hazard stays as the package has it.
 */
export async function offeringsIn(
  azure: Azure | undefined,
  parts: ProviderParts,
  snapshot: ProviderCatalog,
  { name: region, zones }: Region,
  wants: (type: string) => boolean,
  pools: readonly ObservedPool[],
): Promise<readonly Offering[]> {
  const [skus, usages] = azure
    ? await Promise.all([sizesIn(azure, region), usagesIn(azure, region)])
    : [undefined, undefined];
  const sizes = skus?.ok ? skus.value.value.filter(({ name }) => wants(name)) : [];
  const known = snapshot.types
    .map(({ name }) => name)
    .filter((name) => soldHere(snapshot, region, name) && wants(name));
  const types = [...new Set([...known, ...sizes.map(({ name }) => name)])];
  const prices = types.length === 0 ? undefined : await pricesIn(parts, region, types);
  const live: LiveRegion = {
    region,
    prices: prices?.ok ? livePrices(region, prices.value) : [],
    ...(skus?.ok && {
      types: sizes.flatMap((size) => instanceTypeOf(size) ?? []),
      sold: soldIn(sizes),
      closed: closedIn(sizes),
    }),
    ...(skus?.ok && usages?.ok && { atMost: atMostBy(usages.value, sizes, pools) }),
  };
  return liveOfferings(snapshot, live, { zones, wants }, parts.clock.now()).offerings;
}

function soldHere(snapshot: ProviderCatalog, region: string, type: string): boolean {
  const index = snapshot.indexOf.get(type);
  const price = index === undefined ? undefined : snapshot.regions.get(region)?.onDemand[index];
  return price !== undefined && !Number.isNaN(price);
}
