import { beforeAll, describe, expect, it } from 'vitest';
import type { LinearSolver } from '../../src/ports.ts';
import { loadHighs } from '../../src/world/highs.ts';
import { deployment, eksNode, node, pod } from '../support/kube.ts';
import { trial } from '../support/repack.ts';

let solver: LinearSolver;
beforeAll(async () => {
  solver = await loadHighs();
});

const SMALL = { requests: { cpu: '500m', memory: '1Gi' } };
/** three nodes, one a zone */
const NODES = [eksNode('a', { zone: 'a' }), eksNode('b', { zone: 'b' }), eksNode('c', { zone: 'c' })];
const ON = ['a', 'b', 'c'];
const same = (app: string) => ({ labelSelector: { matchLabels: { app } } });
const apart = (app: string, topologyKey = 'kubernetes.io/hostname', more: object = {}) => ({
  affinity: {
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...same(app), topologyKey, ...more }] },
  },
});
const together = (app: string, topologyKey = 'kubernetes.io/hostname') => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...same(app), topologyKey }] } },
});
const spread = (app: string, maxSkew = 1, more: object = {}) => ({
  topologySpreadConstraints: [
    { ...same(app), maxSkew, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule', ...more },
  ],
});
const ZONE = 'topology.kubernetes.io/zone';
const sum = (rows: readonly { readonly pods: number }[]): number => rows.reduce((n, r) => n + r.pods, 0);
const byZone = (rows: readonly { readonly zone: string; readonly pods: number }[]): Record<string, number> => {
  const zones: Record<string, number> = {};
  for (const { zone, pods } of rows) zones[zone] = (zones[zone] ?? 0) + pods;
  return zones;
};

describe('what a pod demands of its node', () => {
  it('free pods go to the cheapest nodes that hold them, all of them', () => {
    const t = trial([...NODES, ...deployment('web', ON, 6, SMALL)], solver);
    expect(t.kept).toEqual({});
    expect(sum(t.nodesOf('web'))).toBe(6);
    expect(t.answer.packing.usdPerHour).toBeLessThan(3 * 0.428);
    expect(t.answer.packing.lowerBoundUsdPerHour).toBeLessThanOrEqual(t.answer.packing.usdPerHour);
  });

  it('replicas on several nodes are never put more than half on one', () => {
    const t = trial([...NODES, ...deployment('pair', ON, 2, { requests: { cpu: '10m', memory: '16Mi' } })], solver);
    expect(t.nodesOf('pair').map((n) => n.pods)).toEqual([1, 1]);
  });

  it('an instance type that is asked for is kept to', () => {
    const spec = { nodeSelector: { 'node.kubernetes.io/instance-type': 'm5.2xlarge' } };
    const t = trial([...NODES, ...deployment('typed', ON, 4, { ...SMALL, spec })], solver);
    expect(new Set(t.nodesOf('typed').map((n) => n.type))).toEqual(new Set(['m5.2xlarge']));
  });

  it('a zone that is asked for is kept to, by required node affinity with alternatives', () => {
    const terms = ['eu-west-1a', 'eu-west-1b'].map((z) => ({
      matchExpressions: [{ key: ZONE, operator: 'In', values: [z] }],
    }));
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } };
    const t = trial([...NODES, ...deployment('here', ['a', 'b'], 6, { ...SMALL, spec: { affinity } })], solver);
    expect(Object.keys(byZone(t.nodesOf('here'))).every((z) => z !== 'eu-west-1c')).toBe(true);
    expect(sum(t.nodesOf('here'))).toBe(6);
  });

  it('a label of your own is kept to: new nodes of the kinds that carry it', () => {
    const labelled = eksNode('d', {
      labels: { team: 'payments' },
      taints: [{ key: 'team', value: 'payments', effect: 'NoSchedule' }],
    });
    const spec = {
      nodeSelector: { team: 'payments' },
      tolerations: [{ key: 'team', operator: 'Equal', value: 'payments' }],
    };
    const items = [
      ...NODES,
      labelled,
      ...deployment('pay', ['d'], 3, { ...SMALL, spec }),
      ...deployment('web', ON, 3, SMALL),
    ];
    const t = trial(items, solver);
    expect(sum(t.nodesOf('pay'))).toBe(3);
    // the taint keeps the others off: no node carries both
    for (const { pods } of t.answer.packing.seats) expect(new Set(pods.map((p) => p.workload)).size).toBe(1);
  });

  it('without a taint, others may share the labelled nodes', () => {
    const items = [
      eksNode('a', { labels: { team: 'payments' } }),
      eksNode('b'),
      ...deployment('pay', ['a'], 1, { ...SMALL, spec: { nodeSelector: { team: 'payments' } } }),
      ...deployment('web', ['b'], 1, SMALL),
    ];
    const t = trial(items, solver);
    expect(t.answer.packing.seats).toHaveLength(1);
  });

  it('arm64 and amd64: what runs on one stays on it, unless its own rule or the user says otherwise', () => {
    const arm = eksNode('g', { type: 'm7g.2xlarge', labels: { 'kubernetes.io/arch': 'arm64' } });
    const items = [...NODES, arm, ...deployment('x86', ON, 3, SMALL), ...deployment('graviton', ['g'], 3, SMALL)];
    const strict = trial(items, solver);
    expect(strict.nodesOf('x86').every((n) => !n.type.startsWith('m7g'))).toBe(true);
    expect(strict.nodesOf('graviton').every((n) => n.type.startsWith('m7g'))).toBe(true);
    const both = trial(items, solver, { arches: ['amd64', 'arm64'] });
    expect(both.answer.packing.usdPerHour).toBeLessThan(strict.answer.packing.usdPerHour);
    const key = 'kubernetes.io/arch';
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'In', values: ['amd64', 'arm64'] }] }],
        },
      },
    };
    const own = trial([...NODES, arm, ...deployment('multi', ON, 40, { ...SMALL, spec: { affinity } })], solver);
    expect(own.nodesOf('multi').some((n) => n.type.startsWith('m7g'))).toBe(true);
  });

  it('GPUs: only nodes with the GPU it runs on, and only the pods that ask for one make them proposed', () => {
    const gpu = eksNode('g', {
      type: 'g5.xlarge',
      taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
      allocatable: { cpu: '3920m', memory: '14912492Ki', pods: '58', 'nvidia.com/gpu': '1' },
    });
    const spec = { tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }] };
    const ai = deployment('ai', ['g'], 1, { requests: { cpu: '1', memory: '4Gi', 'nvidia.com/gpu': '1' }, spec });
    const t = trial([...NODES, gpu, ...ai, ...deployment('web', ON, 6, SMALL)], solver);
    expect(t.nodesOf('ai')).toMatchObject([{ type: 'g5.xlarge', pods: 1 }]);
    expect(t.nodesOf('web').every((n) => n.type !== 'g5.xlarge')).toBe(true);
  });

  it('spot: pods on spot may stay there, the others are not put there unless a share is given', () => {
    const spot = eksNode('s', { capacity: 'spot' });
    const items = [...NODES, spot, ...deployment('batch', ['s'], 6, SMALL), ...deployment('web', ON, 6, SMALL)];
    const t = trial(items, solver);
    expect(t.nodesOf('batch').every((n) => n.purchase === 'spot')).toBe(true);
    expect(t.nodesOf('web').every((n) => n.purchase === 'on-demand')).toBe(true);
    const half = trial(items, solver, { spot: 0.5 });
    const onSpot = half.nodesOf('web').filter((n) => n.purchase === 'spot');
    expect(sum(onSpot)).toBe(3);
  });

  it('a burstable type that runs today is proposed only for the kind of node that runs it', () => {
    const burst = eksNode('t', {
      type: 't3.large',
      labels: { role: 'build' },
      allocatable: { cpu: '1930m', memory: '7Gi', pods: '35' },
    });
    const items = [
      ...NODES,
      burst,
      ...deployment('web', ON, 9, SMALL),
      ...deployment('ci', ['t'], 1, { ...SMALL, spec: { nodeSelector: { role: 'build' } } }),
    ];
    const other = {
      ...SMALL,
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'role', operator: 'DoesNotExist' }] }],
            },
          },
        },
      },
    };
    const t = trial([...items, ...deployment('plain', ON, 6, other)], solver);
    expect(t.nodesOf('plain').every((n) => n.type !== 't3.large')).toBe(true);
  });
});

describe('rules among pods', () => {
  it('anti-affinity to itself over nodes: one a node', () => {
    const t = trial([...NODES, ...deployment('router', ON, 3, { ...SMALL, spec: apart('router') })], solver);
    expect(t.nodesOf('router').map((n) => n.pods)).toEqual([1, 1, 1]);
  });

  it('spread over nodes: no more on one than its skew', () => {
    const spec = {
      topologySpreadConstraints: [
        { ...same('web'), maxSkew: 2, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
      ],
    };
    const t = trial([...NODES, ...deployment('web', ON, 6, { ...SMALL, spec })], solver);
    expect(Math.max(...t.nodesOf('web').map((n) => n.pods))).toBeLessThanOrEqual(2);
  });

  it('anti-affinity between workloads, stated by one of them only: they share no node', () => {
    const items = [
      ...NODES,
      ...deployment('noisy', ON, 3, SMALL),
      ...deployment('quiet', ON, 3, { ...SMALL, spec: apart('noisy') }),
    ];
    // today's nodes break the rule: it binds when pods are scheduled, and in the new placement it holds
    const t = trial(items, solver);
    for (const { pods } of t.answer.packing.seats) expect(new Set(pods.map((p) => p.labels.get('app'))).size).toBe(1);
  });

  it('anti-affinity reaches into the namespaces it names', () => {
    const term = apart('noisy', 'kubernetes.io/hostname', { namespaceSelector: {} });
    const other = deployment('noisy', ['a'], 2, { ...SMALL, namespace: 'other' });
    const t = trial([...NODES, ...other, ...deployment('quiet', ['b'], 2, { ...SMALL, spec: term })], solver);
    for (const { pods } of t.answer.packing.seats) expect(new Set(pods.map((p) => p.labels.get('app'))).size).toBe(1);
    const own = trial(
      [...NODES, ...other, ...deployment('quiet', ['b'], 2, { ...SMALL, spec: apart('noisy') })],
      solver,
    );
    expect(own.answer.packing.seats.some(({ pods }) => new Set(pods.map((p) => p.labels.get('app'))).size === 2)).toBe(
      true,
    );
  });

  it('two revisions of a workload that must be one a node share none either', () => {
    const old = deployment('router', ['a', 'b'], 2, { ...SMALL, spec: apart('router') });
    const fresh = deployment('router', ['c'], 1, { requests: { cpu: '600m', memory: '1Gi' }, spec: apart('router') });
    const t = trial(
      [
        ...NODES,
        ...old,
        ...fresh.map((p) => ({ ...p, metadata: { ...(p['metadata'] as object), name: 'router-new' } })),
      ],
      solver,
    );
    expect(t.nodesOf('router').map((n) => n.pods)).toEqual([1, 1, 1]);
  });

  it('spread over zones: stated exactly, so pods may change zones and the skew still holds', () => {
    const t = trial([...NODES, ...deployment('web', ON, 8, { ...SMALL, spec: spread('web') })], solver);
    const zones = Object.values(byZone(t.nodesOf('web')));
    expect(zones).toHaveLength(3);
    expect(Math.max(...zones) - Math.min(...zones)).toBeLessThanOrEqual(1);
    expect(t.ready.fates.zone.size).toBe(0);
  });

  it('spread over zones that other pods count in: each keeps its zone', () => {
    const items = [
      ...NODES,
      ...deployment('web', ON, 6, {
        ...SMALL,
        labels: { part: 'edge' },
        spec: {
          topologySpreadConstraints: [
            {
              labelSelector: { matchLabels: { part: 'edge' } },
              maxSkew: 1,
              topologyKey: ZONE,
              whenUnsatisfiable: 'DoNotSchedule',
            },
          ],
        },
      }),
      ...deployment('api', ON, 3, { ...SMALL, labels: { part: 'edge' } }),
    ];
    const t = trial(items, solver);
    expect(byZone(t.nodesOf('web'))).toEqual({ 'eu-west-1a': 2, 'eu-west-1b': 2, 'eu-west-1c': 2 });
    expect(byZone(t.nodesOf('api'))).toEqual({ 'eu-west-1a': 1, 'eu-west-1b': 1, 'eu-west-1c': 1 });
  });

  it('a spread that today’s nodes break can’t be restated: its pods stay', () => {
    const items = [
      ...NODES,
      ...deployment('web', ['a'], 4, { ...SMALL, labels: { part: 'x' }, spec: spread('web', 1, { minDomains: 5 }) }),
    ];
    const t = trial(items, solver);
    expect(Object.values(t.kept)[0]).toMatch(/rule over zones \(spread\).*today's nodes do not keep it/);
  });

  it('ScheduleAnyway binds nobody', () => {
    const t = trial(
      [
        ...NODES,
        ...deployment('web', ON, 3, { ...SMALL, spec: spread('web', 1, { whenUnsatisfiable: 'ScheduleAnyway' }) }),
      ],
      solver,
    );
    expect(t.kept).toEqual({});
    expect(t.ready.units[0]?.zoneSkew).toBeUndefined();
  });

  it('anti-affinity over zones: each keeps the zone it has', () => {
    const t = trial([...NODES, ...deployment('search', ON, 3, { ...SMALL, spec: apart('search', ZONE) })], solver);
    expect(byZone(t.nodesOf('search'))).toEqual({ 'eu-west-1a': 1, 'eu-west-1b': 1, 'eu-west-1c': 1 });
  });

  it('affinity over zones: both sides keep their zones', () => {
    const items = [
      ...NODES,
      ...deployment('db', ['b'], 1, SMALL),
      ...deployment('app', ['b'], 3, { ...SMALL, spec: together('db', ZONE) }),
    ];
    const t = trial(items, solver);
    expect(Object.keys(byZone([...t.nodesOf('app'), ...t.nodesOf('db')]))).toEqual(['eu-west-1b']);
  });

  it('affinity over nodes can’t be stated: both sides stay', () => {
    const items = [
      ...NODES,
      ...deployment('db', ['a'], 1, SMALL),
      ...deployment('helper', ['a'], 1, { ...SMALL, spec: together('db') }),
    ];
    const t = trial(items, solver);
    expect(t.kept['chat/helper-0']).toMatch(/same node as another pod/);
    expect(t.kept['chat/db-0']).toMatch(/another pod must run on the same node/);
    expect([...t.ready.staying.keys()].map((n) => n.name)).toEqual(['a']);
  });

  it('a rule over a label of your own can’t be stated: its pods stay', () => {
    const t = trial(
      [...NODES, ...deployment('web', ON, 2, { ...SMALL, spec: apart('web', 'example.com/rack') })],
      solver,
    );
    expect(t.kept['chat/web-0']).toMatch(/over the label example\.com\/rack/);
  });

  it('host ports: one a node, and apart from others with the same port', () => {
    const port = {
      containers: [
        {
          name: 'm',
          ports: [{ containerPort: 80, hostPort: 80 }],
          resources: { requests: { cpu: '100m', memory: '64Mi' } },
        },
      ],
    };
    const t = trial(
      [
        ...NODES,
        ...deployment('edge', ['a', 'b'], 2, { spec: port }),
        ...deployment('proxy', ['c'], 1, { spec: port }),
      ],
      solver,
    );
    expect(t.answer.packing.seats).toHaveLength(3);
  });

  it('a host port that a DaemonSet binds on every node keeps the pod where it is', () => {
    const port = { containers: [{ name: 'm', ports: [{ containerPort: 80, hostPort: 80 }] }] };
    const daemon = pod({ name: 'd-a', node: 'a', owner: 'DaemonSet/d', spec: port });
    const t = trial([...NODES, daemon, ...deployment('edge', ['b'], 1, { spec: port })], solver);
    expect(t.kept['chat/edge-0']).toMatch(/host port TCP\/80, which chat\/DaemonSet\/d binds/);
  });
});

describe('volumes', () => {
  const claim = (name: string) => ({ volumes: [{ name: 'data', persistentVolumeClaim: { claimName: name } }] });
  const pvc = (name: string) => ({
    kind: 'PersistentVolumeClaim',
    metadata: { name, namespace: 'chat' },
    spec: { volumeName: `pv-${name}` },
  });
  const pv = (name: string, spec: object) => ({ kind: 'PersistentVolume', metadata: { name: `pv-${name}` }, spec });
  const inZones = (...values: string[]) => ({
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values }] }] } },
  });
  const db = (name: string, on: string) =>
    pod({ name: `${name}-0`, node: on, owner: `StatefulSet/${name}`, ...SMALL, spec: claim(name) });

  it('a volume that is not in the input keeps its pod in the zone', () => {
    const t = trial([...NODES, db('db', 'b')], solver);
    expect(byZone(t.nodesOf('db'))).toEqual({ 'eu-west-1b': 1 });
  });

  it('a volume in the input keeps it in the zones from which it can be reached', () => {
    const t = trial([...NODES, db('db', 'b'), pvc('db'), pv('db', inZones('eu-west-1c'))], solver);
    expect(t.kept).toEqual({});
    expect(byZone(t.nodesOf('db'))).toEqual({ 'eu-west-1c': 1 });
  });

  it('a shared file system leaves it every zone, but not another region', () => {
    const t = trial(
      [
        ...NODES,
        db('db', 'b'),
        pvc('db'),
        pv('db', { csi: { driver: 'efs.csi.aws.com' }, accessModes: ['ReadWriteMany'] }),
      ],
      solver,
    );
    expect(t.ready.fates.zone.size).toBe(0);
    expect(t.ready.units[0]).toMatchObject({ disks: 0, demand: { inRegion: true } });
  });

  it('a volume on the node’s own disk keeps it on its node', () => {
    const t = trial([...NODES, db('db', 'b'), pvc('db'), pv('db', { local: { path: '/mnt' } })], solver);
    expect(t.kept['chat/db-0']).toMatch(/on the node's own disk/);
  });

  it('a node takes no more disks than can be attached to it', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      pod({
        name: `s-${i}`,
        node: ON[i % 3] ?? 'a',
        owner: 'StatefulSet/s',
        requests: { cpu: '10m', memory: '16Mi' },
        spec: claim(`s-${i}`),
      }),
    );
    const t = trial([...NODES, ...many], solver);
    expect(Math.max(...t.nodesOf('s').map((n) => n.pods))).toBeLessThanOrEqual(24);
    expect(sum(t.nodesOf('s'))).toBe(60);
  });
});

describe('pods that can not be moved', () => {
  const evict = { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' };
  const rows: readonly (readonly [why: string, item: Record<string, unknown>, reason: RegExp, freed: boolean])[] = [
    [
      'marked safe-to-evict: false',
      pod({ name: 'p', node: 'a', owner: 'Deployment/d', annotations: evict }),
      /needs a restart: marked .*safe-to-evict/,
      true,
    ],
    [
      'marked do-not-disrupt',
      pod({ name: 'p', node: 'a', owner: 'Deployment/d', annotations: { 'karpenter.sh/do-not-disrupt': 'true' } }),
      /needs a restart: marked karpenter/,
      true,
    ],
    ['made by nothing', pod({ name: 'p', node: 'a' }), /no controller would start it again/, true],
    [
      'asking for its node by name',
      pod({ name: 'p', node: 'a', owner: 'Deployment/d', spec: { nodeSelector: { 'kubernetes.io/hostname': 'a' } } }),
      /name single nodes/,
      false,
    ],
    [
      'asking for huge pages',
      pod({ name: 'p', node: 'a', owner: 'Deployment/d', requests: { 'hugepages-2Mi': '64Mi' } }),
      /asks for hugepages-2Mi/,
      false,
    ],
    [
      'asking through a resource claim',
      pod({ name: 'p', node: 'a', owner: 'Deployment/d', spec: { resourceClaims: [{ name: 'gpu' }] } }),
      /resource claim/,
      false,
    ],
    [
      'whose selector its node no longer matches',
      pod({ name: 'p', node: 'a', owner: 'Deployment/d', spec: { nodeSelector: { gone: 'yes' } } }),
      /no longer match/,
      false,
    ],
    [
      'in another place than zones and regions tell',
      pod({
        name: 'p',
        node: 'a',
        owner: 'Deployment/d',
        spec: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [
                  { matchExpressions: [{ key: 'topology.k8s.aws/zone-id', operator: 'DoesNotExist' }] },
                ],
              },
            },
          },
        },
      }),
      /name single nodes/,
      false,
    ],
  ];
  it.each(rows)('%s', (_why, item, reason, freed) => {
    const t = trial([...NODES, item], solver);
    expect(t.kept['chat/p']).toMatch(reason);
    expect([...t.ready.staying.keys()].map((n) => n.name)).toEqual(['a']);
    expect('chat/p' in trial([...NODES, item], solver, { includePinned: true }).kept).toBe(!freed);
  });

  it('room beside them is used, and their node is not bought again', () => {
    const pinned = pod({
      name: 'p',
      node: 'a',
      owner: 'Deployment/d',
      annotations: evict,
      requests: { cpu: '1', memory: '1Gi' },
    });
    const t = trial([...NODES, pinned, ...deployment('web', ['b'], 4, SMALL)], solver);
    expect(t.nodesOf('web')).toMatchObject([{ stays: true, pods: 4 }]);
    expect(t.answer.packing.usdPerHour).toBe(0);
  });

  it('but not on a node that is closed or not ready', () => {
    const pinned = pod({ name: 'p', node: 'x', owner: 'Deployment/d', annotations: evict });
    for (const state of [{ unschedulable: true }, { ready: false }]) {
      const t = trial([eksNode('x', state), eksNode('b'), pinned, ...deployment('web', ['b'], 2, SMALL)], solver);
      expect(t.nodesOf('web').every((n) => !n.stays)).toBe(true);
    }
  });

  it('pods do not go beside a kept pod that they must be apart from', () => {
    const kept = pod({
      name: 'router-k',
      node: 'a',
      owner: 'Deployment/router',
      labels: { app: 'router' },
      annotations: evict,
      ...SMALL,
      spec: apart('router'),
    });
    const t = trial(
      [...NODES, kept, ...deployment('router', ['b', 'c'], 2, { ...SMALL, spec: apart('router') })],
      solver,
    );
    expect(t.nodesOf('router')).toHaveLength(2);
    expect(t.nodesOf('router').every((n) => !n.stays)).toBe(true);
  });

  it('a control-plane node stays, whatever runs on it', () => {
    const plane = eksNode('cp', {
      labels: { 'node-role.kubernetes.io/control-plane': '' },
      taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
    });
    const t = trial([plane, ...NODES, ...deployment('web', ON, 2, SMALL)], solver);
    expect([...t.ready.staying].map(([n, why]) => [n.name, why])).toEqual([['cp', 'it runs the control plane']]);
  });

  it('a pod that waits is made room for; one that waits for a named node is left out', () => {
    const waits = pod({ name: 'w', owner: 'Deployment/w', phase: 'Pending', ...SMALL });
    const named = pod({
      name: 'n',
      owner: 'Deployment/n',
      phase: 'Pending',
      spec: { nodeSelector: { 'kubernetes.io/hostname': 'zz' } },
    });
    const t = trial([...NODES, waits, named, ...deployment('web', ON, 1, SMALL)], solver);
    expect(sum(t.nodesOf('w'))).toBe(1);
    expect(t.leftOut['chat/n']).toMatch(/waits for a node that it names/);
  });
});

describe('what comes with a node', () => {
  it('DaemonSets take their share of every new node, by their own selectors', () => {
    const daemon = (name: string, on: string, spec: Readonly<Record<string, unknown>> = {}) =>
      pod({
        name: `${name}-${on}`,
        node: on,
        owner: `DaemonSet/${name}`,
        requests: { cpu: '500m', memory: '512Mi' },
        spec,
      });
    const arm = eksNode('g', { type: 'm7g.2xlarge', labels: { 'kubernetes.io/arch': 'arm64' } });
    const spec = { nodeSelector: { 'kubernetes.io/arch': 'arm64' } };
    const items = [...NODES, arm, ...[...ON, 'g'].map((n) => daemon('all', n)), daemon('armed', 'g', spec)];
    const t = trial([...items, ...deployment('web', ON, 3, SMALL), ...deployment('gr', ['g'], 1, SMALL)], solver, {
      types: ['m5.2xlarge', 'm7g.2xlarge'],
    });
    const left = new Map(t.answer.packing.seats.map(({ host }) => [host.offering.type, host.room]));
    expect(left.get('m5.2xlarge')).toMatchObject({ pods: 57, amounts: { cpu: 7910 - 500 } });
    expect(left.get('m7g.2xlarge')).toMatchObject({ pods: 56, amounts: { cpu: 7910 - 1000 } });
    expect(t.ready.around.daemons.map((d) => d.workload).toSorted()).toEqual([
      'chat/DaemonSet/all',
      'chat/DaemonSet/armed',
    ]);
  });

  it('static pods come with any node', () => {
    const mirror = pod({
      name: 'proxy-a',
      node: 'a',
      owner: 'Node/a',
      annotations: { 'kubernetes.io/config.mirror': 'x' },
      requests: { cpu: '100m' },
    });
    const t = trial([...NODES, mirror, ...deployment('web', ON, 1, SMALL)], solver);
    expect(t.ready.around.statics).toMatchObject({ pods: 1, amounts: { cpu: 100 } });
  });

  it('room on today’s types is measured, and other types are brought in line with it', () => {
    const meagre = { cpu: '7000m', memory: '24Gi', pods: '20' };
    const items = ON.map((n) =>
      node({
        ...eksNode(n, { zone: n }),
        name: n,
        labels: (eksNode(n, { zone: n })['metadata'] as { labels: Record<string, string> }).labels,
        allocatable: meagre,
      }),
    );
    const t = trial([...items, ...deployment('web', ON, 3, SMALL)], solver);
    const { sense } = t.ready.around;
    expect(sense.measured.get('m5.2xlarge')?.amounts.cpu).toBe(7000);
    expect(sense.cpuShare).toBeLessThan(0.9);
    expect(sense.pods(58)).toBe(20);
  });
});
