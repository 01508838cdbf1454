/** Builds nodes and pods in the shape that `kubectl get -o json` prints, with only what a test states about them. */
export interface NodeSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly providerID?: string;
  readonly taints?: readonly Readonly<Record<string, string>>[];
  readonly unschedulable?: boolean;
  readonly ready?: boolean;
  readonly allocatable?: Readonly<Record<string, string>>;
  readonly uid?: string;
}

export function node(spec: NodeSpec): Record<string, unknown> {
  const { name, labels, annotations, providerID, taints, unschedulable, allocatable } = spec;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: spec.uid ?? `uid-${name}`, labels: labels ?? {}, annotations: annotations ?? {} },
    spec: {
      ...(providerID !== undefined && { providerID }),
      ...(taints && { taints }),
      ...(unschedulable === true && { unschedulable }),
    },
    status: {
      ...(allocatable && { allocatable, capacity: allocatable }),
      conditions: [{ type: 'Ready', status: spec.ready === false ? 'False' : 'True' }],
    },
  };
}

/** A node of EKS in eu-west-1, 8 vCPU and 32 GiB unless stated otherwise. */
export function eksNode(
  name: string,
  options: Partial<NodeSpec> & {
    readonly zone?: string;
    readonly type?: string;
    readonly capacity?: 'spot' | 'on-demand';
  } = {},
): Record<string, unknown> {
  const zone = `eu-west-1${options.zone ?? 'a'}`;
  const type = options.type ?? 'm5.2xlarge';
  return node({
    ...options,
    name,
    providerID: `aws:///${zone}/i-${name}`,
    labels: {
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/hostname': name,
      'node.kubernetes.io/instance-type': type,
      'topology.kubernetes.io/region': 'eu-west-1',
      'topology.kubernetes.io/zone': zone,
      'eks.amazonaws.com/capacityType': options.capacity === 'spot' ? 'SPOT' : 'ON_DEMAND',
      ...options.labels,
    },
    allocatable: options.allocatable ?? {
      cpu: '7910m',
      memory: '31391920Ki',
      pods: '58',
      'ephemeral-storage': '76224326324',
    },
  });
}

export interface PodSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly phase?: string;
  /** `Deployment/gateway`, `StatefulSet/store`, `DaemonSet/proxy`, `Job/once`; absent = nothing made it */
  readonly owner?: string;
  readonly requests?: Readonly<Record<string, string>>;
  /** anything else of the pod's spec */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly deleted?: boolean;
}

export function pod(p: PodSpec): Record<string, unknown> {
  const [kind, owner] = (p.owner ?? '').split('/');
  const hash = '5d9c7b6f4d';
  const made = kind === 'Deployment' ? { kind: 'ReplicaSet', name: `${owner ?? ''}-${hash}` } : { kind, name: owner };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: p.name,
      namespace: p.namespace ?? 'chat',
      uid: `uid-${p.namespace ?? 'chat'}-${p.name}`,
      labels: { ...(kind === 'Deployment' && { 'pod-template-hash': hash }), ...p.labels },
      annotations: p.annotations ?? {},
      ...(p.owner !== undefined && { ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...made }] }),
      ...(p.deleted === true && { deletionTimestamp: '2026-11-20T10:00:00Z' }),
    },
    spec: {
      ...(p.node !== undefined && { nodeName: p.node }),
      containers: [{ name: 'main', image: 'registry.example.com/app:1', resources: { requests: p.requests ?? {} } }],
      ...p.spec,
    },
    status: { phase: p.phase ?? 'Running' },
  };
}

/** Replicas of one Deployment, one a node in turn. */
export function deployment(
  name: string,
  nodes: readonly string[],
  replicas: number,
  options: Omit<PodSpec, 'name' | 'owner' | 'node'> = {},
): Record<string, unknown>[] {
  return Array.from({ length: replicas }, (_, i) => {
    const on = nodes[i % Math.max(1, nodes.length)];
    return pod({
      ...options,
      name: `${name}-${i}`,
      owner: `Deployment/${name}`,
      labels: { app: name, ...options.labels },
      ...(on !== undefined && { node: on }),
    });
  });
}

export function list(items: readonly unknown[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items, metadata: { resourceVersion: '' } });
}
