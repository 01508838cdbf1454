import { describe, expect, it } from 'vitest';
import type { ClusterNode, ClusterPod, ClusterSnapshot } from '../../../src/cluster-port.ts';
import { answered, failed } from '../../../src/failure.ts';
import type { Service } from '../../../src/fleet/fleet.ts';
import type { ObservedWorkload } from '../../../src/observation.ts';
import type { Resources } from '../../../src/quantity.ts';
import { instant, mib, milliCores, seconds } from '../../../src/units.ts';
import type { LookedAt } from '../../../src/world/live/clusters.ts';
import { contradictions } from '../../../src/world/live/contradictions.ts';
import { serviceOf } from '../../plan/world.ts';

const of = (cpu: number, memory: number, more: Partial<Resources> = {}): Resources => ({
  cpu: milliCores(cpu),
  memory: mib(memory),
  ...more,
});
const services: readonly Service[] = [
  { ...serviceOf('gateway'), markets: ['eu', 'na'], workload: 'im/Deployment/gateway-{market}' },
];
const fleet = { services, daemonsets: of(250, 400, { pods: 6 }) };
const running = (id: string) => ({
  id,
  namespace: 'im',
  kind: 'Deployment',
  name: id,
  running: 1,
  pending: 0,
  requests: of(1, 1),
});
const both = [running('im/Deployment/gateway-eu'), running('im/Deployment/gateway-na')];
const looked = (more: Partial<ClusterSnapshot> = {}): LookedAt => ({
  region: { provider: 'aws', name: 'us-east-1' },
  context: 'a',
  seen: answered({
    context: 'a',
    nodes: [],
    pods: [],
    pending: [],
    workloads: both,
    asOf: instant(0),
    age: seconds(0),
    stale: false,
    doubts: [],
    ...more,
  }),
});
const unseen: LookedAt = {
  ...looked(),
  seen: failed({ kind: { is: 'transient' }, api: 'list nodes', code: 'ECONNREFUSED', message: 'no' }),
};
const seen = (group: string, requests: Resources): ObservedWorkload => ({ group, running: 1, pending: 0, requests });
const measured = (type: string, daemons: Resources) => ({
  place: 'aws/us-east-1',
  type,
  allocatable: of(4000, 16_000),
  daemons,
});
const node: ClusterNode = {
  name: 'n',
  labels: new Map(),
  taints: [],
  allocatable: of(4000, 16_000),
  daemons: of(0, 0),
  requested: of(0, 0),
  ready: true,
  cordoned: false,
};
const pod = (workload: string, cpu: number, more: Partial<ClusterPod> = {}): ClusterPod => ({
  namespace: 'im',
  name: workload,
  uid: workload,
  node: 'n',
  workload,
  role: 'workload',
  requests: of(cpu, 100),
  ready: true,
  ending: false,
  labels: new Map(),
  budgets: [],
  ...more,
});
const carrying = (...others: readonly ClusterPod[]) =>
  looked({ nodes: [node, { ...node, name: 'm' }], pods: [pod('im/Deployment/gateway-eu', 1000), ...others] });

describe('contradictions of clusters and fleet file', () => {
  const rows: readonly (readonly [
    why: string,
    lookedAt: readonly LookedAt[],
    said: Partial<Parameters<typeof contradictions>[1]>,
    sentences: readonly string[],
  ])[] = [
    ['no cluster is asked', [], {}, []],
    [
      'what is stated or less, and pods that the file does not count for a replica',
      [looked()],
      {
        workloads: [seen('gateway/eu', of(1000, 2000, { pods: 1 }))],
        nodes: [measured('m7i.large', of(250, 400 + 1e-9, { pods: 6 }))],
      },
      [],
    ],
    [
      'pods that ask for more, the most of each resource over the markets that do',
      [looked()],
      {
        workloads: [
          seen('gateway/eu', of(1500, 2000)),
          seen('gateway/na', of(900, 3072.5, { devices: { 'nvidia.com/gpu': 0.5 } })),
        ],
      },
      [
        'pods of gateway/eu and gateway/na ask for cpu 1500m over the 1000m, memory 3073Mi over the 2048Mi and ' +
          'nvidia.com/gpu 0.5 over the 0 that services.gateway.requests states: planned with what they ask for',
      ],
    ],
    [
      'daemonsets that take more, each type once',
      [looked()],
      {
        nodes: [
          measured('m7i.large', of(300, 300, { pods: 6 })),
          measured('m7i.large', of(250, 300, { pods: 9 })),
          measured('m7i.xlarge', of(250, 400)),
        ],
      },
      [
        'daemonsets on m7i.large in aws/us-east-1 take cpu 300m over the 250m and pods 9 over the 6 that daemonsets ' +
          'states: planned with what they take there, and with what is stated for types that no cluster runs yet',
      ],
    ],
    [
      'a workload that no cluster has',
      [looked({ workloads: both.slice(0, 1) })],
      {},
      ['no cluster runs im/Deployment/gateway-na: of gateway/na all that is known is what the fleet file states'],
    ],
    ['one that a cluster may have which cannot be seen', [looked({ workloads: both.slice(0, 1) }), unseen], {}, []],
    [
      'pods of nobody on the nodes that carry the fleet’s, the largest first',
      [carrying(pod('ci/Job/build', 300), pod('ops/Deployment/logs', 400))],
      {},
      [
        'pods of no service of the fleet file (ops/Deployment/logs and ci/Job/build) ask for 17.5% of the CPU of the ' +
          'nodes that carry its services: planned as if they were not there',
      ],
    ],
    [
      'few of them, those that come with a node, that have been told to go or are on other nodes',
      [
        carrying(
          pod('kube-system/Deployment/coredns', 200),
          pod('kube-system/DaemonSet/agent', 900, { role: 'daemon' }),
          pod('ci/Job/build', 900, { ending: true }),
          pod('ci/Job/test', 900, { node: 'm' }),
        ),
      ],
      {},
      [],
    ],
  ];
  it.each(rows)('%s', (_, lookedAt, said, sentences) => {
    expect(contradictions(lookedAt, { nodes: [], workloads: [], ...said }, fleet)).toEqual(sentences);
  });

  it('takes pods for nobody’s only where every service names its workload', () => {
    const some = { ...fleet, services: [...services, serviceOf('push')] };
    const lookedAt = [carrying(pod('im/Deployment/push', 2000))];
    expect(contradictions(lookedAt, { nodes: [], workloads: [] }, some)).toEqual([]);
  });
});
