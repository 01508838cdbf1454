import { NO_BAND, emptyRegion, type InstanceType, type ProviderCatalog } from '../../src/catalog/snapshot.ts';
import { instant, mib } from '../../src/units.ts';

export const DAY = 24 * 3600 * 1000;
export const READ_ON = instant(Date.parse('2026-07-20T00:00:00Z'));

const type = (name: string, vcpu: number, gib: number, more: Partial<InstanceType> = {}): InstanceType => ({
  name,
  family: name.split('.')[0] ?? name,
  arch: 'amd64',
  vcpu,
  memory: mib(gib * 1024),
  spot: true,
  ...more,
});

/** Two regions, two families and a GPU: small enough to read, and with one of everything. */
export function sampleCatalog(): ProviderCatalog {
  const types = [
    type('g6.xlarge', 4, 16, { gpu: { name: 'l4', count: 1 }, maxPods: 58 }),
    type('m7i.large', 2, 8, { maxPods: 29 }),
    type('m7i.xlarge', 4, 16, { maxPods: 58 }),
  ];
  const [east, west] = [emptyRegion('us-east-1', 3, 2), emptyRegion('us-west-9', 3)];
  east.onDemand.set([0.8048, 0.1008, 0.2016]);
  east.spot.set([0.4024, 0.04536, Number.NaN]);
  east.spotSource.set([1, 1, 0]);
  east.band.set([4, 0, NO_BAND]);
  east.zones.set(0, ['us-east-1-a', 'us-east-1-c']);
  west.onDemand.set([Number.NaN, 0.1184, 0.2368]);
  west.onDemandSource.set([0, 0, 2]);
  return {
    provider: 'aws',
    sources: [
      { name: 'a list', asOf: READ_ON, basis: 'listed', licence: 'MIT' },
      { name: 'an advisor', asOf: instant(READ_ON - 30 * DAY), basis: 'derived', licence: 'public data' },
      { name: 'a neighbour', asOf: READ_ON, basis: 'derived', licence: 'MIT' },
    ],
    types,
    indexOf: new Map(types.map((t, i) => [t.name, i])),
    regions: new Map([east, west].map((region) => [region.name, region])),
  };
}
