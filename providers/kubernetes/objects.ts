import type { Arch } from '../../src/catalog/offering.ts';
import type { ClusterNode } from '../../src/cluster-port.ts';
import { amountsOf, resourcesFrom, type Amounts } from '../../src/manifest/amounts.ts';
import { labelsAt, listAt, member, textAt } from '../../src/manifest/json.ts';
import { heldBy, ownerOf, roleOf, type PodRole } from '../../src/manifest/owner.ts';
import { effectiveRequests } from '../../src/manifest/requests.ts';
import type { Trouble } from '../../src/trouble.ts';
import { instant, type Instant } from '../../src/units.ts';

type Labels = ReadonlyMap<string, string>;

/** A node, before its pods are counted. */
export type BareNode = Omit<ClusterNode, 'daemons' | 'requested'>;

/** What is kept of a pod: little, because there are many. */
export interface KeptPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  /** absent while no node has taken it */
  readonly node?: string;
  readonly owner: { readonly kind: string; readonly name: string };
  readonly role: PodRole;
  readonly requests: Amounts;
  /** a request that is no quantity, in words */
  readonly unreadable?: string;
  readonly ready: boolean;
  readonly ending: boolean;
  readonly held?: string;
  /** a gate keeps it from the scheduler: no demand for nodes yet */
  readonly gated: boolean;
  readonly since?: Instant;
  readonly reason?: string;
}

export interface Budget {
  readonly namespace: string;
  readonly name: string;
  readonly selector: unknown;
}

const FIRST = {
  zone: ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  region: ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
  type: ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'],
  arch: ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
} as const;

export function readNode(object: unknown): BareNode | undefined {
  const name = textAt(object, 'metadata', 'name');
  if (name === undefined) return undefined;
  const labels = labelsAt(object, 'metadata', 'labels');
  const spec = member(object, 'spec');
  const [zone, region, type] = [first(labels, FIRST.zone), first(labels, FIRST.region), first(labels, FIRST.type)];
  const arch = archOf(first(labels, FIRST.arch) ?? textAt(object, 'status', 'nodeInfo', 'architecture'));
  const providerId = textAt(spec, 'providerID');
  const allocatable = allocatableOf(member(object, 'status', 'allocatable'));
  const createdAt = timeOf(textAt(object, 'metadata', 'creationTimestamp'));
  const held = nodeHeldBy(labelsAt(object, 'metadata', 'annotations'));
  return {
    name,
    ...(providerId !== undefined && providerId !== '' && { providerId }),
    labels,
    taints: listAt(spec, 'taints').map(taintOf),
    ...(zone !== undefined && { zone }),
    ...(region !== undefined && { region }),
    ...(type !== undefined && { type }),
    ...(arch && { arch }),
    ...(allocatable && { allocatable }),
    ready: conditionOf(object, 'Ready')?.status === 'True',
    cordoned: member(spec, 'unschedulable') === true,
    ...(createdAt !== undefined && { createdAt }),
    ...(held !== undefined && { held }),
  };
}

/** Pods that have finished take no room and are not kept. */
export function readPod(object: unknown): KeptPod | undefined {
  const metadata = member(object, 'metadata');
  const name = textAt(metadata, 'name');
  const namespace = textAt(metadata, 'namespace');
  const phase = textAt(object, 'status', 'phase');
  if (name === undefined || namespace === undefined || phase === 'Succeeded' || phase === 'Failed') return undefined;
  const labels = labelsAt(metadata, 'labels');
  const annotations = labelsAt(metadata, 'annotations');
  const owner = ownerOf(metadata, labels);
  const troubles: Trouble[] = [];
  const spec = member(object, 'spec');
  const requests = effectiveRequests(spec, { file: `${namespace}/${name}`, at: 'spec' }, troubles);
  const node = textAt(spec, 'nodeName');
  const held = heldBy(annotations, owner.kind);
  const scheduled = conditionOf(object, 'PodScheduled');
  const since = timeOf(textAt(metadata, 'creationTimestamp'));
  const unreadable = troubles[0];
  return {
    namespace,
    name,
    uid: textAt(metadata, 'uid') ?? '',
    labels,
    ...(node !== undefined && node !== '' && { node }),
    owner,
    role: roleOf(owner.kind, annotations),
    requests,
    ...(unreadable && { unreadable: `${namespace}/${name} ${unreadable.at ?? ''} is ${unreadable.value ?? ''}` }),
    ready: conditionOf(object, 'Ready')?.status === 'True',
    ending: member(metadata, 'deletionTimestamp') !== undefined,
    ...(held !== undefined && { held }),
    gated: scheduled?.reason === 'SchedulingGated' || listAt(spec, 'schedulingGates').length > 0,
    ...(since !== undefined && { since }),
    ...(scheduled?.message !== undefined && { reason: scheduled.message }),
  };
}

export function readBudget(object: unknown): Budget | undefined {
  const name = textAt(object, 'metadata', 'name');
  const namespace = textAt(object, 'metadata', 'namespace');
  if (name === undefined || namespace === undefined) return undefined;
  return { namespace, name, selector: member(object, 'spec', 'selector') };
}

interface Condition {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly since?: Instant;
}

export function conditionOf(object: unknown, type: string): Condition | undefined {
  const found = listAt(object, 'status', 'conditions').find((c) => textAt(c, 'type') === type);
  if (found === undefined) return undefined;
  const [status, reason, message] = [textAt(found, 'status'), textAt(found, 'reason'), textAt(found, 'message')];
  const since = timeOf(textAt(found, 'lastTransitionTime'));
  return {
    ...(status !== undefined && { status }),
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
    ...(since !== undefined && { since }),
  };
}

export function timeOf(text: string | undefined): Instant | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isSafeInteger(ms) ? instant(ms) : undefined;
}

function first(labels: Labels, keys: readonly string[]): string | undefined {
  return keys.map((key) => labels.get(key)).find((value) => value !== undefined && value !== '');
}

const archOf = (text: string | undefined): Arch | undefined =>
  text === 'amd64' || text === 'arm64' ? text : undefined;

function taintOf(taint: unknown): BareNode['taints'][number] {
  const value = textAt(taint, 'value');
  return {
    key: textAt(taint, 'key') ?? '',
    ...(value !== undefined && { value }),
    effect: textAt(taint, 'effect') ?? '',
  };
}

/** A node whose room cannot be read has none that may be counted on. */
function allocatableOf(raw: unknown): ClusterNode['allocatable'] {
  if (raw === undefined) return undefined;
  const troubles: Trouble[] = [];
  const amounts = amountsOf(raw, { file: 'node', at: 'status.allocatable' }, troubles);
  if (troubles.length > 0) return undefined;
  const pods = amounts.others.get('pods') ?? 0;
  amounts.others.delete('pods');
  return resourcesFrom(amounts, pods);
}

function nodeHeldBy(annotations: Labels): string | undefined {
  const disabled = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
  const keys = ['karpenter.sh/do-not-disrupt', 'karpenter.sh/do-not-consolidate', disabled];
  const key = keys.find((k) => annotations.get(k) === 'true');
  return key === undefined ? undefined : `the node is marked ${key}`;
}
