import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openCluster, grant } from '../../providers/kubernetes/index.ts';
import { PERMISSIONS, policyDocument } from '../../providers/kubernetes/permissions.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import type { LiveProvider, PoolList } from '../../src/ports.ts';
import { seconds } from '../../src/units.ts';
import type { FakeKubernetesOptions } from '../clouds/kubernetes.ts';
import type { Json } from '../clouds/kubernetes-cluster-api.ts';
import { POOLS } from '../contract/small-world.ts';
import { accepted, poolNamed, refOf, sizeOrder } from '../contract/subject.ts';
import { kubernetesSubject, type KubernetesSubject } from './kubernetes-subject.ts';

const DEPLOYMENTS = 'cluster.x-k8s.io/machinedeployments';
const PATCH = 'patch machinedeployments.cluster.x-k8s.io';
const SCALE = 'update machinedeployments.cluster.x-k8s.io/scale';

const open: KubernetesSubject[] = [];

async function subject(options: FakeKubernetesOptions = {}): Promise<KubernetesSubject> {
  const made = await kubernetesSubject(options);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const { fake, close } of open.splice(0)) {
    await close();
    expect(fake.complaints).toEqual([]);
  }
});

async function pools(provider: LiveProvider, fleet: Fleet): Promise<PoolList> {
  const list = await provider.listPools(fleet);
  if (!list.ok) throw new Error(list.troubles.map((t) => t.problem).join('; '));
  return list.value;
}

describe('pools of own clusters', () => {
  const spec = (more: Json): Json => more;
  it.each<[string, RegExp, (object: Json) => Json]>([
    ['is paused', /paused/, (o) => ({ ...o, spec: { ...(o['spec'] as Json), paused: true } })],
    [
      'states no size',
      /another controller/,
      (o) => ({ ...o, spec: spec({ ...(o['spec'] as Json), replicas: undefined }) }),
    ],
    [
      'is of a type without a price',
      /no node type metal-9/,
      (o) => ({
        ...o,
        metadata: { ...(o['metadata'] as Json), annotations: { 'godwit.io/node-type': 'metal-9' }, labels: {} },
      }),
    ],
    ['stands in a zone that the fleet does not use', /rack-z/, (o) => withTemplate(o, { failureDomain: 'rack-z' })],
    ['is in no zone', /zone by zone/, (o) => withTemplate(o, { failureDomain: undefined })],
    [
      'is sized by its topology',
      /topology of its Cluster/,
      (o) => ({
        ...o,
        metadata: {
          ...(o['metadata'] as Json),
          labels: { 'godwit.io/fleet': 'im-fleet', 'topology.cluster.x-k8s.io/owned': '' },
          managedFields: [{ manager: 'capi-topology', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }],
        },
      }),
    ],
    [
      'is being deleted',
      /being deleted/,
      (o) => ({ ...o, metadata: { ...(o['metadata'] as Json), deletionTimestamp: '2026-11-02T07:00:00Z' } }),
    ],
  ])('passes over one that %s', async (_what, reason, change) => {
    const { fleet, fake, open: start } = await subject();
    const { objects } = fake.cluster('own-fra');
    const before = objects.get(DEPLOYMENTS, 'clusters/gatewaya');
    if (!before) throw new Error('no gatewaya');
    const copy = change(before);
    objects.put(DEPLOYMENTS, {
      ...copy,
      metadata: { ...(copy['metadata'] as Json), name: 'odd', labels: labelsOf(copy) },
    });
    const { pools: found, passedOver, doubts } = await pools(await start(), fleet);
    expect(found.map((p) => p.name)).not.toContain('odd');
    expect(passedOver).toEqual([{ name: 'odd', place: 'kubernetes/own-fra', reason: expect.stringMatching(reason) }]);
    // the odd one's machines are not made: that alone is doubted
    expect(doubts.filter((d) => !d.startsWith('odd '))).toEqual([]);
  });

  it('reads what a cluster without Cluster API runs, and says that it cannot be resized', async () => {
    const clusters = [{ context: 'own-fra', region: 'own-fra', provider: 'kubernetes' }] as const;
    const { fleet, fake, open: start } = await subject({ clusters });
    const [cloud] = fleet.clouds;
    const declared = (name: string, type: string, zone: string, nodes: number) =>
      ({
        name,
        type,
        zone,
        nodes,
        provider: 'kubernetes',
        region: 'own-fra',
        purchase: 'on-demand',
        min: 0,
        max: 9,
      }) as const;
    const own: Fleet = {
      ...fleet,
      clouds: cloud ? [{ ...cloud, regions: cloud.regions.filter((r) => r.name === 'own-fra') }] : [],
      pools: [declared('b', 'metal-16', 'rack-b', 7), declared('none', 'metal-32', 'rack-c', 3)],
    };
    const list = await pools(await start(), own);
    expect(list.pools.map(({ name, target, ready, source, live }) => ({ name, target, ready, source, live }))).toEqual([
      { name: 'b', target: 2, ready: 2, source: 'declared', live: undefined },
      { name: 'none', target: 0, ready: 0, source: 'declared', live: undefined },
    ]);
    expect(list.passedOver.map((p) => p.reason).join()).toContain('serves no Cluster API');
    expect(list.doubts).toEqual(['no node of none is listed, and the fleet file declares 3']);
    expect(fake.seen).toEqual(new Set(['get /apis/cluster.x-k8s.io', 'list nodes']));
    const sized = await (
      await start()
    ).setSize(own, {
      opId: 'op',
      pool: { ...declared('b', 'metal-16', 'rack-b', 2), id: 'clusters/b' },
      size: 3,
    });
    expect(sized.ok ? undefined : sized.failure.code).toBe('NotServed');
  });

  it('needs two calls for each cluster once it knows what the cluster serves', async () => {
    const { fleet, world, fake, open: start } = await subject();
    for (const pool of world.pools.list('kubernetes')) {
      fake.cluster(pool.region).written('pool', pool.name).labels['godwit.io/node-type'] = pool.type;
    }
    const provider = await start();
    await pools(provider, fleet);
    const before = fake.requests.length;
    await pools(provider, fleet);
    expect(fake.requests.length - before).toBe(4);
  });

  it('tells a failed machine that was a node until it is settled, by any process', async () => {
    const { fleet, world, fake, open: start } = await subject();
    const { objects } = fake.cluster('own-fra');
    const [victim] = world.pools.list('kubernetes').find((p) => p.name === POOLS.gatewayA)?.instances ?? [];
    const machine = objects.get('cluster.x-k8s.io/machines', `clusters/${victim?.id ?? ''}`);
    objects.put('cluster.x-k8s.io/machines', {
      ...machine,
      status: { ...(machine?.['status'] as Json), phase: 'Failed' },
    });
    const provider = await start();
    const told = await provider.listInterruptions(fleet);
    const notices = told.ok ? told.value : [];
    expect(notices).toMatchObject([{ kind: 'failed', instance: victim?.id, region: 'own-fra', zone: 'rack-a' }]);
    for (const time of [1, 2]) {
      expect(
        (
          await provider.settleInterruptions(
            fleet,
            notices.map((n) => n.receipt),
          )
        ).ok,
        String(time),
      ).toBe(true);
    }
    const after = await (await start()).listInterruptions(fleet);
    expect(after.ok ? after.value : undefined).toEqual([]);
  });
});

describe('orders of own pools', () => {
  it('goes on from an intention that a crash left behind', async () => {
    const { fleet, world, fake, open: start } = await subject();
    const pool = await poolNamed(await start(), fleet, POOLS.gatewayA);
    const order = sizeOrder(pool, 6, 'op-crash');
    world.faults.add({ provider: 'kubernetes', api: SCALE, fault: { is: 'serverError', status: 500 }, times: 4 });
    expect((await (await start()).setSize(fleet, order)).ok).toBe(false);
    expect(target(world, POOLS.gatewayA)).toBe(3);
    accepted(await (await start()).setSize(fleet, order));
    expect(target(world, POOLS.gatewayA)).toBe(6);
    expect(
      fake.requests.filter(({ api }) => api === PATCH),
      'the intention is written once',
    ).toHaveLength(1);
    const now = await poolNamed(await start(), fleet, POOLS.gatewayA);
    expect(now.live?.changedBy).toEqual({ who: 'godwit', opId: 'op-crash' });
    expect(world.faults.unfired()).toEqual([]);
  });

  it('yields when somebody sets the size between its intention and its size', async () => {
    const { fleet, world, open: start } = await subject();
    const pool = await poolNamed(await start(), fleet, POOLS.gatewayA);
    const order = sizeOrder(pool, 6, 'op-between');
    world.faults.add({ provider: 'kubernetes', api: SCALE, fault: { is: 'serverError', status: 500 }, times: 4 });
    expect((await (await start()).setSize(fleet, order)).ok).toBe(false);
    world.pools.resize(refId(world, POOLS.gatewayA), 4, { by: 'alice' });
    const again = await (await start()).setSize(fleet, order);
    expect(again.ok ? undefined : again.failure.kind.is).toBe('conflict');
    expect(target(world, POOLS.gatewayA)).toBe(4);
    const now = await poolNamed(await start(), fleet, POOLS.gatewayA);
    expect(now.live?.changedBy).toEqual({ who: 'other', name: 'alice' });
  });

  it('takes status that controllers write meanwhile for no conflict', async () => {
    const { fleet, world, fake, open: start } = await subject();
    const pool = await poolNamed(await start(), fleet, POOLS.gatewayA);
    // the answer to the intention is lost, so the same write comes a second time, on a version that is gone
    world.faults.add({ provider: 'kubernetes', api: PATCH, fault: { is: 'lostAnswer' } });
    accepted(await (await start()).setSize(fleet, sizeOrder(pool, 5, 'op-race')));
    expect(target(world, POOLS.gatewayA)).toBe(5);
    expect(fake.requests.filter(({ api }) => api === PATCH)).toHaveLength(2);
  });

  it('takes its marks away again when it has to yield', async () => {
    const { fleet, world, fake, open: start } = await subject();
    const pool = await poolNamed(await start(), fleet, POOLS.push);
    const [first] = pool.live?.instances ?? [];
    const order = { opId: 'op-marks', pool: refOf(pool), instances: [first?.id ?? ''] };
    world.faults.add({ provider: 'kubernetes', api: SCALE, fault: { is: 'conflict' } });
    const ended = await (await start()).deleteInstances(fleet, order);
    expect(ended.ok ? undefined : ended.failure.kind.is).toBe('conflict');
    expect(fake.cluster('own-fra').written('machine', first?.id ?? '').annotations).toEqual({});
    expect(target(world, POOLS.push)).toBe(4);
  });

  it('ends machines by the names of their nodes too', async () => {
    const { fleet, world, open: start } = await subject();
    const pool = await poolNamed(await start(), fleet, POOLS.push);
    const victim = pool.live?.instances[2];
    const order = { opId: 'op-node', pool: refOf(pool), instances: [victim?.node ?? ''] };
    const receipt = accepted(await (await start()).deleteInstances(fleet, order));
    expect(receipt).toMatchObject({ state: 'running', asked: 1, accepted: 1, fulfilled: 0 });
    world.advance(seconds(1800));
    const left = world.pools
      .list('kubernetes')
      .find((p) => p.name === POOLS.push)
      ?.instances.map((i) => i.id);
    expect(victim?.node).not.toBe(victim?.id);
    expect(left?.toSorted()).toEqual(pool.live?.instances.map((i) => i.id).filter((id) => id !== victim?.id));
  });

  it('opens no pool of a type that no pool of the cluster has a machine template for', async () => {
    const { fleet, open: start } = await subject();
    const order = { opId: 'op', template: 'general', name: 'new', region: 'own-ber', zone: 'rack-a', type: 'metal-32' };
    const opened = await (await start()).openPool(fleet, { ...order, purchase: 'on-demand', size: 1 });
    expect(opened.ok ? undefined : opened.failure).toMatchObject({
      kind: { is: 'invalid' },
      message: expect.stringContaining('no machine template'),
    });
  });
});

describe('a first look at own clusters', () => {
  it('names what is not granted, and the role that would grant it', async () => {
    const denied = [SCALE, 'create pods/eviction'];
    const { fleet, parts, open: start, fake } = await subject({ denied });
    const findings = await (await start()).examine(fleet);
    const missing = findings.filter((f) => f.state === 'missing');
    expect(new Set(missing.map((f) => f.permission))).toEqual(new Set(denied));
    expect(findings.filter((f) => f.about === 'clock').map((f) => f.state)).toEqual(['ok', 'ok']);
    expect(findings.find((f) => f.about === 'reach')?.detail).toBe('Kubernetes v1.35.0');
    expect(parse(grant(denied))).toMatchObject({
      kind: 'ClusterRole',
      rules: [
        { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
        { apiGroups: ['cluster.x-k8s.io'], resources: ['machinedeployments/scale'], verbs: ['update'] },
      ],
    });
    expect(
      [...fake.seen].every((api) => !/^(patch|update)/.test(api)),
      'nothing is changed',
    ).toBe(true);
    expect(parts.env['KUBECONFIG']).toBeDefined();
  });

  it('tells a clock that is wrong, and a cluster that is not there', async () => {
    const { fleet, open: start } = await subject({
      clockAheadS: 300,
      clusters: [{ context: 'own-fra', region: 'own-fra', provider: 'kubernetes', clusterApi: 'v1beta1' }],
    });
    const findings = await (await start()).examine(fleet);
    expect(findings.find((f) => f.about === 'clock')).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('ahead of this machine'),
    });
    expect(findings.filter((f) => f.about === 'credentials')).toMatchObject([
      { state: 'failed', detail: expect.stringContaining('has no context own-ber') },
    ]);
  });

  it('is granted every call it makes, and asks for no more', async () => {
    const { fleet, world, parts, fake, open: start } = await subject();
    const provider = await start();
    await provider.examine(fleet);
    const pool = await poolNamed(provider, fleet, POOLS.push);
    accepted(await provider.setSize(fleet, sizeOrder(pool, 5, 'op-1')));
    world.advance(seconds(1800));
    const [first] = pool.live?.instances ?? [];
    accepted(await provider.deleteInstances(fleet, { opId: 'op-2', pool: refOf(pool), instances: [first?.id ?? ''] }));
    accepted(
      await provider.openPool(fleet, {
        opId: 'op-3',
        template: 'general',
        name: 'opened',
        region: 'own-fra',
        zone: 'rack-c',
        type: 'metal-8',
        purchase: 'on-demand',
        size: 1,
      }),
    );
    const { objects } = fake.cluster('own-fra');
    const meta = { name: 'gateway', namespace: 'im' };
    const template = { spec: { containers: [{ name: 'g', image: 'g' }] } };
    const selector = { matchLabels: { app: 'g' } };
    objects.put('apps/deployments', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta,
      spec: { replicas: 1, selector, template },
    });
    const opened = await openCluster({ ...parts, sleep: async () => undefined }, 'own-fra');
    if (!opened.ok) throw new Error(opened.failure.message);
    const cluster = opened.value;
    for (let i = 0; i < 500 && fake.watches() < 3; i += 1) await new Promise((resolve) => setTimeout(resolve, 2));
    await cluster.cordon(cluster.snapshot().nodes[0]?.name ?? '');
    await cluster.evict({ namespace: 'kube-system', name: cluster.snapshot().pods[0]?.name ?? '' });
    await cluster.scale({ workload: { kind: 'Deployment', namespace: 'im', name: 'gateway' }, replicas: 2 });
    await cluster.close();
    const granted = new Set(PERMISSIONS.flatMap((p) => p.calls));
    // what a server tells everybody of itself is granted to everybody
    const asked = [...fake.seen].filter((api) => !api.startsWith('get /'));
    expect(asked.filter((api) => !granted.has(api))).toEqual([]);
    const alike = (api: string) => api.replace(/statefulsets|replicasets/, 'deployments');
    expect([...granted].filter((api) => !fake.seen.has(alike(api)))).toEqual([]);
    const role = parse(policyDocument(['read', 'scale'])) as { rules: readonly { verbs: readonly string[] }[] };
    expect(role.rules.flatMap((r) => r.verbs)).not.toContain('delete');
    expect(policyDocument(['read'])).not.toContain("'patch'");
  });
});

function withTemplate(object: Json, more: Json): Json {
  const spec = object['spec'] as Json;
  const template = spec['template'] as Json;
  return { ...object, spec: { ...spec, template: { ...template, spec: { ...(template['spec'] as Json), ...more } } } };
}

/** The odd one's own: its machines would be others. */
function labelsOf(object: Json): Json {
  const { labels = {} } = object['metadata'] as { labels?: Record<string, string> };
  return { ...labels, 'godwit.io/fleet': 'im-fleet' };
}

const poolIn = (world: KubernetesSubject['world'], name: string) =>
  world.pools.list('kubernetes').find((p) => p.name === name);
const target = (world: KubernetesSubject['world'], name: string) => poolIn(world, name)?.target;
const refId = (world: KubernetesSubject['world'], name: string) => poolIn(world, name)?.id ?? '';
