import { describe, expect, it } from 'vitest';
import type { SimPool } from '../../providers/simulated/world-types.ts';
import type { LiveProvider, OpenOrder, OperationToken, PoolRef } from '../../src/ports.ts';
import { later, seconds } from '../../src/units.ts';
import { POOLS } from '../contract/small-world.ts';
import { azureSubject, type AzureSubject } from './azure-subject.ts';

async function using(subject: AzureSubject, run: (subject: AzureSubject) => Promise<void>): Promise<void> {
  try {
    await run(subject);
    expect(subject.fake.complaints).toEqual([]);
    expect(subject.world.faults.unfired()).toEqual([]);
  } finally {
    await subject.close();
  }
}

async function poolNamed({ fleet }: AzureSubject, provider: LiveProvider, name: string): Promise<PoolRef> {
  const listed = await provider.listPools(fleet);
  const pool = listed.ok ? listed.value.pools.find((p) => p.name === name) : undefined;
  if (!pool?.live) throw new Error(`no pool ${name}`);
  return { ...pool, id: pool.live.id };
}

const inCluster = (pool: SimPool): string | undefined =>
  pool.tags.team === 'search' ? undefined : `im-${pool.region}`;

const OPEN: OpenOrder = {
  opId: 'op-open',
  template: 'general',
  name: 'im-fleet.eastus2.3.d4s-spot',
  region: 'eastus2',
  zone: '3',
  type: 'Standard_D4s_v5',
  purchase: 'spot',
  size: 2,
};

describe('a pool like another', () => {
  it('as a scale set: of the model’s settings, with names of its own', async () => {
    await using(await azureSubject(), async (subject) => {
      const { fleet, world, fake } = subject;
      const provider = await subject.open();
      const opened = await provider.openPool(fleet, OPEN);
      expect(opened.ok && opened.value).toMatchObject({ state: 'running', asked: 2, accepted: 2 });
      expect(fake.seen).toContain('virtualMachineScaleSets.createOrUpdate');
      const listed = await provider.listPools(fleet);
      const pool = listed.ok ? listed.value.pools.find((p) => p.name === OPEN.name) : undefined;
      expect(pool).toMatchObject({ zone: '3', type: OPEN.type, purchase: 'spot', target: 2, min: 0 });
      expect(pool?.live?.changedBy).toEqual({ who: 'godwit', opId: 'op-open' });
      expect(world.pools.list('azure').find((p) => p.name === OPEN.name)?.tags).toMatchObject({
        'godwit.io/fleet': 'im-fleet',
        'godwit.io/max': '2000',
      });
      const sent = fake.bodies.find(({ api }) => api === 'virtualMachineScaleSets.createOrUpdate')?.body;
      expect(sent).toMatchObject({
        zones: ['3'],
        sku: { name: OPEN.type, capacity: 2 },
        properties: {
          virtualMachineProfile: {
            priority: 'Spot',
            evictionPolicy: 'Delete',
            billingProfile: { maxPrice: -1 },
            osProfile: { computerNamePrefix: 'im-fleet-eastus2-3-d4s-spot-', adminUsername: 'azureuser' },
          },
        },
      });
    });
  });

  it('as an agent pool: under a name that AKS takes, and listed under the one it was given', async () => {
    await using(await azureSubject({ clusterOf: (pool) => pool.tags.cluster ?? inCluster(pool) }), async (subject) => {
      const provider = await subject.open();
      const opened = await provider.openPool(subject.fleet, OPEN);
      expect(opened.ok).toBe(true);
      const listed = await provider.listPools(subject.fleet);
      const pool = listed.ok ? listed.value.pools.find((p) => p.name === OPEN.name) : undefined;
      expect(pool?.live?.id).toMatch(/\/managedClusters\/im-eastus2\/agentPools\/g[0-9a-f]{11}$/);
      expect(pool).toMatchObject({ purchase: 'spot', zone: '3', target: 2 });
      const sent = subject.fake.bodies.find(({ api }) => api === 'agentPools.createOrUpdate')?.body;
      expect(sent).toMatchObject({
        properties: { mode: 'User', scaleSetPriority: 'Spot', spotMaxPrice: -1, enableAutoScaling: false },
      });
    });
  });

  it.each([
    [{ type: 'Standard_M128ms_v2' }, 'allows no Standard_M128ms_v2'],
    [{ size: 2001 }, 'allows 2000 nodes at most'],
    [{ template: 'unheard-of' }, 'no Azure template'],
  ])('is not opened against its template: %j', async (change, words) => {
    await using(await azureSubject(), async (subject) => {
      const answer = await (await subject.open()).openPool(subject.fleet, { ...OPEN, ...change });
      expect(answer.ok ? '' : answer.failure.message).toContain(words);
      expect(subject.fake.requests.filter(({ method }) => method !== 'GET' && method !== 'POST')).toEqual([]);
    });
  });

  it('is not made over one of that name that somebody else has', async () => {
    await using(await azureSubject(), async (subject) => {
      const order = { ...OPEN, name: POOLS.gatewayB };
      const answer = await (await subject.open()).openPool(subject.fleet, order);
      expect(answer.ok ? '' : answer.failure.kind.is).toBe('conflict');
    });
  });
});

describe('an order’s token', () => {
  it('tells what the operation failed of, in a process that has never seen it', async () => {
    await using(await azureSubject(), async (subject) => {
      const { fleet, world } = subject;
      const pool = await poolNamed(subject, await subject.open(), POOLS.gatewayA);
      world.sellOut({
        provider: 'azure',
        region: pool.region,
        zone: pool.zone,
        until: later(world.now(), seconds(86_400)),
      });
      const receipt = await (await subject.open()).setSize(fleet, { opId: 'op-1', pool, size: 6 });
      world.advance(seconds(3600));
      const token = (receipt.ok ? receipt.value.token : '') as OperationToken;
      const end = await (await subject.open()).readOperation(fleet, token);
      expect(end.ok && end.value).toMatchObject({ state: 'failed', asked: 6, accepted: 3, fulfilled: 3 });
      expect(end.ok && end.value.errors).toMatchObject([
        {
          offering: `azure/${pool.region}/${pool.zone}/${pool.type}/on-demand`,
          failure: { kind: { is: 'capacity' }, code: 'ZonalAllocationFailed' },
        },
      ]);
    });
  });

  it('tells it from the pool itself when Azure has forgotten the operation', async () => {
    await using(await azureSubject(), async (subject) => {
      const { fleet, world } = subject;
      const pool = await poolNamed(subject, await subject.open(), POOLS.gatewayA);
      world.sellOut({
        provider: 'azure',
        region: pool.region,
        zone: pool.zone,
        until: later(world.now(), seconds(86_400)),
      });
      const receipt = await (await subject.open()).setSize(fleet, { opId: 'op-1', pool, size: 6 });
      world.advance(seconds(3600));
      const told = JSON.parse(receipt.ok ? receipt.value.token : '{}') as { operation: string };
      const token = JSON.stringify({ ...told, operation: told.operation.replace(/op-\d+/, 'op-999') });
      const end = await (await subject.open()).readOperation(fleet, token as OperationToken);
      expect(end.ok && end.value).toMatchObject({ state: 'failed', fulfilled: 3 });
      expect(end.ok && end.value.errors[0]?.failure.code).toBe('ZonalAllocationFailed');
    });
  });

  it('sends no token of Azure’s to a host that it was forged to name', async () => {
    await using(await azureSubject(), async (subject) => {
      const pool = await poolNamed(subject, await subject.open(), POOLS.gatewayA);
      const receipt = await (await subject.open()).setSize(subject.fleet, { opId: 'op-1', pool, size: 4 });
      const told = JSON.parse(receipt.ok ? receipt.value.token : '{}') as object;
      const token = JSON.stringify({ ...told, operation: 'https://127.0.0.1:9/steal' });
      const end = await (await subject.open()).readOperation(subject.fleet, token as OperationToken);
      expect(end.ok ? '' : end.failure.code).toBe('StrayLink');
    });
  });

  it('is done when another order has taken its place', async () => {
    await using(await azureSubject(), async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(subject, provider, POOLS.gatewayA);
      const first = await provider.setSize(fleet, { opId: 'op-1', pool, size: 8 });
      world.advance(seconds(1800));
      await provider.setSize(fleet, { opId: 'op-2', pool, size: 2 });
      world.advance(seconds(1800));
      const end = await provider.readOperation(fleet, (first.ok ? first.value.token : '') as OperationToken);
      expect(end.ok && end.value).toMatchObject({ state: 'done', asked: 8, fulfilled: 2, errors: [] });
    });
  });
});

describe('machines that Azure took back', () => {
  it('are told while they lie deallocated in their set, until they are settled', async () => {
    const deallocated = new Set<string>();
    await using(await azureSubject({ deallocated }), async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      expect(await provider.listInterruptions(fleet)).toEqual({ ok: true, value: [] });
      const push = world.pools.list('azure').find((p) => p.name === POOLS.push);
      deallocated.add(push?.instances[1]?.id ?? '');
      world.advance(seconds(60));
      const told = await provider.listInterruptions(fleet);
      const notices = told.ok ? told.value : [];
      expect(notices).toMatchObject([
        { provider: 'azure', region: 'eastus2', zone: '1', kind: 'reclaim', instance: 'pushspot/virtualMachines/1' },
      ]);
      const listed = await provider.listPools(fleet);
      const pool = listed.ok ? listed.value.pools.find((p) => p.name === POOLS.push) : undefined;
      expect(pool?.ready, 'it does not serve').toBe(3);
      const receipts = notices.map((n) => n.receipt);
      expect((await provider.settleInterruptions(fleet, receipts)).ok).toBe(true);
      expect(await (await subject.open()).listInterruptions(fleet)).toEqual({ ok: true, value: [] });
      deallocated.clear();
      world.advance(seconds(60));
      expect(await (await subject.open()).listInterruptions(fleet), 'it serves again').toEqual({ ok: true, value: [] });
      deallocated.add(push?.instances[1]?.id ?? '');
      world.advance(seconds(60));
      const again = await (await subject.open()).listInterruptions(fleet);
      expect(again.ok && again.value, 'and is taken back once more').toHaveLength(1);
    });
  });
});
