import { labelsAt, listAt, member, numberAt, textAt } from '../../src/manifest/json.ts';
import type { Instant } from '../../src/units.ts';
import type { Resource } from './api.ts';
import { conditionOf, timeOf } from './objects.ts';
import { recordIn, type OperationRecord } from './record.ts';

/**
 * Cluster API's objects, of both versions in use: what differs between them (references, the status of replicas) is
 * either not read or read from both places. Source: cluster-api.sigs.k8s.io, v1beta1 and v1beta2 API reference.
 */
export const CLUSTER_API = 'cluster.x-k8s.io';
/** in the order of preference: the newer one is the one that is kept */
export const VERSIONS = ['v1beta2', 'v1beta1'] as const;

export const deploymentsOf = (version: string): Resource => ({
  group: CLUSTER_API,
  version,
  plural: 'machinedeployments',
});
export const machinesOf = (version: string): Resource => ({ group: CLUSTER_API, version, plural: 'machines' });

export const DEPLOYMENT_LABEL = `${CLUSTER_API}/deployment-name`;
export const CLUSTER_LABEL = `${CLUSTER_API}/cluster-name`;
/** Machines that carry it go first when their set shrinks. */
export const DELETE_ANNOTATION = `${CLUSTER_API}/delete-machine`;
/** Names the fleet file's node type on a MachineDeployment, as a label or an annotation. */
export const TYPE_LABEL = 'godwit.io/node-type';
const LEAST = `${CLUSTER_API}/cluster-api-autoscaler-node-group-min-size`;
const MOST = `${CLUSTER_API}/cluster-api-autoscaler-node-group-max-size`;

export interface MachineDeployment {
  readonly namespace: string;
  readonly name: string;
  /** changes with every write, the controllers' status among them */
  readonly resourceVersion: string;
  /** changes with the settings only */
  readonly generation: number;
  /** nodes asked for; absent = its defaulting has not run yet, or another controller keeps it */
  readonly replicas?: number;
  /** machines that exist */
  readonly existing: number;
  /** machines whose node is ready */
  readonly ready: number;
  /** machines of an older template are still being replaced */
  readonly rollingOut: boolean;
  readonly zone?: string;
  /** as a label or annotation states it */
  readonly type?: string;
  readonly min?: number;
  readonly max?: number;
  readonly selector: unknown;
  /** why its size cannot be set, in words */
  readonly locked?: string;
  readonly record?: OperationRecord;
  /** field manager that set the size last, where the server tells */
  readonly sizedBy?: string;
  /** as it was read, for one to be made like it */
  readonly object: unknown;
}

export function readDeployment(object: unknown): MachineDeployment | undefined {
  const metadata = member(object, 'metadata');
  const [name, namespace] = [textAt(metadata, 'name'), textAt(metadata, 'namespace')];
  const resourceVersion = textAt(metadata, 'resourceVersion');
  if (name === undefined || namespace === undefined || resourceVersion === undefined) return undefined;
  const labels = labelsAt(metadata, 'labels');
  const annotations = labelsAt(metadata, 'annotations');
  const template = member(object, 'spec', 'template');
  const status = member(object, 'status');
  const replicas = numberAt(object, 'spec', 'replicas');
  const existing = numberAt(status, 'replicas') ?? 0;
  const updated = numberAt(status, 'upToDateReplicas') ?? numberAt(status, 'updatedReplicas');
  const zone = textAt(template, 'spec', 'failureDomain');
  const type =
    labels.get(TYPE_LABEL) ?? annotations.get(TYPE_LABEL) ?? labelsAt(template, 'metadata', 'labels').get(TYPE_LABEL);
  const [min, max] = [countIn(annotations.get(LEAST)), countIn(annotations.get(MOST))];
  const sizedBy = sizeManager(metadata);
  const locked = lockedBy(object, labels, annotations, sizedBy);
  const record = recordIn(annotations);
  return {
    namespace,
    name,
    resourceVersion,
    generation: numberAt(metadata, 'generation') ?? 0,
    ...(replicas !== undefined && { replicas }),
    existing,
    ready: numberAt(status, 'readyReplicas') ?? 0,
    rollingOut: updated !== undefined && updated < existing,
    ...(zone !== undefined && zone !== '' && { zone }),
    ...(type !== undefined && type !== '' && { type }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    selector: member(object, 'spec', 'selector'),
    ...(locked !== undefined && { locked }),
    ...(record && { record }),
    ...(sizedBy !== undefined && { sizedBy }),
    object,
  };
}

function lockedBy(
  object: unknown,
  labels: ReadonlyMap<string, string>,
  annotations: ReadonlyMap<string, string>,
  sizedBy: string | undefined,
): string | undefined {
  if (member(object, 'metadata', 'deletionTimestamp') !== undefined) return 'it is being deleted';
  if (member(object, 'spec', 'paused') === true || annotations.has(`${CLUSTER_API}/paused`)) {
    return 'it is paused: nobody carries out its size';
  }
  // a topology that states a size sets it again, whatever anybody else writes
  if (labels.has('topology.cluster.x-k8s.io/owned') && sizedBy === 'capi-topology') {
    return 'its size is stated in the topology of its Cluster: leave the replicas out there';
  }
  return undefined;
}

/** Who last wrote `spec.replicas`, of those that the server tracks. */
function sizeManager(metadata: unknown): string | undefined {
  const owners = listAt(metadata, 'managedFields').filter(
    (entry) => member(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined,
  );
  const latest = owners.toSorted((a, b) => ((textAt(a, 'time') ?? '') < (textAt(b, 'time') ?? '') ? 1 : -1))[0];
  return textAt(latest, 'manager');
}

function countIn(text: string | undefined): number | undefined {
  const count = Number(text ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

export interface Machine {
  readonly namespace: string;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly state: 'pending' | 'running' | 'ending';
  readonly node?: string;
  readonly providerId?: string;
  readonly createdAt?: Instant;
  /** it will not become a node, or is one no more */
  readonly failed?: { readonly reason: string; readonly message: string; readonly since?: Instant };
  /** its set will take it first when it shrinks */
  readonly marked: boolean;
}

export function readMachine(object: unknown): Machine | undefined {
  const metadata = member(object, 'metadata');
  const [name, namespace] = [textAt(metadata, 'name'), textAt(metadata, 'namespace')];
  if (name === undefined || namespace === undefined) return undefined;
  const node = textAt(object, 'status', 'nodeRef', 'name');
  const providerId = textAt(object, 'spec', 'providerID');
  const createdAt = timeOf(textAt(metadata, 'creationTimestamp'));
  const phase = textAt(object, 'status', 'phase');
  const ending = member(metadata, 'deletionTimestamp') !== undefined || phase === 'Deleting' || phase === 'Deleted';
  const failed = failureIn(object, phase);
  return {
    namespace,
    name,
    labels: labelsAt(metadata, 'labels'),
    state: ending ? 'ending' : node !== undefined && phase === 'Running' ? 'running' : 'pending',
    ...(node !== undefined && { node }),
    ...(providerId !== undefined && { providerId }),
    ...(createdAt !== undefined && { createdAt }),
    ...(failed && { failed }),
    marked: labelsAt(metadata, 'annotations').has(DELETE_ANNOTATION),
  };
}

/** The reasons stand in `status` in v1beta1 and in `status.deprecated.v1beta1` after it. */
function failureIn(object: unknown, phase: string | undefined): Machine['failed'] | undefined {
  const old = member(object, 'status', 'deprecated', 'v1beta1');
  const unhealthy = conditionOf(object, 'HealthCheckSucceeded');
  const sick = unhealthy?.status === 'False';
  if (phase !== 'Failed' && !sick) return undefined;
  const since = unhealthy?.since ?? conditionOf(object, 'Ready')?.since;
  const told = sick && phase !== 'Failed' ? unhealthy : undefined;
  return {
    reason: told?.reason ?? textAt(object, 'status', 'failureReason') ?? textAt(old, 'failureReason') ?? 'Failed',
    message: told?.message ?? textAt(object, 'status', 'failureMessage') ?? textAt(old, 'failureMessage') ?? '',
    ...(since !== undefined && { since }),
  };
}
