import { describe, expect, it } from 'vitest';
import { givenUp } from '../../src/actuate/give-up.ts';
import type { ClusterNode, ClusterPod, ClusterSnapshot, PendingPod } from '../../src/cluster-port.ts';
import { NO_RESOURCES } from '../../src/quantity.ts';
import { instant, seconds } from '../../src/units.ts';

const NOW = instant(Date.UTC(2026, 0, 5, 12));
const ago = (minutes: number) => instant(NOW - minutes * 60_000);
const WORKLOAD = 'im/Deployment/gateway';

const node = (name: string, minutes: number, more: Partial<ClusterNode> = {}): ClusterNode => ({
  name,
  labels: new Map(),
  taints: [],
  daemons: NO_RESOURCES,
  requested: NO_RESOURCES,
  ready: true,
  cordoned: false,
  createdAt: ago(minutes),
  ...more,
});
const waiting = (minutes: number, more: Partial<PendingPod> = {}): PendingPod => ({
  namespace: 'im',
  name: 'gateway-x',
  uid: 'u',
  workload: WORKLOAD,
  requests: NO_RESOURCES,
  labels: new Map(),
  since: ago(minutes),
  reason: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector",
  ...more,
});
const podOn = (on: string, role: ClusterPod['role']): ClusterPod => ({
  namespace: 'im',
  name: `${role}-${on}`,
  uid: `${role}-${on}`,
  node: on,
  workload: 'im/Deployment/router',
  role,
  requests: NO_RESOURCES,
  ready: true,
  ending: false,
  labels: new Map(),
  budgets: [],
});
const cluster = (more: Partial<ClusterSnapshot>): ClusterSnapshot => ({
  context: 'prod-eu',
  nodes: [],
  pods: [],
  pending: [],
  workloads: [],
  asOf: NOW,
  age: seconds(0),
  stale: false,
  doubts: [],
  ...more,
});
const three = [node('n1', 10), node('n2', 20), node('n3', 30)];

describe('a pod that no new node helps', () => {
  it('is given up after three nodes in vain, with the scheduler’s own words', () => {
    const pods = three.map(({ name }) => podOn(name, 'daemon'));
    expect(givenUp(cluster({ nodes: three, pods, pending: [waiting(60)] }), NOW)).toEqual([
      {
        context: 'prod-eu',
        workload: WORKLOAD,
        pods: 1,
        nodes: ['n1', 'n2', 'n3'],
        explanation:
          "1 pod of im/Deployment/gateway in prod-eu still waits though 3 nodes joined since and stand empty (n1, n2 and n3): 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. No more nodes are bought for it",
      },
    ]);
  });

  const others: readonly [string, Partial<ClusterSnapshot>][] = [
    ['two nodes may be bad luck', { nodes: three.slice(1), pending: [waiting(60)] }],
    ['nodes that were there before it began to wait say nothing', { nodes: three, pending: [waiting(15)] }],
    [
      'nodes that others have filled are not in vain: in a rush pods wait their turn',
      { nodes: three, pods: [podOn('n2', 'workload')], pending: [waiting(60)] },
    ],
    [
      'a node that has just joined is not filled yet',
      { nodes: [...three.slice(1), node('n4', 4)], pending: [waiting(60)] },
    ],
    [
      'a node that takes no pods is not empty in vain',
      {
        nodes: [...three.slice(1), node('n4', 20, { cordoned: true }), node('n5', 20, { ready: false })],
        pending: [waiting(60)],
      },
    ],
    ['a cluster that is not heard', { nodes: three, pending: [waiting(60)], stale: true }],
    [
      'a cluster in doubt: its list of pods may be cut short',
      { nodes: three, pending: [waiting(60)], doubts: ['no pods'] },
    ],
    ['a pod of which nobody knows since when it waits', { nodes: three, pending: [withoutSince()] }],
    ['nothing waits', { nodes: three }],
  ];
  it.each(others)('and not otherwise: %s', (_reason, parts) => {
    expect(givenUp(cluster(parts), NOW)).toEqual([]);
  });

  it('each workload by itself, by its pod that has waited longest', () => {
    const pending = [
      waiting(5, { name: 'a' }),
      waiting(60, { name: 'b' }),
      waiting(5, { name: 'c', workload: 'im/Deployment/push' }),
    ];
    const answer = givenUp(cluster({ nodes: three, pending }), NOW);
    expect(answer.map(({ workload, pods }) => [workload, pods])).toEqual([[WORKLOAD, 2]]);
  });
});

function withoutSince(): PendingPod {
  const { since: _, ...pod } = waiting(60);
  return pod;
}
