import { liveOfferings } from '../../src/catalog/live.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { wantedTypes } from '../../src/fleet/wanted.ts';
import type { ProviderParts } from '../../src/ports.ts';
import type { Account } from './accounts.ts';
import type { Calls } from './calls.ts';
import { machineTypesOf, type MachineType, type Sold } from './machine-types.ts';
import { pricesIn, ratesNow } from './prices.ts';
import { mostBy, quotasOf } from './quotas.ts';
import { seenPools } from './seen.ts';

/**
 * The offerings of a fleet in one project. What a call cannot tell now is taken from what was told last, or from the
 * package's own list, with its date: an API that fails costs freshness and nothing else.
 */
export async function offeringsIn(
  fleet: Fleet,
  account: Account,
  calls: Calls,
  parts: ProviderParts,
  snapshot: ProviderCatalog,
): Promise<readonly Offering[]> {
  const [seen, sold, rates, quotas] = await Promise.all([
    seenPools(parts.shelf, parts.clock, account.project, fleet),
    machineTypesOf(account, calls, parts),
    ratesNow(account.project, calls, parts),
    quotasOf(account, calls),
  ]);
  const wants = wantedTypes(
    fleet,
    'gcp',
    seen.map(({ type }) => type),
  );
  const types = new Map([...(sold?.types ?? snapshotTypes(snapshot))].filter(([name]) => wants(name)));
  return account.regions.flatMap(({ name: region, zones }) => {
    const own = quotas.ok ? quotas.value.get(region) : undefined;
    const live = {
      region,
      prices: rates ? pricesIn(region, types.values(), rates) : [],
      ...(sold && { types: [...types.values()], sold: soldIn(sold, zones) }),
      ...(own && { atMost: mostBy(own, seen, types) }),
    };
    return liveOfferings(snapshot, live, { zones, wants }, parts.clock.now()).offerings;
  });
}

const soldIn = ({ zones }: Sold, here: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(here.map((zone) => [zone, zones.get(zone) ?? new Set<string>()]));

/** Without those with disks in them, whose size the package does not carry. */
function snapshotTypes(snapshot: ProviderCatalog): ReadonlyMap<string, MachineType> {
  const plain = snapshot.types.filter(({ name }) => !/lssd|metal|^z3-/.test(name));
  return new Map(plain.map((type) => [type.name, { ...type, ssdGib: 0 }]));
}
