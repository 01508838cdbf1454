import { nothing, raise, add, copyOf, type Amounts } from '../manifest/amounts.ts';
import type { ClusterPod } from './pods.ts';
import { matchesNode, type NodeRule } from './selectors.ts';
import { tolerates, type Taint, type Toleration } from './taints.ts';

/** A DaemonSet as its pods show it. */
export interface Daemon {
  readonly workload: string;
  readonly nodeRule: NodeRule;
  readonly tolerations: readonly Toleration[];
  /** the largest requests among its pods */
  readonly requests: Amounts;
  readonly hostPorts: readonly string[];
}

/** What comes with a node before any pod that may move. */
export interface Overhead {
  readonly amounts: Amounts;
  readonly pods: number;
}

/**
 * DaemonSets by their pods. The controller pins each pod to its node by name; a rule that names nodes is read without
 * that, so that what is left tells which nodes the DaemonSet wants.
 */
export function daemonsOf(pods: readonly ClusterPod[]): readonly Daemon[] {
  const daemons = new Map<string, { daemon: Daemon; ports: Set<string> }>();
  for (const pod of pods) {
    if (pod.role !== 'daemon') continue;
    const known = daemons.get(pod.workload);
    if (known) {
      raise(known.daemon.requests, pod.requests);
      for (const port of pod.hostPorts) known.ports.add(port);
    } else {
      const { workload, tolerations } = pod;
      const daemon = {
        workload,
        nodeRule: withoutName(pod.nodeRule),
        tolerations,
        requests: copyOf(pod.requests),
        hostPorts: [],
      };
      daemons.set(workload, { daemon, ports: new Set(pod.hostPorts) });
    }
  }
  return [...daemons.values()].map(({ daemon, ports }) => ({ ...daemon, hostPorts: [...ports] }));
}

function withoutName(rule: NodeRule): NodeRule {
  const anyOf = rule.anyOf;
  if (!rule.byName || anyOf === undefined) return rule;
  // a term that only named the node demands nothing else, and then any node will do
  return anyOf.some((term) => term.length === 0)
    ? { all: rule.all, byName: false }
    : { all: rule.all, anyOf, byName: false };
}

export function runsOn(daemon: Daemon, label: (key: string) => string | undefined, taints: readonly Taint[]): boolean {
  return matchesNode(daemon.nodeRule, label) && tolerates(daemon.tolerations, taints);
}

/** DaemonSet and static pods that a node carries today. */
export function measuredOverhead(pods: readonly ClusterPod[]): Overhead {
  const amounts = nothing();
  let count = 0;
  for (const pod of pods) {
    if (pod.role === 'workload') continue;
    add(amounts, pod.requests);
    count++;
  }
  return { amounts, pods: count };
}

/** The most that static pods take on any node: they come with the node's image, so a new one has them too. */
export function staticOverhead(podsByNode: Iterable<readonly ClusterPod[]>): Overhead {
  const most = nothing();
  let count = 0;
  for (const pods of podsByNode) {
    const own = pods.filter((p) => p.role === 'static');
    raise(most, measuredOverhead(own).amounts);
    count = Math.max(count, own.length);
  }
  return { amounts: most, pods: count };
}
