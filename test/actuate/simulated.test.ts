import { describe, expect, it } from 'vitest';
import { adopted } from '../../src/actuate/adopt.ts';
import { joiningOf } from '../../src/actuate/joining.ts';
import { masked, withRefusals, type Refusal } from '../../src/actuate/unavailable.ts';
import type { Offering } from '../../src/catalog/offering.ts';
import type { ClusterNode, ClusterSnapshot } from '../../src/cluster-port.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, ObservedPool, PoolRef, Receipt } from '../../src/ports.ts';
import { NO_RESOURCES } from '../../src/quantity.ts';
import { instant, later, seconds, type Instant } from '../../src/units.ts';
import { simulatedProvider } from '../../providers/simulated/index.ts';
import { regionOf } from '../../providers/simulated/setup.ts';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import { partsOver } from '../contract/parts.ts';
import { catalogOf, POOLS, smallWorld, START, TAG } from '../contract/small-world.ts';

/** What the product knows of its orders, against a cloud that refuses, loses answers and starts machines that never join. */

const ALWAYS = 1000;

async function offeringsOf(provider: LiveProvider, fleet: Fleet): Promise<readonly Offering[]> {
  const listed = await provider.listOfferings(fleet);
  if (!listed.ok) throw new Error('no offerings');
  return listed.value;
}

async function poolsOf(provider: LiveProvider, fleet: Fleet): Promise<readonly ObservedPool[]> {
  const listed = await provider.listPools(fleet);
  if (!listed.ok) throw new Error('no pools');
  return listed.value.pools;
}

async function poolNamed(provider: LiveProvider, fleet: Fleet, name: string): Promise<ObservedPool & { ref: PoolRef }> {
  const pool = (await poolsOf(provider, fleet)).find((p) => p.name === name);
  if (!pool?.live) throw new Error(`no ${name}`);
  return { ...pool, ref: { ...pool, id: pool.live.id } };
}

/** The order's receipt when it is over. */
async function grown(
  world: SimulatedWorld,
  provider: LiveProvider,
  fleet: Fleet,
  name: string,
  by: number,
): Promise<Receipt> {
  const pool = await poolNamed(provider, fleet, name);
  const sent = await provider.setSize(fleet, { opId: `grow-${name}`, pool: pool.ref, size: pool.target + by });
  if (!sent.ok) throw new Error(sent.failure.message);
  world.advance(seconds(900));
  const told = await provider.readOperation(fleet, sent.value.token);
  if (!told.ok) throw new Error(told.failure.message);
  return told.value;
}

/** On demand in the pool's zone, the cheapest first, as a placement would look at them. */
const cheapest = (offerings: readonly Offering[], zone: string): readonly Offering[] =>
  offerings
    .filter((o) => o.zone === zone && o.purchase === 'on-demand' && o.available)
    .toSorted((a, b) => a.price.usdPerHour - b.price.usdPerHour);

describe('a type that is sold out', () => {
  it('is passed over for the next best in the same cycle, and asked for again when its time is over', async () => {
    const { world, fleet } = smallWorld('aws');
    const provider = simulatedProvider(world, 'aws', partsOver(world));
    const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
    const { region, zone, type } = pool;
    world.sellOut({ provider: 'aws', region, zone, type, until: later(world.now(), seconds(7200)) });

    const receipt = await grown(world, provider, fleet, pool.name, 3);
    expect(receipt.errors.map((e) => e.failure.kind.is)).toEqual(['capacity']);

    const offerings = await offeringsOf(provider, fleet);
    const familyOf = (id: string) => offerings.find((o) => o.id === id)?.family;
    const known = withRefusals([], receipt.errors, world.now(), familyOf);
    const open = masked(offerings.map(had), known, world.now());
    const before = cheapest(offerings.map(had), zone);
    const after = cheapest(open, zone);
    expect(before.some((o) => o.type === type)).toBe(true);
    expect(after.map((o) => o.id)).toEqual(before.filter((o) => o.type !== type).map((o) => o.id));
    expect(
      open.find((o) => o.type === type && o.zone === zone && o.purchase === 'on-demand')?.unavailableReason,
    ).toContain('none was left (SoldOut)');
    // elsewhere the same type is to be had
    expect(open.some((o) => o.type === type && o.zone !== zone && o.available)).toBe(true);
    expect(masked(offerings.map(had), known, later(world.now(), seconds(180)))).toEqual(offerings.map(had));
  });
});

/** As a cloud lists it that does not tell what is sold out, as most do not. */
function had(offering: Offering): Offering {
  const { unavailableReason, ...rest } = offering;
  return unavailableReason === undefined ? offering : { ...rest, available: true };
}

describe('a quota that is used up', () => {
  it('is asked once, masks the family in the region, and is told by its name', async () => {
    const { world, fleet } = smallWorld('aws');
    const parts = partsOver(world);
    const provider = simulatedProvider(world, 'aws', parts);
    const { region, type } = await poolNamed(provider, fleet, POOLS.gatewayA);
    const used = world.quota('aws', region).find((q) => q.name === 'on-demand')?.used ?? 0;
    world.setQuota('aws', region, 'on-demand', used);

    const receipt = await grown(world, provider, fleet, POOLS.gatewayA, 3);
    const orders = [...parts.caller.sent].filter(([about]) => about.endsWith(' setSize'));
    expect(orders.map(([, n]) => n)).toEqual([1]);

    const offerings = (await offeringsOf(provider, fleet)).map(had);
    const family = offerings.find((o) => o.type === type)?.family;
    const known = withRefusals([], receipt.errors, world.now(), (id) => offerings.find((o) => o.id === id)?.family);
    const refused = masked(offerings, known, world.now()).filter((o) => !o.available);
    expect(refused.length).toBeGreaterThan(1);
    expect(refused.every((o) => o.family === family && o.region === region && o.purchase === 'on-demand')).toBe(true);
    expect(refused[0]?.unavailableReason).toContain('the account may have no more (on-demand)');
  });
});

describe('an order whose answer is lost', () => {
  it('is found to have taken effect, and nothing is bought twice', async () => {
    const { world, fleet } = smallWorld('aws');
    const provider = simulatedProvider(world, 'aws', partsOver(world));
    const before = await poolNamed(provider, fleet, POOLS.gatewayA);
    const order = { opId: 'op', pool: before.ref, size: before.target + 2 };
    world.faults.add({ provider: 'aws', api: 'setSize', fault: { is: 'lostAnswer' }, times: 4 });
    expect(await provider.setSize(fleet, order)).toMatchObject({ ok: false, failure: { kind: { is: 'transient' } } });
    expect(world.faults.unfired()).toEqual([]);

    const fresh = await provider.listPools(fleet);
    if (!fresh.ok) throw new Error('no pools');
    expect(adopted({ kind: 'size', order }, fresh.value, before)).toMatchObject({ next: 'done' });
    world.advance(seconds(900));
    expect((await poolNamed(provider, fleet, POOLS.gatewayA)).ready).toBe(before.ready + 2);
  });

  it('is found not to have arrived, and is sent again', async () => {
    const { world, fleet } = smallWorld('aws');
    const provider = simulatedProvider(world, 'aws', partsOver(world));
    const before = await poolNamed(provider, fleet, POOLS.gatewayA);
    const order = { opId: 'op', pool: before.ref, size: before.target + 2 };
    world.faults.add({ provider: 'aws', api: 'setSize', fault: { is: 'reset' }, times: 4 });
    expect(await provider.setSize(fleet, order)).toMatchObject({ ok: false });
    const fresh = await provider.listPools(fleet);
    if (!fresh.ok) throw new Error('no pools');
    const what = adopted({ kind: 'size', order }, fresh.value, before);
    expect(what).toMatchObject({ next: 'send', again: { kind: 'size', order } });
    expect(await provider.setSize(fleet, order)).toMatchObject({ ok: true });
  });

  it('deletes no more than was named, when one of the named is sent again', async () => {
    const { world, fleet } = smallWorld('aws');
    const provider = simulatedProvider(world, 'aws', partsOver(world));
    const before = await poolNamed(provider, fleet, POOLS.push);
    const instances = (before.live?.instances ?? []).slice(0, 2).map(({ id }) => id);
    const order = { opId: 'op', pool: before.ref, instances };
    world.faults.add({ provider: 'aws', api: 'deleteInstances', fault: { is: 'lostAnswer' }, times: ALWAYS });
    await provider.deleteInstances(fleet, order);
    const fresh = await provider.listPools(fleet);
    if (!fresh.ok) throw new Error('no pools');
    expect(adopted({ kind: 'delete', order }, fresh.value, before)).toMatchObject({ next: 'done' });
    world.advance(seconds(900));
    expect((await poolNamed(provider, fleet, POOLS.push)).target).toBe(before.target - 2);
  });
});

describe('machines that never become nodes', () => {
  it('are ended by name at the deadline, and their type is left alone for a while', async () => {
    const { fleet } = smallWorld('aws');
    const place = { region: 'us-east-1', zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'] };
    const region = regionOf(catalogOf('aws'), { ...place, types: ['m7i.large', 'm7i.xlarge'] });
    const setup = {
      seed: 5,
      start: START,
      regions: [region],
      boot: { neverReady: 0.4 },
      spot: { steady: true },
    } as const;
    const world = simulatedWorld(setup);
    const spec = {
      provider: 'aws',
      region: 'us-east-1',
      zone: 'us-east-1a',
      type: 'm7i.large',
      purchase: 'on-demand',
    } as const;
    const tags = { [TAG.key]: TAG.value };
    world.pools.open({ ...spec, name: 'gateway', target: 10, min: 0, max: 100, tags }, { by: 'setup' });
    const here: Fleet = { ...fleet, clouds: fleet.clouds.map((c) => ({ ...c, regions: c.regions.slice(0, 1) })) };
    const provider = simulatedProvider(world, 'aws', partsOver(world));

    let waiting: ReadonlyMap<string, Instant> = new Map();
    let refusals: readonly Refusal[] = [];
    const lostAfter: number[] = [];
    // a cycle every five minutes
    for (let minutes = 0; minutes <= 15; minutes += 5) {
      const pools = await poolsOf(provider, here);
      const told = joiningOf(pools, new Map([['aws/us-east-1', [clusterOf(world, pools)]]]), world.now(), waiting);
      ({ waiting, refusals } = told);
      const lost = told.pools[0]?.lost ?? [];
      lostAfter.push(lost.length);
      if (lost.length > 0) {
        const { ref, ready, target } = await poolNamed(provider, here, 'gateway');
        expect(ready + lost.length).toBe(target);
        expect(await provider.deleteInstances(here, { opId: 'end', pool: ref, instances: lost })).toMatchObject({
          ok: true,
        });
      }
      world.advance(seconds(300));
    }
    const [, , , lost = 0] = lostAfter;
    expect(lostAfter).toEqual([0, 0, 0, lost]);
    expect(lost).toBeGreaterThan(0);
    expect(await poolNamed(provider, here, 'gateway')).toMatchObject({ target: 10 - lost, ready: 10 - lost });
    const offerings = masked(await offeringsOf(provider, here), refusals, world.now());
    const refused = offerings.filter((o) => o.unavailableReason?.includes('did not join their cluster'));
    expect(refused.map((o) => `${o.zone} ${o.type} ${o.purchase}`)).toEqual(['us-east-1a m7i.large on-demand']);
  });
});

/** The cluster that the machines which have booted are nodes of. */
function clusterOf(world: SimulatedWorld, pools: readonly ObservedPool[]): ClusterSnapshot {
  const running = pools.flatMap((pool) => pool.live?.instances ?? []).filter((i) => i.state === 'running');
  const nodes = running.map(({ id }): ClusterNode => ({
    name: `ip-${id}`,
    providerId: `aws:///us-east-1a/${id}`,
    labels: new Map(),
    taints: [],
    daemons: NO_RESOURCES,
    requested: NO_RESOURCES,
    ready: true,
    cordoned: false,
  }));
  const empty = { pods: [], pending: [], workloads: [], doubts: [] };
  return { context: 'prod', nodes, ...empty, asOf: instant(world.now()), age: seconds(0), stale: false };
}
