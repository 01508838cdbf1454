import type { Arch, ProviderName, Purchase } from '../catalog/offering.ts';

export type Labels = ReadonlyMap<string, string>;

/**
 * What node labels mean. Sources: kubernetes.io/docs/reference/labels-annotations-taints; karpenter.sh/docs (concepts,
 * scheduling); docs.aws.amazon.com/eks (managed node groups, Auto Mode); learn.microsoft.com/azure/aks/use-labels;
 * cloud.google.com/kubernetes-engine/docs (spot VMs, node pools).
 */
export const HOSTNAME = 'kubernetes.io/hostname';

export const ZONE_KEYS: readonly string[] = [
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/zone',
  'topology.gke.io/zone',
  'topology.ebs.csi.aws.com/zone',
  'topology.disk.csi.azure.com/zone',
];
export const REGION_KEYS: readonly string[] = [
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/region',
];
export const TYPE_KEYS: readonly string[] = ['node.kubernetes.io/instance-type', 'beta.kubernetes.io/instance-type'];
export const ARCH_KEYS: readonly string[] = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];
export const OS_KEYS: readonly string[] = ['kubernetes.io/os', 'beta.kubernetes.io/os'];

/** Labels that tell how a node is paid for, with the spelling of both purchases; first match wins. */
export const PURCHASE_LABELS: readonly {
  readonly key: string;
  readonly spot: readonly string[];
  readonly onDemand: readonly string[];
}[] = [
  { key: 'karpenter.sh/capacity-type', spot: ['spot'], onDemand: ['on-demand', 'reserved'] },
  { key: 'eks.amazonaws.com/capacityType', spot: ['SPOT'], onDemand: ['ON_DEMAND', 'CAPACITY_BLOCK'] },
  { key: 'kubernetes.azure.com/scalesetpriority', spot: ['spot'], onDemand: ['regular'] },
  { key: 'cloud.google.com/gke-spot', spot: ['true'], onDemand: ['false'] },
  { key: 'cloud.google.com/gke-preemptible', spot: ['true'], onDemand: ['false'] },
  { key: 'cloud.google.com/gke-provisioning', spot: ['spot', 'preemptible'], onDemand: ['standard'] },
  { key: 'node-role.kubernetes.io/spot-worker', spot: ['true', ''], onDemand: ['false'] },
  { key: 'node-lifecycle', spot: ['spot'], onDemand: ['on-demand', 'normal'] },
  { key: 'node.kubernetes.io/lifecycle', spot: ['spot', 'Ec2Spot'], onDemand: ['on-demand', 'normal', 'OnDemand'] },
  { key: 'lifecycle', spot: ['Ec2Spot', 'spot'], onDemand: ['OnDemand', 'on-demand', 'normal'] },
];

/** A node, or an offering that may become one, as labels describe it. */
export interface Described {
  readonly provider: ProviderName;
  readonly region: string;
  /** in the catalog's spelling; empty where the nodes are spread over no zones */
  readonly zone: string;
  readonly type: string;
  readonly arch: Arch;
  readonly purchase: Purchase;
  readonly vcpu: number;
  /** MiB */
  readonly memory: number;
}

type Derive = (o: Described) => string | undefined;
const onAws =
  (derive: Derive): Derive =>
  (o) =>
    o.provider === 'aws' ? derive(o) : undefined;

/** `m7i.large` → category m, generation 7; karpenter-provider-aws splits them the same way */
const AWS_FAMILY = /^([a-z]+)(?:-\d+tb)?(\d+)/;
const INSTANCE_LABELS: Readonly<Record<string, Derive>> = {
  'instance-family': (o) => o.type.split('.', 1)[0],
  'instance-size': (o) => o.type.split('.')[1],
  'instance-category': (o) => AWS_FAMILY.exec(o.type)?.[1],
  'instance-generation': (o) => AWS_FAMILY.exec(o.type)?.[2],
  'instance-cpu': (o) => String(o.vcpu),
  'instance-memory': (o) => String(Math.round(o.memory)),
};

/** Labels that follow from what a node is, so that their value on a node that does not exist yet is known. */
const DERIVED: ReadonlyMap<string, Derive> = new Map<string, Derive>([
  ...ZONE_KEYS.map((key) => [key, zoneLabel] as const),
  // a node in no zone carries this one all the same, and the volumes made for it ask for the empty value
  ['topology.disk.csi.azure.com/zone', (o) => zoneLabel(o) ?? (o.provider === 'azure' ? '' : undefined)],
  ...REGION_KEYS.map((key) => [key, (o: Described) => o.region] as const),
  ...TYPE_KEYS.map((key) => [key, (o: Described) => o.type] as const),
  ...ARCH_KEYS.map((key) => [key, (o: Described) => o.arch] as const),
  ...OS_KEYS.map((key) => [key, () => 'linux'] as const),
  ...PURCHASE_LABELS.map(
    (l) => [l.key, (o: Described) => (o.purchase === 'spot' ? l.spot[0] : l.onDemand[0])] as const,
  ),
  ...Object.entries(INSTANCE_LABELS).flatMap(([name, derive]) => [
    [`karpenter.k8s.aws/${name}`, onAws(derive)] as const,
    [`eks.amazonaws.com/${name}`, onAws(derive)] as const,
  ]),
  ['cloud.google.com/machine-family', (o) => (o.provider === 'gcp' ? o.type.split('-', 1)[0] : undefined)],
]);

/** How the node label spells a zone: AKS writes `westeurope-1` for the zone that Azure calls 1. */
export function zoneLabel(o: {
  readonly provider: string;
  readonly region: string;
  readonly zone: string;
}): string | undefined {
  if (o.zone === '') return undefined;
  return o.provider === 'azure' ? `${o.region}-${o.zone}` : o.zone;
}

export const isDerived = (key: string): boolean => DERIVED.has(key);
export const derivedLabel = (key: string, o: Described): string | undefined => DERIVED.get(key)?.(o);

const domainOf = (key: string): string => (key.includes('/') ? (key.split('/', 1)[0] ?? '') : '');
const within = (domain: string, parents: readonly string[]): boolean =>
  parents.some((parent) => domain === parent || domain.endsWith(`.${parent}`));

const VENDOR_DOMAINS = ['amazonaws.com', 'aws.com', 'k8s.aws', 'eksctl.io', 'azure.com', 'google.com', 'gke.io'];
/** Labels which only one cloud puts on its nodes: a pod that asks for one can't leave that cloud as it is written. */
export const isVendorKey = (key: string): boolean => key === 'agentpool' || within(domainOf(key), VENDOR_DOMAINS);

const HARDWARE: readonly RegExp[] = [
  /^(?:[a-z-]+\.)*(?:nvidia|amd|intel|habana)\.(?:com|ai)\//,
  /^feature\.node\.kubernetes\.io\//,
  /^node\.kubernetes\.io\//,
  /^(?:karpenter\.k8s\.aws|eks\.amazonaws\.com)\/instance-/,
  /^k8s\.amazonaws\.com\/accelerator/,
  /^kubernetes\.azure\.com\/(?:sku-|accelerator|storagetier)/,
  /^karpenter\.azure\.com\/sku-/,
  /^cloud\.google\.com\/gke-(?:accelerator|gpu|tpu|cpu-scaling|memory-gb|local-|ephemeral-|placement)/,
];
/**
 * Labels that describe the machine but can't be worked out from its type here: a node that carries one is offered
 * only in the types that carry it today. Every other label belongs to the pool, and a new pool can carry it too.
 */
export const isHardwareKey = (key: string): boolean => !isDerived(key) && HARDWARE.some((pattern) => pattern.test(key));

/** Labels that tell where a node stands, other than by zone and region: which value a new node would get is not known. */
export const isOtherTopology = (key: string): boolean => !isDerived(key) && domainOf(key).startsWith('topology.');
