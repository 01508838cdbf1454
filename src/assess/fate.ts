import type { Cluster } from './cluster.ts';
import { HOSTNAME } from './labels.ts';
import type { ClusterPod } from './pods.ts';
import { keysOf, matchesNode } from './selectors.ts';

/** What becomes of each pod that is not part of its node. */
export interface Fates {
  /** pods that stay where they are, with the reason in words that follow "it" or "they" */
  readonly kept: Map<ClusterPod, string>;
  /** pods that are in no node of the input and can't be placed either */
  readonly leftOut: Map<ClusterPod, string>;
  /** pods that may move within their zone only: the catalog's spelling of it */
  readonly zone: Map<ClusterPod, string>;
  /** pods that may not leave their region */
  readonly inRegion: Set<ClusterPod>;
}

export interface FateOptions {
  /** move what a repack would have to restart against its marks */
  readonly includePinned: boolean;
}

/** Extended resources that the catalog knows the number of, by type. */
const KNOWN_DEVICES = new Set(['nvidia.com/gpu', 'amd.com/gpu', 'aws.amazon.com/neuron', 'qualcomm.com/qaic']);

/**
 * The fate of each pod as far as it alone decides: rules among pods come later. Anything that can't be stated to the
 * placement exactly keeps the pod where it is; nothing is ever relaxed.
 *
 * @param naming label keys that name single nodes
 */
export function fatesOf(
  cluster: Cluster,
  pods: readonly ClusterPod[],
  naming: ReadonlySet<string>,
  options: FateOptions,
): Fates {
  const fates: Fates = { kept: new Map(), leftOut: new Map(), zone: new Map(), inRegion: new Set() };
  for (const pod of pods) {
    if (pod.role !== 'workload') continue;
    const out = leftOutBecause(cluster, pod);
    const kept = out === undefined ? keptBecause(cluster, pod, naming, options) : undefined;
    if (out !== undefined) fates.leftOut.set(pod, out);
    else if (kept !== undefined) keep(fates, pod, kept);
    else limit(cluster, pod, fates);
  }
  return fates;
}

function leftOutBecause(cluster: Cluster, pod: ClusterPod): string | undefined {
  if (pod.node !== undefined) return undefined;
  const named = namesNode(pod, new Set());
  if (named) return 'it waits for a node that it names';
  return pod.claims.length > 0 && cluster.volumesOf(pod).unseen
    ? 'it waits for a node, and its volume may tie it to a zone'
    : undefined;
}

function keptBecause(
  cluster: Cluster,
  pod: ClusterPod,
  naming: ReadonlySet<string>,
  options: FateOptions,
): string | undefined {
  const node = pod.node === undefined ? undefined : cluster.nodeOf.get(pod.node);
  if (node && !cluster.priced.has(node)) return 'its node has no price';
  if (node?.controlPlane) return 'it runs on a control-plane node';
  if (namesNode(pod, naming)) return 'its selectors name single nodes';
  if (node && !matchesNode(pod.nodeRule, (key) => node.labels.get(key))) {
    return 'its selectors no longer match the node it runs on';
  }
  if (cluster.volumesOf(pod).local) return "its volume is on the node's own disk";
  if (pod.resourceClaims) return 'it asks for devices through a resource claim';
  const device = [...pod.requests.others.keys()].find((name) => !KNOWN_DEVICES.has(name));
  if (device !== undefined) return `it asks for ${device}, which no catalog states by type`;
  // what does not run yet is not disturbed by being put somewhere
  return node && pod.hold !== undefined && !options.includePinned ? `needs a restart: ${pod.hold}` : undefined;
}

function namesNode(pod: ClusterPod, naming: ReadonlySet<string>): boolean {
  return pod.nodeRule.byName || keysOf(pod.nodeRule).some((key) => key === HOSTNAME || naming.has(key));
}

/** A volume ties its pod to the region; one that is not in the input, or that is mounted directly, to the zone. */
function limit(cluster: Cluster, pod: ClusterPod, fates: Fates): void {
  if (pod.claims.length === 0 && !pod.ownsDisk) return;
  fates.inRegion.add(pod);
  const node = pod.node === undefined ? undefined : cluster.nodeOf.get(pod.node);
  if (node && (pod.ownsDisk || cluster.volumesOf(pod).unseen)) fates.zone.set(pod, node.zone);
}

/** Leaves a pod where it is; one that is nowhere yet is left out. The first reason stands. */
export function keep(fates: Fates, pod: ClusterPod, reason: string): void {
  if (fates.leftOut.has(pod)) return;
  if (pod.node === undefined) fates.leftOut.set(pod, `it waits for a node, and ${reason}`);
  else if (!fates.kept.has(pod)) {
    fates.kept.set(pod, reason);
    fates.zone.delete(pod);
  }
}
