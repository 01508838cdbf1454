import { describe, expect, it } from 'vitest';
import { believe } from '../../../src/calls/believed.ts';
import type { Offering } from '../../../src/catalog/offering.ts';
import type { Fleet } from '../../../src/fleet/fleet.ts';
import type { ObservedPool, PoolList, Provider } from '../../../src/ports.ts';
import { bad, good, type Checked } from '../../../src/trouble.ts';
import { instant, usdPerHour, type Instant } from '../../../src/units.ts';
import { remembered } from '../../../src/world/live/remembered.ts';
import { memoryShelf } from '../../../src/world/shelf.ts';
import { fleetOf, offeringOf, poolOf } from '../../plan/world.ts';

const HOUR_MS = 3_600_000;
const offering = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
const fleet: Fleet = fleetOf({ offerings: [offering], services: [] });
const gateway: ObservedPool = { ...poolOf('gateway', offering, 8, { max: 50 }), source: 'live' };
const dark = bad({ file: 'aws us-east-1', problem: 'it did not answer', remedy: 'try again later' });
const list = (...pools: readonly ObservedPool[]): Checked<PoolList> => good({ pools, passedOver: [], doubts: [] });

/** A cloud that answers what the test tells it to, behind a memory, on a clock that the test moves. */
function world() {
  const said: { pools: Checked<PoolList>; offerings: Checked<readonly Offering[]>; asked: number } = {
    asked: 0,
    pools: list(gateway),
    offerings: good([offering]),
  };
  let now: Instant = instant(Date.UTC(2026, 2, 2, 18));
  const clock = { now: () => now };
  const cloud: Provider = {
    name: 'aws',
    listPools: async () => said.pools,
    listOfferings: async () => {
      said.asked += 1;
      return said.offerings;
    },
    listCommitments: async () => {
      said.asked += 1;
      return good([]);
    },
  };
  const shelf = memoryShelf(clock);
  const pass = (hours: number): void => void (now = instant(now + hours * HOUR_MS));
  return { said, pass, shelf, provider: () => remembered(cloud, { shelf, clock }) };
}

const pools = (answer: Checked<PoolList>): PoolList => {
  if (!answer.ok) throw new Error('there is no listing');
  return answer.value;
};

describe('a cloud that answers', () => {
  it('is passed on as it is', async () => {
    const { provider } = world();
    expect(await provider().listPools(fleet)).toEqual(list(gateway));
    expect(await provider().listOfferings(fleet)).toEqual(good([offering]));
  });
});

describe('a cloud that goes dark', () => {
  it('keeps its pools as they were last seen, by another process too, and says so', async () => {
    const { said, pass, provider } = world();
    await provider().listPools(fleet);
    said.pools = dark;
    pass(2);
    const seen = pools(await provider().listPools(fleet));
    expect(seen.pools).toEqual([gateway]);
    expect(seen.doubts).toEqual([
      'its pools could not be listed and stand as they were 2h ago (aws us-east-1: it did not answer; try again later)',
    ]);
  });

  it('sells nothing, and what runs there keeps its price', async () => {
    const { said, provider } = world();
    await provider().listOfferings(fleet);
    said.offerings = dark;
    const answer = await provider().listOfferings(fleet);
    expect(answer).toMatchObject({ ok: true, value: [{ id: offering.id, price: offering.price, available: false }] });
  });

  it('sells nothing while its pools cannot be listed, though it still tells its prices', async () => {
    const { said, provider } = world();
    const cloud = provider();
    await cloud.listPools(fleet);
    said.pools = dark;
    await cloud.listPools(fleet);
    expect(await cloud.listOfferings(fleet)).toMatchObject({ value: [{ id: offering.id, available: false }] });
    said.pools = list(gateway);
    await cloud.listPools(fleet);
    expect(await cloud.listOfferings(fleet)).toEqual(good([offering]));
  });

  it('is not waited for again: what was last seen of it is taken without asking', async () => {
    const { said, provider } = world();
    const first = provider();
    await first.listPools(fleet);
    await first.listOfferings(fleet);
    await first.listCommitments(fleet);
    said.pools = dark;
    const later = provider();
    await later.listPools(fleet);
    const asked = said.asked;
    await later.listOfferings(fleet);
    await later.listCommitments(fleet);
    expect(said.asked).toBe(asked);
  });

  it('is trouble when it was never seen', async () => {
    const { said, provider } = world();
    said.pools = dark;
    expect(await provider().listPools(fleet)).toEqual(dark);
  });

  it('is trouble when it was seen so long ago that it says nothing of now', async () => {
    const { said, pass, provider } = world();
    await provider().listPools(fleet);
    said.pools = dark;
    pass(25);
    expect(await provider().listPools(fleet)).toEqual(dark);
  });

  it('is trouble when what was kept is damaged', async () => {
    const { said, shelf, provider } = world();
    await provider().listPools(fleet);
    await shelf.put(`aws/-/-/last-pools-${fleet.name}`, '{"schemaVersion":1,"val');
    said.pools = dark;
    expect(await provider().listPools(fleet)).toEqual(dark);
  });
});

describe('a cloud that lists nothing where nodes ran', () => {
  it('is doubted at every look, and the emptiness never becomes what was last seen', async () => {
    const { said, pass, provider } = world();
    await provider().listPools(fleet);
    said.pools = list();
    for (const hours of [1, 30, 100]) {
      pass(hours);
      const [doubt] = pools(await provider().listPools(fleet)).doubts;
      expect(doubt).toMatch(/^it lists no pool at all, where 1 pool with 8 nodes ran/);
    }
    said.pools = list(gateway);
    expect(pools(await provider().listPools(fleet)).doubts).toEqual([]);
  });

  it('is believed when a person says that they are gone for good, and doubted anew from then on', async () => {
    const { said, pass, provider, shelf } = world();
    await provider().listPools(fleet);
    said.pools = list();
    pass(1);
    await believe(shelf, 'aws', 'eu-west-1');
    expect(pools(await provider().listPools(fleet)).doubts, 'the word was for another region').toHaveLength(1);
    await believe(shelf, 'aws', offering.region);
    expect(pools(await provider().listPools(fleet)).doubts).toEqual([]);
    pass(1);
    said.pools = list(gateway);
    await provider().listPools(fleet);
    said.pools = list();
    expect(pools(await provider().listPools(fleet)).doubts, 'the word was for the past').toHaveLength(1);
  });

  it('is not missed in a region that the fleet has left: nobody asks there any more', async () => {
    const { said, provider } = world();
    await provider().listPools(fleet);
    said.pools = list();
    const left = { ...fleet, clouds: fleet.clouds.map((cloud) => ({ ...cloud, regions: [] })) };
    expect(pools(await provider().listPools(left)).doubts).toEqual([]);
  });
});

describe('what the fleet file declares', () => {
  const declares = (more: Partial<Fleet['pools'][number]>): Fleet => {
    const { provider, region, zone, type, purchase } = offering;
    const pool = { name: 'gateway', provider, region, zone, type, purchase, nodes: 3, min: 2, max: 20, ...more };
    return { ...fleet, pools: [pool] };
  };

  it.each([
    ['narrows the bounds of its cloud', { min: 2, max: 20 }, { min: 2, max: 20 }],
    ['never widens them', { min: 0, max: 900 }, { min: 0, max: 50 }],
    ['a minimum beyond what its cloud allows is cut to it', { min: 60, max: 900 }, { min: 50, max: 50 }],
  ])('%s', async (_why, stated, bounds) => {
    const [pool] = pools(await world().provider().listPools(declares(stated))).pools;
    expect(pool).toMatchObject({ target: 8, ...bounds });
  });

  it('and is not found is a doubt: a wrong account looks just like a pool that is gone', async () => {
    const seen = pools(
      await world()
        .provider()
        .listPools(declares({ name: 'router' })),
    );
    expect(seen.doubts).toEqual([
      'router of the fleet file was not found there: check the account and the tag, or take the entry out',
    ]);
  });

  it('of commitments goes before what the cloud says, which may not know the discount', async () => {
    const own = { id: 'sp-1', kind: 'spend', provider: 'aws', usdPerHour: usdPerHour(5), until: instant(0) };
    const stated = [{ ...own, discount: 0.31 }] as unknown as Fleet['commitments'];
    const cloud: Provider = {
      name: 'aws',
      listPools: async () => list(),
      listOfferings: async () => good([]),
      listCommitments: async () =>
        good([
          { ...own, discount: 0.28 },
          { ...own, id: 'sp-2', discount: 0.28 },
        ] as unknown as Fleet['commitments']),
    };
    const clock = { now: () => instant(0) };
    const provider = remembered(cloud, { shelf: memoryShelf(clock), clock });
    expect(await provider.listCommitments({ ...fleet, commitments: stated })).toMatchObject({
      value: [
        { id: 'sp-1', discount: 0.31 },
        { id: 'sp-2', discount: 0.28 },
      ],
    });
  });
});
