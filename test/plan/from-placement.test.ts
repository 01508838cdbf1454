import { describe, expect, it } from 'vitest';
import { planFrom } from '../../src/plan/from-placement.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { mib, milliCores, share } from '../../src/units.ts';
import { demandOf, nodesOf, offeringOf, poolOf, serviceOf, worldOf, type WorldSpec } from './world.ts';

/** `grow p 4 -> 9 load` */
const stepsOf = (plan: Plan): string[] => plan.steps.map((s) => `${s.kind} ${s.pool} ${s.from} -> ${s.to} ${s.cause}`);
const waitingOf = (plan: Plan): string[] =>
  plan.waiting.map((w) => `${w.kind} ${w.nodes} ${w.pool} ${w.cause}: ${w.reason}`);

const old = offeringOf({ type: 'm5.xlarge', usd: 0.4 });
const fresh = offeringOf({ type: 'm7i.xlarge', usd: 0.2 });
const gateway = serviceOf('gateway');
const general = { name: 'general', provider: 'aws', types: ['m7i.*'], purchase: ['on-demand'], max: 100 } as const;

/** 40 replicas, four to a node, on ten old nodes now and on ten new ones at half the price afterwards. */
const repack = (spec: Partial<WorldSpec> = {}): WorldSpec => ({
  offerings: [old, fresh],
  pools: [poolOf('old', old, 10), poolOf('new', fresh, 0)],
  services: [gateway],
  demand: [demandOf(gateway, 40)],
  nodes: [nodesOf(fresh, 10, { 'gateway/eu': 4 })],
  ...spec,
});

interface Row {
  readonly why: string;
  readonly spec: WorldSpec;
  readonly steps: readonly string[];
  readonly waiting?: readonly string[];
  readonly uncovered?: Record<string, number>;
  readonly warning?: string;
}

const drainsLimit = (n: number): string => `no more than ${n} nodes drain in one cycle (churn.drainsPerCycle)`;
const startsLimit = (n: number): string => `no more than ${n} nodes start in one cycle (churn.startsPerCycle)`;

const rows: readonly Row[] = [
  {
    why: 'nothing changes where everything is as wanted',
    spec: repack({ nodes: [nodesOf(old, 10, { 'gateway/eu': 4 })] }),
    steps: [],
  },
  {
    why: 'a repack grows first, and says that it is for the cost',
    spec: repack(),
    steps: ['grow new 0 -> 10 cost', 'drain old 10 -> 0 cost'],
  },
  {
    why: 'growth that the load needs says so, and nothing drains',
    spec: repack({ demand: [demandOf(gateway, 60)], nodes: [nodesOf(old, 15, { 'gateway/eu': 4 })] }),
    steps: ['grow old 10 -> 15 load'],
  },
  {
    why: 'a repack that must also carry more is for the load: the old nodes could not',
    spec: repack({ demand: [demandOf(gateway, 60)], nodes: [nodesOf(fresh, 15, { 'gateway/eu': 4 })] }),
    steps: ['grow new 0 -> 15 load', 'drain old 10 -> 0 cost'],
  },
  {
    why: 'a pool is opened from a template where none is there',
    spec: repack({ pools: [poolOf('old', old, 10)], templates: [general] }),
    steps: ['open general-us-east-1a-m7i-xlarge-on-demand 0 -> 10 cost', 'drain old 10 -> 0 cost'],
  },
  {
    why: 'where few may drain, no more is started than they make room for',
    spec: repack({ churn: { drainsPerCycle: 3 } }),
    steps: ['grow new 0 -> 3 cost', 'drain old 10 -> 7 cost'],
    waiting: [
      'start 7 new cost: nodes that may not drain yet carry its work until then',
      `drain 7 old cost: ${drainsLimit(3)}`,
    ],
  },
  {
    why: 'where few may start, no more is drained than they take over',
    spec: repack({ churn: { startsPerCycle: 4 } }),
    steps: ['grow new 0 -> 4 cost', 'drain old 10 -> 6 cost'],
    waiting: [
      `start 6 new cost: ${startsLimit(4)}`,
      'drain 6 old cost: what takes over its work has not all started yet',
    ],
  },
  {
    why: 'where nothing may start for its cost, nothing drains',
    spec: repack({ churn: { startsPerCycle: 0 } }),
    steps: [],
    waiting: [
      `start 10 new cost: ${startsLimit(0)}`,
      'drain 10 old cost: what takes over its work has not all started yet',
    ],
  },
  {
    why: 'the limit on starts keeps even the load waiting, and that is said',
    spec: repack({
      demand: [demandOf(gateway, 60)],
      nodes: [nodesOf(old, 15, { 'gateway/eu': 4 })],
      churn: { startsPerCycle: 2 },
    }),
    steps: ['grow old 10 -> 12 load'],
    waiting: [`start 3 old load: ${startsLimit(2)}`],
    uncovered: { 'gateway/eu': 12 },
    warning: 'churn.startsPerCycle keeps this cycle from covering the demand: 12 replicas of gateway/eu wait for nodes',
  },
  {
    why: 'nothing drains while the load of a group that may run there is unknown, and its replacement waits too',
    spec: repack({ demand: [demandOf(gateway, 40, { setBy: 'hold', reason: 'no value for 3 h' })] }),
    steps: [],
    waiting: [
      'start 10 new cost: nodes that may not drain yet carry its work until then',
      'drain 10 old cost: the load of gateway/eu is not known and it may run here',
    ],
    warning: '10 nodes of old kept in this cycle (−$4.00/h at list price put off): the load of gateway/eu is not known',
  },
  {
    why: 'nor while it is older than the fleet allows',
    spec: repack({ signalAge: 7200, nodes: [nodesOf(old, 9, { 'gateway/eu': 4 })] }),
    steps: [],
    waiting: [
      'drain 1 old cost: the load of gateway/eu was last seen 2h ago, at 2026-03-02T16:00:00Z, and it may run here',
    ],
  },
  {
    why: 'a group that may not run there holds nothing back',
    spec: repack({
      services: [gateway, serviceOf('push', { allow: { type: ['m5.*'] }, markets: ['na'] })],
      pools: [poolOf('dear', offeringOf({ type: 'm6i.xlarge', usd: 0.4 }), 10), poolOf('new', fresh, 0)],
      offerings: [offeringOf({ type: 'm6i.xlarge', usd: 0.4 }), fresh, old],
      demand: [
        demandOf(gateway, 40),
        demandOf(serviceOf('push', { allow: { type: ['m5.*'] }, markets: ['na'] }), 0, { setBy: 'hold' }),
      ],
    }),
    steps: ['grow new 0 -> 10 cost', 'drain dear 10 -> 0 cost'],
    warning: 'push/na: ',
  },
  {
    why: 'growth goes ahead while a signal is missing',
    spec: repack({
      demand: [demandOf(gateway, 60, { setBy: 'hold' })],
      nodes: [nodesOf(old, 15, { 'gateway/eu': 4 })],
    }),
    steps: ['grow old 10 -> 15 load'],
    warning: 'gateway/eu: ',
  },
  {
    why: 'but nobody knows that a load never seen needs more than what runs: that growth waits for approval',
    spec: repack({
      demand: [demandOf(gateway, 60, { setBy: 'hold', load: Number.NaN })],
      nodes: [nodesOf(old, 15, { 'gateway/eu': 4 })],
    }),
    steps: ['grow old 10 -> 15 cost'],
    warning: 'gateway/eu: ',
  },
  {
    why: 'nodes that also carry a known load start for it',
    spec: repack({
      services: [gateway, serviceOf('push')],
      demand: [demandOf(gateway, 30, { setBy: 'hold', load: Number.NaN }), demandOf(serviceOf('push'), 30)],
      nodes: [nodesOf(old, 15, { 'gateway/eu': 2, 'push/eu': 2 })],
    }),
    steps: ['grow old 10 -> 15 load'],
    warning: 'gateway/eu: ',
  },
  {
    why: 'nothing drains where none of a cloud is ready: that is an outage, not thrift',
    spec: repack({ pools: [poolOf('old', old, 10, { ready: 0 }), poolOf('new', fresh, 0)] }),
    steps: [],
    waiting: [
      'start 10 new cost: nodes that may not drain yet carry its work until then',
      "drain 10 old cost: none of aws's nodes is ready: taken for an outage",
    ],
  },
  {
    why: 'nothing drains where a listing may not be the whole truth',
    spec: repack({ doubts: [{ provider: 'aws', reason: 'no pool was listed where 2 ran' }] }),
    steps: [],
    waiting: [
      'start 10 new cost: nodes that may not drain yet carry its work until then',
      'drain 10 old cost: no pool was listed where 2 ran',
    ],
    warning: 'aws: no pool was listed where 2 ran; none of its pools shrinks',
  },
  {
    why: 'but another cloud’s doubt is no reason here',
    spec: repack({ doubts: [{ provider: 'gcp', reason: 'no pool was listed where 2 ran' }] }),
    steps: ['grow new 0 -> 10 cost', 'drain old 10 -> 0 cost'],
    warning: 'gcp: ',
  },
  {
    why: 'a placement without an answer changes nothing',
    spec: repack({
      nodes: [],
      placement: { status: 'infeasible', nodes: [], unplaced: { 'gateway/eu': 40 }, conflict: ['spot 0%', 'no pool'] },
    }),
    steps: [],
    warning: 'no placement keeps every rule, so nothing changes; these clash: spot 0%; no pool',
  },
  {
    why: 'a placement without room for all of the load drains nothing',
    spec: repack({
      demand: [demandOf(gateway, 50)],
      nodes: [nodesOf(fresh, 10, { 'gateway/eu': 4 })],
      placement: { status: 'partial', unplaced: { 'gateway/eu': 10 } },
    }),
    steps: [],
    waiting: [
      'start 10 new cost: nodes that may not drain yet carry its work until then',
      'drain 10 old cost: there is no room yet for 10 replicas of gateway/eu',
    ],
    warning: 'no room for 10 replicas of gateway/eu: what has a place grows, nothing drains',
  },
  {
    why: 'a pool whose type has no price is left alone, and that is said',
    spec: repack({
      pools: [poolOf('odd', offeringOf({ type: 'x9.huge', usd: 1 }), 5), poolOf('old', old, 10)],
      nodes: [nodesOf(old, 10, { 'gateway/eu': 4 })],
    }),
    steps: [],
    warning: 'pool odd runs 5 nodes of x9.huge (us-east-1a, on-demand), which the catalog does not price',
  },
];

describe('from a placement to steps', () => {
  it.each(rows)('$why', ({ spec, steps, waiting = [], uncovered = {}, warning }) => {
    const plan = planFrom(worldOf(spec));
    expect(stepsOf(plan)).toEqual(steps);
    expect(waitingOf(plan)).toEqual(waiting);
    expect(plan.uncovered).toEqual(uncovered);
    if (warning === undefined) expect(plan.warnings.filter((w) => !w.includes('in this cycle'))).toEqual([]);
    else expect(plan.warnings.join('\n')).toContain(warning);
  });

  it('starts what has the fewest choices first, then the largest; drains the dearest node first', () => {
    const gpu = offeringOf({ type: 'g6.xlarge', usd: 1, gpus: 1 });
    const dear = offeringOf({ type: 'm4.xlarge', usd: 0.5 });
    const ai = serviceOf('ai', {
      requests: { cpu: milliCores(1000), memory: mib(1024), devices: { 'nvidia.com/gpu': 1 } },
    });
    const plan = planFrom(
      worldOf({
        offerings: [old, fresh, gpu, dear],
        pools: [poolOf('a-old', old, 4), poolOf('b-dear', dear, 4), poolOf('c-new', fresh, 0), poolOf('d-gpu', gpu, 0)],
        services: [gateway, ai],
        demand: [demandOf(gateway, 80), demandOf(ai, 2)],
        nodes: [nodesOf(fresh, 20, { 'gateway/eu': 4 }), nodesOf(gpu, 2, { 'ai/eu': 1 })],
      }),
    );
    expect(stepsOf(plan)).toEqual([
      'grow d-gpu 0 -> 2 load',
      'grow c-new 0 -> 20 load',
      'drain b-dear 4 -> 0 cost',
      'drain a-old 4 -> 0 cost',
    ]);
    expect(plan.steps.map((s) => s.id)).toEqual(['s01', 's02', 's03', 's04']);
  });

  it('growth without which a loss would not be survived is for the load, though there is room elsewhere', () => {
    const other = offeringOf({ type: 'n2-standard-4', usd: 0.4, place: 'gcp/us-east4' });
    const safe = serviceOf('store', { survive: { loss: 'provider', share: share(0.5) } });
    const plan = planFrom(
      worldOf({
        offerings: [old, fresh, other],
        pools: [poolOf('aws', old, 4), poolOf('gcp', other, 0)],
        services: [safe],
        demand: [demandOf(safe, 8)],
        nodes: [nodesOf(old, 2, { 'store/eu': 2 }), nodesOf(other, 2, { 'store/eu': 2 })],
        churn: { drainsPerCycle: 1 },
      }),
    );
    expect(stepsOf(plan)).toEqual(['grow gcp 0 -> 2 load', 'drain aws 4 -> 3 cost']);
  });

  it.each([
    ['the load of a group is not known', repack({ demand: [demandOf(gateway, 40, { setBy: 'hold' })] })],
    ['no placement was found', repack({ nodes: [], placement: { status: 'infeasible', nodes: [] } })],
  ])('gives no goal, no bound and no gap while %s', (_, spec) => {
    const { usdPerHourBefore, usdPerHourAfter, ...totals } = planFrom(worldOf(spec)).totals;
    expect(usdPerHourAfter).toBe(usdPerHourBefore);
    expect(totals).toMatchObject({
      usdPerHourGoal: Number.NaN,
      lowerBoundUsdPerHour: Number.NaN,
      gap: Number.NaN,
    });
  });

  it('writes one node as one', () => {
    const plan = planFrom(worldOf(repack({ churn: { startsPerCycle: 1, drainsPerCycle: 1 } })));
    expect(waitingOf(plan).join()).toContain('no more than 1 node drains in one cycle');
    const grown = repack({ demand: [demandOf(gateway, 60)], nodes: [nodesOf(old, 15, { 'gateway/eu': 4 })] });
    expect(waitingOf(planFrom(worldOf({ ...grown, churn: { startsPerCycle: 1 } }))).join()).toContain(
      'no more than 1 node starts in one cycle',
    );
  });

  it('tells what a step costs, how long its drain takes and why it is there', () => {
    const slow = serviceOf('gateway', { capacityPerReplica: 20_000 });
    const plan = planFrom(
      worldOf(repack({ services: [slow, serviceOf('push', { markets: ['na'] })], demand: [demandOf(slow, 40)] })),
    );
    expect(plan.steps).toMatchObject([
      {
        usdPerHourDelta: 2,
        reason: 'carries 40 replicas of gateway/eu: cheaper for the fleet than where they can run now',
      },
      {
        usdPerHourDelta: -4,
        drainS: 900,
        reason:
          'dearer than m7i.xlarge in us-east-1a for what it carries: $0.1000/h against $0.0500/h a replica of gateway/eu',
      },
    ]);
    expect(plan.totals).toMatchObject({ usdPerHourBefore: 4, usdPerHourAfter: 2, launch: 10, drain: 10 });
  });

  it('says of growth for the load what needs it, and of plain shrinking what is left', () => {
    const grow = planFrom(
      worldOf(repack({ demand: [demandOf(gateway, 60)], nodes: [nodesOf(old, 15, { 'gateway/eu': 4 })] })),
    );
    expect(grow.steps[0]?.reason).toBe(
      'carries 20 replicas of gateway/eu: gateway/eu needs 60 replicas for 60k connections (its 99% quantile) within 30m',
    );
    const shrink = planFrom(
      worldOf(repack({ demand: [demandOf(gateway, 12)], nodes: [nodesOf(old, 3, { 'gateway/eu': 4 })] })),
    );
    expect(shrink.steps[0]?.reason).toBe(
      'no longer needed: gateway/eu needs 12 replicas for 12k connections (its 99% quantile) within 30m, and 3 other nodes carry them',
    );
  });

  it('keeps the dearer of two egress bills while work is on its way', () => {
    const egress = { before: 7, after: 3 };
    expect(planFrom(worldOf(repack({ egress }))).totals.after.egress).toBe(3);
    expect(planFrom(worldOf(repack({ egress, churn: { startsPerCycle: 4 } }))).totals.after.egress).toBe(7);
  });

  it('throws on a placement of what the observation does not have', () => {
    const stranger = offeringOf({ type: 'x9.huge', usd: 1 });
    expect(() => planFrom(worldOf(repack({ nodes: [nodesOf(stranger, 1, {})] })))).toThrow('x9.huge');
    expect(() => planFrom(worldOf(repack({ nodes: [nodesOf(fresh, 101, {})] })))).toThrow('wants 1 more nodes of aws');
  });
});
