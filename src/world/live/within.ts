import type { ProviderName } from '../../catalog/offering.ts';
import type { Fleet, Region } from '../../fleet/fleet.ts';
import type { Provider } from '../../ports.ts';

/** A provider that is asked about some of its regions only: those of own clusters that can be reached, or the others. */
export function within(provider: Provider, ours: (region: Region) => boolean): Provider {
  const { name } = provider;
  return {
    name,
    listOfferings: (fleet) => provider.listOfferings(narrowed(fleet, name, ours)),
    listPools: (fleet) => provider.listPools(narrowed(fleet, name, ours)),
    listCommitments: (fleet) => provider.listCommitments(narrowed(fleet, name, ours)),
  };
}

/** The fleet as if the provider had no other regions. */
export function narrowed(fleet: Fleet, provider: ProviderName, ours: (region: Region) => boolean): Fleet {
  const clouds = fleet.clouds.map((cloud) =>
    cloud.provider === provider ? { ...cloud, regions: cloud.regions.filter(ours) } : cloud,
  );
  const inside = new Set(
    clouds.filter((cloud) => cloud.provider === provider).flatMap(({ regions }) => regions.map(({ name }) => name)),
  );
  return {
    ...fleet,
    clouds,
    pools: fleet.pools.filter((pool) => pool.provider !== provider || inside.has(pool.region)),
  };
}
