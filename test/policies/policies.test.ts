import { describe, expect, it } from 'vitest';
import { POLICIES } from '../../policies/index.ts';
import type { Fleet, Service } from '../../src/fleet/fleet.ts';
import type { PlanFacts } from '../../src/policy/policy.ts';
import { instant, seconds, share, usdPerHour } from '../../src/units.ts';
import { AT, fleetOf, serviceOf } from '../plan/world.ts';
import { factsWith, group, placedAt, pool } from './facts.ts';

type Row = readonly [
  why: string,
  fleet: Fleet,
  facts: PlanFacts,
  verdict: 'allow' | 'hold' | 'stop' | 'not stated',
  reason?: string,
];

const fleet = (
  policies: Partial<Fleet['policies']> = {},
  services: readonly Service[] = [],
  rest: Partial<Fleet> = {},
) => {
  const base = fleetOf({ offerings: [], services });
  return { ...base, ...rest, policies: { ...base.policies, ...policies } };
};
const on = (where: Record<string, number>, name: string, spot = false) =>
  Object.entries(where).map(([place, n]) =>
    placedAt(place, { replicas: { [name]: n }, ...(spot && { purchase: 'spot' as const }) }),
  );
const waiting = { starts: 3, startsForLoad: 0, drains: 1, groups: ['gateway/eu', 'push/eu', 'store/eu'] };

const capped = fleet({
  vendorShareAtMost: new Map([
    ['aws', share(0.6)],
    ['gcp', share(0.5)],
  ]),
});
const split = (aws: number, gcp: number) => [
  placedAt('aws/us-east-1/us-east-1a', { nodes: aws }),
  placedAt('gcp/us-east4/us-east4-a', { nodes: gcp }),
];
const vendorShare: readonly Row[] = [
  ['without a cap nothing is said', fleet(), factsWith(), 'not stated'],
  [
    'under the cap',
    capped,
    factsWith({ placed: split(55, 45) }),
    'allow',
    'nearest to its cap: aws has 55% of $20.00/h list, at most 60%',
  ],
  ['a tenth of a point over is rounding', capped, factsWith({ placed: split(601, 399) }), 'allow', 'aws has 60.1%'],
  [
    'more is over',
    capped,
    factsWith({ placed: split(603, 397) }),
    'stop',
    'aws has 60.3% of $200.00/h list, at most 60%',
  ],
  ['the cloud that is farthest over speaks', capped, factsWith({ placed: split(20, 80) }), 'stop', 'gcp has 80%'],
  [
    'between two states it only holds',
    capped,
    factsWith({ placed: split(9, 1), waiting }),
    'hold',
    'until the 3 starts and 1 drain that wait are made',
  ],
  [
    'a fleet without nodes has no shares',
    capped,
    factsWith(),
    'allow',
    'nearest to its cap: gcp has 0% of $0.00/h list',
  ],
];

const sturdy = serviceOf('gateway', { survive: { loss: 'provider', share: share(0.7) } });
const stormy = serviceOf('gateway', {
  survive: { loss: 'zone', share: share(0) },
  reconnect: { within: seconds(60), handshakesPerSecond: 10 },
});
const three = { 'aws/us-east-1/a': 40, 'azure/eastus/1': 40, 'gcp/us-east4/b': 30 };
const lossFacts = (where: Record<string, number>, needed: number, more: Partial<PlanFacts> = {}) =>
  factsWith({ placed: on(where, 'gateway/eu'), groups: [group('gateway/eu', needed)], ...more });
const surviveLoss: readonly Row[] = [
  ['without a loss to survive nothing is said', fleet({}, [serviceOf('gateway')]), lossFacts(three, 100), 'not stated'],
  [
    'enough remains',
    fleet({}, [sturdy]),
    lossFacts(three, 100),
    'allow',
    'tightest: gateway/eu without aws keeps 70 replicas where 70 must remain',
  ],
  [
    'one too few',
    fleet({}, [sturdy]),
    lossFacts(three, 101),
    'stop',
    'gateway/eu without aws keeps 70 replicas where 71 must remain',
  ],
  [
    'all in one cloud',
    fleet({}, [sturdy]),
    lossFacts({ 'aws/us-east-1/a': 200 }, 100),
    'stop',
    'keeps 0 replicas where 70',
  ],
  [
    'nowhere at all',
    fleet({}, [sturdy]),
    lossFacts({}, 100),
    'stop',
    'gateway/eu runs nowhere: 0 replicas where 70 must remain',
  ],
  ['nothing needed, nothing lost', fleet({}, [sturdy]), lossFacts({}, 0), 'allow', 'no group that must survive'],
  [
    'between two states',
    fleet({}, [sturdy]),
    lossFacts({ 'aws/us-east-1/a': 100 }, 100, { waiting }),
    'hold',
    'until the 3 starts',
  ],
  ['nothing was placed', fleet({}, [sturdy]), lossFacts({}, 100, { status: 'infeasible' }), 'hold', 'not known'],
  [
    'zones of the same name in two regions are two zones',
    fleet({}, [serviceOf('gateway', { survive: { loss: 'zone', share: share(0.5) } })]),
    lossFacts({ 'azure/westeurope/1': 50, 'azure/northeurope/1': 50 }, 100),
    'allow',
    'without azure/northeurope/1 keeps 50 replicas where 50 must remain',
  ],
  [
    'survivors take the storm in time: 50k clients at 10 × 50 a second',
    fleet({}, [{ ...stormy, reconnect: { within: seconds(100), handshakesPerSecond: 10 } }]),
    lossFacts({ 'aws/us-east-1/a': 50, 'aws/us-east-1/b': 50 }, 100),
    'allow',
    '50k clients of gateway/eu lost with aws/us-east-1/a are back in 1m40s, at most 1m40s',
  ],
  [
    'survivors are too few for the storm',
    fleet({}, [stormy]),
    lossFacts({ 'aws/us-east-1/a': 50, 'aws/us-east-1/b': 50 }, 100),
    'stop',
    'are back in 1m40s, at most 1m',
  ],
  [
    'spare replicas hold fewer clients each',
    fleet({}, [stormy]),
    lossFacts({ 'aws/us-east-1/a': 100, 'aws/us-east-1/b': 100 }, 100),
    'allow',
    'are back in 50s',
  ],
  [
    'a load that is not known counts as full replicas',
    fleet({}, [stormy]),
    factsWith({
      placed: on({ 'aws/us-east-1/a': 50, 'aws/us-east-1/b': 50 }, 'gateway/eu'),
      groups: [group('gateway/eu', 100, { load: Number.NaN })],
    }),
    'stop',
    '50k clients',
  ],
];

const even = fleet({}, [serviceOf('gateway', { zoneSkew: 2 })]);
const zones = ['aws/us-east-1/a', 'aws/us-east-1/b', 'aws/us-east-1/c', 'gcp/us-east4/a'];
const spreadFacts = (where: Record<string, number>, more: Partial<PlanFacts> = {}) =>
  factsWith({ placed: on(where, 'gateway/eu'), groups: [group('gateway/eu', 20, { zones })], ...more });
const spread: readonly Row[] = [
  ['without a skew nothing is said', fleet({}, [serviceOf('gateway')]), spreadFacts({}), 'not stated'],
  [
    'within the skew',
    even,
    spreadFacts({ 'aws/us-east-1/a': 8, 'aws/us-east-1/b': 6, 'aws/us-east-1/c': 6 }),
    'allow',
    'widest: gateway/eu in aws/us-east-1 has 8 in a and 6 in b, at most 2',
  ],
  [
    'an empty zone counts',
    even,
    spreadFacts({ 'aws/us-east-1/a': 3, 'aws/us-east-1/b': 3 }),
    'stop',
    'has 3 in a and 0 in c, at most 2',
  ],
  [
    'a region that it does not run in does not',
    even,
    spreadFacts({ 'gcp/us-east4/a': 20 }),
    'allow',
    'has 20 in a and 20 in a',
  ],
  [
    'between two states',
    even,
    spreadFacts(
      { 'aws/us-east-1/a': 9 },
      { waiting: { starts: 1, startsForLoad: 1, drains: 0, groups: ['gateway/eu'] } },
    ),
    'hold',
    'until the 1 start that waits is made',
  ],
  ['nowhere', even, spreadFacts({}), 'allow', 'runs anywhere'],
];

const halfSpot = fleet({}, [serviceOf('push', { spotAtMost: share(0.5) })]);
const spotFacts = (spot: number, rest: number, more: Partial<PlanFacts> = {}) =>
  factsWith({
    placed: [...on({ 'aws/us-east-1/a': spot }, 'push/eu', true), ...on({ 'aws/us-east-1/a': rest }, 'push/eu')],
    groups: [group('push/eu', 20)],
    ...more,
  });
const spotLimit: readonly Row[] = [
  ['a service that tolerates all of it has no ceiling', fleet({}, [serviceOf('push')]), spotFacts(20, 0), 'not stated'],
  [
    'at the ceiling',
    halfSpot,
    spotFacts(10, 10),
    'allow',
    'fullest: push/eu has 10 of 20 replicas on spot, at most 50%',
  ],
  ['over it', halfSpot, spotFacts(11, 9), 'stop', 'push/eu has 11 of 20 replicas on spot'],
  ['spare replicas do not raise it', halfSpot, spotFacts(11, 30), 'stop', '11 of 20'],
  ['none on spot', halfSpot, spotFacts(0, 20), 'allow', 'no replica with a ceiling runs on spot'],
  ['between two states', halfSpot, spotFacts(20, 0, { waiting }), 'hold', 'until the 3 starts'],
];

const bound = fleet({}, [serviceOf('store', { holdsUserData: true })], {
  markets: [
    { name: 'eu', timeZone: 'Europe/Berlin', latencyMs: new Map(), residency: ['aws/eu-*', 'kubernetes/own-fra'] },
  ],
});
const residencyFacts = (place: string, more: Partial<PlanFacts> = {}) =>
  factsWith({ placed: on({ [place]: 4 }, 'store/eu'), groups: [group('store/eu', 4)], ...more });
const residency: readonly Row[] = [
  [
    'a service without users’ data may be anywhere',
    { ...bound, services: [serviceOf('store')] },
    residencyFacts('aws/us-east-1/a'),
    'not stated',
  ],
  [
    'a market without residency binds nobody',
    fleet({}, [serviceOf('store', { holdsUserData: true })]),
    residencyFacts('aws/us-east-1/a'),
    'not stated',
  ],
  ['inside', bound, residencyFacts('aws/eu-central-1/a'), 'allow', 'all within bounds'],
  ['in the own cluster', bound, residencyFacts('kubernetes/own-fra/rack-a'), 'allow'],
  [
    'outside',
    bound,
    residencyFacts('aws/us-east-1/a'),
    'stop',
    '4 replicas of store/eu in aws/us-east-1, outside aws/eu-*, kubernetes/own-fra',
  ],
  ['outside on the way home', bound, residencyFacts('aws/us-east-1/a', { waiting }), 'hold', 'outside'],
];

const near = fleet({}, [serviceOf('gateway', { latencyAtMostMs: 60 })], {
  markets: [
    {
      name: 'eu',
      timeZone: 'Europe/Berlin',
      latencyMs: new Map([
        ['aws/eu-central-1', 12],
        ['aws/us-east-1', 95],
        ['gcp/europe-west4', 60],
      ]),
    },
  ],
});
const latencyFacts = (where: Record<string, number>, more: Partial<PlanFacts> = {}) =>
  factsWith({ placed: on(where, 'gateway/eu'), groups: [group('gateway/eu', 4)], ...more });
const latency: readonly Row[] = [
  ['a service that faces nobody has no latency', fleet({}, [serviceOf('gateway')]), latencyFacts({}), 'not stated'],
  [
    'near enough, to the millisecond',
    near,
    latencyFacts({ 'aws/eu-central-1/a': 2, 'gcp/europe-west4/a': 2 }),
    'allow',
    'farthest: 2 replicas of gateway/eu in gcp/europe-west4, 60 ms away, at most 60 ms',
  ],
  [
    'too far',
    near,
    latencyFacts({ 'aws/eu-central-1/a': 2, 'aws/us-east-1/a': 2 }),
    'stop',
    '2 replicas of gateway/eu in aws/us-east-1, 95 ms away',
  ],
  [
    'nobody stated how far',
    near,
    latencyFacts({ 'azure/westeurope/1': 1 }),
    'stop',
    '1 replica of gateway/eu in azure/westeurope, at a latency nobody stated',
  ],
  ['on the way back', near, latencyFacts({ 'aws/us-east-1/a': 2 }, { waiting }), 'hold', '95 ms'],
  ['nowhere', near, latencyFacts({}), 'allow', 'runs anywhere'],
];

const roomy = fleet({ headroom: share(0.1) }, [serviceOf('gateway', { maxReplicas: 50 })]);
const coverFacts = (placed: number, needed: number, more: Partial<PlanFacts> = {}, load = needed * 900) =>
  factsWith({
    placed: on({ 'aws/us-east-1/a': placed }, 'gateway/eu'),
    groups: [group('gateway/eu', needed, { load })],
    ...more,
  });
const headroom: readonly Row[] = [
  [
    'a replica that is counted to carry less somewhere: more of them',
    roomy,
    factsWith({
      placed: on({ 'aws/us-east-1/a': 10 }, 'gateway/eu'),
      groups: [group('gateway/eu', 10, { load: 9000, capacityPerReplica: 800 })],
    }),
    'stop',
    'gateway/eu has room for 10 of 13 replicas',
  ],
  [
    'every replica has room',
    roomy,
    coverFacts(20, 20),
    'allow',
    '1 group covered at the quantile of the load and 10% headroom',
  ],
  [
    'one is missing and nobody knows why',
    roomy,
    coverFacts(19, 20),
    'stop',
    'gateway/eu has room for 19 of 20 replicas',
  ],
  [
    'the demand forgot the headroom',
    roomy,
    coverFacts(20, 20, {}, 20_000),
    'stop',
    'gateway/eu has room for 20 of 22 replicas',
  ],
  ['no more than the service may have', roomy, coverFacts(50, 50, {}, 99_000), 'allow'],
  [
    'a load that is not known is covered by nothing',
    roomy,
    coverFacts(20, 20, {}, Number.NaN),
    'hold',
    'the load of gateway/eu is not known',
  ],
  ['and still asks for what the demand keeps', roomy, coverFacts(19, 20, {}, Number.NaN), 'stop', '19 of 20'],
  [
    'what cannot be placed holds',
    roomy,
    coverFacts(15, 20, { status: 'partial', unplaced: { 'gateway/eu': 5 } }),
    'hold',
    '15 of 20',
  ],
  ['what waits for nodes holds', roomy, coverFacts(15, 20, { uncovered: { 'gateway/eu': 5 } }), 'hold', '15 of 20'],
  [
    'what waits explains no more than itself',
    roomy,
    coverFacts(14, 20, { uncovered: { 'gateway/eu': 5 } }),
    'stop',
    '14 of 20',
  ],
  ['no placement is not for it to judge', roomy, coverFacts(0, 20, { status: 'infeasible' }), 'not stated'],
];

const placement: readonly Row[] = [
  ['a placement was found', roomy, coverFacts(20, 20), 'not stated'],
  ['one that is short is judged by what it covers', roomy, coverFacts(15, 20, { status: 'partial' }), 'not stated'],
  [
    'none was found',
    roomy,
    coverFacts(0, 20, { status: 'infeasible', conflict: ['spot 0%', 'no pool'] }),
    'stop',
    'no placement keeps every rule: spot 0% (and 1 more)',
  ],
  [
    'and nobody knows which rules clash',
    roomy,
    coverFacts(0, 20, { status: 'infeasible' }),
    'stop',
    'the demand fits nowhere',
  ],
];

const few = fleet({ churn: { startsPerCycle: 10, drainsPerCycle: 5, payback: seconds(3600) } });
const churnLimit: readonly Row[] = [
  ['without limits nothing is said', fleet(), factsWith({ starts: 1000 }), 'not stated'],
  ['at the limits', few, factsWith({ starts: 10, drains: 5 }), 'allow', '10 starts, at most 10; 5 drains, at most 5'],
  ['more starts', few, factsWith({ starts: 11 }), 'stop', '11 starts, at most 10'],
  ['more drains', few, factsWith({ drains: 6 }), 'stop', '6 drains, at most 5'],
  [
    'moves for the money may wait',
    few,
    factsWith({ starts: 10, waiting: { starts: 4, startsForLoad: 0, drains: 2, groups: ['gateway/eu'] } }),
    'allow',
  ],
  [
    'the load may not wait in silence',
    few,
    factsWith({ starts: 10, waiting: { starts: 4, startsForLoad: 3, drains: 0, groups: ['gateway/eu'] } }),
    'hold',
    '3 more starts needed for load or safety must wait',
  ],
];

const money = (over: 'hold' | 'stop', limit: { usdPerHour?: number; usdPerMonth?: number }) =>
  fleet({
    budget: {
      over,
      ...(limit.usdPerHour !== undefined && { usdPerHour: usdPerHour(limit.usdPerHour) }),
      ...(limit.usdPerMonth !== undefined && { usdPerMonth: limit.usdPerMonth }),
    },
  });
const budget: readonly Row[] = [
  ['without a budget nothing is said', fleet(), factsWith(), 'not stated'],
  ['at the budget', money('stop', { usdPerHour: 100 }), factsWith(), 'allow', '$100.00/h, at most $100.00/h'],
  [
    'over it, load first',
    money('hold', { usdPerHour: 99 }),
    factsWith(),
    'hold',
    '$100.00/h, at most $99.00/h; load goes first and may still grow',
  ],
  ['over it, money first', money('stop', { usdPerHour: 99 }), factsWith(), 'stop', 'the budget goes before the load'],
  [
    'a month has 730 hours',
    money('stop', { usdPerMonth: 72_999 }),
    factsWith(),
    'stop',
    '$73,000/month, at most $72,999/month',
  ],
  [
    'both are kept',
    money('stop', { usdPerHour: 200, usdPerMonth: 73_000 }),
    factsWith(),
    'allow',
    '$100.00/h, at most $200.00/h; $73,000/month, at most $73,000/month',
  ],
  [
    'in the unit of the limit',
    money('hold', { usdPerMonth: 72_000 }),
    factsWith({ usdPerHourBefore: 120 }),
    'hold',
    '$73,000/month, at most $72,000/month (less than the $87,600/month of now); load',
  ],
  [
    'it says when the plan leads down',
    money('hold', { usdPerHour: 99 }),
    factsWith({ usdPerHourBefore: 120 }),
    'hold',
    '(less than the $120.00/h of now)',
  ],
];

const day = 86_400_000;
const freshness: readonly Row[] = [
  [
    'all is fresh',
    fleet(),
    factsWith({
      placed: [placedAt('aws/us-east-1/a')],
      signals: [{ name: 'connections/eu', lastSeen: instant(AT - 1_800_000) }],
    }),
    'allow',
    'prices at most 400d and signals at most 30m old',
  ],
  [
    'an old price',
    fleet(),
    factsWith({ placed: [placedAt('aws/us-east-1/a', { priceAsOf: instant(AT - 401 * day) })] }),
    'hold',
    'the price of aws/us-east-1/a/m7i.xlarge/on-demand (a price list) is 401d old, at most 400d',
  ],
  [
    'an old price that is not used',
    fleet(),
    factsWith({ placed: [placedAt('aws/us-east-1/a', { nodes: 0, priceAsOf: instant(AT - 401 * day) })] }),
    'allow',
  ],
  [
    'an old signal',
    fleet(),
    factsWith({ signals: [{ name: 'connections/eu', lastSeen: instant(AT - 1_800_001) }] }),
    'hold',
    'signal connections/eu was last seen 30m ago, at 2026-03-02T17:29:59.999Z, at most 30m',
  ],
  [
    'a signal never seen',
    fleet(),
    factsWith({ signals: [{ name: 'connections/eu', lastSeen: undefined }] }),
    'hold',
    'signal connections/eu was never seen',
  ],
  [
    'a load that is not known is named whatever else is stale',
    fleet(),
    factsWith({
      signals: [{ name: 'connections/eu', lastSeen: undefined }],
      groups: [group('gateway/eu', 3, { load: Number.NaN }), group('push/eu', 3)],
    }),
    'hold',
    'signal connections/eu was never seen; the load of gateway/eu is not known',
  ],
  [
    'a pool of unknown price',
    fleet(),
    factsWith({ pools: [pool('odd', 3, 3, { priced: false, type: 'x9.huge' })] }),
    'hold',
    'pool odd runs 3 nodes of x9.huge, which the catalog does not price',
  ],
  ['an empty one of unknown price', fleet(), factsWith({ pools: [pool('odd', 0, 0, { priced: false })] }), 'allow'],
];

const priced = (usd: number, more: Parameters<typeof placedAt>[1] = {}, place = 'aws/us-east-1/a') =>
  factsWith({ placed: [placedAt(place, { listUsdPerHour: usd, ...more })] });
const priceSanity: readonly Row[] = [
  ['an honest price', fleet(), priced(0.2), 'allow', '1 price in use'],
  [
    'nothing',
    fleet(),
    priced(0),
    'stop',
    'aws/us-east-1/a/m7i.xlarge/on-demand at $0.00/h for 4 vCPUs cannot be (a price list)',
  ],
  ['less than nothing', fleet(), priced(-0.2), 'stop', '−$0.2000/h'],
  ['no number', fleet(), priced(Number.NaN), 'stop', 'cannot be'],
  ['a month for an hour', fleet(), priced(0.2 * 730), 'stop', '$146.00/h for 4 vCPUs'],
  ['an hour for a month', fleet(), priced(0.2 / 730), 'stop', '$0.0003/h for 4 vCPUs'],
  ['a machine that is not used', fleet(), priced(0, { nodes: 0 }), 'allow'],
  ['eight large GPUs', fleet(), priced(142, { vcpu: 192, gpus: 8 }), 'allow'],
  ['one GPU at the price of a month', fleet(), priced(730, { vcpu: 8, gpus: 1 }), 'stop', 'cannot be'],
  ['an own machine that is paid off', fleet(), priced(0, {}, 'kubernetes/own-fra/rack-a'), 'allow'],
];

const poolBounds: readonly Row[] = [
  ['within', fleet(), factsWith({ pools: [pool('a', 4, 100)] }), 'allow', '1 pool within its sizes'],
  [
    'over the maximum',
    fleet(),
    factsWith({ pools: [pool('a', 4, 101)] }),
    'stop',
    'a would go from 4 to 101 nodes and may have 0 to 100',
  ],
  ['under the minimum', fleet(), factsWith({ pools: [pool('a', 4, 1, { min: 2 })] }), 'stop', 'a would go from 4 to 1'],
  ['over it already and left so', fleet(), factsWith({ pools: [pool('a', 120, 120)] }), 'allow'],
  ['over it already and coming down', fleet(), factsWith({ pools: [pool('a', 120, 110)] }), 'allow'],
  ['under it already and growing', fleet(), factsWith({ pools: [pool('a', 0, 1, { min: 2 })] }), 'allow'],
];

const tables: Readonly<Record<string, readonly Row[]>> = {
  placement,
  headroom,
  'survive-loss': surviveLoss,
  spread,
  'spot-limit': spotLimit,
  residency,
  latency,
  'pool-bounds': poolBounds,
  'churn-limit': churnLimit,
  'vendor-share': vendorShare,
  budget,
  'price-sanity': priceSanity,
  freshness,
};

it('every policy has its table', () => {
  expect(POLICIES.map((p) => p.name)).toEqual(Object.keys(tables));
});

describe.each(POLICIES)('$name', (policy) => {
  const rows = (tables[policy.name] ?? []).map(([why, stated, facts, verdict, reason]) => ({
    why,
    stated,
    facts,
    verdict,
    reason,
  }));
  it('does not call a rule kept because no placement was found', () => {
    for (const { stated, facts } of rows) {
      const ruling = policy.judge({ ...facts, status: 'infeasible', placed: [] }, stated);
      expect(ruling?.reason ?? '').not.toMatch(/runs (anywhere|nowhere)|runs on spot|covered/);
    }
  });

  it.each(rows)('$why', ({ stated, facts, verdict, reason }) => {
    const ruling = policy.judge(facts, stated);
    expect(ruling?.verdict ?? 'not stated').toBe(verdict);
    if (reason !== undefined) expect(ruling?.reason).toContain(reason);
    const doubtful = policy.name === 'freshness' || (ruling?.reason ?? '').includes('is not known, so');
    expect(ruling?.incomplete ?? false).toBe(doubtful && verdict === 'hold');
  });
});
