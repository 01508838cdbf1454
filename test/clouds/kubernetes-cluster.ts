import type { SimInstance, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';
import type { ProviderName } from '../../src/catalog/offering.ts';
import { instant } from '../../src/units.ts';
import {
  machineDeployment,
  machinesOf,
  nodeName,
  poolAsked,
  providerId,
  type Json,
  type Written,
} from './kubernetes-cluster-api.ts';
import { keyOf, store, type Store } from './kubernetes-store.ts';

export interface ClusterSetup {
  /** name of the context that reaches it */
  readonly context: string;
  /** whose machines its nodes are */
  readonly provider: ProviderName;
  readonly region: string;
  /** version of Cluster API that it serves; absent = none */
  readonly clusterApi?: 'v1beta1' | 'v1beta2';
}

/** A cluster over the world: nodes and Cluster API's objects follow the world's pools, everything else is what was put. */
export interface FakeCluster {
  readonly setup: ClusterSetup;
  readonly objects: Store;
  /** Brings nodes, their daemons' pods, pools and machines up to what the world says. */
  refresh(): void;
  /** Pools as they were so long ago. */
  deploymentsAt(byS: number): readonly Json[];
  /** Sets a pool's size; the marked machines go first. Words where it may not. */
  resize(pool: string, replicas: number, by: string): string | undefined;
  open(body: unknown, by: string): string | undefined;
  written(kind: 'pool' | 'machine', name: string): Written;
  cordon(node: string, unschedulable: boolean): void;
}

export const RESOURCES = {
  nodes: '/nodes',
  pods: '/pods',
  budgets: 'policy/poddisruptionbudgets',
  deployments: 'cluster.x-k8s.io/machinedeployments',
  machines: 'cluster.x-k8s.io/machines',
} as const;

export const MARK = 'cluster.x-k8s.io/delete-machine';

export function fakeCluster(world: SimulatedWorld, setup: ClusterSetup): FakeCluster {
  const objects = store();
  const notes = new Map<string, Written>();
  const closed = new Set<string>();
  /** what was made of each pool, and of which state of it */
  let derived = new Map<string, { readonly mark: string; readonly keys: ReadonlyMap<string, string> }>();
  const { provider, region, clusterApi } = setup;
  const cluster = `${region}-cluster`;
  const written = (kind: 'pool' | 'machine', name: string): Written => {
    const note = notes.get(`${kind}/${name}`) ?? { annotations: {}, labels: {} };
    notes.set(`${kind}/${name}`, note);
    return note;
  };
  const pools = () => world.pools.list(provider, region);
  const poolNamed = (name: string) => pools().find((pool) => pool.name === name);
  const putAll = (pool: SimPool): ReadonlyMap<string, string> => {
    const keys = new Map<string, string>();
    const put = (resource: string, object: Json): void => {
      objects.put(resource, object);
      keys.set(`${resource} ${keyOf(object)}`, resource);
    };
    for (const instance of pool.instances.filter((i) => i.state === 'running' || i.state === 'ending')) {
      put(RESOURCES.nodes, node(world, instance, closed.has(nodeName(instance))));
      for (const pod of daemonPods(instance)) put(RESOURCES.pods, pod);
    }
    if (clusterApi === undefined) return keys;
    put(RESOURCES.deployments, machineDeployment(pool, cluster, clusterApi, written('pool', pool.name)));
    const marks = (name: string): Written => written('machine', name);
    for (const machine of machinesOf(pool, cluster, clusterApi, marks)) put(RESOURCES.machines, machine);
    return keys;
  };
  return {
    setup,
    objects,
    written,
    cordon(name, unschedulable) {
      if (unschedulable) closed.add(name);
      else closed.delete(name);
    },
    refresh() {
      const now = new Map<string, { readonly mark: string; readonly keys: ReadonlyMap<string, string> }>();
      for (const pool of pools()) {
        const mark = markOf(pool, notes, closed);
        const before = derived.get(pool.id);
        now.set(pool.id, before?.mark === mark ? before : { mark, keys: putAll(pool) });
      }
      const keys = new Set([...now.values()].flatMap((made) => [...made.keys.keys()]));
      for (const { keys: old } of derived.values()) {
        for (const [key, resource] of old) if (!keys.has(key)) objects.remove(resource, key.slice(resource.length + 1));
      }
      derived = now;
    },
    deploymentsAt: (byS) =>
      world.pools
        .listAt(instant(world.now() - byS * 1000), provider, region)
        .map((pool) => machineDeployment(pool, cluster, clusterApi ?? 'v1beta1', written('pool', pool.name)))
        .map((object) => ({ ...object, metadata: { ...(object.metadata as Json), resourceVersion: '1' } })),
    resize(name, replicas, by) {
      const pool = poolNamed(name);
      if (!pool) return `machinedeployments.cluster.x-k8s.io "${name}" not found`;
      if (replicas === pool.target) return undefined;
      const marked = pool.instances.filter(
        (i) => (i.state === 'pending' || i.state === 'running') && MARK in written('machine', i.id).annotations,
      );
      const chosen = marked.slice(0, Math.max(0, pool.target - replicas)).map((i) => i.id);
      const done =
        chosen.length > 0 && chosen.length === pool.target - replicas
          ? world.pools.remove(pool.id, chosen, { by })
          : world.pools.resize(pool.id, replicas, { by });
      return done.ok ? undefined : `admission webhook denied the request: ${done.why}`;
    },
    open(body, by) {
      const asked = poolAsked(body, world, region);
      if (typeof asked === 'string') return asked;
      const { name, zone, type, replicas, labels, annotations } = asked;
      const note = written('pool', name);
      note.annotations = annotations;
      note.spec = (body as { spec: Json }).spec;
      const own = Object.entries(labels).filter(([key]) => !key.startsWith('cluster.x-k8s.io/'));
      world.pools.open(
        {
          provider,
          region,
          zone,
          type,
          name,
          purchase: 'on-demand',
          target: replicas,
          min: 0,
          max: 2000,
          tags: Object.fromEntries(own),
        },
        { by },
      );
      return undefined;
    },
  };
}

/** Changes whenever something of the pool's objects may: a thousand machines are not to be made anew for every request. */
function markOf(pool: SimPool, notes: ReadonlyMap<string, Written>, closed: ReadonlySet<string>): string {
  const { id, version, instances, operation, name } = pool;
  const machines = instances.map((i) => [
    i.id,
    i.state,
    closed.has(nodeName(i)),
    Object.keys(notes.get(`machine/${i.id}`)?.annotations ?? {}).length,
  ]);
  return JSON.stringify([id, version, machines, operation?.shortages, notes.get(`pool/${name}`)]);
}

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

function node(world: SimulatedWorld, instance: SimInstance, unschedulable: boolean): Json {
  const { provider, region, zone, type, launchedAt, readyAt } = instance;
  const name = nodeName(instance);
  const shape = world.regions
    .find((r) => r.provider === provider && r.name === region)
    ?.types.find((t) => t.name === type);
  const [cpu, memory] = [(shape?.vcpu ?? 4) * 1000 - 120, (shape?.memory ?? 8192) - 600];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: `uid-${name}`,
      creationTimestamp: iso(readyAt ?? launchedAt),
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': type,
        'topology.kubernetes.io/region': region,
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: {
      providerID: providerId(instance),
      ...(unschedulable && {
        unschedulable,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
      }),
    },
    status: {
      allocatable: { cpu: `${cpu}m`, memory: `${memory}Mi`, 'ephemeral-storage': '90Gi', pods: '110' },
      conditions: [
        { type: 'Ready', status: 'True', lastTransitionTime: iso(readyAt ?? launchedAt), reason: 'KubeletReady' },
      ],
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'containerd://2.1',
        kernelVersion: '6.8',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.34.2',
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'linux',
        systemUUID: '',
      },
    },
  };
}

/** What each node carries before any pod that may move: 250 m and 300 MiB, the larger of running and starting. */
function daemonPods(instance: SimInstance): Json[] {
  const { readyAt, launchedAt } = instance;
  const id = nodeName(instance);
  const pod = (name: string, spec: Json): Json => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${id}`,
      namespace: 'kube-system',
      uid: `${name}-${id}`,
      creationTimestamp: iso(readyAt ?? launchedAt),
      labels: { app: name },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid: name, controller: true }],
    },
    spec: { nodeName: id, ...spec },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const container = (name: string, cpu: string, memory: string): Json => ({
    name,
    image: `registry.example/${name}`,
    resources: { requests: { cpu, memory } },
  });
  return [
    pod('kube-proxy', { containers: [container('proxy', '100m', '100Mi')] }),
    pod('node-agent', {
      initContainers: [container('unpack', '150m', '50Mi')],
      containers: [container('agent', '100m', '200Mi')],
    }),
  ];
}
