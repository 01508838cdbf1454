import type { ClusterNode, ClusterSnapshot, PendingPod } from '../cluster-port.ts';
import { counted, named } from '../figures.ts';
import { secondsBetween, type Instant } from '../units.ts';

/** A workload for which no more nodes are to be bought until a person has looked. */
export interface GivenUp {
  readonly context: string;
  /** id of the workload: `im/Deployment/gateway` */
  readonly workload: string;
  /** its pods that wait */
  readonly pods: number;
  /** nodes that came since and stand without any pod of a workload */
  readonly nodes: readonly string[];
  /** one line for a person, with the scheduler's own words */
  readonly explanation: string;
}

/**
 * Workloads whose pods no new node helps: a selector that matches nothing, a volume in another zone, a request larger
 * than what daemonsets leave. Each further node would stand just as empty (karpenter-provider-aws 1905: 235 nodes in
 * 12 hours for one pod), so buying stops after {@link NODES_IN_VAIN} and says why.
 *
 * In vain is a node that joined after the pod began to wait, has been ready for long enough to be filled, and holds
 * no pod but daemons. Nodes that others have filled are not: in a rush pods wait their turn. Told from one snapshot
 * alone, so nothing has to be remembered; by one that is in doubt nobody is given up.
 */
export function givenUp(cluster: ClusterSnapshot, now: Instant): readonly GivenUp[] {
  if (cluster.stale || cluster.doubts.length > 0) return [];
  const occupied = new Set(cluster.pods.filter((pod) => pod.role === 'workload').map((pod) => pod.node));
  const empty = cluster.nodes.filter((node) => isEmpty(node, occupied, now));
  if (empty.length < NODES_IN_VAIN) return [];
  return [...byWorkload(cluster.pending)].flatMap(([workload, pods]) => {
    const oldest = pods.reduce((a, b) => ((b.since ?? Infinity) < (a.since ?? Infinity) ? b : a));
    const { since } = oldest;
    if (since === undefined) return [];
    const nodes = empty.filter(({ createdAt }) => createdAt !== undefined && createdAt > since).map(({ name }) => name);
    if (nodes.length < NODES_IN_VAIN) return [];
    const what = `${counted(pods.length, 'pod')} of ${workload} in ${cluster.context} still ${pods.length === 1 ? 'waits' : 'wait'}`;
    const vain = `though ${counted(nodes.length, 'node')} joined since and ${nodes.length === 1 ? 'stands' : 'stand'} empty (${named(nodes.toSorted())})`;
    const said = oldest.reason ?? 'its scheduler has said nothing';
    return [
      {
        context: cluster.context,
        workload,
        pods: pods.length,
        nodes: nodes.toSorted(),
        explanation: `${what} ${vain}: ${said}. No more nodes are bought for it`,
      },
    ];
  });
}

/** One may be of the wrong zone by chance, two by bad luck. */
export const NODES_IN_VAIN = 3;

/** The scheduler tries pods that did not fit again at once when a node joins, and every 5 minutes in any case. */
const TIME_TO_FILL_S = 5 * 60;

function isEmpty(node: ClusterNode, occupied: ReadonlySet<string>, now: Instant): boolean {
  if (!node.ready || node.cordoned || node.createdAt === undefined) return false;
  return secondsBetween(node.createdAt, now) >= TIME_TO_FILL_S && !occupied.has(node.name);
}

function byWorkload(pending: readonly PendingPod[]): ReadonlyMap<string, readonly PendingPod[]> {
  const groups = new Map<string, PendingPod[]>();
  for (const pod of pending) groups.set(pod.workload, [...(groups.get(pod.workload) ?? []), pod]);
  return groups;
}
