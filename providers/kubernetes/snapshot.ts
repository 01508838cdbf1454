import type { ClusterNode, ClusterPod, ClusterSnapshot, PendingPod, Workload } from '../../src/cluster-port.ts';
import { add, nothing, raise, resourcesFrom, type Amounts } from '../../src/manifest/amounts.ts';
import { seconds, secondsBetween, type Instant } from '../../src/units.ts';
import type { BareNode, Budget, KeptPod } from './objects.ts';
import { selects } from './selector.ts';

export interface Held {
  readonly context: string;
  readonly nodes: readonly BareNode[];
  readonly pods: readonly KeptPod[];
  readonly budgets: readonly Budget[];
  readonly asOf: Instant;
  /** why some of it may be behind, by what is followed */
  readonly behind: readonly string[];
}

/** What is followed, put together: pods counted on their nodes, told by their workloads, and held against each other. */
export function snapshotOf(held: Held, now: Instant): ClusterSnapshot {
  const onNodes = held.pods.filter((pod) => pod.node !== undefined);
  const waiting = held.pods.filter((pod) => pod.node === undefined && !pod.gated && !pod.ending);
  const budgetsIn = groupedBy(held.budgets, (budget) => budget.namespace);
  return {
    context: held.context,
    nodes: nodesWith(held.nodes, onNodes),
    pods: onNodes.map((pod) => placedPod(pod, budgetsIn.get(pod.namespace) ?? [])),
    pending: waiting.map(pendingPod),
    workloads: workloadsOf(held.pods),
    asOf: held.asOf,
    age: seconds(Math.max(0, secondsBetween(held.asOf, now))),
    stale: held.behind.length > 0,
    doubts: [...held.behind, ...contradictions(held, onNodes)],
  };
}

function nodesWith(nodes: readonly BareNode[], pods: readonly KeptPod[]): readonly ClusterNode[] {
  const podsOn = groupedBy(pods, (pod) => pod.node ?? '');
  return nodes.map((node) => {
    const own = podsOn.get(node.name) ?? [];
    const withNode = own.filter((pod) => pod.role !== 'workload');
    return { ...node, daemons: sumOf(withNode), requested: sumOf(own) };
  });
}

function sumOf(pods: readonly KeptPod[]): ClusterNode['daemons'] {
  const sum = nothing();
  for (const pod of pods) add(sum, pod.requests);
  return resourcesFrom(sum, pods.length);
}

const workloadOf = ({ namespace, owner }: KeptPod): string => `${namespace}/${owner.kind}/${owner.name}`;

function placedPod(pod: KeptPod, budgets: readonly Budget[]): ClusterPod {
  return {
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    node: pod.node ?? '',
    workload: workloadOf(pod),
    role: pod.role,
    requests: resourcesFrom(pod.requests, 1),
    ready: pod.ready,
    ending: pod.ending,
    labels: pod.labels,
    budgets: budgets.filter((b) => selects(b.selector, pod.labels)).map((b) => `${b.namespace}/${b.name}`),
    ...(pod.held !== undefined && { held: pod.held }),
  };
}

function pendingPod(pod: KeptPod): PendingPod {
  return {
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    workload: workloadOf(pod),
    requests: resourcesFrom(pod.requests, 1),
    labels: pod.labels,
    ...(pod.since !== undefined && { since: pod.since }),
    ...(pod.reason !== undefined && { reason: pod.reason }),
  };
}

function workloadsOf(pods: readonly KeptPod[]): readonly Workload[] {
  return [...groupedBy(pods, workloadOf)].flatMap(([id, own]): Workload[] => {
    const [any] = own;
    if (!any) return [];
    const largest: Amounts = nothing();
    for (const pod of own) raise(largest, pod.requests);
    const staying = own.filter((pod) => !pod.ending);
    return [
      {
        id,
        namespace: any.namespace,
        ...any.owner,
        running: staying.filter((pod) => pod.node !== undefined).length,
        pending: staying.filter((pod) => pod.node === undefined && !pod.gated).length,
        requests: resourcesFrom(largest, 1),
      },
    ];
  });
}

/**
 * What cannot all be true at once. An empty list of pods has emptied whole clusters: every node looked idle
 * (kubernetes/autoscaler 7419, 446). A node that serves carries at least what its daemonsets and kubelet put there.
 */
function contradictions({ nodes, pods }: Held, onNodes: readonly KeptPod[]): readonly string[] {
  const doubts: string[] = [];
  const ready = nodes.filter((node) => node.ready);
  if (onNodes.length === 0 && ready.length > 0) {
    doubts.push(
      `${ready.length} nodes are ready and not one pod runs on them: the list of pods is taken for incomplete`,
    );
  }
  const known = new Set(nodes.map((node) => node.name));
  const astray = onNodes.filter((pod) => !known.has(pod.node ?? '') && !pod.ending);
  // a node that was just removed leaves its pods behind for a minute; that is a few, not most
  if (astray.length * 2 > onNodes.length) {
    doubts.push(
      `${astray.length} of ${onNodes.length} pods run on nodes that are not listed: the list of nodes is taken for incomplete`,
    );
  }
  const unreadable = pods.find((pod) => pod.unreadable !== undefined);
  if (unreadable?.unreadable !== undefined) doubts.push(`what a pod asks for cannot be read: ${unreadable.unreadable}`);
  return doubts;
}

function groupedBy<V>(values: readonly V[], keyOf: (value: V) => string): ReadonlyMap<string, V[]> {
  const groups = new Map<string, V[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
