import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clusterYaml } from '../../providers/alibaba/cluster-yaml.ts';
import { nodeTypesOf, PARITY_OF_2024_10_24, type Wanted } from '../../providers/alibaba/node-types.ts';
import { readPriceList, type PriceList } from '../../providers/alibaba/price-list.ts';
import { simulatedProvider } from '../../providers/simulated/index.ts';
import { ownRegion } from '../../providers/simulated/setup.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { readFleet } from '../../src/fleet/read.ts';
import { instant, seconds } from '../../src/units.ts';
import { partsOver } from '../contract/parts.ts';
import { SMALL } from '../fleet/small.ts';

const CNY_PER_USD = PARITY_OF_2024_10_24.cnyPerUsd;
const ZONES = ['eu-central-1a', 'eu-central-1b'];

const machine = (more: object = {}) => ({
  arch: 'amd64',
  vcpu: 4,
  memory: 8,
  gpu: 0,
  zones: [...ZONES].toReversed(),
  onDemandPricePerHour: 1.08,
  ...more,
});
const text = (types: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ 'eu-central-1': { instanceTypePrices: types } });
const read = (types: Readonly<Record<string, unknown>>) => readPriceList(text(types), 'prices.json', CNY_PER_USD);

function list(types: Readonly<Record<string, unknown>>): PriceList {
  const answer = read(types);
  if (!answer.ok) throw new Error(answer.troubles[0]?.problem);
  return answer.value;
}
const wanted: Wanted = {
  region: 'eu-central-1',
  zones: ZONES,
  wants: () => true,
  exchange: PARITY_OF_2024_10_24,
  listedOn: instant(Date.UTC(2024, 9, 1)),
  atMostPerZone: 20,
};

describe('a price list', () => {
  it('is read type by type', () => {
    expect(list({ 'ecs.c7.xlarge': machine() }).regions.get('eu-central-1')).toEqual([
      { name: 'ecs.c7.xlarge', arch: 'amd64', vcpu: 4, memory: 8192, gpus: 0, zones: ZONES, cnyPerHour: 1.08 },
    ]);
  });

  const unsound: readonly [string, unknown, string][] = [
    ['no object', 'sold out', 'is no object'],
    ['no vCPUs', machine({ vcpu: 0 }), 'has no vCPUs or no memory'],
    ['memory as text', machine({ memory: '8 GiB' }), 'has no vCPUs or no memory'],
    ['no zones', machine({ zones: [] }), 'names no zones'],
    ['zones that are none', machine({ zones: [null] }), 'names no zones'],
    ['no price', machine({ onDemandPricePerHour: null }), 'has no price'],
    ['a price of 0, as twelve entries of 2024 had', machine({ onDemandPricePerHour: 0 }), 'is not above 0'],
    ['a month’s price', machine({ onDemandPricePerHour: 788 }), 'is over 12 times'],
  ];
  it.each(unsound)('an entry with %s is passed over, and the others hold', (_what, entry, reason) => {
    const { regions, passedOver } = list({ 'ecs.c7.xlarge': entry, 'ecs.g7.xlarge': machine() });
    expect(regions.get('eu-central-1')?.map((t) => t.name)).toEqual(['ecs.g7.xlarge']);
    expect(passedOver).toEqual([
      { region: 'eu-central-1', type: 'ecs.c7.xlarge', reason: expect.stringContaining(reason) as string },
    ]);
  });

  it.each([
    ['no JSON', 'PK'],
    ['a list', '[]'],
    ['no regions', '{}'],
    ['regions of nothing', '{"eu-central-1":{}}'],
    ['nothing sound', text({ 'ecs.c7.xlarge': machine({ vcpu: -1 }) })],
  ])('that is %s is trouble', (_what, document) => {
    expect(readPriceList(document, 'prices.json', CNY_PER_USD)).toMatchObject({ ok: false });
  });

  it.each([
    ['ecs.g8y.large', 'arm64'],
    ['ecs.c6r.xlarge', 'arm64'],
    ['ecs.ebmg8y.large', 'arm64'],
    ['ecs.r6.large', 'amd64'],
    ['ecs.g7.large', 'amd64'],
  ])('tells that %s is %s, though the list calls all of them amd64', (name, arch) => {
    expect(list({ [name]: machine() }).regions.get('eu-central-1')?.[0]?.arch).toBe(arch);
  });
});

describe('node types of an own cluster', () => {
  it('cost dollars at a stated rate, and say so', () => {
    const [type] = nodeTypesOf(list({ 'ecs.c7.xlarge': machine() }), wanted);
    expect(type).toMatchObject({
      usdPerHour: 0.151502,
      source: 'Alibaba Cloud list price of 1.08 CNY at 7.1286 CNY per USD (CFETS central parity of 2024-10-24)',
      asOf: wanted.listedOn,
      atMostPerZone: 20,
    });
  });

  it('have what the vendor’s example shows to be left: 3,900 millicores and 5,688 MiB of 4 vCPUs and 8 GiB', () => {
    const [type] = nodeTypesOf(list({ 'ecs.c7.xlarge': machine() }), wanted);
    expect(type?.allocatable.cpu).toBe(3900);
    expect(Math.abs((type?.allocatable.memory ?? 0) - 5688)).toBeLessThanOrEqual(2);
  });

  it.each([
    ['with a GPU that nobody names', { gpu: 1 }],
    ['sold in one of the zones only', { zones: ZONES.slice(1) }],
  ])('are none %s', (_what, more) => {
    expect(nodeTypesOf(list({ 'ecs.gn6i.large': machine(more) }), wanted)).toEqual([]);
  });

  it('are only those wanted', () => {
    const two = list({ 'ecs.c7.xlarge': machine(), 'ecs.g7.xlarge': machine() });
    const names = nodeTypesOf(two, { ...wanted, wants: (type) => type.startsWith('ecs.g7') }).map((t) => t.name);
    expect(names).toEqual(['ecs.g7.xlarge']);
  });
});

/** The small fleet with its own cluster on Alibaba Cloud. */
function fleetOn(nodeTypes: ReturnType<typeof nodeTypesOf>): Fleet {
  const cluster = clusterYaml({ name: 'alibaba-eu', zones: ZONES, egressUsdPerGb: 0.1, nodeTypes });
  const renamed = SMALL.replace(/ {2}kubernetes:\n[\s\S]*?(?=daemonsets:)/, cluster)
    .replaceAll('own-fra', 'alibaba-eu')
    .replaceAll('rack-a', 'eu-central-1a')
    .replaceAll('metal-32', 'ecs.c7.xlarge');
  const fleet = readFleet(renamed, 'fleet.yaml');
  if (!fleet.ok) throw new Error(fleet.troubles.map((t) => `${t.at}: ${t.problem}`).join('; '));
  return fleet.value;
}

describe('a fleet with a cluster on Alibaba Cloud', () => {
  const nodeTypes = nodeTypesOf(
    list({ 'ecs.c7.xlarge': machine(), 'ecs.g8y.2xlarge': machine({ vcpu: 8, memory: 32, onDemandPricePerHour: 2 }) }),
    wanted,
  );

  it('comes back from its fleet file as it was written', () => {
    const own = fleetOn(nodeTypes).clouds.find((c) => c.provider === 'kubernetes')?.regions[0];
    expect(own?.name).toBe('alibaba-eu');
    expect(own?.own?.nodeTypes).toEqual(nodeTypes);
  });

  it('lists its machines as offerings and runs pools of them, in the simulated world', async () => {
    const region = ownRegion('alibaba-eu', ZONES, nodeTypes);
    const world = simulatedWorld({ seed: 1, start: wanted.listedOn, regions: [region], spot: { steady: true } });
    const spec = {
      provider: 'kubernetes',
      region: 'alibaba-eu',
      zone: 'eu-central-1a',
      type: 'ecs.c7.xlarge',
    } as const;
    const own = { ...spec, purchase: 'on-demand', name: 'gateway', target: 2, min: 0, max: 50 } as const;
    world.pools.open({ ...own, tags: { 'godwit.io/fleet': 'small' } }, { by: 'setup' });
    const found = { key: 'godwit.io/fleet', value: 'small' };
    const fleet: Fleet = { ...fleetOn(nodeTypes), findPoolsByTag: found, pools: [] };
    const provider = simulatedProvider(world, 'kubernetes', partsOver(world));

    const offerings = await provider.listOfferings(fleet);
    expect(offerings.ok && offerings.value.map((o) => `${o.id} ${o.atMost}`)).toEqual(
      nodeTypes.flatMap((t) => ZONES.map((zone) => `kubernetes/alibaba-eu/${zone}/${t.name}/on-demand 20`)),
    );
    const before = await provider.listPools(fleet);
    const pool = before.ok ? before.value.pools[0] : undefined;
    if (!pool?.live) throw new Error('the pool is not listed');
    const order = { opId: 's01', size: 25, pool: { ...pool, id: pool.live.id } };
    await provider.setSize(fleet, order);
    world.advance(seconds(7200));
    const after = await provider.listPools(fleet);
    // twenty machines there are in the zone, and not one more
    expect(after.ok && after.value.pools.map((p) => [p.target, p.ready])).toEqual([[25, 20]]);
  });
});

const REAL = new URL('../../../shared/data/catalog/alibaba/alibabacloud_price_2024-10.json.gz', import.meta.url);

it.skipIf(!existsSync(REAL))('the list of October 2024: 27 regions, and 12 entries that cost nothing', () => {
  const answer = readPriceList(gunzipSync(readFileSync(REAL)).toString('utf8'), 'prices.json', CNY_PER_USD);
  if (!answer.ok) throw new Error(answer.troubles[0]?.problem);
  const { regions, passedOver } = answer.value;
  expect(regions.size).toBe(27);
  expect(passedOver.filter((p) => p.reason.endsWith('is not above 0'))).toHaveLength(12);
  expect([...regions.values()].flat()).toHaveLength(5227 - passedOver.length);
  // the others that are passed over, where their price can be none of theirs
  expect(passedOver.length).toBeLessThan(60);
  const types = nodeTypesOf(answer.value, { ...wanted, wants: (type) => type.startsWith('ecs.g7.') });
  expect(types.length).toBeGreaterThan(5);
  expect(types.every((t) => t.usdPerHour > 0.05 && t.usdPerHour < 10)).toBe(true);
});
