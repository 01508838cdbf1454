import { describe, expect, it } from 'vitest';
import { regionOf, type SpotSetup } from '../../providers/simulated/setup.ts';
import { readAvailability } from '../../providers/simulated/traces.ts';
import type { SimulatedWorld } from '../../providers/simulated/world-types.ts';
import { simulatedWorld } from '../../providers/simulated/world.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { instant, later, seconds } from '../../src/units.ts';
import { catalogOf, START } from '../contract/small-world.ts';

const DAY_S = 86_400;
const HOUR_MS = 3_600_000;

const PLACES = {
  aws: { region: 'us-east-1', zones: ['us-east-1a', 'us-east-1b', 'us-east-1c'], types: ['m7i.large', 'c7i.xlarge'] },
  azure: { region: 'eastus2', zones: ['1', '2', '3'], types: ['Standard_D4s_v5'] },
  gcp: { region: 'us-east4', zones: ['us-east4-a', 'us-east4-b'], types: ['n2d-standard-4'] },
} as const;
type CloudName = keyof typeof PLACES;

function cloud(provider: CloudName, seed: number, spot: SpotSetup = {}): SimulatedWorld {
  const regions = [regionOf(catalogOf(provider), PLACES[provider])];
  return simulatedWorld({ seed, start: START, regions, spot, boot: { sigma: 0 } });
}

function spotPool(world: SimulatedWorld, zone: string, target: number, type?: string) {
  const [region] = world.regions;
  const spec = { provider: region?.provider ?? 'aws', region: region?.name ?? '', zone, tags: {} };
  const shape = type ?? region?.types[0]?.name ?? '';
  return world.pools.open(
    { ...spec, name: `spot-${zone}`, type: shape, purchase: 'spot', target, min: 0, max: 1000 },
    { by: 'test' },
  );
}

/** Interruptions of 300 spot nodes in each zone over so many days: when, by zone, in ms. */
function interruptionsOver(world: SimulatedWorld, days: number) {
  const [region] = world.regions;
  for (const zone of region?.zones ?? []) spotPool(world, zone.name, 300);
  world.advance(seconds(days * DAY_S));
  const machines = [...world.charged().keys()].flatMap((id) => world.instance(id) ?? []);
  const hours = machines.reduce((sum, m) => sum + ((m.endedAt ?? world.now()) - m.launchedAt) / HOUR_MS, 0);
  const ended = machines.filter((m) => m.endedAt !== undefined);
  return { perNodeHour: ended.length / hours, ended };
}

describe('spot that is taken back', () => {
  it.each<[CloudName, string, number, number]>([
    // the published hazards of `interruption.ts`: a band of 15-20% a month, 2.5% an hour, 10% a day
    ['aws', 'the Spot Advisor says 15-20% a month', -Math.log(1 - 0.175) / 730, 400],
    ['azure', 'Azure shows 0-5% an hour', -Math.log(1 - 0.025), 20],
    ['gcp', 'Google spoke of 5-15% a day', -Math.log(1 - 0.1) / 24, 60],
  ])('%s: as often as published over a long time (%s)', (provider, _, hazard, days) => {
    const { perNodeHour } = interruptionsOver(cloud(provider, 3), days);
    expect(perNodeHour / hazard).toBeGreaterThan(0.6);
    expect(perNodeHour / hazard).toBeLessThan(1.5);
  });

  it('goes together in a zone, and apart from the other zones', () => {
    const { ended } = interruptionsOver(cloud('aws', 5), 200);
    const times = (zone: string): number[] => ended.filter((m) => m.zone === zone).map((m) => m.endedAt ?? 0);
    const together = ended.filter((m) => neighbours(times(m.zone), m.endedAt ?? 0) > 10);
    expect(together.length / ended.length, 'most come within a quarter of an hour of many others').toBeGreaterThan(0.6);
    const [a, b] = [times('us-east-1a'), times('us-east-1b')];
    const across = a.filter((time) => neighbours(b, time) > 10);
    expect(across.length / a.length).toBeLessThan(0.5);
  });

  it('cannot be had anew while its zone is dry', () => {
    const world = cloud('azure', 2);
    const [region] = world.regions;
    const zone = region?.zones[0];
    const seen = new Set<boolean>();
    for (let hour = 0; hour < 24 * 14; hour++) {
      world.advance(seconds(3600));
      const left = zone?.left('Standard_D4s_v5', 'spot') ?? 0;
      seen.add(left > 0);
      expect(zone?.left('Standard_D4s_v5', 'on-demand'), 'on demand is another stock').toBeGreaterThan(0);
    }
    expect(seen).toEqual(new Set([true, false]));
  });

  it('stays when nothing is to happen by itself', () => {
    const { ended } = interruptionsOver(cloud('azure', 3, { steady: true }), 30);
    expect(ended).toEqual([]);
  });
});

const neighbours = (times: readonly number[], at: number): number =>
  times.filter((time) => Math.abs(time - at) < HOUR_MS / 4).length;

describe('a measured trace', () => {
  const place = { provider: 'aws', region: 'us-east-1', zone: 'us-east-1a', type: 'm7i.large' } as const;
  const text = JSON.stringify({ metadata: { gap_seconds: 300 }, data: [4, 4, 6, 1, 1, 0, 9] });

  it('says how many nodes run: what is above it goes with its notice, what is below comes again', () => {
    const trace = readAvailability('a.json', text, { ...place, from: START });
    if (!trace.ok) throw new Error(trace.troubles[0]?.problem);
    expect(trace.value.points.map((p) => [(p.at - START) / 1000, p.nodes])).toEqual([
      [0, 4],
      [600, 6],
      [900, 1],
      [1500, 0],
      [1800, 9],
    ]);
    const world = cloud('aws', 1, { steady: true, availability: [trace.value] });
    const pool = spotPool(world, 'us-east-1a', 8);
    const counts: number[] = [];
    for (let step = 0; step < 9; step++) {
      world.advance(seconds(step === 0 ? 299 : 300));
      counts.push(world.pools.get(pool.id)?.instances.length ?? 0);
    }
    // a pool tries again every five minutes, and sees a change at the next try
    expect(counts).toEqual([4, 4, 6, 1, 1, 0, 8, 8, 8]);
    expect(world.notices('aws').filter((n) => n.kind === 'reclaim')).toHaveLength(6);
  });

  it('of prices is charged as it stood at each moment', () => {
    const points = [
      { at: START, usdPerHour: 0.02 },
      { at: later(START, seconds(3600)), usdPerHour: 0.05 },
    ];
    const world = cloud('aws', 1, { steady: true, prices: [{ ...place, points }] });
    const pool = spotPool(world, 'us-east-1a', 1);
    world.advance(seconds(3600));
    expect(world.regions[0]?.zones[0]?.spot('m7i.large'), 'from that moment on').toBe(0.05);
    world.advance(seconds(3600));
    expect(world.charged().get(pool.instances[0]?.id ?? '')).toBeCloseTo(0.07, 12);
    expect(world.regions[0]?.zones[0]?.spotHistory('m7i.large', START)).toEqual(points);
  });

  it.each([
    ['no JSON', '{'],
    ['no gap', '{"data":[1]}'],
    ['a gap of nothing', '{"metadata":{"gap_seconds":0},"data":[1]}'],
    ['no data', '{"metadata":{"gap_seconds":300},"data":[]}'],
    ['a negative count', '{"metadata":{"gap_seconds":300},"data":[3,-1]}'],
    ['half a node', '{"metadata":{"gap_seconds":300},"data":[0.5]}'],
    ['nothing at all', 'null'],
  ])('is refused in words: %s', (_, wrong) => {
    const read = readAvailability('a.json', wrong, { ...place, from: START });
    expect(read.ok ? 'taken' : read.troubles[0]).toMatchObject({ file: 'a.json', remedy: expect.any(String) });
  });

  it('of a place that the world does not have is our own mistake', () => {
    const points = [{ at: START, nodes: 1 }];
    expect(() => cloud('aws', 1, { availability: [{ ...place, type: 'm99.large', points }] })).toThrow(RangeError);
  });
});

describe('spot prices', () => {
  const pricesOver = (provider: CloudName, days: number) => {
    const world = cloud(provider, 11);
    const [region] = world.regions;
    world.advance(seconds(days * DAY_S));
    return (region?.zones ?? []).map((zone) => ({
      zone,
      type: region?.types[0]?.name ?? '',
      most: region?.onDemand(region.types[0]?.name ?? '') ?? 0,
      steps: zone.spotHistory(region?.types[0]?.name ?? '', START),
    }));
  };

  it.each<[CloudName]>([['aws'], ['azure'], ['gcp']])('%s: stand above 0 and not above on demand', (provider) => {
    for (const { steps, most } of pricesOver(provider, 700)) {
      for (const { usdPerHour } of steps) {
        expect(usdPerHour).toBeGreaterThan(0);
        expect(usdPerHour).toBeLessThanOrEqual(most);
      }
    }
  });

  it('of AWS wander about once a day, each zone by itself and at most 1.7 times apart in level', () => {
    const zones = pricesOver('aws', 200);
    for (const { steps } of zones) {
      expect(steps.length).toBeGreaterThan(150);
      expect(steps.length).toBeLessThan(260);
    }
    const levels = zones.map(({ steps }) => steps.reduce((sum, s) => sum + s.usdPerHour, 0) / steps.length);
    expect(Math.max(...levels) / Math.min(...levels)).toBeLessThan(1.9);
    expect(new Set(zones.map(({ steps }) => steps[1]?.at)).size).toBe(zones.length);
  });

  it('of Azure change at the start of a month alone, the same in all zones', () => {
    const zones = pricesOver('azure', 700);
    for (const { steps } of zones) {
      expect(steps).toEqual(zones[0]?.steps);
      for (const { at } of steps) expect(new Date(at).toISOString()).toMatch(/-01T00:00:00.000Z$/);
    }
  });

  it('of Google change every 14 days by the steps of 2026', () => {
    const [first] = pricesOver('gcp', 300);
    const steps = (first?.steps ?? []).slice(1);
    const gaps = steps.slice(1).map((s, i) => (s.at - (steps[i]?.at ?? 0)) / (DAY_S * 1000));
    expect(new Set(gaps)).toEqual(new Set([14]));
    const free = steps.slice(1).filter((s) => s.usdPerHour < (first?.most ?? 0));
    const ratios = free.map((s) => s.usdPerHour / (steps[steps.indexOf(s) - 1]?.usdPerHour ?? 1));
    for (const ratio of ratios)
      expect(
        [0.95, 1, 1.05, 1.1].some((r) => Math.abs(r - ratio) < 1e-4),
        String(ratio),
      ).toBe(true);
  });

  it('tell the price that held when the history begins', () => {
    const world = cloud('aws', 11);
    world.advance(seconds(10 * DAY_S));
    const zone = world.regions[0]?.zones[0];
    const from = later(START, seconds(5 * DAY_S));
    const [first, second] = zone?.spotHistory('m7i.large', from) ?? [];
    expect(first?.at).toBeLessThanOrEqual(from);
    expect(second?.at ?? Infinity).toBeGreaterThan(from);
    const all = zone?.spotHistory('m7i.large', instant(0)) ?? [];
    expect(START - (all[0]?.at ?? 0)).toBe(90 * DAY_S * 1000);
    expect(zone?.spot('m7i.large')).toBe(all.at(-1)?.usdPerHour);
  });
});

describe('chance', () => {
  it('is the seed: the same seed is the same world, another is another', () => {
    const digest = (provider: ProviderName & CloudName, seed: number): string => {
      const { ended } = interruptionsOver(cloud(provider, seed), 10);
      return JSON.stringify(ended);
    };
    expect(digest('azure', 4)).toBe(digest('azure', 4));
    expect(digest('azure', 4)).not.toBe(digest('azure', 5));
  });
});
