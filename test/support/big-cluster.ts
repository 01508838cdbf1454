import { node, pod } from './kube.ts';

/** A repeatable stream of numbers from 0 to 1 (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
/** type, vCPU, allocatable cores and KiB, pods, share of the nodes */
const TYPES = [
  ['m5.2xlarge', '7910m', '31391920Ki', '58', 0.5],
  ['m5.4xlarge', '15890m', '61934716Ki', '234', 0.2],
  ['c5.4xlarge', '15890m', '29163648Ki', '234', 0.15],
  ['r5.2xlarge', '7910m', '63933576Ki', '58', 0.15],
] as const;
const CPUS = [100, 250, 500, 750, 1000, 1500, 2000];
const MEMORIES = [128, 256, 512, 1024, 1536, 2048, 4096];

/**
 * A messenger's cluster in AWS eu-west-1 as kubectl prints it: workloads of 2 to 120 replicas with requests from the
 * usual round figures; a fifth spread over zones, an eighth one a node, a tenth on spot, some StatefulSets with volumes;
 * five DaemonSets.
 */
export function bigCluster(nodes: number, pods: number, seed = 1): Record<string, unknown>[] {
  const next = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const items: Record<string, unknown>[] = [];
  const names: { readonly name: string; readonly spot: boolean }[] = [];
  for (let i = 0; i < nodes; i++) {
    const zone = ZONES[i % 3] ?? 'eu-west-1a';
    let share = next();
    const type = TYPES.find(([, , , , s]) => (share -= s) < 0) ?? TYPES[0];
    const name = `ip-10-0-${Math.floor(i / 250)}-${i % 250}.eu-west-1.compute.internal`;
    const spot = i % 10 === 9;
    names.push({ name, spot });
    items.push(
      node({
        name,
        providerID: `aws:///${zone}/i-${i.toString(16).padStart(17, '0')}`,
        labels: {
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/os': 'linux',
          'kubernetes.io/hostname': name,
          'node.kubernetes.io/instance-type': type[0],
          'topology.kubernetes.io/region': 'eu-west-1',
          'topology.kubernetes.io/zone': zone,
          'karpenter.sh/capacity-type': spot ? 'spot' : 'on-demand',
          'karpenter.sh/nodepool': 'general',
        },
        allocatable: { cpu: type[1], memory: type[2], pods: type[3], 'ephemeral-storage': '76224326324' },
      }),
    );
  }
  for (let placed = 0, w = 0; placed < pods; w++) {
    const replicas = Math.min(
      pods - placed,
      next() < 0.6 ? 2 + Math.floor(next() * 20) : 20 + Math.floor(next() * 100),
    );
    items.push(...workload(`svc-${w}`, replicas, names, next, pick));
    placed += replicas;
  }
  for (const daemon of ['aws-node', 'kube-proxy', 'ebs-csi-node', 'node-exporter', 'fluent-bit']) {
    for (const { name } of names) items.push(daemonPod(daemon, name));
  }
  return items;
}

function workload(
  name: string,
  replicas: number,
  nodes: readonly { readonly name: string; readonly spot: boolean }[],
  next: () => number,
  pick: <T>(from: readonly T[]) => T,
): Record<string, unknown>[] {
  const requests = { cpu: `${pick(CPUS)}m`, memory: `${pick(MEMORIES)}Mi` };
  const on = next() < 0.1 ? nodes.filter((n) => n.spot) : nodes.filter((n) => !n.spot);
  const start = Math.floor(next() * on.length);
  const kind = next();
  const select = { labelSelector: { matchLabels: { app: name } } };
  const alone = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ ...select, topologyKey: 'kubernetes.io/hostname' }],
      },
    },
  };
  const even = {
    topologySpreadConstraints: [
      { ...select, maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' },
    ],
  };
  const stateful = kind > 0.92;
  return Array.from({ length: replicas }, (_, i) =>
    pod({
      name: stateful ? `${name}-${i}` : `${name}-6f9d5c4b8-${i.toString(36).padStart(5, 'x')}`,
      namespace: `team-${name.length + (replicas % 7)}`,
      node: on[(start + i) % on.length]?.name ?? '',
      owner: `${stateful ? 'StatefulSet' : 'Deployment'}/${name}`,
      labels: { app: name, 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'Helm', team: 'messaging' },
      annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090' },
      requests,
      spec: {
        dnsPolicy: 'ClusterFirst',
        serviceAccountName: name,
        tolerations: ['not-ready', 'unreachable'].map((what) => ({
          key: `node.kubernetes.io/${what}`,
          operator: 'Exists',
          effect: 'NoExecute',
          tolerationSeconds: 300,
        })),
        ...(kind < 0.2 ? even : kind < 0.33 ? alone : {}),
        ...(stateful && { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${name}-${i}` } }] }),
      },
    }),
  );
}

function daemonPod(name: string, on: string): Record<string, unknown> {
  const named = { key: 'metadata.name', operator: 'In', values: [on] };
  return pod({
    name: `${name}-${on}`,
    namespace: 'kube-system',
    node: on,
    owner: `DaemonSet/${name}`,
    labels: { 'k8s-app': name },
    requests: { cpu: '50m', memory: '100Mi' },
    spec: {
      tolerations: [{ operator: 'Exists' }],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [named] }] },
        },
      },
    },
  });
}
