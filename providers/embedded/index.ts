import type { Offering, ProviderName } from '../../src/catalog/offering.ts';
import { offeringsOf } from '../../src/catalog/offerings.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { wantedTypes } from '../../src/fleet/wanted.ts';
import type { ObservedPool, PriceLists, Provider } from '../../src/ports.ts';
import { bad, good, type Checked } from '../../src/trouble.ts';
import { lookUp, type Found } from './look-up.ts';
import { ownOfferings } from '../../src/fleet/own-offerings.ts';
import { unknownNames } from './unknown-names.ts';

export interface EmbeddedProvider extends Provider {
  /** One offering by its id, whether a pool or template of the fleet can bring it or not; else why there is none. */
  lookUp(fleet: Fleet, id: string): Promise<Checked<Found>>;
}

/**
 * A cloud as Godwit knows it without asking: prices from the list that the package carries, pools and commitments as
 * the fleet file states them. Own clusters are stated there altogether.
 */
export function embeddedProvider(name: ProviderName, lists: PriceLists): EmbeddedProvider {
  const listOfferings = async (fleet: Fleet): Promise<Checked<readonly Offering[]>> => {
    if (name === 'kubernetes') return good(ownOfferings(fleet));
    const prices = await lists.prices(name);
    if (!prices.ok) return prices;
    const troubles = unknownNames(fleet, prices.value);
    return troubles.length > 0 ? bad(...troubles) : good(reachableOfferings(fleet, prices.value));
  };
  return {
    name,
    listOfferings,
    listPools: async (fleet) =>
      good({ pools: fleet.pools.filter((p) => p.provider === name).map(observed), passedOver: [], doubts: [] }),
    listCommitments: async (fleet) => good(fleet.commitments.filter((c) => c.provider === name)),
    lookUp: async (fleet, id) => {
      if (name === 'kubernetes') return good(lookUp(fleet, undefined, id));
      const prices = await lists.prices(name);
      return prices.ok ? good(lookUp(fleet, prices.value, id)) : prices;
    },
  };
}

/**
 * Every offering in the fleet's regions and zones of a type that some pool has or some template may open. The rest of
 * a cloud's thousand types could not be placed on anyway; {@link EmbeddedProvider.lookUp} finds them one by one.
 */
function reachableOfferings(fleet: Fleet, catalog: ProviderCatalog): readonly Offering[] {
  const wants = wantedTypes(fleet, catalog.provider);
  const wanted = new Set(catalog.types.filter((t) => wants(t.name)));
  return fleet.clouds
    .filter((cloud) => cloud.provider === catalog.provider)
    .flatMap((cloud) => cloud.regions)
    .flatMap(({ name: region, zones }) => offeringsOf(catalog, { region, zones, wants: (type) => wanted.has(type) }));
}

function observed(pool: Fleet['pools'][number]): ObservedPool {
  const { name, provider, region, zone, type, purchase, nodes, min, max } = pool;
  return { name, provider, region, zone, type, purchase, target: nodes, ready: nodes, min, max, source: 'declared' };
}
