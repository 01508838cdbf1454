import { describe, expect, it } from 'vitest';
import { ownRegion, regionOf, type WorldSetup } from '../../providers/simulated/setup.ts';
import type { PoolSpec, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { instant, later, mib, milliCores, seconds, usdPerHour } from '../../src/units.ts';
import { catalogOf, START } from '../contract/small-world.ts';

const AWS = regionOf(catalogOf('aws'), {
  region: 'us-east-1',
  zones: ['us-east-1a', 'us-east-1b'],
  types: ['m7i.large', 'c7i.xlarge'],
});
const AZURE = regionOf(catalogOf('azure'), { region: 'eastus2', zones: ['1'], types: ['Standard_D4s_v5'] });
const OWN = ownRegion(
  'own-fra',
  ['rack-a'],
  [
    {
      name: 'metal-8',
      arch: 'amd64',
      allocatable: { cpu: milliCores(8000), memory: mib(32_768) },
      usdPerHour: usdPerHour(0.2),
      source: 'contract',
      asOf: START,
      atMostPerZone: 3,
    },
  ],
);

const worldOf = (more: Partial<WorldSetup> = {}): SimulatedWorld =>
  simulatedWorld({
    seed: 1,
    start: START,
    regions: [AWS, AZURE, OWN],
    spot: { steady: true },
    boot: { sigma: 0 },
    ...more,
  });

const SPEC: PoolSpec = {
  provider: 'aws',
  region: 'us-east-1',
  zone: 'us-east-1a',
  name: 'p',
  type: 'm7i.large',
  purchase: 'on-demand',
  target: 0,
  min: 0,
  max: 100,
  tags: {},
};

const open = (world: SimulatedWorld, more: Partial<PoolSpec> = {}): SimPool =>
  world.pools.open({ ...SPEC, ...more }, { by: 'test' });
/** first letters: pending, running, ending */
const states = (world: SimulatedWorld, pool: SimPool): string =>
  (world.pools.get(pool.id)?.instances ?? [])
    .map((i) => i.state.slice(0, 1))
    .toSorted((a, b) => a.localeCompare(b))
    .join('');

describe('nodes of a pool', () => {
  it('come after the median of their cloud, and go after their shutdown', () => {
    const world = worldOf();
    const pool = open(world, { target: 2 });
    expect(states(world, pool)).toBe('pp');
    world.advance(seconds(44));
    expect(states(world, pool)).toBe('pp');
    world.advance(seconds(1));
    expect(states(world, pool)).toBe('rr');
    world.pools.resize(pool.id, 1, { by: 'test' });
    expect(states(world, pool)).toBe('er');
    world.advance(seconds(30));
    expect(states(world, pool)).toBe('r');
  });

  it('let those go first that do not run yet', () => {
    const world = worldOf();
    const pool = open(world, { target: 2 });
    world.advance(seconds(60));
    world.pools.resize(pool.id, 4, { by: 'test' });
    world.pools.resize(pool.id, 2, { by: 'test' });
    world.advance(seconds(60));
    expect(states(world, pool)).toBe('rr');
    expect([...world.charged().keys()]).toHaveLength(4);
  });

  it('are replaced when they end without having been asked to', () => {
    const world = worldOf();
    const pool = open(world, { target: 2 });
    world.advance(seconds(60));
    const [first] = world.pools.get(pool.id)?.instances ?? [];
    expect(world.terminate(first?.id ?? '')?.state).toBe('ending');
    world.advance(seconds(30));
    expect(states(world, pool)).toBe('pr');
    expect(world.pools.get(pool.id), 'nobody changed its settings').toMatchObject({ target: 2, version: 1 });
  });

  it('never come, where the world says that machines may hang', () => {
    const world = worldOf({ boot: { neverReady: 1 } });
    const pool = open(world, { target: 1 });
    world.advance(seconds(86_400));
    expect(states(world, pool)).toBe('p');
    expect(world.pools.get(pool.id)?.operation?.state).toBe('running');
  });

  it('start up in a time that is lognormal about the median of their cloud', () => {
    const world = worldOf({ boot: {} });
    const pool = open(world, { target: 1001, max: 1001 });
    world.advance(seconds(3600));
    const took = (world.pools.get(pool.id)?.instances ?? [])
      .map((i) => ((i.readyAt ?? Infinity) - i.launchedAt) / 1000)
      .toSorted((a, b) => a - b);
    const logs = took.map(Math.log);
    const mean = logs.reduce((a, b) => a + b) / logs.length;
    const sd = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / logs.length);
    expect(took[500]).toBeGreaterThan(43);
    expect(took[500]).toBeLessThan(47);
    expect(sd).toBeCloseTo(0.35, 1);
  });
});

describe('what cannot be had', () => {
  it('stands in the operation, and is tried again until it can be had', () => {
    const world = worldOf();
    const pool = open(world, { target: 1 });
    world.sellOut({ ...SPEC, until: later(START, seconds(600)) });
    const changed = world.pools.resize(pool.id, 4, { by: 'test' });
    expect(changed).toMatchObject({
      ok: true,
      operation: { asked: 4, shortages: [{ type: 'm7i.large', zone: 'us-east-1a', count: 3, why: 'capacity' }] },
    });
    world.advance(seconds(100));
    expect(world.pools.get(pool.id)?.operation).toMatchObject({ state: 'failed', fulfilled: 1 });
    world.advance(seconds(800));
    expect(states(world, pool)).toBe('rrrr');
  });

  it.each<[string, Partial<PoolSpec>, number]>([
    ['of the type in the zone', {}, 0],
    ['another type there is untouched', { type: 'c7i.xlarge' }, 1],
    ['another zone is untouched', { zone: 'us-east-1b' }, 1],
    ['the other purchase is untouched', { purchase: 'spot' }, 1],
  ])('is sold out: %s', (_, more, had) => {
    const world = worldOf();
    world.sellOut({ ...SPEC, until: later(START, seconds(600)) });
    expect(open(world, { ...more, target: 1 }).instances).toHaveLength(had);
  });

  it('is bounded by the quota of the purchase and of the family, and names the one that was met', () => {
    const world = worldOf({ quotas: { 'on-demand': 100, spot: 4 } });
    world.setQuota('aws', 'us-east-1', 'm7i', 6);
    expect(open(world, { target: 5 }).operation?.shortages).toMatchObject([{ count: 2, why: 'quota', quota: 'm7i' }]);
    expect(open(world, { name: 's', purchase: 'spot', target: 5 }).operation?.shortages).toMatchObject([
      { count: 3, why: 'quota', quota: 'spot' },
    ]);
    expect(world.quota('aws', 'us-east-1')).toEqual([
      { name: 'on-demand', limit: 100, used: 6 },
      { name: 'spot', limit: 4, used: 4 },
      { name: 'm7i', limit: 6, used: 6 },
    ]);
  });

  it('runs out by itself for about as long and as often as the setup says, and what runs goes on', () => {
    const world = worldOf({ stockOuts: { betweenH: 20, lastH: 5 } });
    const pool = open(world, { target: 2 });
    const [zone] = world.regions[0]?.zones ?? [];
    let out = 0;
    let begun = 0;
    let before = false;
    const hours = 20_000;
    for (let hour = 0; hour < hours; hour++) {
      world.advance(seconds(3600));
      const now = zone?.left('m7i.large', 'on-demand') === 0;
      if (now) out += 1;
      if (now && !before) begun += 1;
      before = now;
    }
    expect(out / hours, 'a fifth of the time').toBeCloseTo(0.2, 1);
    expect(out / begun, 'five hours each, as seen from hour to hour').toBeGreaterThan(4);
    expect(out / begun).toBeLessThan(7);
    expect(states(world, pool)).toBe('rr');
    expect(zone?.left('m7i.large', 'spot')).toBeGreaterThan(0);
  });

  it('is more than there are machines in a rack', () => {
    const world = worldOf();
    const pool = open(world, { provider: 'kubernetes', region: 'own-fra', zone: 'rack-a', type: 'metal-8', target: 5 });
    expect(pool.operation?.shortages).toMatchObject([{ count: 2, why: 'capacity' }]);
  });

  it('is looked for in the next choice of a launch', () => {
    const world = worldOf();
    world.sellOut({ ...SPEC, until: later(START, seconds(600)) });
    const choices = [
      { type: 'm7i.large', zone: 'us-east-1a' },
      { type: 'm7i.large', zone: 'us-east-1b' },
    ];
    const order = { provider: 'aws', region: 'us-east-1', choices, purchase: 'on-demand', count: 3, tags: {} } as const;
    const launched = world.launch({ ...order, token: 'once' });
    expect(launched.instances.map((i) => i.zone)).toEqual(['us-east-1b', 'us-east-1b', 'us-east-1b']);
    expect(launched.shortages).toMatchObject([{ count: 3, zone: 'us-east-1a' }]);
    expect(world.launch({ ...order, token: 'once' }), 'the same token buys nothing more').toEqual(launched);
    expect(world.charged().size).toBe(3);
  });
});

describe('a change of a pool', () => {
  it.each<[string, (world: SimulatedWorld, pool: SimPool) => unknown, unknown]>([
    ['an unknown pool', (w) => w.pools.resize('aws/us-east-1/none', 1, { by: 'x' }), { ok: false, why: 'notFound' }],
    [
      'another version',
      (w, p) => w.pools.resize(p.id, 1, { by: 'x', expectedVersion: 7 }),
      { ok: false, why: 'conflict' },
    ],
    ['above its most', (w, p) => w.pools.resize(p.id, 101, { by: 'x' }), { ok: false, why: 'outOfBounds' }],
    ['half a node', (w, p) => w.pools.resize(p.id, 1.5, { by: 'x' }), { ok: false, why: 'outOfBounds' }],
    [
      'a closed pool',
      (w, p) => (w.pools.close(p.id, { by: 'x' }), w.pools.resize(p.id, 1, { by: 'x' })),
      { ok: false, why: 'notFound' },
    ],
  ])('is refused: %s', (_, change, outcome) => {
    const world = worldOf();
    const pool = open(world, { target: 2 });
    expect(change(world, pool)).toEqual(outcome);
  });

  it('is made once for a token, and its first outcome is answered again', () => {
    const world = worldOf();
    const pool = open(world, { target: 3 });
    world.advance(seconds(60));
    const victims = [world.pools.get(pool.id)?.instances[0]?.id ?? ''];
    const by = { by: 'godwit', token: 't', expectedVersion: 1 };
    const first = world.pools.remove(pool.id, victims, by);
    world.pools.resize(pool.id, 9, { by: 'alice' });
    const again = world.pools.remove(pool.id, victims, by);
    expect(first.ok && again.ok && again.operation.id === first.operation.id).toBe(true);
    expect(world.pools.get(pool.id)).toMatchObject({ target: 9, version: 3, changedBy: 'alice' });
  });

  it('that names an instance a second time makes the pool no smaller', () => {
    const world = worldOf();
    const pool = open(world, { target: 3 });
    world.advance(seconds(60));
    const named = [pool.instances[0]?.id ?? ''];
    for (const waited of [0, 10, 600]) {
      world.advance(seconds(waited));
      expect(world.pools.remove(pool.id, named, { by: 'x' })).toMatchObject({ ok: true, operation: { asked: 1 } });
      expect(world.pools.get(pool.id)?.target).toBe(2);
    }
    expect(states(world, pool)).toBe('rr');
  });

  it('by a refused attempt leaves the token free', () => {
    const world = worldOf();
    const pool = open(world, { target: 3 });
    expect(world.pools.resize(pool.id, 4, { by: 'x', token: 't', expectedVersion: 9 }).ok).toBe(false);
    expect(world.pools.resize(pool.id, 4, { by: 'x', token: 't', expectedVersion: 1 }).ok).toBe(true);
  });

  it('leaves snapshots that were given out as they were', () => {
    const world = worldOf();
    const pool = open(world, { target: 1 });
    const before = JSON.stringify(pool);
    world.pools.resize(pool.id, 5, { by: 'x' });
    world.pools.tag(pool.id, { a: 'b' }, { by: 'x' });
    world.advance(seconds(600));
    expect(JSON.stringify(pool)).toBe(before);
  });

  it('is not seen in the past', () => {
    const world = worldOf();
    const pool = open(world, { target: 2 });
    world.advance(seconds(600));
    const then = world.now();
    const seen = JSON.stringify(world.pools.list('aws'));
    world.advance(seconds(60));
    world.pools.resize(pool.id, 0, { by: 'x' });
    world.advance(seconds(600));
    world.pools.close(pool.id, { by: 'x' });
    world.advance(seconds(60));
    expect(world.pools.list('aws')).toEqual([]);
    expect(JSON.stringify(world.pools.listAt(then, 'aws'))).toBe(seen);
    expect(world.pools.listAt(instant(START - 1), 'aws')).toEqual([]);
  });

  it('ends an older operation that can no longer come true', () => {
    const world = worldOf();
    const pool = open(world, { target: 2 });
    world.advance(seconds(60));
    const grown = world.pools.resize(pool.id, 8, { by: 'x' });
    world.pools.resize(pool.id, 2, { by: 'y' });
    expect(grown.ok && world.operation(grown.operation.id)).toMatchObject({ state: 'failed', asked: 8, fulfilled: 2 });
  });
});

describe('a pool that is closed', () => {
  it('is there until its nodes are gone, and its name is free then', () => {
    const world = worldOf();
    const pool = open(world, { target: 2 });
    world.advance(seconds(60));
    world.pools.close(pool.id, { by: 'x' });
    expect(world.pools.list('aws')).toHaveLength(1);
    world.advance(seconds(60));
    expect(world.pools.list('aws')).toEqual([]);
    expect(open(world, { target: 1 }).instances).toHaveLength(1);
  });

  it.each<[string, Partial<PoolSpec>]>([
    ['a name that is taken', {}],
    ['an unknown type', { name: 'q', type: 'm99.large' }],
    ['more than its most', { name: 'q', target: 101 }],
  ])('cannot be opened with %s', (_, more) => {
    const world = worldOf();
    open(world);
    expect(() => open(world, more)).toThrow(RangeError);
  });
});

describe('charges', () => {
  const HOUR = 3600;
  it.each<[string, ProviderName, Partial<PoolSpec>, (world: SimulatedWorld, pool: SimPool) => void, number]>([
    ['an hour on demand', 'aws', {}, (w) => w.advance(seconds(HOUR)), 0.1008],
    ['a second of it: a minute is the least', 'aws', {}, (w) => w.advance(seconds(1)), 0.1008 / 60],
    ['nothing yet', 'aws', {}, () => undefined, 0],
    [
      'until its end and not beyond',
      'aws',
      {},
      (w, p) => (w.advance(seconds(HOUR - 30)), w.pools.resize(p.id, 0, { by: 'x' }), w.advance(seconds(9 * HOUR))),
      0.1008,
    ],
    ['spot at its price', 'aws', { purchase: 'spot' }, (w) => w.advance(seconds(2 * HOUR)), 2 * 0.032256],
    [
      'what its owner ends before AWS has taken it back',
      'aws',
      { purchase: 'spot' },
      (w, p) => (
        w.advance(seconds(1800)),
        interruptAll(w, p),
        w.pools.resize(p.id, 0, { by: 'x' }),
        w.advance(seconds(120))
      ),
      1830 * (0.032256 / HOUR),
    ],
  ])('%s', (_, provider, more, happen, usd) => {
    const world = worldOf();
    const pool = open(world, { ...more, provider, target: 1 });
    happen(world, pool);
    expect(world.charged().get(pool.instances[0]?.id ?? '')).toBeCloseTo(usd, 9);
  });

  it.each<[string, ProviderName, number, boolean]>([
    ['AWS in the first hour', 'aws', 1800, true],
    ['AWS after it', 'aws', 3600, false],
    ['Azure in the first hour', 'azure', 1800, false],
  ])('of spot that is taken back: %s', (_, provider, after, free) => {
    const world = worldOf();
    const azure = { region: 'eastus2', zone: '1', type: 'Standard_D4s_v5' };
    const pool = open(world, { ...(provider === 'azure' && azure), provider, purchase: 'spot', target: 1 });
    world.advance(seconds(after));
    interruptAll(world, pool);
    const [first] = pool.instances;
    world.advance(seconds(provider === 'aws' ? 119 : 29));
    expect(world.instance(first?.id ?? '')?.state).toBe('running');
    expect(world.charged().get(first?.id ?? '')).toBeGreaterThan(0);
    world.advance(seconds(1));
    expect(world.instance(first?.id ?? '')?.state).toBe('ended');
    expect(world.charged().get(first?.id ?? '') === 0).toBe(free);
  });
});

const interruptAll = (world: SimulatedWorld, pool: SimPool): void => {
  for (const instance of world.pools.get(pool.id)?.instances ?? []) world.interrupt(instance.id);
};

describe('notices', () => {
  it('are told once, oldest first, until they are settled; a risk comes ahead of the notice', () => {
    const world = worldOf();
    const pool = open(world, { purchase: 'spot', target: 1 });
    world.advance(seconds(3600));
    const [instance] = pool.instances;
    world.interrupt(instance?.id ?? '', 'risk');
    world.advance(seconds(720));
    const notices = world.notices('aws');
    expect(notices.map((n) => [n.kind, n.instance])).toEqual([
      ['risk', instance?.id],
      ['reclaim', instance?.id],
    ]);
    expect(notices.map((n) => n.endsAt)).toEqual([world.now(), world.now()]);
    expect(world.instance(instance?.id ?? '')?.state).toBe('ended');
    for (const { receipt } of notices) world.settle(receipt);
    world.settle('unknown');
    expect(world.notices('aws')).toEqual([]);
  });

  it('are never told of what was bought on demand', () => {
    const world = worldOf();
    const pool = open(world, { target: 1 });
    expect(() => world.interrupt(pool.instances[0]?.id ?? '')).toThrow(RangeError);
  });
});

describe('the fault script', () => {
  it('fires in the order that the calls come, each fault as often as it says, and tells what never fired', () => {
    const { faults } = worldOf();
    faults.add({ provider: 'aws', api: 'a', fault: { is: 'reset' }, times: 2, after: 1 });
    faults.add({ provider: 'aws', api: '*', fault: { is: 'throttle' } });
    faults.add({ provider: 'gcp', api: 'a', fault: { is: 'empty' }, after: 3 });
    const met = ['a', 'b', 'a', 'a', 'a', 'a'].map((api) => faults.next('aws', api)?.is ?? '-');
    expect(met).toEqual(['throttle', '-', '-', 'reset', 'reset', '-']);
    expect(faults.unfired()).toEqual(['empty at gcp a after 3 others']);
  });
});
