import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NodeKind } from '../../src/demand/capacity.ts';
import { demandFor, type DemandOptions } from '../../src/demand/demand-for.ts';
import type { GroupDemand } from '../../src/demand/demand.ts';
import { replicasFor } from '../../src/demand/replicas.ts';
import type { Fleet, Service } from '../../src/fleet/fleet.ts';
import { readFleet } from '../../src/fleet/read.ts';
import type { Forecast } from '../../src/forecast/forecast.ts';
import { NO_RESOURCES } from '../../src/quantity.ts';
import { lineOf } from '../../src/trouble.ts';
import { instant, seconds, share } from '../../src/units.ts';
import { SMALL } from '../fleet/small.ts';

const AT = instant(Date.UTC(2026, 2, 2, 18, 0));
const LEAD = seconds(180);
const read = readFleet(SMALL, 'fleet.yaml');
if (!read.ok) throw new Error(read.troubles.map(lineOf).join('\n'));
const small = read.value;

/** The small fleet with its gateway changed; without headroom, so that the figures can be told at sight. */
function withGateway({ quantile, ...change }: Partial<Service>, headroom = 0): Fleet {
  const changed = (service: Service): Service => {
    const { quantile: own, ...rest } = service;
    const asked = quantile ?? (change.costs ? undefined : own);
    return { ...rest, ...change, ...(asked !== undefined && { quantile: asked }) };
  };
  return {
    ...small,
    policies: { ...small.policies, headroom: share(headroom) },
    services: small.services.map((service) => (service.name === 'gateway' ? changed(service) : service)),
  };
}

/** Load whose quantiles are all known: the median as given, P90, P99 and P99.9 that much above it. */
function forecastOf(load: readonly number[], more: Partial<Forecast> = {}): Forecast {
  const middle = Float64Array.from(load);
  return {
    signal: 'connections',
    market: 'eu',
    unit: 'connections',
    origin: AT,
    step: seconds(300),
    quantiles: [0.5, 0.9, 0.99, 0.999],
    paths: [1, 1.075, 1.25, 1.5].map((times) => middle.map((v) => v * times)),
    mean: middle,
    last: { at: AT, value: load[0] ?? 0 },
    method: 'made for a test',
    notes: [],
    ...more,
  };
}

const level = (value: number): number[] => Array.from({ length: 288 }, () => value);

function gatewayIn(
  of: Fleet,
  forecast = forecastOf(level(400_000)),
  options: Partial<DemandOptions> = {},
): GroupDemand {
  const group = demandFor([forecast], of, AT, { leadTime: LEAD, ...options }).find((d) => d.name === 'gateway/eu');
  if (!group) throw new Error('no gateway in eu');
  return group;
}

describe('sized on what a shortage costs', () => {
  test('nine in ten where a shortage costs nine times an idle replica', () => {
    const group = gatewayIn(withGateway({ costs: { shortageUsdPerUnitHour: 0.00045, idleUsdPerReplicaHour: 1 } }));
    expect(group).toMatchObject({ quantile: 0.9, quantileFrom: 'costs', replicas: 22 });
    expect(group.load).toBeCloseTo(430_000, 3);
    expect(group.reason).toMatch(/^P90 of load is 430k connections/);
    expect(group.quantileWhy).toMatch(/^\$9\.00\/h for the load of one replica/);
  });
});

describe('what one more nine takes', () => {
  test('now, and on average over the horizon', () => {
    const load = level(40_000);
    load.fill(400_000, 0, 72);
    const group = gatewayIn(withGateway({}), forecastOf(load));
    // 25 replicas by day and 3 by night (50,000 are 2.5 of 20,000); at 99.9% 30 and 3
    expect(group.replicas).toBe(25);
    expect(group.nextNine).toMatchObject({ quantile: 0.999, load: 600_000, replicas: 30 });
    expect(group.nextNine?.moreOnAverage).toBeCloseTo((72 * 5) / 288, 9);
  });

  test('tomorrow is not charged for being far away: it will be nearer when it is decided on', () => {
    const near = forecastOf(level(400_000));
    // from four hours ahead on the paths are twice as far from the median
    const wide = near.paths.map((path, q) =>
      path.map((v, h) => (h < 48 ? v : v + (v - (near.paths[0]?.[h] ?? v)) * q)),
    );
    const far = gatewayIn(withGateway({}), { ...near, paths: wide });
    expect(far.nextNine?.moreOnAverage).toBe(gatewayIn(withGateway({}), near).nextNine?.moreOnAverage);
  });

  test('nothing more where the maximum binds, or the minimum', () => {
    expect(gatewayIn(withGateway({ maxReplicas: 20 })).nextNine).toMatchObject({ replicas: 20, moreOnAverage: 0 });
    expect(gatewayIn(withGateway({ minReplicas: 60 })).nextNine).toMatchObject({ replicas: 60, moreOnAverage: 0 });
  });

  test('none where nobody could tell, and none while the load is not known', () => {
    expect(gatewayIn(withGateway({ quantile: 0.9999 })).nextNine).toBeUndefined();
    const old = forecastOf(level(400_000), { last: { at: instant(AT - 3_600_000), value: 1 } });
    expect(gatewayIn(withGateway({}), old).nextNine).toBeUndefined();
  });
});

describe('a replica that is worth something else on some nodes', () => {
  const nodes: NodeKind[] = [
    { provider: 'aws', region: 'eu-central-1', type: 'm5.xlarge', arch: 'amd64' },
    { provider: 'aws', region: 'eu-central-1', type: 'm7g.xlarge', arch: 'arm64' },
  ];
  const on = [{ type: ['m5.*'], capacityPerReplica: 16_000 }];

  test('is counted as on the least of them, and says so', () => {
    const group = gatewayIn(withGateway({ on }), undefined, { nodes });
    expect(group).toMatchObject({ capacityPerReplica: 16_000, replicas: replicasFor(500_000, 16_000, 0) });
    expect(group.reason).toMatch(/that is 32 replicas of 16k connections, what one carries on m5\.\*$/);
  });

  test('in a market whose nodes are all alike, as on those', () => {
    const far = nodes.map((n) => ({ ...n, region: 'us-east-1' }));
    const group = gatewayIn(withGateway({ on }), undefined, { nodes: [...far, ...nodes.slice(1)] });
    expect(group).toMatchObject({ capacityPerReplica: 20_000, replicas: 25 });
  });
});

describe('no faster than what runs can be let go', () => {
  const shrink = { loadPerMinute: 20_000 };

  test('what runs less what may go, with the reason', () => {
    const seen = seenOf(100);
    // 500,000 connections on 100 replicas are 5,000 each: 4 replicas a minute, 20 in a cycle
    const group = gatewayIn(withGateway({ shrink }), undefined, { seen });
    expect(group).toMatchObject({ replicas: 80, setBy: 'pace', letGoAtMost: 20 });
    expect(group.peakReplicas).toBeGreaterThanOrEqual(80);
    expect(group.reason).toMatch(
      /^100 run and no more than 20 replicas may be let go in one cycle, so 80 stay; P99 of load is 500k/,
    );
  });

  test('what runs is not known: the pace of full replicas, for the plan to keep', () => {
    expect(gatewayIn(withGateway({ shrink }))).toMatchObject({ replicas: 25, setBy: 'load', letGoAtMost: 5 });
  });

  test('beyond the maximum too: a storm is no better for being within it', () => {
    const seen = seenOf(100);
    const group = gatewayIn(withGateway({ maxReplicas: 50, shrink: { replicasPerMinute: 2 } }), undefined, { seen });
    expect(group).toMatchObject({ replicas: 90, setBy: 'pace' });
  });
});

test('a storm without another loss to survive is that of a provider', () => {
  const storm = '    survive: { loss: provider, share: 70% }\n';
  const text = SMALL.replace(storm, '    reconnect: { within: 60s, handshakesPerSecond: 400 }\n');
  const stormy = readFleet(text, 'fleet.yaml');
  if (!stormy.ok) throw new Error(stormy.troubles.map(lineOf).join('\n'));
  const group = gatewayIn(stormy.value);
  expect(group.survive).toEqual({ loss: 'provider', share: 0 });
  expect(group.absorb).toBeGreaterThan(0);
});

describe('what holds for any load', () => {
  const load = fc.array(fc.integer({ min: 0, max: 7_000_000 }), { minLength: 1, maxLength: 40 });
  const service = fc.record({
    sized: fc.oneof(
      fc.record({ quantile: fc.double({ min: 0.5, max: 0.999, noNaN: true }) }),
      fc.record({
        costs: fc.record({
          shortageUsdPerUnitHour: fc.double({ min: 1e-5, max: 1, noNaN: true }),
          idleUsdPerReplicaHour: fc.double({ min: 0.01, max: 10, noNaN: true }),
        }),
      }),
    ),
    minReplicas: fc.nat(20),
    maxReplicas: fc.integer({ min: 20, max: 400 }),
    least: fc.option(fc.integer({ min: 5000, max: 40_000 }), { nil: undefined }),
    pace: fc.option(fc.integer({ min: 20_000, max: 500_000 }), { nil: undefined }),
    headroom: fc.double({ min: 0, max: 0.5, noNaN: true }),
  });
  type Drawn = typeof service extends fc.Arbitrary<infer T> ? T : never;
  const fleetOf = ({ sized, least, pace, headroom, minReplicas, maxReplicas }: Drawn): Fleet =>
    withGateway(
      {
        ...sized,
        minReplicas,
        maxReplicas,
        on: least === undefined ? [] : [{ type: ['m5.*'], capacityPerReplica: least }],
        ...(pace !== undefined && { shrink: { loadPerMinute: pace } }),
      },
      headroom,
    );
  const running = fc.option(fc.nat(600), { nil: undefined });
  const runs = (n: number | undefined, pending = 0): Partial<DemandOptions> =>
    n === undefined ? {} : { seen: seenOf(n, pending) };

  test('within minimum and maximum, or as near to it as the pace allows; what must be carried is', () => {
    fc.assert(
      fc.property(service, load, running, (drawn, values, n) => {
        const group = gatewayIn(fleetOf(drawn), forecastOf(values), runs(n));
        expect(group.replicas).toBeGreaterThanOrEqual(drawn.minReplicas);
        if (group.setBy !== 'pace') expect(group.replicas).toBeLessThanOrEqual(drawn.maxReplicas);
        if (n !== undefined) expect(n - group.replicas).toBeLessThanOrEqual(group.letGoAtMost ?? Infinity);
        const carried = Math.min(drawn.maxReplicas, replicasFor(group.load, group.capacityPerReplica, drawn.headroom));
        expect(group.replicas).toBeGreaterThanOrEqual(carried);
        expect(group.peakReplicas).toBeGreaterThanOrEqual(group.replicas);
      }),
      { numRuns: 60 },
    );
  });

  test('whoever waits for a node gets one, up to the maximum, and never costs another its place', () => {
    fc.assert(
      fc.property(service, load, fc.nat(600), fc.nat(50), (drawn, values, n, pending) => {
        const group = gatewayIn(fleetOf(drawn), forecastOf(values), runs(n, pending));
        const without = gatewayIn(fleetOf(drawn), forecastOf(values), runs(n));
        expect(group.replicas).toBeGreaterThanOrEqual(without.replicas);
        if (pending > 0) expect(group.replicas).toBeGreaterThanOrEqual(Math.min(drawn.maxReplicas, n + pending));
      }),
      { numRuns: 60 },
    );
  });

  test('the next nine never takes fewer, now or on average', () => {
    fc.assert(
      fc.property(service, load, running, (drawn, values, n) => {
        const group = gatewayIn(fleetOf(drawn), forecastOf(values), runs(n));
        if (!group.nextNine) return;
        expect(group.nextNine.quantile).toBeGreaterThan(group.quantile);
        expect(group.nextNine.replicas).toBeGreaterThanOrEqual(group.replicas);
        expect(group.nextNine.moreOnAverage).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });

  test('more load, dearer shortage and a slower pace never ask for fewer', () => {
    fc.assert(
      fc.property(service, load, fc.nat(1_000_000), running, (drawn, values, more, n) => {
        const ask = (d: Drawn, add = 0): number =>
          gatewayIn(fleetOf(d), forecastOf(values.map((v) => v + add)), runs(n)).replicas;
        const least = ask(drawn);
        expect(ask(drawn, more)).toBeGreaterThanOrEqual(least);
        if (drawn.pace !== undefined) expect(ask({ ...drawn, pace: drawn.pace / 2 })).toBeGreaterThanOrEqual(least);
        if (!('costs' in drawn.sized)) return;
        const { shortageUsdPerUnitHour: usd, ...idle } = drawn.sized.costs;
        const dearer = { ...drawn, sized: { costs: { ...idle, shortageUsdPerUnitHour: usd * 3 } } };
        expect(ask(dearer)).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 60 },
    );
  });

  test('nothing shrinks when a fact is missing, whatever else is stated', () => {
    fc.assert(
      fc.property(service, load, fc.nat(600), (drawn, values, n) => {
        const of = fleetOf(drawn);
        const stale = forecastOf(values, { last: { at: instant(AT - 31 * 60_000), value: 0 } });
        for (const forecasts of [[], [stale]]) {
          const held = demandFor(forecasts, of, AT, { leadTime: LEAD, ...runs(n) }).find(
            (d) => d.name === 'gateway/eu',
          );
          expect(held?.setBy).toBe('hold');
          expect(held?.replicas).toBeGreaterThanOrEqual(n);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the order of markets, forecasts and nodes changes nothing', () => {
    const nodes: NodeKind[] = ['m5.large', 'm7i.large'].flatMap((type) => [
      { provider: 'aws', region: 'eu-central-1', type, arch: 'amd64' },
      { provider: 'aws', region: 'us-east-1', type, arch: 'amd64' },
    ]);
    fc.assert(
      fc.property(service, load, load, fc.shuffledSubarray(nodes, { minLength: 4 }), (drawn, eu, na, shuffled) => {
        const of = fleetOf(drawn);
        const forecasts = [forecastOf(eu), forecastOf(na, { market: 'na' })];
        const turned = { ...of, markets: of.markets.toReversed() };
        const byName = (groups: readonly GroupDemand[]): unknown =>
          groups.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        expect(byName(demandFor(forecasts.toReversed(), turned, AT, { leadTime: LEAD, nodes: shuffled }))).toEqual(
          byName(demandFor(forecasts, of, AT, { leadTime: LEAD, nodes })),
        );
      }),
      { numRuns: 30 },
    );
  });
});

function seenOf(running: number, pending = 0): NonNullable<DemandOptions['seen']> {
  return new Map([['gateway/eu', { running, pending, requests: NO_RESOURCES }]]);
}
