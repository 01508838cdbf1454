import { describe, expect, it } from 'vitest';
import { simulatedProvider } from '../../providers/simulated/index.ts';
import type { ScriptedFault } from '../../providers/simulated/world-types.ts';
import { believe } from '../../src/calls/believed.ts';
import type { Fleet, PoolTemplate } from '../../src/fleet/fleet.ts';
import type { OpenOrder, OperationToken, PoolList } from '../../src/ports.ts';
import { later, seconds } from '../../src/units.ts';
import { memoryShelf, partsOver } from '../contract/parts.ts';
import { POOLS, smallWorld } from '../contract/small-world.ts';

function aws(change: (fleet: Fleet) => Fleet = (fleet) => fleet) {
  const { world, fleet } = smallWorld('aws');
  const shelf = memoryShelf(() => world.now());
  const process = () => simulatedProvider(world, 'aws', partsOver(world, shelf));
  const fault = (more: Omit<ScriptedFault, 'provider'>): void => world.faults.add({ provider: 'aws', ...more });
  return { world, fleet: change(fleet), process, fault, shelf };
}

async function listOf({ fleet, process }: ReturnType<typeof aws>): Promise<PoolList> {
  const list = await process().listPools(fleet);
  if (!list.ok) throw new Error('the world lists its pools');
  return list.value;
}

async function gatewayA(cloud: ReturnType<typeof aws>) {
  const pool = (await listOf(cloud)).pools.find((p) => p.name === POOLS.gatewayA);
  if (!pool?.live) throw new Error('there is a gateway pool');
  return { ...pool, id: pool.live.id };
}

describe('an order to the simulated cloud', () => {
  it('that can be met in part says how many were taken on, and which quota the others met', async () => {
    const cloud = aws();
    const pool = await gatewayA(cloud);
    const used = cloud.world.quota('aws', 'us-east-1')[0]?.used ?? 0;
    cloud.world.setQuota('aws', 'us-east-1', 'on-demand', used + 4);
    const answer = await cloud.process().setSize(cloud.fleet, { opId: 'part', pool, size: 8 });
    expect(answer).toMatchObject({
      ok: true,
      value: {
        state: 'running',
        asked: 8,
        accepted: 5,
        fulfilled: 3,
        errors: [
          {
            offering: 'aws/us-east-1/us-east-1a/m7i.large/on-demand',
            failure: { kind: { is: 'quota', quota: 'on-demand' }, message: '3 nodes above the quota on-demand' },
          },
        ],
      },
    });
  });

  it('has taken effect when its answer is lost, each time it is sent, once', async () => {
    const cloud = aws();
    const pool = await gatewayA(cloud);
    cloud.fault({ api: 'setSize', fault: { is: 'lostAnswer' }, times: 100 });
    const answer = await cloud.process().setSize(cloud.fleet, { opId: 'lost', pool, size: 5 });
    expect(answer).toMatchObject({ ok: false, failure: { kind: { is: 'transient' }, code: 'ConnectionReset' } });
    expect(cloud.world.pools.get(pool.id)).toMatchObject({ target: 5, version: 2, changedBy: 'godwit lost' });
  });

  it('has taken no effect when the connection broke before', async () => {
    const cloud = aws();
    const pool = await gatewayA(cloud);
    cloud.fault({ api: 'setSize', fault: { is: 'reset' }, times: 100 });
    expect((await cloud.process().setSize(cloud.fleet, { opId: 'reset', pool, size: 5 })).ok).toBe(false);
    expect(cloud.world.pools.get(pool.id)).toMatchObject({ target: 3, version: 1 });
  });

  it('is told apart in the listing from what others did', async () => {
    const cloud = aws();
    const pool = await gatewayA(cloud);
    await cloud.process().setSize(cloud.fleet, { opId: 'mine', pool, size: 4 });
    expect((await gatewayA(cloud)).live?.changedBy).toEqual({ who: 'godwit', opId: 'mine' });
    cloud.world.pools.resize(pool.id, 9, { by: 'karpenter of team search' });
    expect((await gatewayA(cloud)).live?.changedBy).toEqual({ who: 'other', name: 'karpenter of team search' });
  });

  it('of another cloud cannot be read here', async () => {
    const cloud = aws();
    const pool = await gatewayA(cloud);
    const answer = await cloud.process().setSize(cloud.fleet, { opId: 'x', pool, size: 4 });
    const token = (answer.ok ? answer.value.token : '').replace('"aws"', '"gcp"') as OperationToken;
    const read = await cloud.process().readOperation(cloud.fleet, token);
    expect(read).toMatchObject({ ok: false, failure: { kind: { is: 'invalid' }, code: 'UnknownToken' } });
  });
});

describe('an opening in the simulated cloud', () => {
  const ORDER: OpenOrder = {
    opId: 'open',
    template: 'general',
    name: 'fresh',
    region: 'us-east-1',
    zone: 'us-east-1c',
    type: 'r7i.large',
    purchase: 'on-demand',
    size: 1,
  };

  it.each<[string, Partial<OpenOrder>, string]>([
    ['a type that the template does not have', { type: 't3.nano' }, 'the template has no type t3.nano'],
    ['more nodes than it allows', { size: 2001 }, '2001 nodes are more than the 2000 that the template allows'],
    ['a zone that is not there', { zone: 'us-east-1x' }, 'there is no r7i.large in us-east-1 us-east-1x'],
    ['a region that is not there', { region: 'mars-1' }, 'in mars-1 there is no pool gateway* to make one like'],
  ])('is refused: %s', async (_, more, message) => {
    const { fleet, process } = aws();
    const answer = await process().openPool(fleet, { ...ORDER, ...more });
    expect(answer).toMatchObject({ ok: false, failure: { kind: { is: 'invalid' }, message } });
  });

  it('is refused where the template names no pool to be like', async () => {
    const { fleet, process } = aws((f) => ({
      ...f,
      templates: f.templates.map(withoutModel),
    }));
    const answer = await process().openPool(fleet, ORDER);
    expect(answer).toMatchObject({ ok: false, failure: { kind: { is: 'invalid' }, code: 'NoModel' } });
  });

  it('yields to a pool of that name which another order opened', async () => {
    const { fleet, process } = aws();
    expect((await process().openPool(fleet, ORDER)).ok).toBe(true);
    expect((await process().openPool(fleet, ORDER)).ok, 'the same order again').toBe(true);
    const other = await process().openPool(fleet, { ...ORDER, opId: 'another' });
    expect(other).toMatchObject({ ok: false, failure: { kind: { is: 'conflict' } } });
  });
});

function withoutModel(template: PoolTemplate): PoolTemplate {
  const { like: _, ...rest } = template;
  return rest;
}

describe('a listing of the simulated cloud', () => {
  it('passes over a pool in a zone that the fleet does not use, and says so', async () => {
    const cloud = aws((fleet) => ({
      ...fleet,
      clouds: fleet.clouds.map((c) => ({
        ...c,
        regions: c.regions.map((r) => ({ ...r, zones: r.zones.filter((zone) => zone !== 'us-east-1b') })),
      })),
    }));
    const { pools, passedOver } = await listOf(cloud);
    expect(pools.map((p) => p.name)).not.toContain(POOLS.gatewayB);
    expect(passedOver).toEqual([
      { name: POOLS.gatewayB, place: 'aws/us-east-1', reason: 'it is in us-east-1b, which the fleet does not use' },
    ]);
  });

  it('is of the declared pools alone where no tag finds others', async () => {
    const declared = { provider: 'aws', region: 'us-east-1', zone: 'us-east-1a', type: 'm7i.large' } as const;
    const cloud = aws((fleet) => {
      const { findPoolsByTag: _, ...rest } = fleet;
      return {
        ...rest,
        pools: [{ ...declared, name: POOLS.gatewayA, purchase: 'on-demand', nodes: 3, min: 0, max: 9 }],
      };
    });
    expect((await listOf(cloud)).pools.map((p) => p.name)).toEqual([POOLS.gatewayA]);
  });

  it('is doubted by a process that has never seen the cloud full, and for as long as no person says that it is right', async () => {
    const cloud = aws();
    await listOf(cloud);
    for (const pool of cloud.world.pools.list('aws')) cloud.world.pools.close(pool.id, { by: 'alice' });
    cloud.world.advance(seconds(600));
    const early = await listOf(cloud);
    expect(early.pools).toEqual([]);
    expect(early.doubts).toEqual([
      'aws us-east-1 lists no pools, where there were 3',
      'aws eu-central-1 lists no pools, where there were 2',
    ]);
    cloud.world.advance(seconds(30 * 86_400));
    expect((await listOf(cloud)).doubts).toEqual(early.doubts);
    await believe(cloud.shelf, 'aws', 'us-east-1');
    expect((await listOf(cloud)).doubts).toEqual(early.doubts.slice(1));
  });

  it('is doubted where every node has gone at once from pools that want some', async () => {
    const cloud = aws();
    await listOf(cloud);
    const soldOut = { provider: 'aws', until: later(cloud.world.now(), seconds(86_400)) } as const;
    for (const region of cloud.world.regions) {
      for (const zone of region.zones) cloud.world.sellOut({ ...soldOut, region: region.name, zone: zone.name });
    }
    for (const pool of cloud.world.pools.list('aws')) {
      for (const instance of pool.instances) cloud.world.terminate(instance.id);
    }
    cloud.world.advance(seconds(60));
    expect((await listOf(cloud)).doubts).toEqual([
      'aws us-east-1 lists no nodes, where there were 5',
      'aws eu-central-1 lists no nodes, where there were 2',
    ]);
  });
});

describe('offerings of the simulated cloud', () => {
  it('that are sold out stay in the list with the reason', async () => {
    const { world, fleet, process } = aws();
    const place = { provider: 'aws', region: 'us-east-1', zone: 'us-east-1a' } as const;
    world.sellOut({ ...place, type: 'm7i.large', until: later(world.now(), seconds(60)) });
    const offered = async () => {
      const answer = await process().listOfferings(fleet);
      const id = 'aws/us-east-1/us-east-1a/m7i.large/on-demand';
      return answer.ok ? answer.value.find((o) => o.id === id) : undefined;
    };
    expect(await offered()).toMatchObject({ available: false, unavailableReason: 'sold out', atMost: 3 });
    world.advance(seconds(60));
    expect(await offered()).toMatchObject({ available: true, price: { source: 'simulated aws', asOf: world.now() } });
  });

  it('of an own cluster are its machines, at the price stated', async () => {
    const { world, fleet } = smallWorld('kubernetes');
    const answer = await simulatedProvider(world, 'kubernetes', partsOver(world)).listOfferings(fleet);
    const first = answer.ok ? answer.value[0] : undefined;
    expect(first).toMatchObject({
      id: 'kubernetes/own-fra/rack-a/metal-8/on-demand',
      price: { usdPerHour: 0.21, source: 'hosting contract', basis: 'stated' },
      available: true,
      // two of the 1,500 are somebody else's
      atMost: 1498,
    });
  });
});
