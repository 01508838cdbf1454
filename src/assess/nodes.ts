import type { Arch, ProviderName, Purchase } from '../catalog/offering.ts';
import type { Trouble } from '../trouble.ts';
import { amountsOf, type Amounts } from '../manifest/amounts.ts';
import type { Item } from './input.ts';
import { labelsAt, listAt, member, textAt } from '../manifest/json.ts';
import { ARCH_KEYS, OS_KEYS, PURCHASE_LABELS, REGION_KEYS, TYPE_KEYS, ZONE_KEYS, type Labels } from './labels.ts';
import { taintsOf, type Taint } from './taints.ts';

/** A node as its labels, its provider id and its status tell it. */
export interface ClusterNode {
  readonly name: string;
  readonly provider?: ProviderName;
  readonly region?: string;
  /** in the cloud's own spelling, `1` on Azure; empty where the node is in no zone */
  readonly zone: string;
  readonly type?: string;
  readonly purchase: Purchase;
  /** false: no label says how it is paid for, so it is taken for on-demand */
  readonly purchaseKnown: boolean;
  readonly arch?: Arch;
  readonly os: string;
  readonly labels: Labels;
  readonly taints: readonly Taint[];
  /** what the kubelet offers to pods; absent before it has said so */
  readonly allocatable?: Amounts;
  /** most pods it takes; absent as above */
  readonly mostPods?: number;
  readonly ready: boolean;
  /** closed to new pods */
  readonly cordoned: boolean;
  readonly controlPlane: boolean;
  /** why the node's owner wants it left alone, in words */
  readonly held?: string;
  /** why it has no price of a virtual machine, in words that follow the node's name */
  readonly notAMachine?: string;
  /** the Kubernetes service takes a fee on top of the machine's price, which is not counted here */
  readonly fee?: string;
}

export function nodesOf(items: readonly Item[], troubles: Trouble[]): readonly ClusterNode[] {
  return items.map((item) => nodeOf(item, troubles));
}

function nodeOf(item: Item, troubles: Trouble[]): ClusterNode {
  const name = textAt(item.value, 'metadata', 'name') ?? '';
  const labels = labelsAt(item.value, 'metadata', 'labels');
  const spec = member(item.value, 'spec');
  const providerId = textAt(spec, 'providerID') ?? '';
  const provider = providerOf(providerId, labels);
  const zoned = first(labels, ZONE_KEYS) ?? awsZoneIn(providerId);
  const region = first(labels, REGION_KEYS) ?? regionOfZone(provider, zoned);
  const type = first(labels, TYPE_KEYS);
  const arch = archOf(first(labels, ARCH_KEYS) ?? textAt(item.value, 'status', 'nodeInfo', 'architecture'));
  const os = first(labels, OS_KEYS) ?? textAt(item.value, 'status', 'nodeInfo', 'operatingSystem') ?? 'linux';
  const held = heldBy(labelsAt(item.value, 'metadata', 'annotations'));
  const notAMachine = withoutMachine(name, labels, providerId, os);
  const fee = feeOn(labels);
  return {
    name,
    ...(provider && { provider }),
    ...(region !== undefined && { region }),
    zone: zoneOf(provider, zoned),
    ...(type !== undefined && { type }),
    ...purchaseOf(labels),
    ...(arch && { arch }),
    os,
    labels,
    taints: taintsOf(spec),
    ...room(item, troubles),
    ready: listAt(item.value, 'status', 'conditions').some(
      (c) => textAt(c, 'type') === 'Ready' && textAt(c, 'status') === 'True',
    ),
    cordoned: member(spec, 'unschedulable') === true,
    controlPlane: labels.has('node-role.kubernetes.io/control-plane') || labels.has('node-role.kubernetes.io/master'),
    ...(held !== undefined && { held }),
    ...(notAMachine !== undefined && { notAMachine }),
    ...(fee !== undefined && { fee }),
  };
}

function first(labels: Labels, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = labels.get(key);
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

const SCHEMES: readonly (readonly [prefix: string, provider: ProviderName])[] = [
  ['aws://', 'aws'],
  ['azure://', 'azure'],
  ['gce://', 'gcp'],
];
const TELLTALES: readonly (readonly [part: string, provider: ProviderName])[] = [
  ['eks.amazonaws.com/', 'aws'],
  ['k8s.io/cloud-provider-aws', 'aws'],
  ['karpenter.k8s.aws/', 'aws'],
  ['kubernetes.azure.com/', 'azure'],
  ['karpenter.azure.com/', 'azure'],
  ['cloud.google.com/gke-', 'gcp'],
  ['topology.gke.io/', 'gcp'],
];

/** By provider id where there is one; another vendor's id rules the three clouds out whatever labels say. */
function providerOf(id: string, labels: Labels): ProviderName | undefined {
  if (id !== '') return SCHEMES.find(([prefix]) => id.startsWith(prefix))?.[1];
  const keys = [...labels.keys()];
  const told = TELLTALES.find(([part]) => keys.some((key) => key.startsWith(part)));
  return told?.[1] ?? providerOfType(first(labels, TYPE_KEYS) ?? '');
}

/** The three clouds spell their types so differently that the spelling tells the cloud. */
function providerOfType(type: string): ProviderName | undefined {
  if (type.startsWith('Standard_')) return 'azure';
  if (/^[a-z][a-z0-9-]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal.*)$/.test(type)) return 'aws';
  if (/^[a-z]\d[a-z]?-[a-z]+(?:-\d+)*/.test(type)) return 'gcp';
  return undefined;
}

/** `aws:///eu-west-1a/i-0abc` */
const awsZoneIn = (id: string): string | undefined => /^aws:\/\/\/([a-z0-9-]+)\//.exec(id)?.[1];

/** AKS writes `westeurope-1` for a zone, and a bare fault domain (`0`) for a node that is in none. */
function zoneOf(provider: ProviderName | undefined, label: string | undefined): string {
  if (label === undefined) return '';
  if (provider !== 'azure') return label;
  return /^.+-(\d)$/.exec(label)?.[1] ?? '';
}

function regionOfZone(provider: ProviderName | undefined, zone: string | undefined): string | undefined {
  if (zone === undefined) return undefined;
  const pattern = provider === 'aws' ? /^([a-z]+(?:-[a-z]+)+-\d+)[a-z]$/ : /^([a-z]+(?:-?[a-z]+)*\d*)-(?:[a-z]|\d)$/;
  return pattern.exec(zone)?.[1];
}

const archOf = (label: string | undefined): Arch | undefined =>
  label === 'amd64' || label === 'arm64' ? label : undefined;

function purchaseOf(labels: Labels): { readonly purchase: Purchase; readonly purchaseKnown: boolean } {
  for (const { key, spot, onDemand } of PURCHASE_LABELS) {
    const value = labels.get(key);
    if (value === undefined) continue;
    if (spot.includes(value)) return { purchase: 'spot', purchaseKnown: true };
    if (onDemand.includes(value)) return { purchase: 'on-demand', purchaseKnown: true };
  }
  // GKE and AKS label every spot node, so the absence of the label is an answer there; elsewhere it is none
  const labelled = [...labels.keys()].some(
    (k) => k.startsWith('cloud.google.com/gke-') || k.startsWith('kubernetes.azure.com/'),
  );
  return { purchase: 'on-demand', purchaseKnown: labelled };
}

function heldBy(annotations: Labels): string | undefined {
  for (const key of ['karpenter.sh/do-not-disrupt', 'karpenter.sh/do-not-consolidate']) {
    if (annotations.get(key) === 'true') return `the node is marked ${key}`;
  }
  const key = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
  return annotations.get(key) === 'true' ? `the node is marked ${key}` : undefined;
}

function withoutMachine(name: string, labels: Labels, id: string, os: string): string | undefined {
  if (labels.get('eks.amazonaws.com/compute-type') === 'fargate' || id.includes('/fargate-')) {
    return 'Fargate is billed by the pod, not by the node';
  }
  if (labels.get('type') === 'virtual-kubelet') return 'a virtual node is billed by the pod';
  if (name.startsWith('gk3-')) return 'GKE Autopilot is billed by the pod, not by the node';
  if (os === 'windows') return 'Windows licences are not in the catalog';
  const scheme = /^([a-z0-9-]+):\/\//.exec(id)?.[1];
  if (scheme !== undefined && !SCHEMES.some(([prefix]) => id.startsWith(prefix))) {
    return `its provider, ${scheme}, is not in the catalog`;
  }
  return undefined;
}

function feeOn(labels: Labels): string | undefined {
  return labels.get('eks.amazonaws.com/compute-type') === 'auto' ? 'EKS Auto Mode' : undefined;
}

function room(item: Item, troubles: Trouble[]): Pick<ClusterNode, 'allocatable' | 'mostPods'> {
  const raw = member(item.value, 'status', 'allocatable');
  if (raw === undefined) return {};
  const at = `${item.at}${item.at === '' ? '' : '.'}status.allocatable`;
  const allocatable = amountsOf(raw, { file: item.file, at }, troubles);
  const mostPods = allocatable.others.get('pods');
  allocatable.others.delete('pods');
  return { allocatable, ...(mostPods !== undefined && { mostPods }) };
}
