import type { Offering } from '../catalog/offering.ts';
import { bad, good, type Checked, type Trouble } from '../trouble.ts';
import type { Cluster } from './cluster.ts';
import type { Source } from './documents.ts';
import { objectsOf, type Objects } from './input.ts';
import { nodesOf, type ClusterNode } from './nodes.ts';
import type { AssessOptions } from './outcome.ts';
import { podsOf, type ClusterPod, type Pods } from './pods.ts';
import { pricing, type NodePrice, type PriceLists } from './prices.ts';
import { volumeDemands, type VolumeDemand } from './volumes.ts';

const MOST_TROUBLES = 50;

/** The input as it was understood. */
export interface Understood {
  readonly objects: Objects;
  readonly pods: Pods;
  readonly cluster: Cluster;
  readonly prices: ReadonlyMap<ClusterNode, NodePrice>;
  /** pods bound to nodes that are not in the input */
  readonly astray: readonly ClusterPod[];
}

/** Reads and prices the input, up to where anything is decided. */
export function understand(
  sources: readonly Source[],
  lists: PriceLists,
  options: Pick<AssessOptions, 'defaults'>,
): Checked<Understood> {
  const { objects, troubles: unread } = objectsOf(sources);
  const troubles: Trouble[] = [...unread];
  const nodes = nodesOf(objects.nodes, troubles);
  const pods = podsOf(objects.pods, troubles);
  if (troubles.length > 0) return bad(...troubles.slice(0, MOST_TROUBLES));
  if (options.defaults) for (const pod of pods.running) fillIn(pod, options.defaults);

  const nodeOf = new Map(nodes.map((node) => [node.name, node]));
  const podsOn = new Map<ClusterNode, ClusterPod[]>(nodes.map((node) => [node, []]));
  const astray: ClusterPod[] = [];
  for (const pod of pods.running) {
    const node = pod.node === undefined ? undefined : nodeOf.get(pod.node);
    if (node) podsOn.get(node)?.push(pod);
    else if (pod.node !== undefined) astray.push(pod);
  }
  const priceOf = pricing(lists);
  const prices = new Map(nodes.map((node) => [node, priceOf(node)]));
  const priced = new Map<ClusterNode, Offering>();
  for (const [node, price] of prices) if (price.ok) priced.set(node, price.offering);
  const cluster: Cluster = {
    nodes,
    pods: pods.running,
    nodeOf,
    podsOn,
    priced,
    namespaces: objects.namespaces,
    volumesOf: remembered(volumeDemands(objects.claims, objects.volumes)),
  };
  return good({ objects, pods, cluster, prices, astray });
}

function fillIn(pod: ClusterPod, defaults: { readonly cpu: number; readonly memory: number }): void {
  if (pod.requests.cpu === 0) pod.requests.cpu = defaults.cpu;
  if (pod.requests.memory === 0) pod.requests.memory = defaults.memory;
}

function remembered(
  look: (namespace: string, names: readonly string[]) => VolumeDemand,
): (pod: ClusterPod) => VolumeDemand {
  const known = new Map<ClusterPod, VolumeDemand>();
  return (pod) => {
    const found = known.get(pod) ?? look(pod.namespace, pod.claims);
    known.set(pod, found);
    return found;
  };
}
