import { troubleOf } from '../../src/calls/trouble-of.ts';
import { liveOfferings, type LiveRegion } from '../../src/catalog/live.ts';
import type { LivePrice } from '../../src/catalog/merge.ts';
import { PURCHASES, type Offering, type ProviderName, type Purchase } from '../../src/catalog/offering.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { ownOfferings } from '../../src/fleet/own-offerings.ts';
import { wantedTypes } from '../../src/fleet/wanted.ts';
import type { ProviderParts } from '../../src/ports.ts';
import { bad, good, type Checked } from '../../src/trouble.ts';
import { belongs, regionsOf } from './listing.ts';
import type { Ask } from './requests.ts';
import type { SimPool, SimRegion, SimulatedWorld } from './world-types.ts';

interface Parts extends Pick<ProviderParts, 'lists'> {
  readonly world: SimulatedWorld;
  readonly name: ProviderName;
  readonly ask: Ask;
}

/** What the world sells in the fleet's regions, at its prices of now. */
export async function listOfferings(fleet: Fleet, parts: Parts): Promise<Checked<readonly Offering[]>> {
  const { world, name } = parts;
  const offerings: Offering[] = [];
  for (const { name: region, zones } of regionsOf(fleet, name)) {
    const told = await parts.ask({ api: 'listOfferings', region, class: 'read' }, () =>
      liveRegion(world, name, region, fleet),
    );
    if (!told.ok) return bad(troubleOf(told.failure, `${name} ${region}`));
    if (!told.value) continue;
    if (name === 'kubernetes') {
      offerings.push(
        ...ownOfferings(fleet)
          .filter((o) => o.region === region)
          .map(stockOver(told.value)),
      );
      continue;
    }
    const snapshot = await parts.lists.prices(name);
    if (!snapshot.ok) return snapshot;
    const wants = wantedTypes(
      fleet,
      name,
      world.pools.list(name).map((pool) => pool.type),
    );
    offerings.push(...liveOfferings(snapshot.value, told.value, { zones, wants }, world.now()).offerings);
  }
  return good(offerings);
}

function liveRegion(world: SimulatedWorld, provider: ProviderName, name: string, fleet: Fleet): LiveRegion | undefined {
  const region = world.regions.find((r) => r.provider === provider && r.name === name);
  if (!region) return undefined;
  // what others run is not the fleet's to have
  const pools = world.pools.list(provider, name).filter((pool) => belongs(pool, fleet));
  const quotas = new Map(world.quota(provider, name).map((q) => [q.name, q.limit - q.used]));
  return {
    region: name,
    types: region.types,
    sold: new Map(region.zones.map((z) => [z.name, new Set(namesOf(region).filter((type) => z.sells(type)))])),
    prices: pricesOf(world, region),
    closed: region.zones.flatMap((zone) =>
      namesOf(region).flatMap((type) =>
        PURCHASES.filter((purchase) => zone.left(type, purchase) === 0).map((purchase) => ({
          type,
          zone: zone.name,
          purchase,
          reason: 'sold out',
        })),
      ),
    ),
    atMost: ({ type, vcpu, family, zone, purchase }) => {
      const left = region.zones.find((z) => z.name === zone)?.left(type, purchase) ?? 0;
      const limits = purchase === 'spot' ? ['spot'] : ['on-demand', family];
      const room = Math.min(...limits.map((limit) => (quotas.get(limit) ?? Infinity) / vcpu));
      return running(pools, { type, zone, purchase }) + Math.max(0, Math.min(left, Math.floor(room)));
    },
  };
}

const namesOf = (region: SimRegion): readonly string[] => region.types.map((type) => type.name);

function pricesOf(world: SimulatedWorld, region: SimRegion): readonly LivePrice[] {
  const { provider, name } = region;
  const price = (type: string, purchase: Purchase, usd: number | undefined, zone?: string): readonly LivePrice[] => {
    if (usd === undefined) return [];
    const at = { provider, region: name, type, purchase, ...(zone !== undefined && { zone }) };
    return [{ ...at, usdPerHour: usd, source: `simulated ${provider}`, asOf: world.now() }];
  };
  return namesOf(region).flatMap((type) => [
    ...price(type, 'on-demand', region.onDemand(type)),
    ...region.zones.flatMap((zone) => price(type, 'spot', zone.spot(type), zone.name)),
  ]);
}

function running(pools: readonly SimPool[], at: Pick<SimPool, 'type' | 'zone' | 'purchase'>): number {
  return pools
    .filter((pool) => pool.type === at.type && pool.zone === at.zone && pool.purchase === at.purchase)
    .reduce((sum, pool) => sum + pool.instances.length, 0);
}

/** Own machines cost what the fleet file says; the world knows which are left. */
const stockOver =
  ({ atMost, closed = [] }: LiveRegion) =>
  (offering: Offering): Offering => {
    const most = atMost?.(offering);
    const shut = closed.find((c) => c.type === offering.type && c.zone === offering.zone && c.purchase === 'on-demand');
    return {
      ...offering,
      available: shut === undefined,
      ...(shut && { unavailableReason: shut.reason }),
      ...(most !== undefined && { atMost: most }),
    };
  };
