import type { SimInstance, SimPool, SimulatedWorld } from '../../providers/simulated/world-types.ts';

/**
 * Cluster API's objects over the simulated world, and their shapes as its CustomResourceDefinitions have them
 * (cluster.x-k8s.io v1beta1 and v1beta2, kubernetes-sigs/cluster-api, api/core), as far as they are used here.
 */
export type Json = Readonly<Record<string, unknown>>;

/** What was written onto a pool or machine and the world knows nothing of. */
export interface Written {
  annotations: Record<string, string>;
  labels: Record<string, string>;
  spec?: Json;
}

export const NAMESPACE = 'clusters';
const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const namesOf = (cluster: string, pool: string): Readonly<Record<string, string>> => ({
  'cluster.x-k8s.io/cluster-name': cluster,
  'cluster.x-k8s.io/deployment-name': pool,
});

/** @param version `v1beta1` or `v1beta2` */
export function machineDeployment(pool: SimPool, cluster: string, version: string, written: Written): Json {
  const ready = pool.instances.filter((i) => i.state === 'running').length;
  const staying = pool.instances.filter((i) => i.state !== 'ended').length;
  const existing = Math.max(staying, staying + shortOf(pool));
  const names = namesOf(cluster, pool.name);
  const spec = written.spec ?? {
    clusterName: cluster,
    selector: { matchLabels: names },
    template: {
      metadata: { labels: names },
      spec: machineSpec(pool, cluster, version),
    },
  };
  const replicas =
    version === 'v1beta2'
      ? { replicas: existing, readyReplicas: ready, availableReplicas: ready, upToDateReplicas: existing }
      : {
          replicas: existing,
          readyReplicas: ready,
          availableReplicas: ready,
          updatedReplicas: existing,
          phase: 'Running',
        };
  return {
    apiVersion: `cluster.x-k8s.io/${version}`,
    kind: 'MachineDeployment',
    metadata: {
      name: pool.name,
      namespace: NAMESPACE,
      uid: `md-${pool.id}`,
      generation: pool.version,
      labels: { ...names, ...pool.tags, ...written.labels },
      annotations: {
        'cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size': String(pool.min),
        'cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size': String(pool.max),
        ...written.annotations,
      },
      managedFields: [
        {
          manager: pool.changedBy,
          operation: 'Update',
          apiVersion: `cluster.x-k8s.io/${version}`,
          time: iso(pool.changedAt),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': { 'f:replicas': {} } },
        },
      ],
    },
    spec: { ...spec, replicas: pool.target },
    status: {
      observedGeneration: pool.version,
      selector: `cluster.x-k8s.io/deployment-name=${pool.name}`,
      ...replicas,
    },
  };
}

/** The machine template's name is its type: that is what decides what a machine of it is. */
function machineSpec(pool: SimPool, cluster: string, version: string): Json {
  const ref = (group: string, kind: string, name: string): Json =>
    version === 'v1beta2'
      ? { apiGroup: group, kind, name }
      : { apiVersion: `${group}/v1beta1`, kind, name, namespace: NAMESPACE };
  return {
    clusterName: cluster,
    version: 'v1.34.2',
    failureDomain: pool.zone,
    bootstrap: { configRef: ref('bootstrap.cluster.x-k8s.io', 'KubeadmConfigTemplate', 'workers') },
    infrastructureRef: ref('infrastructure.cluster.x-k8s.io', 'Metal3MachineTemplate', pool.type),
  };
}

/** Machines that were asked for and cannot be had: their set makes them all the same, and they fail. */
const shortOf = (pool: SimPool): number =>
  Math.max(0, pool.operation?.shortages.reduce((sum, s) => sum + s.count, 0) ?? 0);

export function machinesOf(pool: SimPool, cluster: string, version: string, marks: (name: string) => Written): Json[] {
  const names = namesOf(cluster, pool.name);
  const machine = (name: string, more: { spec?: Json; status: Json; metadata?: Json }): Json => ({
    apiVersion: `cluster.x-k8s.io/${version}`,
    kind: 'Machine',
    metadata: {
      name,
      namespace: NAMESPACE,
      uid: `machine-${name}`,
      labels: { ...names, 'cluster.x-k8s.io/set-name': `${pool.name}-set` },
      annotations: { ...marks(name).annotations },
      ownerReferences: [
        {
          apiVersion: `cluster.x-k8s.io/${version}`,
          kind: 'MachineSet',
          name: `${pool.name}-set`,
          uid: `set-${pool.id}`,
          controller: true,
        },
      ],
      ...more.metadata,
    },
    spec: { ...machineSpec(pool, cluster, version), ...more.spec },
    status: more.status,
  });
  const there = pool.instances
    .filter((i) => i.state !== 'ended')
    .map((instance) =>
      machine(instance.id, {
        metadata: {
          creationTimestamp: iso(instance.launchedAt),
          ...(instance.state === 'ending' && { deletionTimestamp: iso(instance.launchedAt) }),
        },
        ...(instance.state !== 'pending' && { spec: { providerID: providerId(instance) } }),
        status: {
          phase: { pending: 'Provisioning', running: 'Running', ending: 'Deleting', ended: 'Deleted' }[instance.state],
          ...(instance.state !== 'pending' && { nodeRef: nodeRef(nodeName(instance), version) }),
        },
      }),
    );
  const missing = (pool.operation?.shortages ?? []).flatMap((shortage, s) =>
    Array.from({ length: shortage.count }, (_, i) => {
      const failure = {
        failureReason: 'InsufficientResources',
        failureMessage:
          shortage.why === 'quota'
            ? `exceeded quota ${shortage.quota ?? ''} of the rack`
            : `no free ${shortage.type} in ${shortage.zone}`,
      };
      return machine(`${pool.name}-short-${s}-${i}`, {
        metadata: { creationTimestamp: iso(pool.changedAt) },
        status: {
          phase: 'Failed',
          ...(version === 'v1beta2' ? { deprecated: { v1beta1: failure } } : failure),
        },
      });
    }),
  );
  return [...there, ...missing];
}

const nodeRef = (name: string, version: string): Json =>
  version === 'v1beta2' ? { name } : { apiVersion: 'v1', kind: 'Node', name };

/** Own machines and their nodes have names of their own, and must not be taken for one another. */
export const nodeName = ({ provider, id }: SimInstance): string => (provider === 'kubernetes' ? `node-${id}` : id);

/** As each cloud's controller writes it: its end is the instance's id. */
export function providerId({ provider, zone, region, id }: SimInstance): string {
  switch (provider) {
    case 'aws':
      return `aws:///${zone}/${id}`;
    case 'azure':
      return `azure:///subscriptions/0/resourceGroups/nodes/providers/Microsoft.Compute/virtualMachines/${id}`;
    case 'gcp':
      return `gce://project/${zone}/${id}`;
    case 'kubernetes':
      return `metal3://${region}/${id}`;
    default:
      return provider satisfies never;
  }
}

/** What a new MachineDeployment asks for, as its controllers would read it; words where they could not. */
export function poolAsked(body: unknown, world: SimulatedWorld, region: string): Asked | string {
  const md = body as {
    metadata?: { name?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
    spec?: {
      replicas?: number;
      selector?: { matchLabels?: Record<string, string> };
      template?: {
        metadata?: { labels?: Record<string, string> };
        spec?: { failureDomain?: string; infrastructureRef?: { name?: string } };
      };
    };
  };
  const { name = '', labels = {}, annotations = {} } = md.metadata ?? {};
  const template = md.spec?.template;
  const { failureDomain: zone = '', infrastructureRef } = template?.spec ?? {};
  const type = infrastructureRef?.name ?? '';
  const there = world.regions.find((r) => r.provider === 'kubernetes' && r.name === region);
  if (!there?.zones.some((z) => z.name === zone && z.sells(type))) return `no ${type} in ${zone}`;
  const selector = Object.entries(md.spec?.selector?.matchLabels ?? {});
  const chosen = template?.metadata?.labels ?? {};
  // the webhook's own check: a set that does not choose its own machines would make them without end
  if (selector.length === 0 || selector.some(([key, value]) => chosen[key] !== value)) {
    return 'spec.selector does not match spec.template.metadata.labels';
  }
  if (selector.some(([key, value]) => key.endsWith('/deployment-name') && value !== name)) {
    return 'its selector chooses the machines of another deployment';
  }
  return { name, zone, type, replicas: md.spec?.replicas ?? 1, labels, annotations };
}

interface Asked {
  readonly name: string;
  readonly zone: string;
  readonly type: string;
  readonly replicas: number;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };
const count = { type: 'integer', minimum: 0 };
const closed = (properties: object, required: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const reference = {
  type: 'object',
  properties: { apiVersion: text, apiGroup: text, kind: text, name: text, namespace: text },
  required: ['kind', 'name'],
  additionalProperties: false,
};
const objectMeta = { type: 'object' };
const templateMeta = closed({ labels: texts, annotations: texts });
const specOfMachine = closed(
  {
    clusterName: { type: 'string', minLength: 1 },
    bootstrap: closed({ configRef: reference, dataSecretName: text }),
    infrastructureRef: reference,
    version: text,
    providerID: text,
    failureDomain: { type: 'string', minLength: 1, maxLength: 256 },
    minReadySeconds: count,
    nodeDrainTimeout: text,
  },
  ['bootstrap', 'clusterName', 'infrastructureRef'],
);

/** Closed: the API server drops members that a CustomResourceDefinition does not have, and here that is a mistake. */
export const CLUSTER_API_SCHEMAS: Readonly<Record<string, object>> = {
  MachineDeployment: closed(
    {
      apiVersion: text,
      kind: text,
      metadata: objectMeta,
      spec: closed(
        {
          clusterName: { type: 'string', minLength: 1 },
          replicas: count,
          paused: { type: 'boolean' },
          selector: closed({ matchLabels: texts, matchExpressions: { type: 'array' } }),
          strategy: { type: 'object' },
          rollout: { type: 'object' },
          template: closed({ metadata: templateMeta, spec: specOfMachine }, ['spec']),
        },
        ['clusterName', 'selector', 'template'],
      ),
      status: { type: 'object' },
    },
    ['apiVersion', 'kind', 'metadata', 'spec'],
  ),
  Machine: closed(
    { apiVersion: text, kind: text, metadata: objectMeta, spec: specOfMachine, status: { type: 'object' } },
    ['apiVersion', 'kind', 'metadata', 'spec'],
  ),
};
