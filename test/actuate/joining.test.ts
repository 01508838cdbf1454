import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joiningOf } from '../../src/actuate/joining.ts';
import type { ClusterNode, ClusterSnapshot } from '../../src/cluster-port.ts';
import type { ObservedPool, PoolInstance } from '../../src/ports.ts';
import { NO_RESOURCES } from '../../src/quantity.ts';
import { instant, seconds, type Instant } from '../../src/units.ts';

const NOW = instant(Date.UTC(2026, 0, 5, 12));
const ago = (minutes: number): Instant => instant(NOW - minutes * 60_000);

const instance = (id: string, minutes?: number, more: Partial<PoolInstance> = {}): PoolInstance => ({
  id,
  state: 'running',
  ...(minutes !== undefined && { startedAt: ago(minutes) }),
  ...more,
});
const pool = (instances: readonly PoolInstance[], more: Partial<ObservedPool> = {}): ObservedPool => ({
  name: 'gateway-a',
  provider: 'aws',
  region: 'eu-west-1',
  zone: 'eu-west-1a',
  type: 'm7i.large',
  purchase: 'spot',
  target: instances.length,
  ready: instances.length,
  min: 0,
  max: 100,
  source: 'live',
  live: { id: 'asg/gateway-a', instances },
  ...more,
});
const node = (name: string, providerId?: string, ready = true): ClusterNode => ({
  name,
  ...(providerId !== undefined && { providerId }),
  labels: new Map(),
  taints: [],
  daemons: NO_RESOURCES,
  requested: NO_RESOURCES,
  ready,
  cordoned: false,
});
const cluster = (nodes: readonly ClusterNode[], more: Partial<ClusterSnapshot> = {}): ClusterSnapshot => ({
  context: 'prod-eu',
  nodes,
  pods: [],
  pending: [],
  workloads: [],
  asOf: NOW,
  age: seconds(0),
  stale: false,
  doubts: [],
  ...more,
});
const heard = (...snapshots: readonly ClusterSnapshot[]) => new Map([['aws/eu-west-1', snapshots]]);
const JOINED = node('ip-1', 'aws:///eu-west-1a/i-joined');
const old = instance('i-joined', 600);
/** As it is when every cycle has looked since they were started. */
const missedFrom = (instances: readonly PoolInstance[]): ReadonlyMap<string, Instant> =>
  new Map(instances.flatMap(({ id, startedAt }) => (startedAt === undefined ? [] : [[id, startedAt]])));
/** The pool's instances beside one that has joined. */
const sorted = (...instances: readonly PoolInstance[]) =>
  joiningOf([pool([old, ...instances])], heard(cluster([JOINED])), NOW, missedFrom(instances));

describe('an instance that is not listed as a node', () => {
  const cases: readonly [string, PoolInstance, 'coming' | 'late' | 'lost' | 'none'][] = [
    ['started a minute ago: clouds list machines before kubelets register', instance('i-2', 1), 'coming'],
    ['at the end of the grace', instance('i-2', 5), 'late'],
    ['just before the deadline', instance('i-2', 14.9), 'late'],
    ['at the deadline', instance('i-2', 15), 'lost'],
    [
      'still pending at its vendor, which says running only of nodes',
      instance('i-2', 16, { state: 'pending' }),
      'lost',
    ],
    ['pending since a moment ago', instance('i-2', 1, { state: 'pending' }), 'coming'],
    ['already ending', instance('i-2', 60, { state: 'ending' }), 'none'],
    ['of a vendor that does not tell the start: counted from now', instance('i-2'), 'coming'],
    ['started in the future, by a clock that runs ahead', instance('i-2', -600), 'coming'],
    ['running for more than a day: some other machine', instance('i-2', 25 * 60), 'none'],
  ];
  it.each(cases)('%s', (_reason, late, where) => {
    const [answer] = sorted(late).pools;
    expect(answer).toMatchObject({
      joined: 1,
      coming: [],
      late: [],
      lost: [],
      ...(where !== 'none' && { [where]: ['i-2'] }),
    });
  });

  it('and is lost: it is told, and its offering is left alone for an hour', () => {
    const { refusals, warnings } = sorted(instance('i-2', 20), instance('i-3', 20));
    expect(warnings).toEqual([
      'gateway-a in aws/eu-west-1: 2 instances (i-2 and i-3) did not join prod-eu within 15m: to be ended',
    ]);
    expect(refusals).toEqual([
      {
        provider: 'aws',
        region: 'eu-west-1',
        zone: 'eu-west-1a',
        type: 'm7i.large',
        purchase: 'spot',
        why: 'never-joined',
        said: 'gateway-a',
        at: NOW,
        until: instant(NOW + 3_600_000),
      },
    ]);
  });

  it('and has been there for a day: it is told and left alone', () => {
    const { refusals, warnings } = sorted(instance('i-2', 25 * 60));
    expect(warnings[0]).toContain('ran for a day without being a node of prod-eu; left alone');
    expect(refusals).toEqual([]);
  });

  it('is waited for from when it was first seen, where the vendor tells no start', () => {
    const first = sorted(instance('i-2'));
    expect([...first.waiting]).toEqual([['i-2', NOW]]);
    const at = instant(NOW + 15 * 60_000);
    const then = joiningOf([pool([old, instance('i-2')])], heard(cluster([JOINED])), at, first.waiting);
    expect(then.pools[0]?.lost).toEqual(['i-2']);
    const joined = joiningOf([pool([old])], heard(cluster([JOINED])), at, then.waiting);
    expect([...joined.waiting]).toEqual([]);
  });

  it('and was a node until now, or ran while nobody looked: it is given the whole time once more', () => {
    const late = pool([old, instance('i-2', 180)]);
    const first = joiningOf([late], heard(cluster([JOINED])), NOW);
    expect(first.pools[0]?.coming).toEqual(['i-2']);
    const at = (minutes: number) =>
      joiningOf([late], heard(cluster([JOINED])), instant(NOW + minutes * 60_000), first.waiting).pools[0];
    expect(at(14)?.late).toEqual(['i-2']);
    expect(at(15)?.lost).toEqual(['i-2']);
  });

  it('own machines have longer: bare metal boots slowly', () => {
    const own = { provider: 'kubernetes', region: 'dc1' } as const;
    const at = (minutes: number) =>
      joiningOf(
        [pool([old, instance('i-2', minutes)], own)],
        new Map([['kubernetes/dc1', [cluster([JOINED])]]]),
        NOW,
        missedFrom([instance('i-2', minutes)]),
      ).pools[0];
    expect(at(14)?.coming).toEqual(['i-2']);
    expect(at(44)?.late).toEqual(['i-2']);
    expect(at(45)?.lost).toEqual(['i-2']);
  });
});

describe('doubtful facts end nothing', () => {
  it.each([
    ['a cluster that is not heard', heard(cluster([JOINED], { stale: true }))],
    ['a cluster in doubt', heard(cluster([JOINED], { doubts: ['no pod at all'] }))],
    ['one of two not heard', heard(cluster([JOINED]), cluster([], { stale: true }))],
    ['no cluster named there', new Map()],
  ])('%s', (_name, clusters) => {
    const { pools, refusals, warnings } = joiningOf(
      [pool([old, instance('i-2', 60)])],
      clusters,
      NOW,
      missedFrom([instance('i-2', 60)]),
    );
    expect(pools[0]).toMatchObject({ late: [], lost: [] });
    expect(pools[0]?.coming).toContain('i-2');
    expect(refusals).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('where no instance at all is a node, the cluster may not be theirs: no more is bought and nothing is ended', () => {
    const { pools, refusals, warnings } = joiningOf(
      [pool([instance('i-2', 20)])],
      heard(cluster([node('other')])),
      NOW,
      missedFrom([instance('i-2', 20)]),
    );
    expect(pools[0]).toMatchObject({ joined: 0, late: ['i-2'], lost: [] });
    expect(refusals).toHaveLength(1);
    expect(warnings[0]).toContain('is it their cluster? They are left alone');
  });
});

describe('an instance’s node', () => {
  const azure =
    'azure:///subscriptions/1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/p/virtualMachines/0';
  it.each([
    ['by the name its vendor tells', instance('i-2', 60, { node: 'ip-2' }), node('ip-2')],
    ['by the end of the provider id', instance('i-2', 60), node('ip-2', 'aws:///eu-west-1a/i-2')],
    [
      'by a longer id, in whatever case',
      instance('virtualmachinescalesets/P/virtualMachines/0', 60),
      node('p-0', azure),
    ],
  ])('%s', (_how, late, its) => {
    const { pools } = joiningOf([pool([late])], heard(cluster([its])), NOW, missedFrom([late]));
    expect(pools[0]).toMatchObject({ joined: 1, coming: [], late: [], lost: [] });
  });

  it('is not one whose id merely ends alike', () => {
    const { pools } = joiningOf(
      [pool([old, instance('2', 60)])],
      heard(cluster([JOINED, node('x', 'aws:///a/i-2')])),
      NOW,
      missedFrom([instance('2', 60)]),
    );
    expect(pools[0]?.lost).toEqual(['2']);
  });

  it('that is not ready has joined all the same: late, never lost', () => {
    const { pools } = joiningOf(
      [pool([instance('i-2', 600)])],
      heard(cluster([node('n', 'aws:///a/i-2', false)])),
      NOW,
      missedFrom([instance('i-2', 600)]),
    );
    expect(pools[0]).toMatchObject({ joined: 0, late: ['i-2'], lost: [] });
  });
});

it('every instance that is not ending stands in one place, and what has joined is never lost', () => {
  const instances = fc.uniqueArray(
    fc.record({
      id: fc.nat(40).map((n) => `i-${n}`),
      minutes: fc.option(fc.integer({ min: -10, max: 1400 }), { nil: undefined }),
      state: fc.constantFrom('pending', 'running', 'ending'),
    }),
    { selector: ({ id }) => id },
  );
  fc.assert(
    fc.property(instances, fc.array(fc.nat(40)), (all, nodes) => {
      const there = pool(all.map(({ id, minutes, state }) => instance(id, minutes, { state })));
      const clusters = heard(cluster(nodes.map((n) => node(`n-${n}`, `aws:///a/i-${n}`))));
      const [answer] = joiningOf([there], clusters, NOW, missedFrom(there.live?.instances ?? [])).pools;
      if (!answer) throw new Error('the pool is missing');
      const { joined, coming, late, lost } = answer;
      const alive = all.filter(({ state }) => state !== 'ending');
      expect(joined + coming.length + late.length + lost.length).toBe(alive.length);
      expect(new Set([...coming, ...late, ...lost]).size).toBe(coming.length + late.length + lost.length);
      expect(lost.filter((id) => nodes.includes(Number(id.slice(2))))).toEqual([]);
    }),
  );
});
