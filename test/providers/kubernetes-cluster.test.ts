import { afterEach, describe, expect, it } from 'vitest';
import { openCluster } from '../../providers/kubernetes/index.ts';
import type { Json } from '../clouds/kubernetes-cluster-api.ts';
import type { FakeKubernetesOptions } from '../clouds/kubernetes.ts';
import type { Answer } from '../../src/failure.ts';
import type { Cluster } from '../../src/cluster-port.ts';
import { seconds } from '../../src/units.ts';
import { POOLS } from '../contract/small-world.ts';
import { kubernetesSubject, type KubernetesSubject } from './kubernetes-subject.ts';

const PODS = '/pods';
const BUDGETS = 'policy/poddisruptionbudgets';

interface Followed extends KubernetesSubject {
  readonly cluster: Cluster;
  /** how often a pause was asked for, and for how long */
  readonly pauses: number[];
}

const open: Followed[] = [];

async function followed(
  options: FakeKubernetesOptions = {},
  prepare?: (s: KubernetesSubject) => void,
): Promise<Followed> {
  const subject = await kubernetesSubject(options);
  prepare?.(subject);
  const pauses: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    pauses.push(ms);
    return new Promise((resolve) => setImmediate(resolve));
  };
  const cluster = value(await openCluster({ ...subject.parts, sleep }, 'own-fra'));
  const all = { ...subject, cluster, pauses };
  open.push(all);
  return all;
}

afterEach(async () => {
  for (const { cluster, close, fake } of open.splice(0)) {
    await cluster.close();
    expect(fake.complaints).toEqual([]);
    await close();
    expect(fake.watches()).toBe(0);
  }
});

function value<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`${answer.failure.api}: ${answer.failure.message}`);
  return answer.value;
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2000; i += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`it never came to this: ${what}`);
}

function pod(
  name: string,
  more: { node?: string; labels?: Record<string, string>; spec?: Json; status?: Json; metadata?: Json } = {},
): Json {
  const { node, labels = { app: 'gateway' } } = more;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'im',
      uid: `uid-${name}`,
      creationTimestamp: '2026-11-02T06:00:00Z',
      labels: { ...labels, 'pod-template-hash': '7d9f' },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gateway-7d9f', uid: 'rs', controller: true },
      ],
      ...more.metadata,
    },
    spec: {
      ...(node !== undefined && { nodeName: node }),
      containers: [{ name: 'gateway', image: 'gateway', resources: { requests: { cpu: '1500m', memory: '2Gi' } } }],
      ...more.spec,
    },
    status: more.status ?? {
      phase: node === undefined ? 'Pending' : 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

const budget = (name: string, disruptionsAllowed: number): Json => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'im' },
  spec: { selector: { matchLabels: { app: 'gateway' } }, minAvailable: 3 },
  status: { currentHealthy: 3, desiredHealthy: 3, disruptionsAllowed, expectedPods: 3 },
});

const nodeOf = ({ world }: KubernetesSubject, pool: string, index = 0): string =>
  `node-${world.pools.list('kubernetes', 'own-fra').find((p) => p.name === pool)?.instances[index]?.id ?? ''}`;

describe('what a cluster is seen to be', () => {
  it('counts pods on their nodes as the scheduler does, and what comes with a node by itself', async () => {
    const { cluster, ...subject } = await followed({}, (s) => {
      const sidecar = { name: 'proxy', image: 'p', restartPolicy: 'Always', resources: { requests: { cpu: '200m' } } };
      const unpack = { name: 'unpack', image: 'u', resources: { requests: { cpu: '2', memory: '1Gi' } } };
      const spec = { initContainers: [sidecar, unpack], overhead: { cpu: '50m' } };
      s.fake.cluster('own-fra').objects.put(PODS, pod('gateway-a', { node: nodeOf(s, POOLS.gatewayA), spec }));
    });
    const name = nodeOf(subject, POOLS.gatewayA);
    const { nodes, pods, workloads, stale, doubts } = cluster.snapshot();
    expect(nodes).toHaveLength(11);
    // the sidecar runs beside the larger of start-up (2 cores) and running (1.5), and the runtime's overhead is on top
    expect(pods.find((p) => p.name === 'gateway-a')?.requests).toEqual({ cpu: 2250, memory: 2048, pods: 1 });
    expect(nodes.find((n) => n.name === name)).toMatchObject({
      type: 'metal-8',
      zone: 'rack-a',
      region: 'own-fra',
      providerId: `metal3://own-fra/${name.slice('node-'.length)}`,
      allocatable: { cpu: 7880, memory: 32_168, pods: 110 },
      daemons: { cpu: 250, memory: 300, pods: 2 },
      requested: { cpu: 2500, memory: 2348, pods: 3 },
      ready: true,
      cordoned: false,
    });
    expect(workloads).toContainEqual({
      id: 'im/Deployment/gateway',
      namespace: 'im',
      kind: 'Deployment',
      name: 'gateway',
      running: 1,
      pending: 0,
      requests: { cpu: 2250, memory: 2048, pods: 1 },
    });
    expect({ stale, doubts }).toEqual({ stale: false, doubts: [] });
  });

  it('tells pods that wait in the words of the scheduler, and not those that nobody may schedule yet', async () => {
    const unschedulable = (message: string, reason = 'Unschedulable') => ({
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] },
    });
    const { cluster } = await followed({}, ({ fake }) => {
      const { objects } = fake.cluster('own-fra');
      objects.put(PODS, pod('waits', unschedulable('0/11 nodes are available: 11 Insufficient cpu.')));
      objects.put(
        PODS,
        pod('gated', { ...unschedulable('', 'SchedulingGated'), spec: { schedulingGates: [{ name: 'quota' }] } }),
      );
      objects.put(PODS, pod('done', { status: { phase: 'Succeeded' } }));
    });
    const { pending, workloads } = cluster.snapshot();
    expect(pending.map(({ name, reason }) => ({ name, reason }))).toEqual([
      { name: 'waits', reason: '0/11 nodes are available: 11 Insufficient cpu.' },
    ]);
    expect(workloads.find((w) => w.id === 'im/Deployment/gateway')).toMatchObject({ running: 0, pending: 1 });
  });

  it('follows nodes that come and go, pods that move, and listings of many pages', async () => {
    const { cluster, world, fake } = await followed({ pageSize: 4 });
    expect(cluster.snapshot().nodes).toHaveLength(11);
    const gatewayA = world.pools.list('kubernetes', 'own-fra').find((p) => p.name === POOLS.gatewayA);
    world.pools.resize(gatewayA?.id ?? '', 5, { by: 'alice' });
    world.advance(seconds(1800));
    await until('watches are open', () => fake.watches() === 3);
    fake.refresh();
    await until('two nodes have joined', () => cluster.snapshot().nodes.length === 13);
    fake.cluster('own-fra').objects.put(PODS, pod('gateway-a', { node: gatewayA?.instances[0]?.id ?? '' }));
    await until('the pod is seen', () => cluster.snapshot().pods.some((p) => p.name === 'gateway-a'));
    fake.cluster('own-fra').objects.remove(PODS, 'im/gateway-a');
    await until('the pod is gone', () => cluster.snapshot().pods.every((p) => p.name !== 'gateway-a'));
  });

  it('has the age of the last word of the server, bookmarks among them', async () => {
    const { cluster, world, fake } = await followed();
    await until('watches are open', () => fake.watches() === 3);
    world.advance(seconds(60));
    expect(cluster.snapshot()).toMatchObject({ age: 60, stale: false });
    fake.bookmark();
    await until('the bookmarks came', () => cluster.snapshot().age === 0);
    world.advance(seconds(600));
    expect(cluster.snapshot(), 'a connection that only looks alive').toMatchObject({ age: 600, stale: true });
    expect(cluster.snapshot().doubts.join()).toContain('nothing was heard of nodes for 600 s');
  });
});

describe('what goes wrong with what is followed', () => {
  it('doubts a list of pods that is empty while nodes are ready', async () => {
    const { cluster, world, fake } = await followed({}, (s) =>
      s.world.faults.add({ provider: 'kubernetes', api: 'list pods', fault: { is: 'empty' } }),
    );
    expect(world.faults.unfired()).toEqual([]);
    const { doubts, nodes } = cluster.snapshot();
    expect(nodes).toHaveLength(11);
    expect(doubts).toEqual([expect.stringContaining('11 nodes are ready and not one pod runs on them')]);
    fake.refresh();
  });

  it('starts a watch again that a socket broke, and is stale until it is heard', async () => {
    const { cluster, fake, world, pauses } = await followed();
    await until('watches are open', () => fake.watches() === 3);
    world.faults.add({ provider: 'kubernetes', api: 'watch pods', fault: { is: 'reset' }, times: 3 });
    fake.endWatches('reset');
    await until('it says so', () => cluster.snapshot().stale);
    expect(cluster.snapshot().doubts.join()).toMatch(/the watch on (nodes|pods) broke and is being started again/);
    fake.cluster('own-fra').objects.put(PODS, pod('meanwhile', { node: 'gone' }));
    await until('all is heard again', () => !cluster.snapshot().stale && fake.watches() === 3);
    expect(
      cluster.snapshot().pods.some((p) => p.name === 'meanwhile'),
      'nothing of the break is lost',
    ).toBe(true);
    expect(world.faults.unfired()).toEqual([]);
    // the pauses grow while it fails
    expect(Math.max(...pauses)).toBeGreaterThan(Math.min(...pauses));
    expect([...fake.seen].filter((api) => api.startsWith('list'))).toHaveLength(3);
    expect(
      fake.requests.filter(({ api }) => api === 'list pods'),
      'no need to list anew',
    ).toHaveLength(1);
  });

  it('goes on where it was when the server closes a watch in order', async () => {
    const { cluster, fake } = await followed();
    for (let round = 0; round < 3; round += 1) {
      await until('watches are open', () => fake.watches() === 3);
      fake.bookmark();
      await until('bookmarks came', () => !cluster.snapshot().stale);
      fake.endWatches('orderly');
    }
    await until('watches are open', () => fake.watches() === 3);
    fake.cluster('own-fra').objects.put(PODS, pod('later', { node: 'n' }));
    await until('it is heard', () => cluster.snapshot().pods.some((p) => p.name === 'later'));
    expect(fake.requests.filter(({ api }) => api === 'list pods')).toHaveLength(1);
  });

  it('lists all anew after 410, and drops nothing before the new listing is whole', async () => {
    const { cluster, fake, world } = await followed({ pageSize: 5 }, (s) =>
      s.fake.cluster('own-fra').objects.put(PODS, pod('gone-meanwhile', { node: nodeOf(s, POOLS.gatewayA) })),
    );
    await until('watches are open', () => fake.watches() === 3);
    const before = cluster.snapshot();
    // the new listing breaks off again and again on its second page
    world.faults.add({ provider: 'kubernetes', api: 'list pods', fault: { is: 'cutPage' }, after: 1, times: 9 });
    fake.cluster('own-fra').objects.remove(PODS, 'im/gone-meanwhile');
    const had = cluster.snapshot().pods.length;
    fake.cluster('own-fra').objects.compact();
    fake.endWatches('reset');
    const seen = new Set<number>();
    await until('it is whole again', () => {
      const { pods, stale, doubts } = cluster.snapshot();
      if (stale) {
        seen.add(pods.length);
        expect(doubts.length).toBeGreaterThan(0);
      }
      return !stale && world.faults.unfired().length === 0 && pods.length === before.pods.length - 1;
    });
    for (const count of seen) expect([had, before.pods.length, before.pods.length - 1]).toContain(count);
    expect(fake.requests.filter(({ api }) => api === 'list pods').length).toBeGreaterThan(1);
  });

  it('reads a listing whole when its pages expire under way', async () => {
    let left = 1;
    const subject = await followed({ pageSize: 5 }, ({ fake }) => {
      const { objects } = fake.cluster('own-fra');
      // the first page makes room for a forgotten version before the second is asked for
      const list = objects.list.bind(objects);
      Object.assign(objects, {
        list: (resource: string) => {
          const items = list(resource);
          if (resource === PODS && left-- === 1) setImmediate(() => objects.compact());
          return items;
        },
      });
    });
    expect(subject.cluster.snapshot().pods).toHaveLength(22);
    expect(
      subject.fake.requests.filter(({ api, path }) => api === 'list pods' && !path.includes('limit')),
    ).toHaveLength(1);
  });

  it.each([
    ['no context of that name', 'own-mars', { is: 'invalid' }],
    ['a server that does not know us', 'own-fra', { is: 'unauthorized', permission: 'list pods' }],
  ])('opens nothing with %s, and says why', async (_why, context, kind) => {
    const subject = await kubernetesSubject({ denied: ['list pods'] });
    const opened = await openCluster({ ...subject.parts, sleep: async () => undefined }, context);
    expect(opened.ok ? undefined : opened.failure.kind).toEqual(kind);
    await subject.close();
    expect(subject.fake.watches()).toBe(0);
  });
});

describe('what is done to a cluster', () => {
  it('closes a node to new pods and opens it again', async () => {
    const subject = await followed();
    const { cluster, fake } = subject;
    const name = nodeOf(subject, POOLS.gatewayA);
    const cordoned = () => cluster.snapshot().nodes.find((n) => n.name === name)?.cordoned;
    await until('watches are open', () => fake.watches() === 3);
    for (const [act, state] of [
      ['cordon', true],
      ['cordon', true],
      ['uncordon', false],
    ] as const) {
      expect((await cluster[act](name)).ok).toBe(true);
      await until('it is told', () => cordoned() === state);
    }
    const missing = await cluster.cordon('no-such-node');
    expect(missing.ok ? undefined : missing.failure.kind.is).toBe('notFound');
  });

  it('asks a pod to leave, and takes a budget for an answer: when to ask again, never by force', async () => {
    const subject = await followed({}, (s) => {
      const { objects } = s.fake.cluster('own-fra');
      for (const name of ['gateway-a', 'gateway-b']) objects.put(PODS, pod(name, { node: nodeOf(s, POOLS.gatewayA) }));
      objects.put(BUDGETS, budget('gateway', 1));
    });
    const { cluster, fake, world } = subject;
    const [a, b] = ['gateway-a', 'gateway-b'].map((name) => {
      const found = cluster.snapshot().pods.find((p) => p.name === name);
      if (!found) throw new Error(name);
      return found;
    });
    if (!a || !b) throw new Error('two pods');
    expect(a.budgets).toEqual(['im/gateway']);
    expect(value(await cluster.evict(a))).toEqual({ state: 'accepted' });
    const blocked = value(await cluster.evict(b));
    expect(blocked).toMatchObject({ state: 'blocked', reason: expect.stringContaining('disruption budget') });
    expect(blocked.state === 'blocked' ? blocked.tryAgainAt : 0).toBeGreaterThan(world.now());
    expect(fake.cluster('own-fra').objects.get(PODS, 'im/gateway-b')).toBeDefined();
    const asked = fake.requests.filter(({ api }) => api === 'create pods/eviction');
    expect(asked, 'it is not asked again by itself').toHaveLength(2);
    expect(asked[0]?.body).toMatchObject({ deleteOptions: { preconditions: { uid: 'uid-gateway-a' } } });
    expect(fake.seen, 'no pod is ever deleted').not.toContain('delete pods');
    expect(value(await cluster.evict(a)), 'it has left').toEqual({ state: 'gone' });
    fake.cluster('own-fra').objects.put(PODS, pod('gateway-a', { node: 'n', metadata: { uid: 'another' } }));
    expect(value(await cluster.evict(a)), 'its successor is not meant').toEqual({ state: 'gone' });
    fake.cluster('own-fra').objects.put(BUDGETS, budget('second', 1));
    expect(value(await cluster.evict(b)), 'two budgets are refused with a 500').toMatchObject({ state: 'blocked' });
  });

  it('evicts once when the answer is lost', async () => {
    const subject = await followed({}, (s) => {
      s.fake.cluster('own-fra').objects.put(PODS, pod('gateway-a', { node: nodeOf(s, POOLS.gatewayA) }));
    });
    const { cluster, world } = subject;
    world.faults.add({ provider: 'kubernetes', api: 'create pods/eviction', fault: { is: 'lostAnswer' } });
    expect(value(await cluster.evict({ namespace: 'im', name: 'gateway-a', uid: 'uid-gateway-a' }))).toEqual({
      state: 'gone',
    });
    expect(world.faults.unfired()).toEqual([]);
  });

  it('sets replicas to a number, and yields to whoever changed them since', async () => {
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'gateway', namespace: 'im' },
      spec: {
        replicas: 4,
        selector: { matchLabels: { app: 'gateway' } },
        template: { spec: { containers: [{ name: 'g', image: 'g' }] } },
      },
      status: { replicas: 4 },
    };
    const { cluster, fake } = await followed({}, (s) =>
      s.fake.cluster('own-fra').objects.put('apps/deployments', deployment),
    );
    const workload = { kind: 'Deployment', namespace: 'im', name: 'gateway' } as const;
    const read = value(await cluster.readScale(workload));
    expect(read).toMatchObject({ replicas: 4, running: 4 });
    const grown = value(await cluster.scale({ workload, replicas: 7, expectedVersion: read.version }));
    expect(grown.replicas).toBe(7);
    const late = await cluster.scale({ workload, replicas: 2, expectedVersion: read.version });
    expect(late.ok ? undefined : late.failure.kind.is).toBe('conflict');
    expect(value(await cluster.scale({ workload, replicas: 0 })).replicas, 'zero is left out on the wire').toBe(0);
    const writes = fake.requests.filter(({ api }) => api.startsWith('update')).length;
    expect(value(await cluster.scale({ workload, replicas: 0 })).replicas).toBe(0);
    expect(fake.requests.filter(({ api }) => api.startsWith('update'))).toHaveLength(writes);
  });
});
