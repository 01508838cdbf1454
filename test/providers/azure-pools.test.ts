import { describe, expect, it } from 'vitest';
import { OP_TAG } from '../../providers/azure/tags.ts';
import { seenAgentPool, seenScaleSet } from '../../providers/azure/observed.ts';
import type { SimPool } from '../../providers/simulated/world-types.ts';
import { seconds } from '../../src/units.ts';
import { POOLS } from '../contract/small-world.ts';
import { azureSubject, type AzureSubject } from './azure-subject.ts';

async function using(subject: AzureSubject, run: (subject: AzureSubject) => Promise<void>): Promise<void> {
  try {
    await run(subject);
    expect(subject.fake.complaints).toEqual([]);
  } finally {
    await subject.close();
  }
}

const SET = {
  id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/web',
  name: 'web',
  location: 'West Europe',
  zones: ['1'],
  sku: { name: 'Standard_D4s_v5', capacity: 3 },
};

describe('settings that the SDK cannot take', () => {
  it.each([
    ['a tenant that is none', { AZURE_TENANT_ID: 'not a tenant!' }],
    ['an authority without TLS', { AZURE_AUTHORITY_HOST: 'http://login.example' }],
  ])('are trouble and no end of the process: %s', async (_what, env) => {
    const subject = await azureSubject({}, env);
    try {
      const provider = await subject.open();
      for (const time of ['once', 'and again']) {
        expect((await provider.listPools(subject.fleet)).ok, time).toBe(false);
      }
    } finally {
      await subject.close();
    }
  });
});

describe('a scale set that can’t be steered is passed over, with its reason', () => {
  it.each([
    [{ zones: ['1', '2'] }, 'spreads over zones 1, 2'],
    [{ zones: undefined }, 'no availability zone'],
    [{ sku: { name: 'Mix', capacity: 3 } }, 'mixes sizes'],
    [{ priorityMixPolicy: { baseRegularPriorityCount: 1 } }, 'mixes spot'],
    [{ sku: { name: 'Standard_D4s_v5' } }, 'no capacity'],
    [{ id: 'somewhere' }, 'incompletely'],
  ])('%j: %s', (change, reason) => {
    expect(seenScaleSet({ ...SET, ...change } as Parameters<typeof seenScaleSet>[0])).toMatchObject({
      name: 'web',
      reason: expect.stringContaining(reason) as string,
    });
  });

  it('and one that can be is read whole', () => {
    const tags = { min: '2', 'Godwit.io_Max': '40', 'godwit.io_op': 'op-1', 'godwit.io_size': '3' };
    expect(seenScaleSet({ ...SET, tags, etag: '"7"' })).toEqual({
      id: SET.id,
      name: 'web',
      region: 'westeurope',
      zone: '1',
      type: 'Standard_D4s_v5',
      purchase: 'on-demand',
      target: 3,
      min: 2,
      max: 40,
      version: '"7"',
      changedBy: { who: 'godwit', opId: 'op-1' },
    });
    expect(seenScaleSet({ ...SET, tags, sku: { ...SET.sku, capacity: 5 } })).toMatchObject({
      changedBy: { who: 'other' },
    });
  });
});

describe('an agent pool that can’t be steered is passed over, with its reason', () => {
  const cluster = {
    id: '/subscriptions/s/resourcegroups/g/providers/Microsoft.ContainerService/managedClusters/c',
    name: 'c',
    location: 'westeurope',
  };
  const pool = { name: 'web', vmSize: 'Standard_D4s_v5', count: 3, availabilityZones: ['2'], mode: 'System' };
  it.each([
    [{ enableAutoScaling: true }, 'own autoscaler'],
    [{ availabilityZones: ['1', '3'] }, 'spreads over'],
    [{ availabilityZones: [] }, 'no availability zone'],
    [{ powerState: { code: 'Stopped' } }, 'stopped'],
    [{ count: undefined }, 'no size or count'],
  ])('%j: %s', (change, reason) => {
    const seen = seenAgentPool(cluster, { ...pool, ...change } as typeof pool, 'VirtualMachineScaleSets');
    expect(seen).toMatchObject({ name: 'web', reason: expect.stringContaining(reason) as string });
  });
  it('and one of single machines', () => {
    expect(seenAgentPool(cluster, pool, 'VirtualMachines')).toHaveProperty('reason');
  });
  it('and one that can be is read whole: a system pool keeps a node', () => {
    expect(seenAgentPool(cluster, pool, 'VirtualMachineScaleSets')).toMatchObject({
      id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c/agentPools/web',
      zone: '2',
      target: 3,
      min: 1,
    });
  });
});

const inCluster = (pool: SimPool): string | undefined =>
  pool.tags.team === 'search' ? undefined : `im-${pool.region}`;

describe('listing pools', () => {
  it('takes a handful of calls for two hundred pools, and no more for twice as many', async () => {
    for (const pools of [200, 400]) {
      await using(await azureSubject({ pools, pageSize: 1000 }), async ({ open, fleet, fake }) => {
        const listed = await (await open()).listPools(fleet);
        expect(listed.ok && listed.value.pools.length).toBe(pools + 5);
        expect(fake.requests.map(({ api }) => api).toSorted()).toEqual([
          'managedClusters.list',
          'resources.query',
          'virtualMachineScaleSets.listAll',
        ]);
      });
    }
  });

  it('asks each pool where Resource Graph may not be asked', async () => {
    await using(await azureSubject({ resourceGraph: false }), async ({ open, fleet, fake }) => {
      const listed = await (await open()).listPools(fleet);
      expect(listed.ok && listed.value.pools.map((p) => p.ready)).toEqual([3, 2, 4, 2, 0]);
      expect(fake.requests.filter(({ api }) => api === 'virtualMachineScaleSetVMs.list')).toHaveLength(5);
    });
  });

  it('asks the pool itself where Resource Graph is behind', async () => {
    await using(await azureSubject(), async ({ open, fleet, fake, world }) => {
      const [gateway] = world.pools.list('azure', 'eastus2');
      world.pools.resize(gateway?.id ?? '', 6, { by: 'alice' });
      world.advance(seconds(1200));
      world.faults.add({ provider: 'azure', api: 'resources.query', fault: { is: 'stale', byS: 1800 } });
      const listed = await (await open()).listPools(fleet);
      expect(listed.ok && listed.value.pools.find((p) => p.name === POOLS.gatewayA)).toMatchObject({
        target: 6,
        ready: 6,
      });
      expect(fake.requests.filter(({ api }) => api === 'virtualMachineScaleSetVMs.list')).toHaveLength(1);
      expect(world.faults.unfired()).toEqual([]);
    });
  });

  it('steers the scale sets of AKS by their agent pools alone', async () => {
    await using(await azureSubject({ clusterOf: inCluster }), async ({ open, fleet }) => {
      const listed = await (await open()).listPools(fleet);
      const ids = listed.ok ? listed.value.pools.map((p) => p.live?.id ?? '') : [];
      expect(ids).toHaveLength(5);
      for (const id of ids) expect(id).toContain('/agentPools/');
      const nodes = listed.ok ? listed.value.pools.flatMap((p) => p.live?.instances ?? []) : [];
      // as the kubelet registers it, and the end of its providerID
      expect(nodes[0]).toMatchObject({
        id: 'aks-gatewaya-31415926-vmss/virtualMachines/0',
        node: 'aks-gatewaya-31415926-vmss000000',
      });
    });
  });

  it('knows its own deletion from AKS again, and another’s change from it', async () => {
    await using(await azureSubject({ clusterOf: inCluster }), async ({ open, fleet, world }) => {
      const provider = await open();
      const gateway = async () => {
        const listed = await provider.listPools(fleet);
        const pool = listed.ok ? listed.value.pools.find((p) => p.name === POOLS.gatewayA) : undefined;
        if (!pool?.live) throw new Error('no gateway');
        return { ...pool, live: pool.live, id: pool.live.id };
      };
      const pool = await gateway();
      await provider.setSize(fleet, { opId: 'op-1', pool, size: 4 });
      world.advance(seconds(1800));
      const four = await gateway();
      expect(four.live.changedBy).toEqual({ who: 'godwit', opId: 'op-1' });
      const instances = four.live.instances.slice(0, 1).map((i) => i.id);
      await provider.deleteInstances(fleet, { opId: 'op-2', pool, instances });
      world.advance(seconds(1800));
      expect((await gateway()).live.changedBy).toEqual({ who: 'godwit', opId: 'op-2' });
      world.pools.resize(world.pools.list('azure').find((p) => p.name === POOLS.gatewayA)?.id ?? '', 9, {
        by: 'alice',
      });
      expect((await gateway()).live.changedBy).toEqual({ who: 'other' });
    });
  });

  it('sends nothing again by the SDK: the caller alone does', async () => {
    await using(await azureSubject(), async ({ open, fleet, fake, world }) => {
      const api = 'virtualMachineScaleSets.listAll';
      world.faults.add({ provider: 'azure', api, fault: { is: 'serverError', status: 503 }, times: 1000 });
      expect((await (await open()).listPools(fleet)).ok).toBe(false);
      expect(fake.requests.filter((r) => r.api === api)).toHaveLength(4);
    });
  });

  it('says so when the secret is wrong, and sends no request without a token', async () => {
    await using(await azureSubject({}, { AZURE_CLIENT_SECRET: 'wrong' }), async ({ open, fleet, fake }) => {
      const listed = await (await open()).listPools(fleet);
      expect(listed.ok ? '' : listed.troubles[0]?.problem).toContain('AADSTS7000215');
      expect(listed.ok ? '' : listed.troubles[0]?.remedy).toContain('credentials');
      expect(fake.requests).toEqual([]);
    });
  });

  it.each([
    ['http://127.0.0.1:1', 'a token would go over plain http'],
    ['nonsense', 'no URL'],
  ])('refuses the endpoint %s: %s', async (endpoint) => {
    await using(await azureSubject({}, { GODWIT_AZURE_ENDPOINT: endpoint }), async ({ open, fleet, fake }) => {
      const listed = await (await open()).listPools(fleet);
      expect(listed.ok ? '' : listed.troubles[0]?.problem).toContain('GODWIT_AZURE_ENDPOINT');
      expect(fake.requests).toEqual([]);
    });
  });
});

describe('a size', () => {
  it.each([
    ['with etags', true],
    ['without them: by the size that was seen', false],
  ])('yields to a change since the listing, %s', async (_, listsEtags) => {
    await using(await azureSubject({ listsEtags }), async ({ open, fleet, fake, world }) => {
      const provider = await open();
      const listed = await provider.listPools(fleet);
      const pool = listed.ok ? listed.value.pools.find((p) => p.name === POOLS.gatewayA) : undefined;
      if (!pool?.live?.version) throw new Error('no version');
      const order = { pool: { ...pool, id: pool.live.id }, expectedVersion: pool.live.version };
      const gateway = world.pools.list('azure').find((p) => p.name === POOLS.gatewayA);
      world.pools.resize(gateway?.id ?? '', 6, { by: 'alice' });
      const refused = await provider.setSize(fleet, { ...order, opId: 'op-1', size: 2 });
      expect(refused.ok ? '' : refused.failure.kind.is).toBe('conflict');
      expect(fake.requests.filter(({ method }) => method === 'PATCH')).toEqual([]);
      world.pools.resize(gateway?.id ?? '', 3, { by: 'alice' });
      const taken = await provider.setSize(fleet, { ...order, opId: 'op-2', size: 2 });
      expect(taken.ok, 'an etag tells that it was changed and changed back, a size can’t').toBe(!listsEtags);
    });
  });

  it('is written with the order’s id in the same request, for the version that was read', async () => {
    await using(await azureSubject(), async ({ open, fleet, fake, world }) => {
      const provider = await open();
      const listed = await provider.listPools(fleet);
      const pool = listed.ok ? listed.value.pools.find((p) => p.name === POOLS.gatewayA) : undefined;
      const before = fake.requests.length;
      await provider.setSize(fleet, { opId: 'op-9', pool: { ...pool, id: pool?.live?.id ?? '' } as never, size: 5 });
      expect(fake.requests.slice(before).map(({ method, api }) => `${method} ${api}`)).toEqual([
        'GET virtualMachineScaleSets.get',
        'PATCH virtualMachineScaleSets.update',
      ]);
      const changed = world.pools.list('azure').find((p) => p.name === POOLS.gatewayA);
      expect(changed?.tags).toMatchObject({
        [OP_TAG.replace('_', '/')]: 'op-9',
        'godwit.io/size': '5',
        'godwit.io/fleet': 'im-fleet',
      });
    });
  });
});
