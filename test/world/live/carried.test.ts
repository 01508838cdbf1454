import { describe, expect, it } from 'vitest';
import type { ClusterNode, ClusterPod, ClusterSnapshot } from '../../../src/cluster-port.ts';
import { answered, failed } from '../../../src/failure.ts';
import type { Service } from '../../../src/fleet/fleet.ts';
import type { ObservedPool, PoolFilling, PoolInstance } from '../../../src/ports.ts';
import { instant, mib, milliCores, seconds } from '../../../src/units.ts';
import { withCarried } from '../../../src/world/live/carried.ts';
import type { LookedAt } from '../../../src/world/live/clusters.ts';
import { AT, offeringOf, poolOf, serviceOf } from '../../plan/world.ts';

const asked = { cpu: milliCores(500), memory: mib(900) };
const node = (name: string, more: Partial<ClusterNode> = {}): ClusterNode => ({
  name,
  providerId: `aws:///us-east-1a/i-${name}`,
  labels: new Map(),
  taints: [],
  daemons: asked,
  requested: asked,
  ready: true,
  cordoned: false,
  ...more,
});
const pod = (on: string, name: string, more: Partial<ClusterPod> = {}): ClusterPod => ({
  namespace: 'im',
  name,
  uid: name,
  node: on,
  workload: 'im/Deployment/gateway-eu',
  role: 'workload',
  requests: asked,
  ready: true,
  ending: false,
  labels: new Map(),
  budgets: [],
  ...more,
});
const store = { workload: 'im/StatefulSet/store' };
const looked = (more: Partial<ClusterSnapshot> = {}, context = 'a'): LookedAt => ({
  region: { provider: 'aws', name: 'us-east-1' },
  context,
  seen: answered({
    context,
    nodes: [node('1'), node('2')],
    pods: [pod('1', 'a'), pod('1', 'b', store), pod('2', 'c'), pod('2', 'd', store)],
    pending: [],
    workloads: [],
    asOf: AT,
    age: seconds(0),
    stale: false,
    doubts: [],
    ...more,
  }),
});
const unseen: LookedAt = {
  region: { provider: 'aws', name: 'us-east-1' },
  context: 'b',
  seen: failed({ kind: { is: 'transient' }, api: 'list nodes', code: 'ECONNREFUSED', message: 'no' }),
};
const running = (...ids: readonly string[]): PoolInstance[] => ids.map((id) => ({ id, state: 'running' }));
const pool = (instances: readonly PoolInstance[]): ObservedPool =>
  poolOf('p', offeringOf({ type: 'm7i.large', usd: 0.1 }), instances.length, {
    source: 'live',
    live: { id: 'arn', instances },
  });
const services: readonly Service[] = [
  { ...serviceOf('gateway'), markets: ['eu', 'na'], workload: 'im/Deployment/gateway-{market}' },
  { ...serviceOf('store'), markets: ['eu'], workload: 'im/StatefulSet/store' },
];
const carriedBy = (
  instances: readonly PoolInstance[],
  lookedAt: readonly LookedAt[],
  fleet = { services },
): readonly PoolFilling[] | undefined => withCarried([pool(instances)], lookedAt, fleet)[0]?.carries;

const both = [{ nodes: 2, replicas: { 'gateway/eu': 1, 'store/eu': 1 } }];
const azure = 'azure:///subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets';

describe('what live pools carry', () => {
  const rows: readonly (readonly [
    why: string,
    instances: readonly PoolInstance[],
    lookedAt: readonly LookedAt[],
    carries: readonly PoolFilling[] | undefined,
  ])[] = [
    [
      'nodes that hold the same are counted together, the order of their pods aside',
      running('i-1', 'i-2'),
      [looked()],
      both,
    ],
    ['of another pool’s node nothing is told', running('i-1'), [looked()], [{ ...both[0], nodes: 1 } as PoolFilling]],
    [
      'the fullest first, and a node without a replica is not named: it holds nothing',
      running('i-1', 'i-2', 'i-3'),
      [looked({ nodes: [node('1'), node('2'), node('3')], pods: [pod('2', 'a'), pod('3', 'b'), pod('3', 'c')] })],
      [
        { nodes: 1, replicas: { 'gateway/eu': 2 } },
        { nodes: 1, replicas: { 'gateway/eu': 1 } },
      ],
    ],
    [
      'pods of nobody’s service, of a market that the service is not in, and those told to go do not count',
      running('i-1'),
      [
        looked({
          pods: [
            pod('1', 'a', { workload: 'kube-system/Deployment/coredns' }),
            pod('1', 'b', { workload: 'im/Deployment/gateway-sea' }),
            pod('1', 'c', { ending: true }),
          ],
        }),
      ],
      [],
    ],
    [
      'two clusters of one region',
      running('i-1', 'i-2'),
      [
        looked({ nodes: [node('1')], pods: [pod('1', 'a'), pod('1', 'b', store)] }),
        looked({ nodes: [node('2')], pods: [pod('2', 'c'), pod('2', 'd', store)] }, 'b'),
      ],
      both,
    ],
    [
      'a machine that runs and is no node of any cluster: it may run anything',
      running('i-1', 'i-9'),
      [looked()],
      undefined,
    ],
    [
      'one that started a minute ago may be joining and holds nothing',
      [...running('i-1', 'i-2'), { id: 'i-9', state: 'running', startedAt: instant(AT - 60_000) }],
      [looked()],
      both,
    ],
    [
      'one that started an hour ago is not joining any more',
      [...running('i-1', 'i-2'), { id: 'i-9', state: 'running', startedAt: instant(AT - 3_600_000) }],
      [looked()],
      undefined,
    ],
    [
      'what is pending holds nothing, what is ending will not be there',
      [...running('i-1'), { id: 'i-2', state: 'ending' }, { id: 'i-9', state: 'pending' }],
      [looked()],
      [{ ...both[0], nodes: 1 } as PoolFilling],
    ],
    ['a cluster of the region that cannot be seen may run it', running('i-1', 'i-2'), [looked(), unseen], undefined],
    ['a cluster that is doubted', running('i-1'), [looked({ doubts: ['the watch on pods broke'] })], undefined],
    [
      'no cluster of the region',
      running('i-1'),
      [{ ...looked(), region: { provider: 'aws', name: 'eu-west-1' } }],
      undefined,
    ],
    ['two contexts that lead to one cluster', running('i-1', 'i-2'), [looked(), looked({}, 'in-cluster')], both],
    [
      'a machine by the name of its node, letter case aside',
      [{ id: 'machine-7', state: 'running', node: 'Rack-A-7' }],
      [looked({ nodes: [node('rack-a-7', { providerId: 'metal3://0f' })], pods: [pod('rack-a-7', 'a')] })],
      [{ nodes: 1, replicas: { 'gateway/eu': 1 } }],
    ],
    [
      'a name that comes twice says nothing',
      [{ id: 'i-9', state: 'running', node: 'ip-10-0-0-1' }],
      [looked({ nodes: [node('ip-10-0-0-1')], pods: [] }), looked({ nodes: [node('ip-10-0-0-1')], pods: [] }, 'b')],
      undefined,
    ],
    [
      'machines of Azure’s scale sets go by their set and number: number 1 of another set is another',
      [{ id: 'gateway/virtualMachines/1', state: 'running' }],
      [
        looked({
          nodes: [
            node('x', { providerId: `${azure}/media/virtualMachines/1` }),
            node('y', { providerId: `${azure}/GATEWAY/virtualMachines/1` }),
          ],
          pods: [pod('y', 'a')],
        }),
      ],
      [{ nodes: 1, replicas: { 'gateway/eu': 1 } }],
    ],
  ];
  it.each(rows)('%s', (_, instances, lookedAt, carries) => {
    expect(carriedBy(instances, lookedAt)).toEqual(carries);
  });

  it('is not known while a service names no workload: its pods look like anybody’s', () => {
    expect(carriedBy(running('i-1'), [looked()], { services: [...services, serviceOf('push')] })).toBeUndefined();
  });

  it('leaves declared pools as they are', () => {
    const declared = poolOf('d', offeringOf({ type: 'm7i.large', usd: 0.1 }), 2);
    expect(withCarried([declared], [looked()], { services })).toEqual([declared]);
  });
});
