import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { demandFor, type DemandOptions } from '../../src/demand/demand-for.ts';
import type { GroupDemand } from '../../src/demand/demand.ts';
import { pathAt } from '../../src/demand/quantile-path.ts';
import { replicasFor } from '../../src/demand/replicas.ts';
import { windowOf } from '../../src/demand/window.ts';
import type { Fleet, Service } from '../../src/fleet/fleet.ts';
import { readFleet } from '../../src/fleet/read.ts';
import type { Forecast } from '../../src/forecast/forecast.ts';
import { lineOf } from '../../src/trouble.ts';
import { NO_RESOURCES } from '../../src/quantity.ts';
import { instant, mib, milliCores, seconds } from '../../src/units.ts';
import { SMALL } from '../fleet/small.ts';

const AT = instant(Date.UTC(2026, 2, 2, 18, 0));
const STEP_MS = 300_000;
const LEAD = seconds(180);
const fleet = fleetOf(SMALL);

function fleetOf(text: string): Fleet {
  const read = readFleet(text, 'fleet.yaml');
  if (!read.ok) throw new Error(read.troubles.map(lineOf).join('\n'));
  return read.value;
}

/** The small fleet with its gateway changed. */
const withGateway = (change: Partial<Service>, policies: Partial<Fleet['policies']> = {}): Fleet => ({
  ...fleet,
  policies: { ...fleet.policies, ...policies },
  services: fleet.services.map((service) => (service.name === 'gateway' ? { ...service, ...change } : service)),
});

/** Paths of load: the median as given, P99 a quarter above it. */
function forecastOf(load: readonly number[], more: Partial<Forecast> = {}): Forecast {
  const middle = Float64Array.from(load);
  return {
    signal: 'connections',
    market: 'eu',
    unit: 'connections',
    origin: AT,
    step: seconds(300),
    quantiles: [0.5, 0.99],
    paths: [middle, middle.map((v) => v * 1.25)],
    mean: middle,
    last: { at: AT, value: load[0] ?? 0 },
    method: 'made for a test',
    notes: [],
    ...more,
  };
}

/** 24 h of load at one level */
const level = (value: number): number[] => Array.from({ length: 288 }, () => value);

function gatewayIn(forecasts: readonly Forecast[], of = fleet, options: Partial<DemandOptions> = {}): GroupDemand {
  const group = demandFor(forecasts, of, AT, { leadTime: LEAD, ...options }).find((d) => d.name === 'gateway/eu');
  if (!group) throw new Error('no gateway in eu');
  return group;
}

describe('the window that one decision must cover', () => {
  test('until the next order serves, and the time in which letting go would not pay', () => {
    const service = { startUp: seconds(60), drain: seconds(900) };
    // ordered in the next cycle (300 s), booted (180 s), started (60 s); idle rather than boot and drain (180 s + 900 s)
    expect(windowOf(service, seconds(300), seconds(180))).toBe(300 + 180 + 60 + 180 + 900);
  });

  const drain = fleet.services.find(({ name }) => name === 'gateway')?.drain ?? 0;
  const startUp = fleet.services.find(({ name }) => name === 'gateway')?.startUp ?? 0;
  const steps = Math.ceil((300 + 2 * LEAD + startUp + drain) / 300);

  test('a rise inside it is covered now', () => {
    const load = level(100_000);
    load[steps - 1] = 1_000_000;
    expect(gatewayIn([forecastOf(load)]).replicas).toBe(replicasFor(1_250_000, 20_000, 0.05));
  });

  test('a rise after it waits for a later cycle, and is known as the peak', () => {
    const load = level(100_000);
    load[steps] = 1_000_000;
    const group = gatewayIn([forecastOf(load)]);
    expect(group.replicas).toBe(replicasFor(125_000, 20_000, 0.05));
    expect(group.peakReplicas).toBe(replicasFor(1_250_000, 20_000, 0.05));
    expect(group.peakAt).toBe(AT + (steps + 1) * STEP_MS);
    expect(group.peakLoad).toBe(1_250_000);
  });

  test('what is carried now is not let go, whatever the forecast says', () => {
    const group = gatewayIn([forecastOf(level(100_000), { last: { at: AT, value: 900_000 } })]);
    expect(group.replicas).toBe(replicasFor(900_000, 20_000, 0.05));
    expect(group.reason).toMatch(
      /^load is 900k connections, seen at 2026-03-02T18:00:00Z; with 5% headroom that is 48/,
    );
  });

  test('steps that have passed since the forecast was made no longer count', () => {
    const load = level(100_000);
    load[0] = 5_000_000;
    const origin = instant(AT - 3 * STEP_MS);
    const group = gatewayIn([forecastOf(load, { origin, last: { at: origin, value: 100_000 } })]);
    expect(group.peakReplicas).toBe(replicasFor(125_000, 20_000, 0.05));
  });
});

describe('what sets the number of replicas', () => {
  test.each<[why: string, load: number, replicas: number, setBy: GroupDemand['setBy'], reason: RegExp]>([
    [
      'the load at the quantile of the service, with headroom',
      400_000,
      27,
      'load',
      /^P99 of load is 500k connections at 2026-03-02T18:05:00Z; with 5% headroom that is 27 replicas of 20k connections$/,
    ],
    ['the minimum', 10_000, 2, 'minimum', /^the minimum is 2 replicas; P99 of load is 12.5k .* that is 1 replica of/],
    ['no load at all', 0, 2, 'minimum', /^the minimum is 2 replicas; .*0 connections/],
    [
      'the maximum, with the load that is not carried',
      8_000_000,
      400,
      'maximum',
      /^the maximum is 400 replicas, so 2M connections will not be carried; P99 of load is 10M connections/,
    ],
    [
      'the maximum, with the headroom that is lost',
      6_300_000,
      400,
      'maximum',
      /^the maximum is 400 replicas, so only 1.59% of the 5% headroom is left; P99 of load is 7.88M connections/,
    ],
  ])('%s', (_, load, replicas, setBy, reason) => {
    const group = gatewayIn([forecastOf(level(load))]);
    expect(group).toMatchObject({ replicas, setBy });
    expect(group.reason).toMatch(reason);
  });

  test('two services on one signal rest on the same forecast', () => {
    const router = fleet.services.find(({ name }) => name === 'router');
    if (!router) throw new Error('no router');
    const both = {
      ...fleet,
      services: [...fleet.services, { ...router, name: 'presence', signal: 'connections', quantile: 0.99 }],
    };
    const groups = demandFor([forecastOf(level(400_000))], both, AT, { leadTime: LEAD });
    const loads = groups
      .filter(({ market, unit }) => market === 'eu' && unit === 'connections')
      .map(({ load }) => load);
    expect(loads).toEqual([500_000, 500_000]);
  });

  test('groups come in the order of the fleet file, one for each market of a service', () => {
    const names = demandFor([], fleet, AT, { leadTime: LEAD }).map(({ name }) => name);
    expect(names).toEqual(['gateway/eu', 'gateway/na', 'router/eu']);
  });

  test('places: what the fleet rules out is out, with its reason', () => {
    const group = gatewayIn([forecastOf(level(1))]);
    expect(group.allow).toEqual({
      purchase: ['on-demand'],
      region: ['eu*', 'us-east-1'],
      place: ['aws/eu-central-1', 'gcp/europe-west4'],
    });
    expect(group.ruledOut.get('aws/us-east-1')).toMatch(/markets.eu.latencyMs does not say how far it is/);
    expect(group.ruledOut.get('kubernetes/own-fra')).toMatch(/services.gateway.allow.region/);
  });
});

describe('load that is not known', () => {
  const old = (minutes: number): Forecast =>
    forecastOf(level(400_000), { last: { at: instant(AT - minutes * 60_000), value: 400_000 } });
  const none = forecastOf([], {
    last: undefined,
    notes: ['no value up to 2026-03-02T18:00:00Z: no forecast'],
  } as never);
  const seen = seenOf(120);

  test.each<
    [why: string, forecasts: readonly Forecast[], options: Partial<DemandOptions>, replicas: number, reason: RegExp]
  >([
    [
      'no series: the minimum',
      [],
      {},
      2,
      /^load is unknown \(no series of connections for this market\): what runs now is not known, so nothing is taken away/,
    ],
    ['no series: what runs', [], { seen }, 120, /: 120 run now, and none is taken away, and the minimum of 2 holds$/],
    [
      'nothing but gaps',
      [none],
      { seen },
      120,
      /^load is unknown \(no value up to 2026-03-02T18:00:00Z: no forecast\): 120 run now/,
    ],
    [
      'old load: what runs',
      [old(31)],
      { seen },
      120,
      /^load was last seen 31m ago, over the 30m that freshness.signalsAtMost allows: 120 run now/,
    ],
    [
      'old load: the forecast from then, when it asks for more',
      [old(31)],
      { seen: seenOf(5) },
      27,
      /the forecast from then asks for 27 \(500k connections\)$/,
    ],
    ['old load, nothing known of what runs', [old(600)], {}, 27, /^load was last seen 10h ago/],
  ])('%s', (_, forecasts, options, replicas, reason) => {
    const group = gatewayIn(forecasts, fleet, options);
    expect(group).toMatchObject({ replicas, setBy: 'hold' });
    expect(group.peakReplicas).toBeGreaterThanOrEqual(replicas);
    expect(group.reason).toMatch(reason);
  });

  test('load that is as old as it may be is known', () => {
    expect(gatewayIn([old(30)], fleet, { seen })).toMatchObject({ setBy: 'load', replicas: 27 });
  });

  test('a hold keeps what runs beyond the maximum too: taking it away needs a reason', () => {
    expect(gatewayIn([], fleet, { seen: seenOf(450) }).replicas).toBe(450);
  });

  test('a figure that is not known is NaN, not 0', () => {
    const { load, peakLoad } = gatewayIn([]);
    expect([load, peakLoad]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('what the clusters show', () => {
  const load = forecastOf(level(400_000));
  const rows: readonly (readonly [
    why: string,
    running: number,
    pending: number,
    replicas: number,
    setBy: string,
    reason: RegExp,
  ])[] = [
    ['nobody waits: the load decides', 40, 0, 27, 'load', /^P/],
    ['fewer in all than the load needs: the load decides', 20, 3, 27, 'load', /^P/],
    [
      'replicas that wait are wanted, whatever the forecast says',
      30,
      5,
      35,
      'pending',
      /^30 run and 5 replicas wait for a node: all of them count; P/,
    ],
    [
      'up to the maximum',
      398,
      10,
      400,
      'pending',
      /^398 run and 10 replicas wait for a node: all of them count, up to the maximum of 400; /,
    ],
  ];
  test.each(rows)('%s', (_, running, pending, replicas, setBy, reason) => {
    const group = gatewayIn([load], fleet, { seen: seenOf(running, pending) });
    expect(group).toMatchObject({ replicas, setBy });
    expect(group.reason).toMatch(reason);
  });

  test('pods that ask for more than the file states are packed as what they ask for', () => {
    const asked = { cpu: milliCores(1), memory: mib(9000), pods: 1 };
    const seen = new Map([['gateway/eu', { running: 30, pending: 0, requests: asked }]]);
    const [stated, group] = [gatewayIn([load]), gatewayIn([load], fleet, { seen })];
    expect(group.requests).toEqual({ ...stated.requests, memory: 9000, pods: 1 });
  });
});

describe('a storm of reconnects', () => {
  const reconnect = { within: seconds(60), handshakesPerSecond: 400 };

  test('a survivor takes in as many replicas’ worth of clients as its handshakes allow', () => {
    const group = gatewayIn([forecastOf(level(400_000))], withGateway({ reconnect }));
    // 500,000 clients on 27 replicas are 18,519 each; 24,000 handshakes in the minute
    expect(group.absorb).toBeCloseTo(24_000 / (500_000 / 27), 9);
  });

  test('load unknown: each replica is taken to be full', () => {
    expect(gatewayIn([], withGateway({ reconnect })).absorb).toBeCloseTo(24_000 / 20_000, 9);
  });

  test('no clients, no storm; and a service that states none has none', () => {
    expect(gatewayIn([forecastOf(level(0))], withGateway({ reconnect })).absorb).toBeUndefined();
    expect(gatewayIn([forecastOf(level(400_000))]).absorb).toBeUndefined();
  });
});

describe('between the quantiles of a forecast', () => {
  const two = { quantiles: [0.9, 0.99], paths: [Float64Array.of(100, 0), Float64Array.of(200, 0)] };
  test.each([
    ['one of its own', 0.9, 100],
    ['the other', 0.99, 200],
    ['between them, on the logistic scale', 0.97, 100 + (100 * Math.log(0.97 / 0.03 / 9)) / Math.log(99 / 9)],
    ['under the lowest: the lowest, which is more than was asked', 0.5, 100],
    ['over the highest: carried on', 0.999, 100 + (100 * Math.log(999 / 9)) / Math.log(99 / 9)],
  ])('%s', (_, quantile, load) => {
    expect(pathAt(two, quantile)[0]).toBeCloseTo(load, 9);
    expect(pathAt(two, quantile)[1]).toBe(0);
  });

  test('a single one is all there is', () => {
    expect([...pathAt({ quantiles: [0.5], paths: [Float64Array.of(7)] }, 0.99)]).toEqual([7]);
  });
});

describe('what holds for any load', () => {
  const amount = fc.double({ min: 0, max: 1e9, noNaN: true });
  const capacity = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
  const share = fc.double({ min: 0, max: 2, noNaN: true });

  test('replicas carry the load with its headroom, and one fewer would not', () => {
    fc.assert(
      fc.property(amount, capacity, share, (load, each, headroom) => {
        const replicas = replicasFor(load, each, headroom);
        expect(replicas * each).toBeGreaterThanOrEqual(load * (1 + headroom));
        expect((replicas - 1) * each).toBeLessThan(Math.max(load * (1 + headroom), Number.MIN_VALUE));
      }),
    );
  });

  const load = fc.array(fc.integer({ min: 0, max: 7_000_000 }), { minLength: 1, maxLength: 40 });
  const quantile = fc.double({ min: 0.5, max: 0.999, noNaN: true });

  test('more load, a higher quantile or more headroom never ask for fewer replicas', () => {
    fc.assert(
      fc.property(load, fc.nat(1_000_000), quantile, quantile, share, share, (values, more, q1, q2, h1, h2) => {
        const ask = (add: number, q: number, headroom: number): number =>
          gatewayIn(
            [forecastOf(values.map((v) => v + add))],
            withGateway({ quantile: q }, { headroom: headroom as Fleet['policies']['headroom'] }),
          ).replicas;
        const least = ask(0, Math.min(q1, q2), Math.min(h1, h2));
        expect(ask(more, Math.min(q1, q2), Math.min(h1, h2))).toBeGreaterThanOrEqual(least);
        expect(ask(0, Math.max(q1, q2), Math.min(h1, h2))).toBeGreaterThanOrEqual(least);
        expect(ask(0, Math.min(q1, q2), Math.max(h1, h2))).toBeGreaterThanOrEqual(least);
      }),
      { numRuns: 60 },
    );
  });

  test('missing data never lowers replicas under what runs, nor under what the same forecast asked for when it was fresh', () => {
    fc.assert(
      fc.property(load, fc.nat(500), fc.integer({ min: 31, max: 10_000 }), (values, runs, minutes) => {
        const seen = seenOf(runs);
        const fresh = forecastOf(values);
        const stale = { ...fresh, last: { at: instant(AT - minutes * 60_000), value: values[0] ?? 0 } };
        expect(gatewayIn([], fleet, { seen }).replicas).toBeGreaterThanOrEqual(runs);
        const held = gatewayIn([stale], fleet, { seen });
        expect(held.replicas).toBeGreaterThanOrEqual(Math.max(runs, gatewayIn([fresh]).replicas));
        expect(held.setBy).toBe('hold');
      }),
      { numRuns: 60 },
    );
  });
});

function seenOf(running: number, pending = 0): NonNullable<DemandOptions['seen']> {
  return new Map([['gateway/eu', { running, pending, requests: NO_RESOURCES }]]);
}
