import type { ProviderName } from '../catalog/offering.ts';
import {
  derivedLabel,
  HOSTNAME,
  isDerived,
  isHardwareKey,
  isOtherTopology,
  isVendorKey,
  type Described,
} from './labels.ts';
import type { ClusterNode } from './nodes.ts';
import { keysOf, type NodeRule } from './selectors.ts';
import { lastingTaints, purchaseTaints, type Taint } from './taints.ts';

/**
 * A kind of node that the cluster runs: the labels that some pod looks at, and the taints. A new node can be of any
 * kind there is today, whatever its instance type, so what a pod demands of labels and taints is kept exactly.
 */
export interface NodeKind {
  /** label → its value; `undefined` = present, and its value follows from the offering */
  readonly labels: ReadonlyMap<string, string | undefined>;
  readonly taints: readonly Taint[];
  /** the instance types of its nodes today */
  readonly types: ReadonlySet<string>;
  /** whether it is bound to those, since its labels describe hardware */
  readonly bound: boolean;
  /** whether nodes of it carry GPUs today */
  readonly gpu: boolean;
}

export interface Kinds {
  readonly kinds: readonly NodeKind[];
  readonly kindOf: ReadonlyMap<ClusterNode, NodeKind>;
  /** label keys with nearly a value a node, or whose value on a new node nobody knows: a pod that asks for one names its node */
  readonly naming: ReadonlySet<string>;
  /** taints that come with spot nodes of the home cloud */
  readonly spotTaints: readonly Taint[];
}

/** More values than this and a label tells single nodes or racks apart, not kinds. */
const MOST_VALUES = 24;

/**
 * @param rules what pods and daemonsets demand of nodes: the labels they look at are the ones that count
 * @param hasGpu whether a node carries GPUs
 */
export function kindsOf(
  nodes: readonly ClusterNode[],
  rules: readonly NodeRule[],
  hasGpu: (node: ClusterNode) => boolean,
): Kinds {
  const keys = new Set(rules.flatMap(keysOf));
  const naming = new Set([...keys].filter((key) => namesNodes(key, nodes)));
  const looked = [...keys].filter((key) => !naming.has(key)).toSorted();

  const found = new Map<string, { kind: Pick<NodeKind, 'labels' | 'taints'>; types: Set<string>; gpu: boolean }>();
  const keyOf = new Map<ClusterNode, string>();
  for (const node of nodes) {
    const labels = new Map<string, string | undefined>();
    for (const key of looked) {
      const value = node.labels.get(key);
      if (value !== undefined) labels.set(key, isDerived(key) ? undefined : value);
    }
    const taints = lastingTaints(node.taints);
    const id = JSON.stringify([[...labels], taints.map((t) => `${t.key}=${t.value}:${t.effect}`).toSorted()]);
    keyOf.set(node, id);
    const same = found.get(id) ?? { kind: { labels, taints }, types: new Set<string>(), gpu: false };
    found.set(id, same);
    if (node.type !== undefined) same.types.add(node.type);
    same.gpu ||= hasGpu(node);
  }

  const kinds = new Map<string, NodeKind>();
  for (const [id, { kind, types, gpu }] of found) {
    const bound = [...kind.labels.keys()].some(isHardwareKey);
    kinds.set(id, { ...kind, types, bound, gpu });
  }
  const kindOf = new Map<ClusterNode, NodeKind>();
  for (const [node, id] of keyOf) {
    const kind = kinds.get(id);
    if (kind) kindOf.set(node, kind);
  }
  return { kinds: [...kinds.values()], kindOf, naming, spotTaints: spotTaintsOf(nodes) };
}

/**
 * What a label reads on a node of a kind that is bought as an offering. On another cloud than the one the kind is
 * seen on, labels that only that cloud sets are absent.
 */
export function labelOn(kind: NodeKind, offering: Described, home: ProviderName, key: string): string | undefined {
  if (!kind.labels.has(key)) return undefined;
  if (offering.provider !== home && isVendorKey(key)) return undefined;
  return kind.labels.get(key) ?? derivedLabel(key, offering);
}

/** Taints on a node of a kind that is bought as an offering. */
export function taintsOn(kind: NodeKind, offering: Described, home: ProviderName, kinds: Kinds): readonly Taint[] {
  if (offering.purchase !== 'spot') return kind.taints;
  const own = offering.provider === home ? kinds.spotTaints : [];
  return [...kind.taints, ...own, ...(offering.provider === 'azure' ? [AKS_SPOT] : [])];
}

/** learn.microsoft.com/azure/aks/spot-node-pool: every spot pool carries it */
const AKS_SPOT: Taint = { key: 'kubernetes.azure.com/scalesetpriority', value: 'spot', effect: 'NoSchedule' };

function namesNodes(key: string, nodes: readonly ClusterNode[]): boolean {
  if (key === HOSTNAME || isOtherTopology(key)) return true;
  if (isDerived(key)) return false;
  const values = new Set(nodes.map((node) => node.labels.get(key)));
  return values.size > MOST_VALUES;
}

function spotTaintsOf(nodes: readonly ClusterNode[]): readonly Taint[] {
  const taints = new Map<string, Taint>();
  for (const node of nodes) {
    if (node.purchase !== 'spot') continue;
    for (const taint of purchaseTaints(node.taints)) taints.set(`${taint.key}=${taint.value}:${taint.effect}`, taint);
  }
  return [...taints.values()];
}
