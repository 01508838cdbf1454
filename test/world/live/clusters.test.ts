import { describe, expect, it } from 'vitest';
import type { ClusterNode, ClusterSnapshot, Workload } from '../../../src/cluster-port.ts';
import { answered, failed } from '../../../src/failure.ts';
import { instant, mib, milliCores, seconds } from '../../../src/units.ts';
import { saidBy, type LookedAt } from '../../../src/world/live/clusters.ts';
import { serviceOf } from '../../plan/world.ts';

const asked = (milli: number, m: number) => ({ cpu: milliCores(milli), memory: mib(m) });
const node = (more: Partial<ClusterNode> = {}): ClusterNode => ({
  name: 'n1',
  type: 'm7i.xlarge',
  labels: new Map(),
  taints: [],
  allocatable: asked(3920, 14_000),
  daemons: asked(300, 500),
  requested: asked(2000, 4000),
  ready: true,
  cordoned: false,
  ...more,
});
const workload = (running: number, pending: number, milli: number, memory: number): Workload => ({
  id: 'im/Deployment/gateway-eu',
  namespace: 'im',
  kind: 'Deployment',
  name: 'gateway-eu',
  running,
  pending,
  requests: asked(milli, memory),
});
const looked = (context: string, more: Partial<ClusterSnapshot> = {}): LookedAt => ({
  region: { provider: 'aws', name: 'us-east-1' },
  context,
  seen: answered({
    context,
    nodes: [],
    pods: [],
    pending: [],
    workloads: [],
    asOf: instant(0),
    age: seconds(0),
    stale: false,
    doubts: [],
    ...more,
  }),
});
const services = [{ ...serviceOf('gateway'), markets: ['eu', 'na'], workload: 'im/Deployment/gateway-{market}' }];

describe('what clusters say', () => {
  it('measures nodes of known types that are ready', () => {
    const nodes = [node(), node({ ready: false, allocatable: asked(1, 1) }), node({ name: 'n3' })];
    const { type: _none, ...typeless } = node();
    const { nodes: said } = saidBy([looked('a', { nodes: [...nodes, typeless] })], { services });
    expect(said).toHaveLength(2);
    expect(said[0]).toEqual({
      place: 'aws/us-east-1',
      type: 'm7i.xlarge',
      allocatable: asked(3920, 14_000),
      daemons: asked(300, 500),
    });
  });

  it('adds up a market’s replicas over clusters, with the largest request of each resource', () => {
    const pending = [
      {
        namespace: 'im',
        name: 'gateway-eu-1',
        uid: 'u',
        workload: 'im/Deployment/gateway-eu',
        requests: asked(500, 900),
        labels: new Map<string, string>(),
        reason: '0/3 nodes are available: 3 Insufficient cpu.',
      },
    ];
    const { workloads } = saidBy(
      [
        looked('a', { workloads: [workload(30, 0, 500, 900)] }),
        looked('b', { workloads: [workload(12, 1, 600, 800)], pending }),
      ],
      { services },
    );
    expect(workloads).toEqual([
      {
        group: 'gateway/eu',
        running: 42,
        pending: 1,
        reason: '0/3 nodes are available: 3 Insufficient cpu.',
        requests: asked(600, 900),
      },
    ]);
  });

  it('counts a cluster that two contexts lead to once, by its pods’ uids', () => {
    const pods = ['u1', 'u2'].map((uid) => ({
      namespace: 'im',
      name: uid,
      uid,
      node: 'n1',
      workload: 'im/Deployment/gateway-eu',
      role: 'workload' as const,
      requests: asked(500, 900),
      ready: true,
      ending: false,
      labels: new Map<string, string>(),
      budgets: [],
    }));
    const same = { pods, workloads: [workload(2, 0, 500, 900)] };
    const other = { pods: pods.map((pod) => ({ ...pod, uid: `b-${pod.uid}` })), workloads: same.workloads };
    const { workloads } = saidBy([looked('a', same), looked('in-cluster', same), looked('b', other)], { services });
    expect(workloads).toMatchObject([{ group: 'gateway/eu', running: 4 }]);
  });

  it('says nothing of a workload that no cluster has: that is not the same as none running', () => {
    expect(saidBy([looked('a')], { services }).workloads).toEqual([]);
  });

  it('passes on every doubt, and doubts a cloud of which a cluster cannot be looked at', () => {
    const kind = { is: 'transient' } as const;
    const broken = failed({ kind, api: 'list nodes', code: 'ECONNREFUSED', message: 'connect\nfailed' });
    const said = saidBy(
      [
        looked('a', { doubts: ['lists no pod though 3 nodes run'] }),
        { region: { provider: 'gcp', name: 'europe-west4' }, context: 'b', seen: broken },
      ],
      { services },
    );
    expect(said.doubts).toEqual([
      { provider: 'aws', reason: 'cluster a lists no pod though 3 nodes run' },
      { provider: 'gcp', reason: 'cluster b could not be looked at (ECONNREFUSED: connect\\u000afailed)' },
    ]);
  });
});
