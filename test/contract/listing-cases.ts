import { expect } from 'vitest';
import { PURCHASES } from '../../src/catalog/offering.ts';
import { seconds, instant } from '../../src/units.ts';
import { POOLS } from './small-world.ts';
import {
  accepted,
  addPools,
  ALWAYS,
  listed,
  poolNamed,
  providerOf,
  settleDown,
  simPool,
  sizeOrder,
  type Case,
  type Subject,
} from './subject.ts';

const OWN = [POOLS.gatewayA, POOLS.gatewayB, POOLS.push, POOLS.gatewayC, POOLS.idle];

export const LISTING_CASES: readonly Case[] = [
  {
    name: 'offers every type that is sold in each zone of the fleet, at the price of now',
    run: async (subject) => {
      const { world, fleet } = subject;
      const answer = await (await subject.open()).listOfferings(fleet);
      const offerings = answer.ok ? answer.value : [];
      expect(new Set(offerings.map((o) => o.id)).size, 'each is listed once').toBe(offerings.length);
      for (const region of world.regions) {
        for (const zone of region.zones) {
          for (const { name: type } of region.types.filter((t) => zone.sells(t.name))) {
            for (const purchase of PURCHASES) {
              const price = purchase === 'spot' ? zone.spot(type) : region.onDemand(type);
              if (price === undefined) continue;
              const found = offerings.find(
                (o) => o.region === region.name && o.zone === zone.name && o.type === type && o.purchase === purchase,
              );
              const name = `${region.name} ${zone.name} ${type} ${purchase}`;
              expect(found, name).toMatchObject({ provider: region.provider, available: true });
              // composed prices are rounded by the core and by the GiB
              expect((found?.price.usdPerHour ?? 0) / price, name).toBeCloseTo(1, 3);
              expect(found?.interruptionPerHour !== undefined, `${name}: a hazard is told of spot alone`).toBe(
                purchase === 'spot',
              );
            }
          }
        }
      }
    },
  },
  {
    name: 'bounds what it offers by the quota',
    run: async (subject) => {
      const { world, fleet } = subject;
      const [region] = world.regions;
      const provider = providerOf(subject);
      world.setQuota(provider, region?.name ?? '', 'on-demand', 40);
      const answer = await (await subject.open()).listOfferings(fleet);
      const bounded = (answer.ok ? answer.value : []).filter(
        (o) => o.region === region?.name && o.purchase === 'on-demand',
      );
      expect(bounded.length).toBeGreaterThan(0);
      for (const offering of bounded) {
        expect((offering.atMost ?? Infinity) * offering.vcpu, offering.id).toBeLessThanOrEqual(40);
      }
    },
  },
  {
    name: 'never answers that a cloud sells nothing when it may not ask',
    run: async (subject) => {
      const { world, fleet, api } = subject;
      world.faults.add({
        provider: providerOf(subject),
        api: api.listOfferings,
        fault: { is: 'unauthorized' },
        times: ALWAYS,
      });
      const answer = await (await subject.open()).listOfferings(fleet);
      expect(answer.ok ? answer.value.length : Infinity, 'trouble, or what is known without asking').toBeGreaterThan(0);
    },
  },
  {
    name: "lists the fleet's pools as they are, and nobody else's",
    run: async (subject) => {
      const { pools, doubts } = await listed(await subject.open(), subject.fleet);
      expect(pools.map((p) => p.name).toSorted()).toEqual(OWN.toSorted());
      expect(doubts).toEqual([]);
      for (const pool of pools) {
        const { region, zone, type, purchase, target, instances, provider } = simPool(subject, pool.name);
        expect(pool, pool.name).toMatchObject({ provider, region, zone, type, purchase, target, source: 'live' });
        expect(pool.ready, `${pool.name} ready`).toBe(instances.length);
        expect(pool.live?.instances.map((i) => i.state)).toEqual(instances.map(() => 'running'));
        expect(pool.min).toBeLessThanOrEqual(pool.target);
        expect(pool.max).toBeGreaterThanOrEqual(pool.target);
      }
    },
  },
  {
    name: 'lists a pool without a node as one that is wanted so',
    run: async (subject) => {
      const pool = await poolNamed(await subject.open(), subject.fleet, POOLS.idle);
      expect(pool).toMatchObject({ target: 0, ready: 0, live: { instances: [] } });
    },
  },
  {
    name: 'lists a hundred pools more, each once',
    run: async (subject) => {
      addPools(subject, 120);
      const { pools } = await listed(await subject.open(), subject.fleet);
      expect(new Set(pools.map((p) => p.name)).size).toBe(OWN.length + 120);
      expect(pools).toHaveLength(OWN.length + 120);
    },
  },
  {
    name: 'lists a pool of a thousand nodes, each once',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayB);
      const receipt = accepted(await provider.setSize(subject.fleet, sizeOrder(pool, 1000, 'op-huge')));
      expect(receipt).toMatchObject({ asked: 1000, accepted: 1000 });
      settleDown(subject);
      const huge = await poolNamed(provider, subject.fleet, POOLS.gatewayB);
      expect(huge).toMatchObject({ target: 1000, ready: 1000 });
      expect(new Set(huge.live?.instances.map((i) => i.id)).size).toBe(1000);
    },
  },
  {
    name: 'lists what the fleet has bought ahead, or nothing',
    run: async (subject) => {
      const owned = await (await subject.open()).listCommitments(subject.fleet);
      expect(owned.ok).toBe(true);
    },
  },
  {
    name: 'reads on after a throttle, a server error and a reset',
    run: async (subject) => {
      const add = adding(subject);
      add({ fault: { is: 'throttle', retryAfterS: 1 } });
      add({ fault: { is: 'serverError', status: 503 } });
      add({ fault: { is: 'reset' } });
      const { pools } = await listed(await subject.open(), subject.fleet);
      expect(pools).toHaveLength(OWN.length);
    },
  },
  {
    name: 'makes no listing of one that is cut off on its way',
    run: async (subject) => {
      addPools(subject, 120);
      const provider = await subject.open();
      adding(subject)({ fault: { is: 'cutPage' }, after: 1, times: ALWAYS });
      const list = await provider.listPools(subject.fleet);
      expect(list.ok, 'a part of the pools is not the pools').toBe(false);
      if (!list.ok) expect(list.troubles[0]?.remedy).toBeTruthy();
    },
  },
  {
    name: 'makes all of the listing or none when one page is cut off once',
    run: async (subject) => {
      addPools(subject, 120);
      const provider = await subject.open();
      adding(subject)({ fault: { is: 'cutPage' } });
      const list = await provider.listPools(subject.fleet);
      expect(list.ok ? list.value.pools.length : OWN.length + 120).toBe(OWN.length + 120);
    },
  },
  {
    name: 'tells trouble, not an empty cloud, when the listing is forbidden',
    run: async (subject) => {
      adding(subject)({ fault: { is: 'unauthorized' }, times: ALWAYS });
      const list = await (await subject.open()).listPools(subject.fleet);
      expect(list.ok).toBe(false);
    },
  },
  {
    name: 'doubts a cloud that lists nothing where there was something',
    run: async (subject) => {
      const provider = await subject.open();
      expect((await listed(provider, subject.fleet)).pools).toHaveLength(OWN.length);
      adding(subject)({ fault: { is: 'empty' }, times: ALWAYS });
      await expectDoubted(subject, provider);
    },
  },
  {
    name: 'doubts it for as long as it lasts, since an outage is not over because it has lasted',
    run: async (subject) => {
      await listed(await subject.open(), subject.fleet);
      adding(subject)({ fault: { is: 'empty' }, times: ALWAYS });
      for (const days of [0, 0.1, 3]) {
        subject.world.advance(seconds(days * 86_400));
        await expectDoubted(subject, await subject.open());
      }
    },
  },
  {
    name: 'doubts one region that lists nothing while the other does',
    run: async (subject) => {
      const provider = await subject.open();
      await listed(provider, subject.fleet);
      adding(subject)({ fault: { is: 'empty' } });
      await expectDoubted(subject, provider);
    },
  },
  {
    name: 'loses nothing that runs when a listing is behind',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const before = await poolNamed(provider, fleet, POOLS.gatewayA);
      accepted(await provider.setSize(fleet, sizeOrder(before, 5, 'op-behind')));
      world.advance(seconds(20));
      adding(subject)({ fault: { is: 'stale', byS: 120 } });
      const behind = await poolNamed(provider, fleet, POOLS.gatewayA);
      const known = new Set(before.live?.instances.map((i) => i.id));
      expect(behind.ready).toBeGreaterThanOrEqual(before.ready);
      expect(behind.live?.instances.filter((i) => known.has(i.id) && i.state === 'running')).toHaveLength(3);
      settleDown(subject);
      expect(await poolNamed(provider, fleet, POOLS.gatewayA)).toMatchObject({ target: 5, ready: 5 });
    },
  },
  {
    name: 'shows a change by somebody else',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const before = await poolNamed(provider, fleet, POOLS.gatewayA);
      accepted(await provider.setSize(fleet, sizeOrder(before, 4, 'op-ours')));
      settleDown(subject);
      const ours = await poolNamed(provider, fleet, POOLS.gatewayA);
      if (ours.live?.changedBy) expect(ours.live.changedBy.who).toBe('godwit');
      world.pools.resize(simPool(subject, POOLS.gatewayA).id, 6, { by: 'alice' });
      settleDown(subject);
      const theirs = await poolNamed(provider, fleet, POOLS.gatewayA);
      expect(theirs.target).toBe(6);
      const seen = theirs.live?.changedBy?.who === 'other' || theirs.live?.version !== ours.live?.version;
      expect(seen, 'by who changed it last, or by its version').toBe(true);
    },
  },
  {
    name: 'tells of nodes that will be taken back until they are settled',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.push);
      const [victim] = simPool(subject, POOLS.push).instances;
      world.interrupt(victim?.id ?? '');
      const told = await interruptions(subject, provider);
      expect(told).toHaveLength(1);
      const [notice] = told;
      expect(notice).toMatchObject({ provider: pool.provider, region: pool.region, kind: 'reclaim' });
      expect(pool.live?.instances.map((i) => i.id)).toContain(notice?.instance);
      expect(notice?.at ?? Infinity).toBeLessThanOrEqual(world.now());
      expect(notice?.endsAt ?? Infinity).toBeGreaterThan(notice?.at ?? instant(0));
      const receipts = told.map((n) => n.receipt);
      for (const time of ['once', 'twice']) {
        expect((await provider.settleInterruptions(fleet, receipts)).ok, `settled ${time}`).toBe(true);
      }
      expect(await interruptions(subject, await subject.open())).toEqual([]);
    },
  },
  {
    name: 'finds a sound cloud sound, and says what is missing where something is',
    run: async (subject) => {
      const sound = await (await subject.open()).examine(subject.fleet);
      expect(sound.length).toBeGreaterThan(0);
      expect(sound.filter((f) => f.state === 'missing' || f.state === 'failed')).toEqual([]);
      adding(subject)({ fault: { is: 'unauthorized' }, times: ALWAYS });
      const found = await (await subject.open()).examine(subject.fleet);
      const wrong = found.filter((f) => f.state === 'missing' || f.state === 'failed');
      expect(wrong.length).toBeGreaterThan(0);
      for (const finding of wrong) expect(finding.remedy, finding.what).toBeTruthy();
    },
  },
];

/** Adds faults to the listing of pools. */
const adding =
  (subject: Subject) =>
  (fault: Omit<Parameters<Subject['world']['faults']['add']>[0], 'provider' | 'api'>): void =>
    subject.world.faults.add({ provider: providerOf(subject), api: subject.api.listPools, ...fault });

async function expectDoubted(subject: Subject, provider: Awaited<ReturnType<Subject['open']>>): Promise<void> {
  const list = await provider.listPools(subject.fleet);
  if (list.ok) expect(list.value.doubts.length, 'an honest-looking empty listing').toBeGreaterThan(0);
  else expect(list.troubles.length).toBeGreaterThan(0);
}

async function interruptions(subject: Subject, provider: Awaited<ReturnType<Subject['open']>>) {
  const told = await provider.listInterruptions(subject.fleet);
  if (!told.ok) throw new Error(told.failure.message);
  return told.value;
}
