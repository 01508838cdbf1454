import { expect } from 'vitest';
import { offeringId } from '../../src/catalog/offering.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { later as at, seconds } from '../../src/units.ts';
import { POOLS, TAG } from './small-world.ts';
import {
  accepted,
  later,
  listed,
  poolNamed,
  providerOf,
  refOf,
  settleDown,
  simPool,
  sizeOrder,
  toldInTheEnd,
  idsOf,
  openOrder,
  launchedFor,
  nodesOf,
  type Case,
  type Subject,
} from './subject.ts';

export const ORDER_CASES: readonly Case[] = [
  {
    name: 'grows a pool, without waiting for its nodes',
    run: async (subject) => {
      const { fleet } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
      const receipt = accepted(await provider.setSize(fleet, sizeOrder(pool, 5, 'op-grow')));
      expect(receipt).toMatchObject({ state: 'running', asked: 5, accepted: 5, errors: [] });
      expect(receipt.fulfilled).toBeLessThan(5);
      const soon = await poolNamed(provider, fleet, POOLS.gatewayA);
      expect(soon).toMatchObject({ target: 5, ready: 3 });
      expect(soon.live?.instances.filter((i) => i.state === 'ending')).toEqual([]);
      settleDown(subject);
      expect(await later(subject, receipt)).toMatchObject({
        state: 'done',
        asked: 5,
        accepted: 5,
        fulfilled: 5,
        errors: [],
      });
      expect(await poolNamed(provider, fleet, POOLS.gatewayA)).toMatchObject({ target: 5, ready: 5 });
    },
  },
  {
    name: 'shrinks a pool to no node at all',
    run: async (subject) => {
      const { fleet } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
      const receipt = accepted(await provider.setSize(fleet, sizeOrder(pool, 0, 'op-zero')));
      expect(receipt.asked).toBe(0);
      settleDown(subject);
      expect(await later(subject, receipt)).toMatchObject({ state: 'done', fulfilled: 0, errors: [] });
      expect(await poolNamed(provider, fleet, POOLS.gatewayA)).toMatchObject({
        target: 0,
        ready: 0,
        live: { instances: [] },
      });
    },
  },
  {
    name: 'fills a pool that had no node',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.idle);
      accepted(await provider.setSize(subject.fleet, sizeOrder(pool, 2, 'op-fill')));
      settleDown(subject);
      expect(await poolNamed(provider, subject.fleet, POOLS.idle)).toMatchObject({ target: 2, ready: 2 });
    },
  },
  {
    name: 'changes nothing when the size is what it is',
    run: async (subject) => {
      const provider = await subject.open();
      const before = simPool(subject, POOLS.gatewayA);
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
      accepted(await provider.setSize(subject.fleet, sizeOrder(pool, 3, 'op-same')));
      settleDown(subject);
      expect(simPool(subject, POOLS.gatewayA).instances.map((i) => i.id)).toEqual(before.instances.map((i) => i.id));
    },
  },
  {
    name: 'ends the instances named and no other, and is smaller by as many',
    run: async (subject) => {
      const { fleet } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
      const named = idsOf(pool).slice(1, 2);
      const receipt = accepted(
        await provider.deleteInstances(fleet, { opId: 'op-delete', pool: refOf(pool), instances: named }),
      );
      expect(receipt).toMatchObject({ asked: 1, accepted: 1, errors: [] });
      settleDown(subject);
      expect(await later(subject, receipt)).toMatchObject({ state: 'done', asked: 1, fulfilled: 1, errors: [] });
      const after = await poolNamed(provider, fleet, POOLS.gatewayA);
      expect(after).toMatchObject({ target: 2, ready: 2 });
      expect(idsOf(after)).toEqual(idsOf(pool).filter((id) => !named.includes(id)));
    },
  },
  {
    name: 'ends the same instances once, however often it is told to',
    run: async (subject) => {
      const { fleet } = subject;
      const pool = await poolNamed(await subject.open(), fleet, POOLS.gatewayA);
      const order = { opId: 'op-twice', pool: refOf(pool), instances: idsOf(pool).slice(0, 1) };
      for (const wait of [5, 1800, 5]) {
        await (await subject.open()).deleteInstances(fleet, order);
        subject.world.advance(seconds(wait));
      }
      expect(simPool(subject, POOLS.gatewayA).target, 'a second time is no second node').toBe(2);
      expect(nodesOf(subject, POOLS.gatewayA)).toBe(2);
    },
  },
  {
    name: 'counts what is gone already as gone, and lets no other node go for it',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.push);
      const { id, instances } = simPool(subject, POOLS.push);
      world.pools.remove(id, [instances[0]?.id ?? ''], { by: 'alice' });
      settleDown(subject);
      const left = idsOf(await poolNamed(provider, fleet, POOLS.push));
      const gone = idsOf(pool).filter((node) => !left.includes(node));
      const order = { opId: 'op-half-gone', pool: refOf(pool), instances: [...gone, ...left.slice(0, 1)] };
      const receipt = accepted(await (await subject.open()).deleteInstances(fleet, order));
      expect(receipt.asked).toBe(2);
      settleDown(subject);
      expect(await later(subject, receipt)).toMatchObject({ state: 'done', asked: 2, fulfilled: 2 });
      const after = await poolNamed(provider, fleet, POOLS.push);
      expect(after.target).toBe(2);
      expect(idsOf(after)).toEqual(left.slice(1));
    },
  },
  {
    name: 'ends nothing when no instance is named',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
      const order = { opId: 'op-none', pool: refOf(pool), instances: [] };
      const answer = await provider.deleteInstances(subject.fleet, order);
      expect(answer.ok ? answer.value.asked : 0).toBe(0);
      settleDown(subject);
      expect(simPool(subject, POOLS.gatewayA).target).toBe(3);
      expect(launchedFor(subject, POOLS.gatewayA)).toBe(3);
    },
  },
  {
    name: "opens a pool by the fleet's template",
    run: async (subject) => {
      const { fleet } = subject;
      const provider = await subject.open();
      const order = openOrder(subject, 'op-open');
      const receipt = accepted(await provider.openPool(fleet, order));
      expect(receipt).toMatchObject({ asked: 2, accepted: 2, errors: [] });
      settleDown(subject);
      const end = await later(subject, receipt);
      expect(end).toMatchObject({ state: 'done', fulfilled: 2, errors: [] });
      const { name, region, zone, type, purchase } = order;
      const pool = await poolNamed(provider, fleet, name);
      expect(pool).toMatchObject({ region, zone, type, purchase, target: 2, ready: 2 });
      expect(end.pool, 'known by the handle that it is listed under').toBe(pool.live?.id);
      expect(simPool(subject, name).tags).toMatchObject({ [TAG.key]: TAG.value });
    },
  },
  {
    name: 'tells of an opened pool whose nodes are sold out, and runs none unseen',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const order = openOrder(subject, 'op-open-sold-out');
      const { region, zone, type } = order;
      const until = at(world.now(), seconds(86_400));
      world.sellOut({ provider: providerOf(subject), region, zone, type, until });
      const answer = await provider.openPool(fleet, order);
      expect(await toldInTheEnd(subject, answer)).toContain('capacity');
      const sim = world.pools.list(providerOf(subject)).find((p) => p.name === order.name);
      const { pools } = await listed(provider, fleet);
      expect(
        pools.some((p) => p.name === order.name),
        'what is there is listed',
      ).toBe(sim !== undefined);
      expect(sim?.instances ?? []).toEqual([]);
    },
  },
  {
    name: 'opens no pool that no template allows',
    run: async (subject) => {
      const provider = await subject.open();
      const order = { ...openOrder(subject, 'op-wild'), template: 'unheard-of' };
      const answer = await provider.openPool(subject.fleet, order);
      expect(answer.ok ? undefined : answer.failure.kind.is).toBe('invalid');
      expect((await listed(provider, subject.fleet)).pools).toHaveLength(5);
    },
  },
  {
    name: 'says of a pool that is gone that it is gone',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.gatewayC);
      world.pools.close(simPool(subject, POOLS.gatewayC).id, { by: 'alice' });
      settleDown(subject);
      const fresh = await subject.open();
      const sized = await fresh.setSize(fleet, sizeOrder(pool, 4, 'op-gone'));
      expect(sized.ok ? undefined : sized.failure.kind.is).toBe('notFound');
      const order = { opId: 'op-gone-2', pool: refOf(pool), instances: idsOf(pool) };
      const ended = await fresh.deleteInstances(fleet, order);
      expect(ended.ok ? undefined : ended.failure.kind.is).toBe('notFound');
    },
  },
  {
    name: 'grows no pool above its most',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
      const answer = await provider.setSize(subject.fleet, sizeOrder(pool, pool.max + 1, 'op-above'));
      expect(answer.ok ? undefined : answer.failure.kind.is).toBe('invalid');
      expect(simPool(subject, POOLS.gatewayA).target).toBe(3);
    },
  },
  {
    name: 'keeps a pool within what the fleet file declares, by size and by deletion, and brings it nearer to that',
    run: async (subject) => {
      const provider = await subject.open();
      const pool = await poolNamed(provider, subject.fleet, POOLS.gatewayA);
      const { name, region, zone, type, purchase } = pool;
      const within = (min: number, max: number): Fleet => ({
        ...subject.fleet,
        pools: [{ name, provider: pool.provider, region, zone, type, purchase, nodes: 3, min, max }],
      });
      const target = (): number => simPool(subject, POOLS.gatewayA).target;
      const refusals = [
        await provider.setSize(within(2, 4), sizeOrder(pool, 5, 'op-over')),
        await provider.setSize(within(2, 4), sizeOrder(pool, 1, 'op-under')),
        await provider.setSize(within(2, 4), sizeOrder(pool, 2.5, 'op-half')),
        await provider.deleteInstances(within(3, 9), {
          opId: 'op-named',
          pool: refOf(pool),
          instances: idsOf(pool).slice(0, 1),
        }),
      ];
      expect(refusals.map((answer) => (answer.ok ? 'taken on' : answer.failure.kind.is))).toEqual(
        refusals.map(() => 'invalid'),
      );
      expect(target()).toBe(3);
      accepted(await provider.setSize(within(0, 1), sizeOrder(pool, 2, 'op-nearer')));
      settleDown(subject);
      expect(target(), 'a bound that was narrowed is come nearer to step by step').toBe(2);
    },
  },
  {
    name: 'tells by offering what is sold out, and still has what ran',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
      const { region, zone, type } = pool;
      world.sellOut({ provider: pool.provider, region, zone, type, until: at(world.now(), seconds(86_400)) });
      const answer = await provider.setSize(fleet, sizeOrder(pool, 5, 'op-sold-out'));
      expect(await toldInTheEnd(subject, answer)).toContain('capacity');
      if (answer.ok) {
        const end = await later(subject, answer.value);
        expect(end).toMatchObject({ asked: 5, fulfilled: 3 });
        expect(end.errors.map((e) => e.offering)).toContain(offeringId(pool));
      }
      expect(nodesOf(subject, POOLS.gatewayA)).toBe(3);
    },
  },
  {
    name: 'takes a part for a part: so many run, and the quota is named for the others',
    run: async (subject) => {
      const { fleet, world } = subject;
      const provider = await subject.open();
      const pool = await poolNamed(provider, fleet, POOLS.gatewayA);
      roomFor(subject, 2);
      const answer = await provider.setSize(fleet, sizeOrder(pool, 8, 'op-part'));
      expect(await toldInTheEnd(subject, answer)).toContain('quota');
      if (answer.ok) {
        const end = await later(subject, answer.value);
        expect(end.state).not.toBe('running');
        expect(end).toMatchObject({ asked: 8, fulfilled: 5 });
        expect(end.accepted).toBeGreaterThanOrEqual(5);
        expect(world.pools.get(simPool(subject, POOLS.gatewayA).id)?.instances).toHaveLength(5);
      }
    },
  },
];

/** From now on the quota has room for so many nodes more of the first pool's type. */
function roomFor(subject: Subject, nodes: number): void {
  const { provider, region, type } = simPool(subject, POOLS.gatewayA);
  const used = subject.world.quota(provider, region).find((q) => q.name === 'on-demand')?.used ?? 0;
  const shape = subject.world.regions.find((r) => r.name === region)?.types.find((t) => t.name === type);
  subject.world.setQuota(provider, region, 'on-demand', used + nodes * (shape?.vcpu ?? 0));
}
