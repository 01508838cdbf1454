import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { ownRegion, regionOf, type RegionSetup } from '../../providers/simulated/setup.ts';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import { decodeCatalog } from '../../src/catalog/decode.ts';
import type { ProviderName, Purchase } from '../../src/catalog/offering.ts';
import type { ProviderCatalog } from '../../src/catalog/snapshot.ts';
import type { Access, Fleet, OwnNodeType } from '../../src/fleet/fleet.ts';
import { instant, mib, milliCores, seconds, share, usdPerGb, usdPerHour } from '../../src/units.ts';

type CloudName = Exclude<ProviderName, 'kubernetes'>;

/** The tag by which the fleet's pools are found. */
export const TAG = { key: 'godwit.io/fleet', value: 'im-fleet' } as const;
export const START = instant(Date.UTC(2026, 10, 2, 6));

/** Names are short and plain, because an AKS pool's may have no more than twelve letters and digits. */
export const POOLS = {
  gatewayA: 'gatewaya',
  gatewayB: 'gatewayb',
  /** as spot; on demand in an own cluster, which has none */
  push: 'pushspot',
  /** in the second region */
  gatewayC: 'gatewayc',
  /** in the second region, without a node */
  idle: 'idle',
  /** without the fleet's tag: somebody else's */
  foreign: 'foreign',
} as const;

/**
 * A quiet world of one provider and the fleet that lives in it: two regions, six real types, five pools of the fleet
 * and one of somebody else, all nodes up. Nothing happens in it by itself: what a test wants to happen, it does.
 */
export function smallWorld(
  provider: ProviderName,
  {
    pools = 0,
    seed = 1,
  }: { /** further pools of one node, over both regions */ readonly pools?: number; readonly seed?: number } = {},
): { world: SimulatedWorld; fleet: Fleet } {
  const regions =
    provider === 'kubernetes' ? OWN.map((o) => ownRegion(o.name, o.zones, OWN_TYPES)) : cloudRegions(provider);
  const world = simulatedWorld({ seed, start: START, regions, spot: { steady: true } });
  for (const row of poolRows(provider, regions, pools)) {
    const { region, zone, type, purchase, name, target } = row;
    const tags = name === POOLS.foreign ? { team: 'search' } : { [TAG.key]: TAG.value };
    world.pools.open(
      { provider, region, zone, type, purchase, name, target, min: 0, max: 2000, tags },
      { by: 'setup' },
    );
  }
  world.advance(seconds(3600));
  return { world, fleet: fleetOf(provider, regions) };
}

const CLOUDS: Readonly<Record<CloudName, { readonly regions: readonly Place[]; readonly types: readonly string[] }>> = {
  aws: {
    regions: [
      { name: 'us-east-1', zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] },
      { name: 'eu-central-1', zones: ['eu-central-1a', 'eu-central-1b'] },
    ],
    types: ['m7i.large', 'm7i.xlarge', 'c7i.xlarge', 'r7i.large', 'm7g.large', 'm5.4xlarge'],
  },
  azure: {
    regions: [
      { name: 'eastus2', zones: ['1', '2', '3'] },
      { name: 'westeurope', zones: ['1', '2'] },
    ],
    types: [
      'Standard_D2s_v5',
      'Standard_D4s_v5',
      'Standard_F8s_v2',
      'Standard_E4s_v5',
      'Standard_D4ps_v5',
      'Standard_D8s_v5',
    ],
  },
  gcp: {
    regions: [
      { name: 'us-east4', zones: ['us-east4-a', 'us-east4-b', 'us-east4-c'] },
      { name: 'europe-west4', zones: ['europe-west4-a', 'europe-west4-b'] },
    ],
    types: ['e2-standard-4', 'n2-standard-4', 'n2d-standard-4', 'n2-highmem-4', 'c3-standard-4', 'n2d-standard-8'],
  },
};

interface Place {
  readonly name: string;
  readonly zones: readonly string[];
}

const OWN: readonly Place[] = [
  { name: 'own-fra', zones: ['rack-a', 'rack-b', 'rack-c'] },
  { name: 'own-ber', zones: ['rack-a', 'rack-b'] },
];
const OWN_TYPES: readonly OwnNodeType[] = [
  ['metal-8', 8, 32, 0.21],
  ['metal-16', 16, 64, 0.4],
  ['metal-32', 32, 128, 0.74],
].map(([name, vcpu, gib, usd]) => ({
  name: String(name),
  arch: 'amd64',
  allocatable: { cpu: milliCores(Number(vcpu) * 1000), memory: mib(Number(gib) * 1024), pods: 110 },
  usdPerHour: usdPerHour(Number(usd)),
  source: 'hosting contract',
  asOf: instant(Date.UTC(2026, 2, 1)),
  atMostPerZone: 1500,
}));

function cloudRegions(provider: CloudName): readonly RegionSetup[] {
  const catalog = catalogOf(provider);
  const { regions, types } = CLOUDS[provider];
  return regions.map(({ name, zones }) => regionOf(catalog, { region: name, zones, types }));
}

const catalogs = new Map<CloudName, ProviderCatalog>();

/** The price list that the package carries. */
export function catalogOf(provider: CloudName): ProviderCatalog {
  const known = catalogs.get(provider);
  if (known) return known;
  const file = new URL(`../../data/catalog/${provider}.tsv.gz`, import.meta.url);
  const read = decodeCatalog(file.pathname, gunzipSync(readFileSync(file)).toString('utf8'), provider);
  if (!read.ok) throw new Error(read.troubles.map((t) => t.problem).join('; '));
  catalogs.set(provider, read.value);
  return read.value;
}

interface PoolRow {
  readonly name: string;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  readonly target: number;
}

function poolRows(provider: ProviderName, [first, second]: readonly RegionSetup[], extra: number): readonly PoolRow[] {
  if (!first || !second) throw new RangeError('the small world has two regions');
  const spot = provider === 'kubernetes' ? 'on-demand' : 'spot';
  const row = (
    name: string,
    region: RegionSetup,
    zone: number,
    type: number,
    target: number,
    purchase: Purchase = 'on-demand',
  ) => ({
    name,
    region: region.name,
    zone: region.zones[zone % region.zones.length] ?? '',
    type: region.types[type % region.types.length]?.type.name ?? '',
    purchase,
    target,
  });
  return [
    row(POOLS.gatewayA, first, 0, 0, 3),
    row(POOLS.gatewayB, first, 1, 1, 2),
    row(POOLS.push, first, 0, 2, 4, spot),
    row(POOLS.gatewayC, second, 0, 0, 2),
    row(POOLS.idle, second, 1, 1, 0),
    row(POOLS.foreign, first, 0, 0, 2),
    ...Array.from({ length: extra }, (_, i) =>
      row(`extra${String(i + 1).padStart(3, '0')}`, i % 2 === 0 ? first : second, i >> 1, i % 3, 1),
    ),
  ];
}

/** Where each is asked; an account that exists nowhere. */
const ACCESS: Readonly<Record<ProviderName, Access>> = {
  aws: {},
  azure: { account: '6f9e1c1a-52d3-4d0e-9a55-0c1f4f3b7a10', resourceGroups: ['im-fleet'] },
  gcp: { account: 'im-fleet-project' },
  kubernetes: {},
};

function fleetOf(provider: ProviderName, regions: readonly RegionSetup[]): Fleet {
  const own = provider === 'kubernetes';
  return {
    file: 'fleet.yaml',
    name: TAG.value,
    cycle: seconds(300),
    horizon: seconds(86_400),
    clouds: [
      {
        provider,
        access: ACCESS[provider],
        regions: regions.map(({ name, zones }) => ({
          provider,
          name,
          zones,
          ...(own && { contexts: [name], own: { nodeTypes: OWN_TYPES, egress: usdPerGb(0.005) } }),
        })),
      },
    ],
    pools: [],
    findPoolsByTag: TAG,
    templates: [
      {
        name: 'general',
        provider,
        types: regions[0]?.types.map((t) => t.type.name) ?? [],
        purchase: own ? ['on-demand'] : ['on-demand', 'spot'],
        max: 2000,
        like: 'gateway*',
      },
    ],
    daemonsets: { cpu: milliCores(250), memory: mib(400) },
    markets: [],
    signals: [],
    services: [],
    traffic: [],
    commitments: [],
    discounts: [],
    policies: {
      vendorShareAtMost: new Map(),
      headroom: share(0),
      churn: { payback: seconds(3600) },
      freshness: { pricesAtMost: seconds(7 * 86_400), signalsAtMost: seconds(1800) },
    },
  };
}
